import io
import struct
import zlib
from collections.abc import Awaitable, Callable
from dataclasses import replace
from uuid import uuid4

import pytest
from aiohttp import web
from hypothesis import given
from hypothesis import strategies as st
from PIL import Image

from channels.web.checking import BadFile, check_file, safe_name
from channels.web.routes import add_routes
from channels.web.settings import WebSettings
from tests.channels.web.browser import Browser, Client
from tests.fakes.web_service import FakeWebService

AiohttpClient = Callable[[web.Application], Awaitable[Client]]
PDF = b"%PDF-1.4\n1 0 obj<</Type/Catalog>>endobj\ntrailer<</Root 1 0 R>>\n%%EOF\n"
GPS_INFO, ORIENTATION, MAKE = 0x8825, 0x0112, 0x010F


def a_picture(form: str = "PNG", size: tuple[int, int] = (40, 20), exif: Image.Exif | None = None) -> bytes:
    out = io.BytesIO()
    Image.new("RGB", size, (200, 30, 30)).save(out, form, **({"exif": exif} if exif else {}))
    return out.getvalue()


def a_photo_taken_somewhere() -> bytes:
    """Lying on its side, with the camera and the place in it."""
    exif = Image.Exif()
    exif[ORIENTATION] = 6
    exif[MAKE] = "SecretCam"
    exif[GPS_INFO] = {1: "N", 2: (35.0, 41.0, 22.0), 3: "E", 4: (139.0, 41.0, 30.0)}
    return a_picture("JPEG", (40, 20), exif)


@pytest.mark.parametrize(
    ("form", "content_type", "suffix"),
    [
        ("JPEG", "image/jpeg", ".jpg"),
        ("PNG", "image/png", ".png"),
        ("GIF", "image/png", ".png"),
        ("WEBP", "image/webp", ".webp"),
    ],
)
def test_pictures_are_drawn_anew(form: str, content_type: str, suffix: str) -> None:
    checked = check_file("街灯.html", a_picture(form))

    assert (checked.name, checked.content_type) == ("街灯" + suffix, content_type)
    assert Image.open(io.BytesIO(checked.content)).size == (40, 20)


def test_photo_loses_place_and_camera_and_stands_upright() -> None:
    photo = a_photo_taken_somewhere()
    assert b"SecretCam" in photo

    checked = check_file("IMG_1.JPG", photo)

    shown = Image.open(io.BytesIO(checked.content))
    assert shown.size == (20, 40)
    assert not dict(shown.getexif())
    assert not {b"SecretCam", b"Exif"} & {each for each in (b"SecretCam", b"Exif") if each in checked.content}


def test_what_hides_behind_a_picture_does_not_come_through() -> None:
    script = b"<script>alert(1)</script>"
    polyglot = a_picture("GIF") + b"*/=1;alert(1)//" + script + b"PK\x03\x04"

    checked = check_file("x.gif", polyglot)

    assert script not in checked.content
    assert b"PK\x03\x04" not in checked.content


def test_text_inside_a_png_does_not_come_through() -> None:
    picture = a_picture("PNG")
    text = b"Comment\x00<script>alert(1)</script>"
    chunk = struct.pack(">I", len(text)) + b"tEXt" + text + struct.pack(">I", zlib.crc32(b"tEXt" + text))

    checked = check_file("x.png", picture[:33] + chunk + picture[33:])

    assert b"script" not in checked.content


def test_small_file_that_unpacks_to_gigabytes_is_refused_unopened() -> None:
    header = b"\x89PNG\r\n\x1a\n"
    ihdr = struct.pack(">IIBBBBB", 40_000, 40_000, 8, 2, 0, 0, 0)
    bomb = header + struct.pack(">I", 13) + b"IHDR" + ihdr + struct.pack(">I", zlib.crc32(b"IHDR" + ihdr))
    bomb += struct.pack(">I", 0) + b"IDAT" + struct.pack(">I", zlib.crc32(b"IDAT"))

    with pytest.raises(BadFile, match="file_broken"):
        check_file("bomb.png", bomb)


def test_picture_of_more_than_sixty_four_million_points_is_refused() -> None:
    out = io.BytesIO()
    Image.new("1", (9_000, 8_000)).save(out, "PNG")
    assert len(out.getvalue()) < 20_000

    with pytest.raises(BadFile, match="file_broken"):
        check_file("wall.png", out.getvalue())


@pytest.mark.parametrize(
    ("content", "reason"),
    [
        (b"", "file_empty"),
        (b"<html><script>alert(1)</script>", "file_type"),
        (b"<svg xmlns='http://www.w3.org/2000/svg' onload='alert(1)'/>", "file_type"),
        (b"MZ" + bytes(200), "file_type"),
        (b"PK\x03\x04" + bytes(200), "file_type"),
        (a_picture("PNG")[:60], "file_broken"),
        (a_picture("JPEG")[:200], "file_broken"),
        (a_picture("BMP"), "file_type"),
        (PDF[:-8], "file_broken"),
        (PDF + b"<script>alert(1)</script>", "file_type"),
        (PDF.replace(b"/Type/Catalog", b"/OpenAction<</S/JavaScript/JS(app.alert(1))>>"), "file_type"),
    ],
)
def test_what_is_not_plainly_harmless_is_refused(content: bytes, reason: str) -> None:
    with pytest.raises(BadFile, match=reason):
        check_file("file.pdf", content)


