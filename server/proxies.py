"""Behind a reverse proxy: whose request it really is."""

from collections.abc import Sequence
from ipaddress import IPv4Network, IPv6Network, ip_address, ip_network

from aiohttp import web
from aiohttp.typedefs import Handler, Middleware

Network = IPv4Network | IPv6Network


def networks(trusted: Sequence[str]) -> tuple[Network, ...]:
    """The proxies of the settings: addresses, or networks such as 10.0.0.0/8. Raises ValueError."""
    try:
        return tuple(ip_network(one, strict=False) for one in trusted)
    except ValueError as error:
        raise ValueError(f"trusted_proxies: {error}; write addresses or networks such as 10.0.0.0/8") from error


def resident_address(peer: str, forwarded_for: str, trusted: Sequence[Network]) -> str:
    """The address nearest to us that is not one of our proxies.

    ``X-Forwarded-For`` is read from its right end: what our own proxies appended is true, what stands left of the first
    stranger was written by that stranger and may be a lie.
    """
    hops = [*(hop.strip() for hop in forwarded_for.split(",")), peer] if forwarded_for.strip() else [peer]
    for hop in reversed(hops):
        address = _bare(hop)
        if address is None:
            return peer
        if not any(ip_address(address) in network for network in trusted):
            return address
    return _bare(hops[0]) or peer


def believed(trusted: Sequence[Network]) -> Middleware:
    """A middleware after which ``request.remote`` is the resident's own address: the limits count by it."""

    @web.middleware
    async def middleware(request: web.Request, handler: Handler) -> web.StreamResponse:
        forwarded = ",".join(request.headers.getall("X-Forwarded-For", []))
        peer = request.remote or ""
        if trusted and forwarded and peer:
            request = request.clone(remote=resident_address(peer, forwarded, trusted))
        return await handler(request)

    return middleware


def _bare(hop: str) -> str | None:
    """The address without port and brackets; None when it is no address."""
    if hop.startswith("["):
        hop = hop[1:].partition("]")[0]
    elif hop.count(":") == 1:
        hop = hop.partition(":")[0]
    try:
        return str(ip_address(hop))
    except ValueError:
        return None
