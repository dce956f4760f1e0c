import base64
import hashlib
import hmac

from channels.arriving import Forged


def verified(body: bytes, signature: str | None, secret: str) -> None:
    """Return when LINE signed exactly these bytes with this channel's secret; raise Forged otherwise.

    ``x-line-signature`` is the base64 of HMAC-SHA256 over the raw body, the channel secret being the key
    (Messaging API reference, "Signature validation"). The header may be missing or hold anything at all.
    """
    if not secret:
        # Everybody can sign with an empty key.
        raise Forged("LINE: no channel secret is set for this account; no delivery can be trusted")
    if signature is None:
        raise Forged("LINE: the delivery has no x-line-signature")
    expected = base64.b64encode(hmac.digest(secret.encode(), body, hashlib.sha256))
    # Compared as bytes: compare_digest refuses text outside ASCII, and headers may hold half a surrogate pair.
    if not hmac.compare_digest(expected, signature.encode("utf-8", "surrogatepass")):
        raise Forged("LINE: x-line-signature does not fit the body; is it this account's channel secret?")
