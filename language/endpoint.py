"""An OpenAI-compatible embeddings endpoint, for cities with a bigger machine; it may be slow, busy or away."""

import http.client
import json
import threading
import time
import urllib.error
import urllib.request
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from email.message import Message
from email.utils import parsedate_to_datetime
from typing import Any, Final
from urllib.parse import urlsplit

import numpy as np
from numpy.typing import NDArray

from language.breaker import Away, Breaker, LeftAlone
from language.encoder import EncoderError, Vectors

MOST_TEXTS: Final = 32
"""of one request: what embedding servers take by default"""
MOST_LETTERS: Final = 16_000
"""of one request, so that a small machine answers it in time"""
RESIDENTS_AT_ONCE: Final = 8
"""Questions up to which a list may be that of residents who ask at the same moment; longer ones are prepared ahead."""
LONGEST: Final = 2_000
"""Characters of one text; models read 512 to 8192 tokens, and some servers refuse more instead of cutting it."""
LONGEST_WAIT: Final = 20.0
"""Seconds. A server that asks for a longer pause is asked again by whoever wants the vectors next."""
REMEDIES: Final = {
    400: "does the setting encoder_model name a model it has?",
    401: "is the setting encoder_key right?",
    403: "is the setting encoder_key right?",
    404: "is the address in the setting encoder right, and encoder_model too?",
    429: "it has too much to do",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Timing:
    """How long is waited, and by which clock."""

    resident_waits: float = 2.0
    """seconds until a question goes on without vectors"""
    background_waits: float = 30.0
    background_attempts: int = 3
    now: Callable[[], datetime] = lambda: datetime.now(UTC)
    wait: Callable[[threading.Event, float], bool] = threading.Event.wait
    """waits so many seconds, or until the event is set; whether it is"""


@dataclass(frozen=True, slots=True)
class _Lane:
    seconds: float
    attempts: int
    breaker: Breaker


class TryLater(EncoderError):
    """The endpoint may well answer the same request later; ``after`` seconds when it said when."""

    def __init__(self, what: str, after: float | None = None) -> None:
        super().__init__(what)
        self.after = after


class HttpEncoder:
    """An ``/v1/embeddings`` endpoint. Blocking: run it in a thread.

    A few questions have to be quick, since residents wait: they are asked once, for two seconds. The rest is prepared in
    the background and tried again when the endpoint is busy. Each of the two has its own circuit breaker: otherwise an
    endpoint that computes passages well and answers no question in time would keep every resident waiting.

    No error and no log line carries the key, or a word of what was asked: an endpoint may repeat both in its answer.
    """

    def __init__(
        self,
        url: str,
        *,
        model: str,
        dimensions: int,
        api_key: str = "",
        changed: Callable[[Away | None], None] = lambda _: None,
        timing: Timing = Timing(),
    ) -> None:
        self._place = _place(url)
        if not api_key.isascii() or not api_key.isprintable():
            raise EncoderError("the key of the embeddings endpoint must be plain ASCII on one line: see encoder_key")
        self._url = url
        self._model = model
        self._dimensions = dimensions
        self._api_key = api_key
        self._timing = timing
        self._for_residents = _Lane(timing.resident_waits, 1, Breaker(now=timing.now, changed=changed))
        self._for_background = _Lane(
            timing.background_waits, timing.background_attempts, Breaker(now=timing.now, changed=changed)
        )
        self._closed = threading.Event()
        self._opener = urllib.request.build_opener(_NoRedirect)

    @property
    def name(self) -> str:
        """With the address: two endpoints may call different models by one name."""
        return f"http/{self._place}/{self._model}/{self._dimensions}"

    @property
    def dimensions(self) -> int:
        return self._dimensions

    @property
    def away(self) -> Away | None:
        """Since when there are no vectors of it, and when it is tried again; None while it works."""
        return self._for_residents.breaker.away or self._for_background.breaker.away

    def queries(self, texts: Sequence[str]) -> Vectors:
        return self._encode(texts, "query: ", self._lane_of(texts))

    def passages(self, texts: Sequence[str]) -> Vectors:
        return self._encode(texts, "passage: ", self._for_background)

    def _lane_of(self, questions: Sequence[str]) -> _Lane:
        return self._for_residents if len(questions) <= RESIDENTS_AT_ONCE else self._for_background

    def close(self) -> None:
        """Wait for the endpoint no longer: whoever does is told at once that there are no vectors."""
        self._closed.set()

    def _encode(self, texts: Sequence[str], prefix: str, lane: _Lane) -> Vectors:
        before = prefix if "e5" in self._model.lower() else ""
        clean = [before + text[:LONGEST].encode(errors="replace").decode().replace("\0", " ") for text in texts]
        rows = [self._answered(batch, lane) for batch in batches(clean)]
        return np.concatenate(rows) if rows else np.zeros((0, self._dimensions), dtype=np.float32)

    def _answered(self, batch: Sequence[str], lane: _Lane) -> Vectors:
        for attempt in range(1, lane.attempts + 1):
            try:
                with lane.breaker.attempt():
                    return self._rows_of(self._asked(batch, lane.seconds), wanted=len(batch))
            except LeftAlone as alone:
                raise EncoderError(f"{self._place} is {alone}") from None
            except TryLater as busy:
                pause = 2.0 ** (attempt - 1) if busy.after is None else busy.after
                if attempt == lane.attempts or pause > LONGEST_WAIT or self._timing.wait(self._closed, pause):
                    raise
        raise AssertionError("the last attempt returns or raises")

    def _asked(self, batch: Sequence[str], seconds: float) -> bytes:
        body = json.dumps({"model": self._model, "input": batch, "encoding_format": "float"}).encode()
        headers = {"Content-Type": "application/json"}
        if self._api_key:
            headers["Authorization"] = f"Bearer {self._api_key}"
        request = urllib.request.Request(self._url, data=body, headers=headers, method="POST")  # noqa: S310  (scheme checked)
        until = time.monotonic() + seconds
        try:
            with self._opener.open(request, timeout=seconds) as response:
                return self._read(response, until, at_most=100_000 + 40 * len(batch) * self._dimensions)
        except urllib.error.HTTPError as error:
            with error:
                raise self._refusal(error) from None
        except http.client.HTTPException as error:
            raise TryLater(f"{self._place} broke off or spoke no HTTP ({type(error).__name__})") from None
        except OSError as error:
            raise TryLater(f"{self._place} cannot be reached ({_reason(error)}): is the server running?") from None

    def _read(self, response: http.client.HTTPResponse, until: float, *, at_most: int) -> bytes:
        """The whole answer. The socket's time-out is for each piece: an answer may not come drop by drop for ever."""
        body = bytearray()
        while piece := response.read1(1 << 16):
            body += piece
            if time.monotonic() > until:
                raise TimeoutError("timed out")
            if len(body) > at_most:
                raise EncoderError(f"{self._place} answered with more than such a list of embeddings can be")
        return bytes(body)

    def _refusal(self, error: urllib.error.HTTPError) -> EncoderError:
        remedy = REMEDIES.get(error.code, "its own log says why")
        what = f"{self._place} refused with {error.code}: {remedy}"
        if error.code in {408, 429} or error.code >= 500:
            return TryLater(what, _after(error.headers, self._timing.now()))
        return EncoderError(what)

    def _rows_of(self, body: bytes, *, wanted: int) -> Vectors:
        try:
            data = sorted(json.loads(body)["data"], key=lambda item: int(item["index"]))
            places = [int(item["index"]) for item in data]
            rows = np.array([item["embedding"] for item in data], dtype=np.float64)
        except (ValueError, KeyError, TypeError, OverflowError, RecursionError):
            raise EncoderError(f"{self._place} answered with something that is no list of embeddings") from None
        expected = (wanted, self._dimensions)
        if rows.shape != expected or places != list(range(wanted)):
            raise EncoderError(
                f"{self._place} answered with shape {rows.shape}, expected {expected}: "
                "do encoder_model and encoder_dimensions name the right model and its numbers a row?"
            )
        return self._normalised(rows)

    def _normalised(self, rows: NDArray[np.float64]) -> Vectors:
        with np.errstate(all="ignore"):
            lengths = np.linalg.norm(rows, axis=1, keepdims=True)
        if not (np.isfinite(lengths) & (lengths > 0)).all():
            raise EncoderError(f"{self._place} answered with numbers that are no direction (zeros, NaN or infinite)")
        return np.asarray(rows / lengths, dtype=np.float32)


class _NoRedirect(urllib.request.HTTPRedirectHandler):
    """Following one would hand the key and the texts to an address nobody put into the settings."""

    def redirect_request(self, *_: Any, **__: Any) -> None:
        return None


def batches(texts: Sequence[str]) -> Iterator[Sequence[str]]:
    """The texts in order, in requests of at most ``MOST_TEXTS`` texts and ``MOST_LETTERS`` letters."""
    begin, letters = 0, 0
    for at, text in enumerate(texts):
        if at > begin and (at - begin == MOST_TEXTS or letters + len(text) > MOST_LETTERS):
            yield texts[begin:at]
            begin, letters = at, 0
        letters += len(text)
    if begin < len(texts):
        yield texts[begin:]


def _place(url: str) -> str:
    """The address as it may be told: without the query, which may hold a key. Raises EncoderError."""
    try:
        parts = urlsplit(url)
        port = f":{parts.port}" if parts.port else ""
    except ValueError:
        parts, port = urlsplit(""), ""
    if parts.scheme not in {"http", "https"} or not parts.hostname or not url.isascii() or not url.isprintable():
        raise EncoderError("embeddings endpoint: give an http:// or https:// address, as it stands in a browser")
    if parts.username or parts.password or " " in url:
        raise EncoderError("embeddings endpoint: the address must hold no name or password; the key is encoder_key")
    host = f"[{parts.hostname}]" if ":" in parts.hostname else parts.hostname
    return f"{parts.scheme}://{host}{port}{parts.path}"


def _reason(error: OSError) -> str:
    inner = getattr(error, "reason", error)
    return getattr(inner, "strerror", None) or ("timed out" if isinstance(inner, TimeoutError) else str(inner))


def _after(headers: Message, now: datetime) -> float | None:
    """Seconds of a Retry-After header: a number, or a date."""
    said = str(headers.get("Retry-After", "")).strip()
    if said.isascii() and said.isdecimal():
        return float(said[:9])
    try:
        moment = parsedate_to_datetime(said)
    except ValueError:
        return None
    return max(0.0, ((moment if moment.tzinfo else moment.replace(tzinfo=UTC)) - now).total_seconds())
