"""MNIST is downloaded completely or not at all. A local server stands in for the internet."""

import hashlib
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, HTTPServer
from importlib.util import find_spec
from pathlib import Path

import pytest

from digitlab.data.files import download
from digitlab.data.files.download import DownloadCancelledError, download_mnist
from digitlab.system.errors import DigitLabError

CONTENT = bytes(range(256)) * 1024


class _Handler(BaseHTTPRequestHandler):
    """Answers by path: the file, an error, half the file, other bytes, or silence."""

    def do_GET(self) -> None:
        if self.path == "/silent":
            self.server.released.wait()
            return
        if self.path == "/missing":
            self.send_error(404)
            return
        self.send_response(200)
        self.send_header("Content-Length", str(len(CONTENT)))
        self.end_headers()
        content = {"/half": CONTENT[: len(CONTENT) // 2], "/other": CONTENT[::-1]}.get(self.path, CONTENT)
        self.wfile.write(content)

    def log_message(self, *_: object) -> None:
        """Keep the test's output quiet."""


class _Server(HTTPServer):
    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), _Handler)
        self.released = threading.Event()


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("DIGITLAB_DATA", str(tmp_path / "data"))
    for name in ("http_proxy", "HTTP_PROXY", "all_proxy", "ALL_PROXY"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setattr(download, "MNIST_SHA256", hashlib.sha256(CONTENT).hexdigest())
    monkeypatch.setattr(download, "MNIST_BYTES", len(CONTENT))
    return tmp_path / "data"


@pytest.fixture
def server(folder: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[_Server]:
    server = _Server()
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
    thread.start()
    monkeypatch.setattr(download, "MNIST_ADDRESS", f"http://127.0.0.1:{server.server_port}/mnist.npz")
    yield server
    server.released.set()
    server.shutdown()
    thread.join()
    server.server_close()


def ask(monkeypatch: pytest.MonkeyPatch, path: str) -> None:
    monkeypatch.setattr(download, "MNIST_ADDRESS", download.MNIST_ADDRESS.replace("/mnist.npz", path))


@pytest.mark.usefixtures("server")
def test_file_is_downloaded_with_ascending_progress(folder: Path) -> None:
    shares: list[float] = []
    path = download_mnist(shares.append, lambda: False)
    assert path == folder / "mnist.npz"
    assert path.read_bytes() == CONTENT
    assert shares == sorted(shares)
    assert (shares[0], shares[-1]) == (0.0, 1.0)
    assert len(shares) > 3


@pytest.mark.usefixtures("server")
def test_cancelling_keeps_nothing(folder: Path) -> None:
    shares: list[float] = []
    with pytest.raises(DownloadCancelledError):
        download_mnist(shares.append, lambda: len(shares) > 2)
    assert 0.0 < shares[-1] < 1.0
    assert list(folder.iterdir()) == []


@pytest.mark.usefixtures("server")
@pytest.mark.parametrize(
    ("path", "reason"), [("/missing", "Not Found"), ("/half", "connection was lost"), ("/other", "checksum")]
)
def test_failed_download_keeps_nothing_and_names_the_alternatives(
    folder: Path, monkeypatch: pytest.MonkeyPatch, path: str, reason: str
) -> None:
    ask(monkeypatch, path)
    with pytest.raises(DigitLabError, match=reason) as caught:
        download_mnist(lambda _: None, lambda: False)
    assert list(folder.iterdir()) == []
    for way in ("again", "choose a file", "built-in digits"):
        assert way in caught.value.remedy


@pytest.mark.usefixtures("server")
def test_a_file_larger_than_announced_is_rejected(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(download, "MNIST_BYTES", 1000)
    with pytest.raises(DigitLabError, match="not MNIST"):
        download_mnist(lambda _: None, lambda: False)
    assert list(folder.iterdir()) == []


@pytest.mark.usefixtures("server")
def test_silent_server_times_out(monkeypatch: pytest.MonkeyPatch) -> None:
    ask(monkeypatch, "/silent")
    monkeypatch.setattr(download, "TIMEOUT_S", 0.1)
    with pytest.raises(DigitLabError, match="could not be downloaded: timed out"):
        download_mnist(lambda _: None, lambda: False)


def test_missing_connection_is_reported(folder: Path, server: _Server, monkeypatch: pytest.MonkeyPatch) -> None:
    with HTTPServer(("127.0.0.1", 0), _Handler) as closed:
        port = closed.server_port
    monkeypatch.setattr(download, "MNIST_ADDRESS", f"http://127.0.0.1:{port}/mnist.npz")
    with pytest.raises(DigitLabError, match="could not be downloaded: Connection refused"):
        download_mnist(lambda _: None, lambda: False)
    assert list(folder.iterdir()) == []


def test_address_and_checksum_are_those_of_keras() -> None:
    keras = find_spec("keras")
    assert keras is not None
    assert keras.submodule_search_locations
    source = (Path(keras.submodule_search_locations[0]) / "src" / "datasets" / "mnist.py").read_text()
    assert download.MNIST_SHA256 in source
    assert download.MNIST_ADDRESS.removesuffix("mnist.npz") in source
