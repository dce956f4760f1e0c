"""Draw plain pictures for the LINE menus of a city: its colour, and the labels of ``line/menus.yml``.

    python scripts/draw_line_menus.py demo/mirai --font /usr/share/fonts/opentype/noto/NotoSansCJK-Bold.ttc

A font with Japanese letters is needed; none comes with Python. Noto Sans CJK (SIL Open Font License) is in Debian's
package fonts-noto-cjk. The files that the definition names as ``picture`` are written anew.
"""

import argparse
import re
from pathlib import Path
from typing import Any

import yaml
from PIL import Image, ImageColor, ImageDraw, ImageFont

SIZE = (1200, 810)
GAP = 12
LETTERS = range(48, 20, -2)
"""pixels high, the largest first"""
COLOURS = 16
"""in the file: flat areas and the soft edges of letters need no more"""

Box = tuple[int, int, int, int]
Font = ImageFont.FreeTypeFont


def main() -> None:
    asked = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    asked.add_argument("city", type=Path, help="the city's folder")
    asked.add_argument("--font", type=Path, required=True, help="a TrueType or OpenType font with Japanese letters")
    given = asked.parse_args()
    fonts = [ImageFont.truetype(str(given.font), letters) for letters in LETTERS]
    primary = yaml.safe_load((given.city / "city.yml").read_text(encoding="utf-8"))["colours"]["primary"]
    for menu in yaml.safe_load((given.city / "line/menus.yml").read_text(encoding="utf-8")):
        file = given.city / "line" / menu["picture"]
        drawn(menu["rows"], primary, fonts).quantize(COLOURS).save(file, "PNG", optimize=True)
        print(f"{file}: {file.stat().st_size // 1024} KB")


def drawn(rows: list[list[dict[str, Any]]], primary: str, fonts: list[Font]) -> Image.Image:
    """Every second row is dark; the areas are those of ``channels.line.menu_definition``."""
    width, height = SIZE
    picture = Image.new("RGB", SIZE, "white")
    draw = ImageDraw.Draw(picture)
    for row, buttons in enumerate(rows):
        ground, words = (primary, "white") if row % 2 == 0 else (pale(primary), primary)
        for column, button in enumerate(buttons):
            left, right = (width * each // len(buttons) for each in (column, column + 1))
            top, bottom = (height * each // len(rows) for each in (row, row + 1))
            inside = (left + GAP, top + GAP, right - GAP, bottom - GAP)
            draw.rounded_rectangle(inside, radius=2 * GAP, fill=ground)
            write(draw, inside, str(button["label"]), words, fonts)
    return picture


def pale(colour: str) -> tuple[int, ...]:
    return tuple(255 - (255 - part) // 10 for part in ImageColor.getrgb(colour)[:3])


def write(draw: ImageDraw.ImageDraw, inside: Box, label: str, colour: str, fonts: list[Font]) -> None:
    """In the middle, as large as it fits; broken at spaces and before a reading, （よみ）."""
    left, top, right, bottom = inside
    width = right - left - 2 * GAP
    pieces = re.split(r"(?=[\s（])", label)
    font = next((each for each in fonts if all(each.getlength(piece) <= width for piece in pieces)), fonts[-1])
    text = "\n".join(lines(pieces, width, font))
    middle = ((left + right) / 2, (top + bottom) / 2)
    draw.multiline_text(middle, text, fill=colour, font=font, anchor="mm", align="center", spacing=GAP)


def lines(pieces: list[str], width: int, font: Font) -> list[str]:
    found = [pieces[0]]
    for piece in pieces[1:]:
        if font.getlength(found[-1] + piece) <= width:
            found[-1] += piece
        else:
            found.append(piece.strip())
    return found


if __name__ == "__main__":
    main()
