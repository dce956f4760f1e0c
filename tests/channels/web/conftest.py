from collections.abc import Awaitable, Callable
from dataclasses import replace

import pytest
from aiohttp import web

from channels.web.routes import add_routes
from channels.web.settings import WebSettings
from tests.channels.web.browser import Browser, Client
from tests.fakes.serve_web import demo_settings
from tests.fakes.web_service import FakeWebService

AiohttpClient = Callable[[web.Application], Awaitable[Client]]


@pytest.fixture
def settings() -> WebSettings:
    sites = ("https://www.city.mirai.example", "https://www.library.mirai.example")
    return replace(demo_settings(), public_url="https://chat.city.mirai.example", allowed_frame_origins=sites)


@pytest.fixture
def service() -> FakeWebService:
    return FakeWebService()


@pytest.fixture
async def client(aiohttp_client: AiohttpClient, service: FakeWebService, settings: WebSettings) -> Client:
    app = web.Application()
    add_routes(app, service, settings)
    return await aiohttp_client(app)


@pytest.fixture
async def resident(client: Client) -> Browser:
    return await Browser(client).arrive()


@pytest.fixture
def account(resident: Browser, service: FakeWebService) -> str:
    return service.account(resident.token)
