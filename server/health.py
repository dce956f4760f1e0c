"""``/livez``, ``/readyz``, ``/metrics``: for whoever keeps the machine running."""

import time
from collections.abc import Awaitable, Callable
from typing import Any

from aiohttp import web
from aiohttp.typedefs import Middleware
from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram, generate_latest
from prometheus_client.exposition import CONTENT_TYPE_LATEST

from language.breaker import Away
from server.wiring import Parts

Handler = Callable[[web.Request], Awaitable[web.StreamResponse]]
NO_MEANING = "意味による検索が使えないため、言葉だけで探しています (the encoder does not answer: words alone)"
NO_DATABASE = "データベースに接続できません (the database cannot be reached)"
BUCKETS = (0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 10)


class Metrics:
    """One registry per process: figures of the database are read when they are asked for."""

    def __init__(self, parts: Parts) -> None:
        self._parts = parts
        self.registry = CollectorRegistry()
        self._figures = Gauge("madoguchi_figure", "Counted in the database.", ["name"], registry=self.registry)
        self._vectors = Gauge("madoguchi_vectors_missing", "Texts without a vector yet.", registry=self.registry)
        self._away = Gauge(
            "madoguchi_encoder_away", "1 while the encoder does not answer: words alone.", registry=self.registry
        )
        self.requests = Counter("madoguchi_requests", "Answered requests.", ["route", "status"], registry=self.registry)
        self.seconds = Histogram(
            "madoguchi_request_seconds", "Time to the answer.", ["route"], buckets=BUCKETS, registry=self.registry
        )

    async def page(self, _: web.Request) -> web.Response:
        for name, value in (await self._parts.views.figures()).items():
            self._figures.labels(name).set(value)
        progress = self._parts.librarian.progress
        self._vectors.set(progress.wanted - progress.done)
        self._away.set(self._parts.encoder_away() is not None)
        return web.Response(body=generate_latest(self.registry), headers={"Content-Type": CONTENT_TYPE_LATEST})

    def middleware(self) -> Middleware:
        @web.middleware
        async def counted(request: web.Request, handler: Handler) -> web.StreamResponse:
            resource = request.match_info.route.resource
            # The pattern, never the path: a path may name a person's conversation.
            route = resource.canonical if resource else "unknown"
            began, status = time.perf_counter(), 500
            try:
                response = await handler(request)
                status = response.status
            except web.HTTPException as answer:
                status = answer.status
                raise
            else:
                return response
            finally:
                self.requests.labels(route, status).inc()
                if not route.endswith("/stream"):
                    self.seconds.labels(route).observe(time.perf_counter() - began)

        return counted


async def livez(_: web.Request) -> web.Response:
    return web.Response(text="ok\n")


def readyz(parts: Parts) -> Handler:
    async def ready(_: web.Request) -> web.Response:
        """Ready when the database answers; says how far the vectors are, and whether words have to do without them."""
        if not await parts.database.is_reachable():
            return web.json_response({"ready": False, "why": NO_DATABASE}, status=503)
        progress = parts.librarian.progress
        told = {"ready": True, "vectors": {"done": progress.done, "wanted": progress.wanted}}
        return web.json_response(told | _meaning(parts.encoder_away()))

    return ready


def _meaning(away: Away | None) -> dict[str, Any]:
    """Not why: that names an inner address, and this page is not behind a sign-in. The console and the log tell it."""
    if away is None:
        return {}
    times = {"since": away.since.isoformat(), "tried_again_at": away.tried_again_at.isoformat()}
    return {"meaning": {"away": True, "told": NO_MEANING, **times}}
