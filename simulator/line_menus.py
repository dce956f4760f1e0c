"""The platform's rich menus: kept as LINE keeps them, with its refusals."""

from typing import Any

from aiohttp import web

from simulator.line_limits import error_in_image, errors_in_menu

Json = dict[str, Any]


class RichMenus:
    def __init__(self) -> None:
        self.menus: dict[str, Json] = {}
        self.images: dict[str, bytes] = {}
        self.aliases: dict[str, str] = {}
        self.default: str | None = None
        self.of_user: dict[str, str] = {}
        self._made = 0

    def routes(self) -> list[web.RouteDef]:
        menu, alias = "/v2/bot/richmenu", "/v2/bot/richmenu/alias"
        return [
            web.post(menu, self._create),
            web.get(f"{menu}/list", self._list),
            web.post(alias, self._create_alias),
            web.get(f"{alias}/list", self._list_aliases),
            web.get(f"{alias}/{{alias}}", self._alias),
            web.post(f"{alias}/{{alias}}", self._update_alias),
            web.delete(f"{alias}/{{alias}}", self._delete_alias),
            web.post(f"{menu}/{{id}}/content", self._upload),
            web.delete(f"{menu}/{{id}}", self._delete),
            web.get("/v2/bot/user/all/richmenu", self._default),
            web.post("/v2/bot/user/all/richmenu/{id}", self._set_default),
            web.post("/v2/bot/user/{user}/richmenu/{id}", self._link),
            web.delete("/v2/bot/user/{user}/richmenu", self._unlink),
        ]

    async def _create(self, request: web.Request) -> web.Response:
        menu = await request.json()
        if details := errors_in_menu(menu):
            return refusal(400, f"The request body has {len(details)} error(s)", details)
        self._made += 1
        made = f"richmenu-{self._made:032x}"
        self.menus[made] = menu
        return web.json_response({"richMenuId": made})

    async def _list(self, _: web.Request) -> web.Response:
        return web.json_response({"richmenus": [{"richMenuId": made, **menu} for made, menu in self.menus.items()]})

    async def _upload(self, request: web.Request) -> web.Response:
        made = request.match_info["id"]
        if made not in self.menus:
            return refusal(404, "richmenu not found")
        image = await request.read()
        if made in self.images:
            return refusal(400, "An image has already been uploaded to the rich menu")
        if said := error_in_image(image, request.content_type, self.menus[made]):
            return refusal(400, said)
        self.images[made] = image
        return web.json_response({})

    async def _delete(self, request: web.Request) -> web.Response:
        made = request.match_info["id"]
        if self.menus.pop(made, None) is None:
            return refusal(404, "richmenu not found")
        self.images.pop(made, None)
        return web.json_response({})

    async def _create_alias(self, request: web.Request) -> web.Response:
        asked = await request.json()
        if asked["richMenuAliasId"] in self.aliases:
            return refusal(400, "conflict richmenu alias id")
        return self._point(asked["richMenuAliasId"], asked["richMenuId"])

    async def _update_alias(self, request: web.Request) -> web.Response:
        alias = request.match_info["alias"]
        if alias not in self.aliases:
            return refusal(404, "richmenu alias not found")
        return self._point(alias, (await request.json())["richMenuId"])

    def _point(self, alias: str, made: str) -> web.Response:
        if refused := self._not_ready(made):
            return refused
        self.aliases[alias] = made
        return web.json_response({})

    async def _alias(self, request: web.Request) -> web.Response:
        alias = request.match_info["alias"]
        if alias not in self.aliases:
            return refusal(404, "richmenu alias not found")
        return web.json_response({"richMenuAliasId": alias, "richMenuId": self.aliases[alias]})

    async def _list_aliases(self, _: web.Request) -> web.Response:
        listed = [{"richMenuAliasId": alias, "richMenuId": made} for alias, made in self.aliases.items()]
        return web.json_response({"aliases": listed})

    async def _delete_alias(self, request: web.Request) -> web.Response:
        if self.aliases.pop(request.match_info["alias"], None) is None:
            return refusal(404, "richmenu alias not found")
        return web.json_response({})

    async def _default(self, _: web.Request) -> web.Response:
        if self.default is None:
            return refusal(404, "no default richmenu")
        return web.json_response({"richMenuId": self.default})

    async def _set_default(self, request: web.Request) -> web.Response:
        if refused := self._not_ready(request.match_info["id"]):
            return refused
        self.default = request.match_info["id"]
        return web.json_response({})

    async def _link(self, request: web.Request) -> web.Response:
        if refused := self._not_ready(request.match_info["id"]):
            return refused
        self.of_user[request.match_info["user"]] = request.match_info["id"]
        return web.json_response({})

    async def _unlink(self, request: web.Request) -> web.Response:
        self.of_user.pop(request.match_info["user"], None)
        return web.json_response({})

    def _not_ready(self, made: str) -> web.Response | None:
        if made not in self.menus:
            return refusal(404, "richmenu not found")
        if made not in self.images:
            return refusal(400, "must upload richmenu image before applying it to user")
        return None


def refusal(
    status: int, message: str, details: list[Json] | None = None, headers: dict[str, str] | None = None
) -> web.Response:
    body: Json = {"message": message}
    if details:
        body["details"] = details
    return web.json_response(body, status=status, headers=headers)
