import json
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, HTTPServer

import numpy as np
import pytest

from language.encoder import BundledE5, Encoder, NoEncoder, text_key
from language.endpoint import HttpEncoder

DIMENSIONS = 4


class Embeddings(BaseHTTPRequestHandler):
    """A small embeddings server: a text's vector is made of its letters; it misbehaves when told to."""

    def do_POST(self) -> None:
        body = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
        rows = [
            {"index": n, "embedding": [1.0 + len(t), *map(float, range(DIMENSIONS - 1))]}
            for n, t in enumerate(body["input"])
        ]
        answers = {
            "good": (200, json.dumps({"data": rows[::-1]})),
            "short": (200, json.dumps({"data": rows[1:]})),
            "garbage": (200, "<html>"),
            "refused": (401, "no such key"),
        }
        status, text = answers[body["model"]]
        self.send_response(status)
        self.send_header("Content-Length", str(len(text)))
        self.end_headers()
        self.wfile.write(text.encode())

    def log_message(self, *arguments: object) -> None:
        """Quiet."""


@pytest.fixture(scope="module")
def url() -> Iterator[str]:
    server = HTTPServer(("127.0.0.1", 0), Embeddings)
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    yield f"http://127.0.0.1:{server.server_address[1]}/v1/embeddings"
    server.shutdown()
    thread.join()
    server.server_close()


@pytest.fixture(scope="module")
def bundled() -> BundledE5:
    return BundledE5()


@pytest.fixture(params=["bundled", "http", "none"])
def encoder(request: pytest.FixtureRequest, bundled: BundledE5, url: str) -> Encoder:
    every: dict[str, Encoder] = {
        "bundled": bundled,
        "http": HttpEncoder(url, model="good", dimensions=DIMENSIONS),
        "none": NoEncoder(),
    }
    return every[request.param]


def test_every_encoder_gives_one_normalised_row_a_text(encoder: Encoder) -> None:
    for rows in (encoder.queries(["住民票", "ごみ"]), encoder.passages(["住民票", "ごみ"])):
        assert rows.shape == (2, encoder.dimensions)
        assert rows.dtype == np.float32
        if encoder.dimensions:
            assert np.allclose(np.linalg.norm(rows, axis=1), 1, atol=1e-3)
    assert encoder.queries([]).shape == (0, encoder.dimensions)


@pytest.mark.parametrize("text", ["", "\0", "a\0b", "\ud800", "あ" * 10_000, "🏳️‍🌈"])
def test_every_encoder_takes_any_text(encoder: Encoder, text: str) -> None:
    assert np.isfinite(encoder.queries([text])).all()


def test_the_bundled_encoder_knows_what_means_the_same(bundled: BundledE5) -> None:
    question = bundled.queries(["How do I get a copy of my residence certificate?"])[0]
    near, far = bundled.passages(["住民票の写しの取り方", "ごみの出し方"])
    assert question @ near > question @ far


def test_a_text_after_a_nul_still_counts(bundled: BundledE5) -> None:
    one, other = bundled.queries(["ごみ\0住民票", "ごみ"])
    assert not np.allclose(one, other)


def test_rows_come_in_the_order_asked_for(url: str) -> None:
    encoder = HttpEncoder(url, model="good", dimensions=DIMENSIONS)
    assert np.allclose(encoder.passages(["a", "bbbbbb"])[1], encoder.passages(["bbbbbb"])[0])


def test_the_key_of_a_text_changes_with_model_and_text() -> None:
    assert len({text_key("a", "x"), text_key("b", "x"), text_key("a", "y")}) == 3
