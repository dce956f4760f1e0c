"""What every answer says to browsers about itself."""

from collections.abc import Mapping

from channels.web.settings import WebSettings

_PERMISSIONS = ", ".join(
    f"{name}=()" for name in ("camera", "microphone", "geolocation", "payment", "usb", "display-capture")
)

ATTACHMENT: Mapping[str, str] = {
    "Content-Security-Policy": "default-src 'none'; sandbox; frame-ancestors 'none'",
    "Cache-Control": "private, no-store",
}
"""on top of ``common``, for what residents uploaded"""


def common(settings: WebSettings) -> dict[str, str]:
    """For everything. ``same-origin`` referrers, because under ``no-referrer`` a form's Origin becomes ``null``."""
    headers = {
        "Content-Security-Policy": "default-src 'none'; frame-ancestors 'none'",
        "X-Content-Type-Options": "nosniff",
        "Referrer-Policy": "same-origin",
        "Permissions-Policy": _PERMISSIONS,
        "Cross-Origin-Resource-Policy": "same-origin",
        "Cache-Control": "no-store",
    }
    if settings.origin.startswith("https:"):
        headers["Strict-Transport-Security"] = "max-age=31536000; includeSubDomains"
    return headers


def page(*, frame_ancestors: tuple[str, ...] = ("'none'",), cross_origin: bool = False) -> dict[str, str]:
    """For a page of ours: nothing but our own files, and no script or style within the page."""
    policy = (
        "default-src 'none'",
        "script-src 'self'",
        "style-src 'self'",
        "img-src 'self' data: blob:",
        "font-src 'self'",
        "connect-src 'self'",
        "frame-src 'self'",
        "base-uri 'none'",
        "form-action 'self'",
        f"frame-ancestors {' '.join(frame_ancestors)}",
    )
    headers = {"Content-Security-Policy": "; ".join(policy)}
    if cross_origin:
        headers["Cross-Origin-Resource-Policy"] = "cross-origin"
    else:
        headers["Cross-Origin-Opener-Policy"] = "same-origin"
    return headers
