"""What a resident may send as a file: told by its content, and made harmless before anyone opens it."""

import io
import re
import unicodedata
from dataclasses import dataclass
from pathlib import PurePosixPath
from typing import Final

import filetype
from PIL import Image, ImageOps

_WRITTEN_AS: Final = {"image/jpeg": "JPEG", "image/png": "PNG", "image/gif": "PNG", "image/webp": "WEBP"}
_SUFFIXES: Final = {"JPEG": ".jpg", "PNG": ".png", "WEBP": ".webp"}
_READERS: Final = ("JPEG", "PNG", "GIF", "WEBP")
_MOST_PIXELS = 64_000_000
_LONGEST_SIDE = 4096
_LONGEST_NAME = 80
_PDF_TAIL = 2048
_PDF_ACTIVE = re.compile(rb"/(?:JavaScript|Launch|EmbeddedFile|RichMedia|XFA)\b")


class BadFile(Exception):
    """``code`` names the phrase: ``file_type``, ``file_broken``, ``file_empty``."""

    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.code = code


@dataclass(frozen=True, slots=True, kw_only=True)
class CheckedFile:
    name: str
    content_type: str
    content: bytes


def check_file(name: str, content: bytes) -> CheckedFile:
    """The file, safe to hand on: pictures drawn anew (so without place, camera or hidden parts), PDFs without scripts.

    Raises BadFile. Takes processor time: call it in a thread.
    """
    if not content:
        raise BadFile("file_empty")
    kind = filetype.guess_mime(content)
    if kind == "application/pdf":
        return CheckedFile(name=safe_name(name, ".pdf"), content_type=kind, content=_checked_pdf(content))
    if kind not in _WRITTEN_AS:
        raise BadFile("file_type")
    form = _WRITTEN_AS[kind]
    redrawn = _redrawn(content, form)
    return CheckedFile(name=safe_name(name, _SUFFIXES[form]), content_type=f"image/{form.lower()}", content=redrawn)


def safe_name(name: str, suffix: str) -> str:
    """A name no system trips over: no folders, no control or direction characters, and the true suffix."""
    last = unicodedata.normalize("NFC", name).replace("\\", "/").rpartition("/")[2]
    plain = "".join(c for c in last if unicodedata.category(c)[0] not in "CZ" or c == " ")
    stem = re.sub(r'[<>:"|?*;%]', "_", PurePosixPath(plain).stem).strip(" .")[:_LONGEST_NAME]
    return (stem or "file") + suffix


def _redrawn(content: bytes, form: str) -> bytes:
    try:
        with Image.open(io.BytesIO(content), formats=_READERS) as picture:
            _require_sane_size(picture)
            picture.draft("RGB", (_LONGEST_SIDE, _LONGEST_SIDE))
            upright = ImageOps.exif_transpose(picture)
    except BadFile:
        raise
    except (OSError, ValueError, SyntaxError, EOFError, MemoryError, OverflowError) as error:
        raise BadFile("file_broken") from error
    except (Image.DecompressionBombError, Image.DecompressionBombWarning) as error:
        raise BadFile("file_broken") from error
    return _written(upright, form)


def _require_sane_size(picture: Image.Image) -> None:
    # Before a pixel is unpacked: a few kilobytes can unpack to gigabytes.
    if picture.width * picture.height > _MOST_PIXELS:
        raise BadFile("file_broken")


def _written(picture: Image.Image, form: str) -> bytes:
    """The pixels alone: a new picture carries none of the old one's metadata."""
    has_alpha = form != "JPEG" and ("A" in picture.getbands() or "transparency" in picture.info)
    plain = picture.convert("RGBA" if has_alpha else "RGB")
    plain.thumbnail((_LONGEST_SIDE, _LONGEST_SIDE))
    plain.info.clear()
    out = io.BytesIO()
    if form == "PNG":
        plain.save(out, form, optimize=False)
    else:
        plain.save(out, form, quality=88)
    return out.getvalue()


def _checked_pdf(content: bytes) -> bytes:
    """A PDF and nothing else: begins and ends as one, and does nothing by itself.

    What is hidden in compressed streams is not seen here: such files are for a virus scanner.
    """
    end = content.rfind(b"%%EOF")
    if not content.startswith(b"%PDF-") or end < 0 or len(content) - end > _PDF_TAIL:
        raise BadFile("file_broken")
    if content[end + 5 :].strip(b"\r\n\t \x00") or _PDF_ACTIVE.search(content):
        raise BadFile("file_type")
    return content
