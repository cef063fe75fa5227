"""A small table, what serves it, and the cards that ask for it."""

import hashlib
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

from bayescale.datasets.card import (
    Columns,
    DatasetCard,
    Download,
    Flagged,
)

TABLE = (
    b"size,compute,loss\n"
    b"1e8,1.2e18,5.1\n"
    b"2e8,2.4e18,3.6\n"
    b"4e8,4.8e18,3.3\n"
    b"8e8,9.6e18,3.0\n"
    b"16e8,19e18,2.8\n"
)


OTHER = TABLE.replace(b"3.0", b"3.1")


class Server:
    """Files served on localhost, and how often anything was asked for."""

    def __init__(self) -> None:
        self.files: dict[str, bytes] = {}
        self.missing_bytes = 0
        self.requests = 0
        served = self

        class Handler(BaseHTTPRequestHandler):
            def do_GET(self) -> None:
                served.requests += 1
                body = served.files.get(self.path)
                self.send_response(404 if body is None else 200)
                body = body or b""
                self.send_header("Content-Length", str(len(body) + served.missing_bytes))
                self.end_headers()
                self.wfile.write(body)

            def log_message(self, *arguments: object) -> None:
                """Keep the test output clean."""

        self._server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self._thread = threading.Thread(target=self._server.serve_forever, args=(0.01,))
        self._thread.start()
        self.url = f"http://127.0.0.1:{self._server.server_port}/runs.csv"

    def stop(self) -> None:
        if self._thread.is_alive():
            self._server.shutdown()
            self._thread.join()
            self._server.server_close()


def table(url: str, content: bytes = TABLE) -> Download:
    return Download(
        url=url,
        sha256=hashlib.sha256(content).hexdigest(),
        file="runs.csv",
        columns=Columns(params="size", flops="compute", loss="loss"),
    )


def card(url: str, flagged: Flagged | None = None) -> DatasetCard:
    return DatasetCard(
        name="small",
        title="A small table",
        citation="nobody",
        licence="none",
        origin=table(url),
        flagged=flagged,
    )


def files(folder: Path) -> list[Path]:
    return [path for path in folder.rglob("*") if path.is_file()]
