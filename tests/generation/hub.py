"""A model hub on loopback that serves one folder, speaks as much of the hub's API as a download needs, and counts."""

import hashlib
import json
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Thread

COMMIT = "0123456789abcdef0123456789abcdef01234567"


class Hub:
    """Where it listens, and what it was asked for."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.url = ""
        self.downloads: list[str] = []

    def handler(self) -> type[BaseHTTPRequestHandler]:
        hub = self

        class Handler(BaseHTTPRequestHandler):
            def do_GET(self) -> None:
                hub.answer(self)

            def do_HEAD(self) -> None:
                hub.answer(self)

            def log_message(self, *_: object) -> None:
                """Say nothing."""

        return Handler

    def answer(self, request: BaseHTTPRequestHandler) -> None:
        path = request.path.partition("?")[0]
        if "/revision/" in path:
            self._send(request, json.dumps({"id": "someone/tiny", "sha": COMMIT, "siblings": []}).encode())
        elif "/tree/" in path:
            files = [
                {"type": "file", "path": file.name, "size": file.stat().st_size, "oid": _digest(file.read_bytes())}
                for file in self.folder.iterdir()
            ]
            self._send(request, json.dumps(files).encode())
        elif f"/resolve/{COMMIT}/" in path:
            name = path.rpartition("/")[2]
            if request.command == "GET":
                self.downloads.append(name)
            self._send(request, (self.folder / name).read_bytes())
        else:
            request.send_response(404)
            request.end_headers()

    def _send(self, request: BaseHTTPRequestHandler, body: bytes) -> None:
        request.send_response(200)
        request.send_header("Content-Length", str(len(body)))
        request.send_header("ETag", f'"{_digest(body)}"')
        request.send_header("X-Repo-Commit", COMMIT)
        request.end_headers()
        if request.command == "GET":
            request.wfile.write(body)


def _digest(body: bytes) -> str:
    return hashlib.sha1(body, usedforsecurity=False).hexdigest()


@contextmanager
def serving_hub(folder: Path) -> Iterator[Hub]:
    hub = Hub(folder)
    server = ThreadingHTTPServer(("127.0.0.1", 0), hub.handler())
    hub.url = f"http://127.0.0.1:{server.server_port}"
    Thread(target=server.serve_forever, daemon=True).start()
    yield hub
    server.shutdown()
    server.server_close()