def test_plain_pdf_is_kept_as_it_is() -> None:
    checked = check_file("申請書.PDF", PDF)

    assert (checked.name, checked.content_type, checked.content) == ("申請書.pdf", "application/pdf", PDF)


@given(st.binary(max_size=400) | st.binary(max_size=200).map(lambda tail: a_picture("PNG")[:50] + tail))
def test_any_bytes_are_checked_or_refused(content: bytes) -> None:
    try:
        check_file("x", content)
    except BadFile as bad:
        assert bad.code in {"file_empty", "file_type", "file_broken"}  # noqa: PT017 -- most bytes raise nothing


@pytest.mark.parametrize(
    ("name", "safe"),
    [
        ("../../etc/passwd", "passwd.png"),
        ("C:\\写真\\家.jpg", "家.png"),
        ("evil\r\nSet-Cookie: a=b.png", "evilSet-Cookie_ a=b.png"),
        ("a\u202egnp.exe", "agnp.png"),
        ("", "file.png"),
        ("...", "file.png"),
        ("あ" * 300 + ".png", "あ" * 80 + ".png"),
    ],
)
def test_names_are_made_harmless(name: str, safe: str) -> None:
    assert safe_name(name, ".png") == safe


async def test_file_goes_with_a_message_and_comes_back_to_be_saved(resident: Browser, service: FakeWebService) -> None:
    kept = await (await resident.upload("道路の穴.jpg", a_photo_taken_somewhere())).json()
    said = await (await resident.say("", attachments=[kept["id"]])).json()
    saved = await resident.get(f"files/{kept['id']}")

    assert said["attachments"] == [kept]
    assert service.accepted[0].attachments[0].name == "道路の穴.jpg"
    assert Image.open(io.BytesIO(await saved.read())).size == (20, 40)
    assert saved.headers["Content-Disposition"].startswith("attachment;")
    assert "filename*=UTF-8''%E9%81%93" in saved.headers["Content-Disposition"]
    assert "sandbox" in saved.headers["Content-Security-Policy"]
    assert saved.headers["X-Content-Type-Options"] == "nosniff"


async def test_another_visitors_file_is_not_there(client: Client, resident: Browser) -> None:
    stranger = await Browser(client).arrive()
    kept = await (await resident.upload("a.png", a_picture())).json()

    assert (await resident.get(f"files/{kept['id']}")).status == 200
    assert (await stranger.get(f"files/{kept['id']}")).status == 404
    assert (await stranger.say("見て", attachments=[kept["id"]])).status == 422
    assert (await resident.get(f"files/{uuid4()}")).status == 404
    assert (await resident.get("files/..%2F..%2Fetc%2Fpasswd")).status == 404


async def test_too_big_a_file_is_refused_with_the_limit(
    aiohttp_client: AiohttpClient, service: FakeWebService, settings: WebSettings
) -> None:
    app = web.Application()
    add_routes(app, service, replace(settings, file_limit=2 * 1024 * 1024))
    resident = await Browser(await aiohttp_client(app)).arrive()

    fits = await resident.upload("a.pdf", PDF[:-7] + b" " * 1_900_000 + PDF[-7:])
    too_big = await resident.upload("a.pdf", PDF[:-7] + b" " * 2_200_000 + PDF[-7:])

    assert fits.status == 201, await fits.text()
    assert too_big.status == 413
    assert "2 MB" in (await too_big.json())["message"]


async def test_refused_file_is_told_in_words(resident: Browser) -> None:
    answer = await resident.upload("x.svg", b"<svg onload=alert(1)>")

    assert answer.status == 422
    assert await answer.json() == {
        "code": "file_type",
        "message": "この種類のファイルは添付できません。写真（JPEG・PNG）かPDFを選んでください。",
    }


async def test_only_so_many_files_go_with_a_message(resident: Browser) -> None:
    answer = await resident.say("写真です", attachments=[str(uuid4()) for _ in range(6)])

    assert (await answer.json())["code"] == "too_many_files"


@pytest.mark.parametrize(
    ("body", "content_type"),
    [
        (b"", "multipart/form-data; boundary=x"),
        (b"--x\r\n\r\n", "multipart/form-data; boundary=x"),
        (b"--x\r\nContent-Disposition: form-data; name=file\r\n\r\nabc", "multipart/form-data; boundary=x"),
        (b"\xff\xfe--x", "multipart/form-data; boundary=x"),
        (b"--x--", "multipart/form-data"),
        (b"--x\r\nContent-Type: multipart/mixed; boundary=y\r\n\r\n--y--\r\n--x--", "multipart/mixed; boundary=x"),
        (b"{}", "application/json"),
    ],
)
async def test_broken_uploads_are_refused(resident: Browser, body: bytes, content_type: str) -> None:
    headers = {**resident.headers, "Content-Type": content_type}

    answer = await resident.client.post("/chat/api/files", data=body, headers=headers)

    assert answer.status in {400, 422}, await answer.text()


async def test_upload_under_another_name_is_refused(resident: Browser) -> None:
    assert (await resident.upload("a.png", a_picture(), part="picture")).status == 400
    assert (await resident.upload("a.png", a_picture())).status == 201
