# One image for the server and its worker. No GPU is needed in it: the generator runs in a container of its own.
FROM python:3.12-slim

RUN useradd --create-home attune && install -d -o attune /data /models
WORKDIR /attune
COPY pyproject.toml README.md LICENSE ./
COPY agents agents
COPY app app
COPY demo demo
COPY evaluation evaluation
COPY generation generation
COPY personalization personalization
COPY retrieval retrieval
COPY training training
COPY ui ui
RUN pip install --no-cache-dir --index-url https://download.pytorch.org/whl/cpu 'torch==2.13.*' \
    && pip install --no-cache-dir '.[ocr,telemetry]'

USER attune
ENV ATTUNE_HOME=/data ATTUNE_CACHE=/models OMP_WAIT_POLICY=PASSIVE
EXPOSE 8420
CMD ["attune", "up", "--host", "0.0.0.0"]
