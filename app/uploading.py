"""Reads a multipart upload as it comes in: the file goes to disk, form fields stay short texts. Knows no document."""

import asyncio
from collections.abc import AsyncGenerator, Callable
from typing import Any

from fastapi import Request
from python_multipart.exceptions import FormParserError
from python_multipart.multipart import MultipartParser, parse_options_header

from app.originals import Receiver
from app.problems import Problem

FIELD_BYTES = 8 * 1024
AROUND_BYTES = 64 * 1024  # of everything in the form that is not the file


class Form:
    """One multipart body with one file. `name` is what the client calls it; `fields` are its other parts."""

    def __init__(self, request: Request, receiver: Receiver, patience: float) -> None:
        """`patience`: seconds without a byte after which the client is given up."""
        self._request = request
        self._receiver = receiver
        self._patience = patience
        self._ended = False
        self._disposition = self._header = self._value = b""
        self._part: str | None = None
        self._pieces: list[bytes] = []
        self._around = 0
        self.name: str | None = None
        self.fields: dict[str, str] = {}

    async def read(self) -> None:
        """Read the body to its end. Raises Problem 400, 408, 413, 415 or 422, TooLargeError, OSError."""
        try:
            parser = self._parser()
            chunks = self._request.stream()
            while (chunk := await self._next(chunks)) is not None:
                parser.write(chunk)
                pieces, self._pieces = self._pieces, []
                self._around += len(chunk) - sum(map(len, pieces))
                if self._around > AROUND_BYTES:
                    raise Problem(413, f"the form around the file is longer than {AROUND_BYTES} bytes")
                for piece in pieces:
                    await self._receiver.write(piece)
        except FormParserError as error:
            raise Problem(400, f"the upload is not well-formed multipart/form-data: {error}") from None
        if not self._ended:
            raise Problem(400, "the upload was cut off before its end: send it again")
        if self.name is None:
            raise Problem(422, "the upload holds no file: send it as the form field `file`")
        for field, text in {"filename": self.name, **self.fields}.items():
            if "\0" in text:
                raise Problem(422, f"the form field {field!r} holds a NUL character: remove it")

    async def _next(self, chunks: AsyncGenerator[bytes]) -> bytes | None:
        try:
            async with asyncio.timeout(self._patience):
                return await anext(chunks, None)
        except TimeoutError:
            detail = f"no byte of the upload came for {self._patience:g} seconds: nothing was kept; send it again"
            raise Problem(408, detail, headers={"Connection": "close"}) from None

    def _parser(self) -> MultipartParser:
        kind, options = parse_options_header(self._request.headers.get("content-type", ""))
        if kind != b"multipart/form-data" or b"boundary" not in options:
            raise Problem(415, "send the file as multipart/form-data in the form field `file`")
        callbacks: Any = {
            "on_part_begin": self._begin,
            "on_header_field": self._sliced(self._on_header_field),
            "on_header_value": self._sliced(self._on_header_value),
            "on_header_end": self._end_header,
            "on_headers_finished": self._start_part,
            "on_part_data": self._sliced(self._on_data),
            "on_end": self._end,
        }
        return MultipartParser(options[b"boundary"], callbacks)

    @staticmethod
    def _sliced(take: Callable[[bytes], None]) -> Callable[[bytes, int, int], None]:
        return lambda data, start, end: take(data[start:end])

    def _begin(self) -> None:
        self._disposition, self._header, self._value, self._part = b"", b"", b"", None

    def _end(self) -> None:
        self._ended = True

    def _on_header_field(self, data: bytes) -> None:
        self._header += data

    def _on_header_value(self, data: bytes) -> None:
        self._value += data

    def _end_header(self) -> None:
        if self._header.lower() == b"content-disposition":
            self._disposition = self._value
        self._header, self._value = b"", b""

    def _start_part(self) -> None:
        _, options = parse_options_header(self._disposition)
        field = options.get(b"name", b"").decode("utf-8", "replace")
        if b"filename" in options and field == "file":
            if self.name is not None:
                raise Problem(422, "send one file at a time")
            self.name = options[b"filename"].decode("utf-8", "replace")
        else:
            self._part = field
            self.fields[field] = ""

    def _on_data(self, data: bytes) -> None:
        if self._part is None:
            self._pieces.append(data)
            return
        self.fields[self._part] += data.decode("utf-8", "replace")
        if len(self.fields[self._part]) > FIELD_BYTES or len(self.fields) > 8:
            raise Problem(422, f"the form field {self._part[:40]!r} is longer than {FIELD_BYTES} bytes")
