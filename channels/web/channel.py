from channels.channel import Accepted, Capabilities, DeliveryOutcome
from conversations.message import Address
from conversations.reply import Reply


class WebChannel:
    """The web's mouth: silent, because the browser fetches the timeline itself."""

    name = "web"
    capabilities = Capabilities(
        pulled=True, retry_safe=True, buttons=True, text_limit=None, may_carry_confidential=True
    )

    async def send(self, address: Address, reply: Reply, *, key: str, handle: str | None) -> DeliveryOutcome:
        """Nothing to do: what is in the timeline is said."""
        del address, reply, key, handle
        return Accepted()

    async def close(self) -> None:
        return
