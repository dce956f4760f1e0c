"""``format=flowed`` (RFC 3676): lines that a program broke softly become whole again."""


def joined_lines(text: str, *, delete_space: bool = False) -> str:
    """Paragraphs on one line each. Quotations keep their depth as ``> `` and never flow into another depth.

    ``delete_space`` is ``DelSp=yes``: the space before a soft break is no part of the text (Japanese, Chinese).
    """
    lines: list[list[str]] = []
    flowing_at: int | None = None
    for written in text.split("\n"):
        depth = len(written) - len(written.lstrip(">"))
        line = written[depth:].removeprefix(" ")
        signature = line == "-- "
        flows_on = line.endswith(" ") and not signature
        if flowing_at != depth or signature:
            lines.append(["> " * depth])
        lines[-1].append(line[:-1] if flows_on and delete_space else line)
        flowing_at = depth if flows_on else None
    return "\n".join(_whole(line) for line in lines)


def _whole(line: list[str]) -> str:
    prefix, words = line[0], "".join(line[1:])
    return prefix + words if words else prefix.rstrip()
