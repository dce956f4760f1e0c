"""A resident's browser, as far as the network sees it: keeps its words until they are acknowledged."""

import asyncio
from dataclasses import dataclass, field
from typing import Any
from uuid import uuid4

import aiohttp

PATIENCE = 60
AGAIN = 0.1


@dataclass(slots=True)
class Resident:
    session: aiohttp.ClientSession
    url: str
    token: str = ""
    said: list[str] = field(default_factory=list)
    """client ids, in order"""
    heard: list[dict[str, Any]] = field(default_factory=list)

    async def arrive(self) -> "Resident":
        visit = await self._until_answered("POST", "/chat/api/visits", json={"language": "ja"})
        self.token = visit["token"]
        return self

    async def say(self, text: str, *, choice: str | None = None) -> dict[str, Any]:
        """Say it until it is acknowledged; the same client id each time."""
        client_id = str(uuid4())
        self.said.append(client_id)
        body = {"client_id": client_id, "text": text, **({"choice": choice} if choice else {})}
        return await self._until_answered("POST", "/chat/api/messages", json=body)

    async def listen(self) -> list[dict[str, Any]]:
        """Everything after what was heard so far, once; waits up to a second for something new."""
        after = self.heard[-1]["seq"] if self.heard else 0
        said = await self._until_answered("GET", f"/chat/api/events?after={after}&wait=1")
        self.heard += said["entries"]
        return list(said["entries"])

    async def listen_for(self, kind: str, *, count: int = 1) -> list[dict[str, Any]]:
        """Listen until ``count`` entries of this kind have been heard in all."""
        async with asyncio.timeout(PATIENCE):
            while len(found := [entry for entry in self.heard if entry["kind"] == kind]) < count:
                await self.listen()
        return found

    async def _until_answered(self, method: str, path: str, **body: Any) -> dict[str, Any]:
        """The network may break at any moment; the browser tries again with the same words."""
        headers = {"Origin": self.url, **({"Authorization": f"Bearer {self.token}"} if self.token else {})}
        async with asyncio.timeout(PATIENCE):
            while True:
                try:
                    async with self.session.request(method, self.url + path, headers=headers, **body) as response:
                        if response.status < 300:
                            answer: dict[str, Any] = await response.json()
                            return answer
                        assert response.status in {429, 500, 502, 503}, await response.text()
                except (aiohttp.ClientError, ConnectionError):
                    pass
                await asyncio.sleep(AGAIN)
