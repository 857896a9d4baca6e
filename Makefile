# Every target makes .venv by itself. The stamp carries a checksum of pyproject.toml, so an unchanged tree starts at once.
PYTHON ?= python3
# Where torch comes from. Empty: pip's usual index, whose Linux wheels bring CUDA along (several GB).
# Without an NVIDIA GPU: make setup TORCH_INDEX_URL=https://download.pytorch.org/whl/cpu
TORCH_INDEX_URL ?=

VENV := .venv
BIN := $(VENV)/bin
STAMP := $(VENV)/.installed-$(shell cksum < pyproject.toml | cut -d ' ' -f 1)
# What is run on PostgreSQL as well as on SQLite: all that came after the first tables, and who may read what.
ON_POSTGRES := $(patsubst %,tests/app/test_%.py,marks verdicts satisfaction feedback consent comparisons siblings \
  annotation_queue training_runs training_policy promotions learning mcp oidc_accounts groups collections \
  collections_owners sign_up tokens document_arrivals)
CHROMIUM ?= $(shell command -v chromium || command -v chromium-browser || command -v google-chrome)

.DEFAULT_GOAL := help
.PHONY: help setup run demo test check format e2e e2e-ready soak bench clean

help: ## say what can be made
	@grep -hE '^[a-z0-9]+:.*##' $(MAKEFILE_LIST) | sed -E 's/^([a-z0-9]+):.*## (.*)/make \1\t\2/' | expand -t 14

setup: $(STAMP) ## make .venv with everything that runs and tests Attune

$(STAMP): pyproject.toml
	@$(PYTHON) -c 'import sys; v = sys.version_info; sys.exit(0 if v >= (3, 11) else \
	  f"Attune needs Python 3.11 or newer, this is {v[0]}.{v[1]}: make setup PYTHON=/path/to/python3.11")'
	@echo "Installing what Attune needs into $(VENV), 2.3 GB: several minutes the first time ..."
	@test -x $(BIN)/pip || $(PYTHON) -m venv $(VENV)
	$(BIN)/python -m pip install --quiet $(if $(TORCH_INDEX_URL),--index-url $(TORCH_INDEX_URL)) 'torch==2.13.*'
	$(BIN)/python -m pip install --quiet --editable '.[train,test,demo]'
	@rm -f $(VENV)/.installed-*
	@touch $@

run: setup ## ingest the demo corpus, answer one question here, then serve and print the login link
	$(BIN)/attune up --demo

demo: setup ## the same, and exit after the answer
	$(BIN)/attune up --demo --once

test: setup ## the fast tests; they fetch the embedded model's weights once, and need no network after that
	$(BIN)/pytest

check: setup ## lint, format, types, import layers, architecture
	$(BIN)/ruff check --no-cache .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/lint-imports
	$(BIN)/pytest --quiet tests/test_architecture.py

format: setup ## let ruff rewrite what it can
	$(BIN)/ruff check --fix .
	$(BIN)/ruff format .

e2e: setup e2e-ready ## the tests that drive a browser
	CHROMIUM="$(CHROMIUM)" $(BIN)/pytest -m "browser and not slow"

e2e-ready:
	@test -n "$(CHROMIUM)" || { echo "the browser tests need Chromium on the PATH (Debian: apt-get install chromium)"; exit 1; }

soak: setup ## the long proofs: kill -9, big files, real models, PostgreSQL where it is installed
	$(BIN)/pytest -m "slow or postgres"
	$(BIN)/pytest --postgres $(ON_POSTGRES)

bench: setup ## speed, as ratios to the raw engines
	$(BIN)/attune bench ingest --json
	$(BIN)/attune bench retrieve --json
	$(BIN)/attune bench turn --json

clean: ## remove .venv and caches; no data of yours lies there
	rm -rf $(VENV) .mypy_cache .ruff_cache .pytest_cache .import_linter_cache .hypothesis
