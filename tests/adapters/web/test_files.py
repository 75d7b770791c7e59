"""A run's files: shown, downloaded, and never run."""

from urllib.parse import quote

import pytest

from adapters.web.files import Look, look, picture_type
from tests.adapters.web import samples
from tests.adapters.web.doors import app_of, visiting
from tests.adapters.web.fake_service import FakeService

PNG = b"\x89PNG\r\n\x1a\n" + b"\x00" * 20
FILES = {
    "a.md": b"# Title\n\n<script>alert(1)</script>",
    "notes.txt": "plain \u202e text".encode(),
    "page.html": b"<script>alert(1)</script>",
    "evil.svg": b"<svg xmlns='http://www.w3.org/2000/svg' onload='alert(1)'/>",
    "photo.png": PNG,
    "evil.png": b"<html><script>alert(1)</script>",
    "data.bin": b"\x00\x01\x02",
    "深/页 #1?.md": "# 你好".encode(),
    'quote".txt': b"x",
}


@pytest.fixture
def app():
    run = samples.asking()
    run.files = FILES
    return app_of(FakeService(run))


@pytest.mark.parametrize("path", list(FILES))
async def test_every_file_downloads_as_it_is_and_opens_nowhere(app, path):
    async with visiting(app) as client:
        page = (await client.get("/runs/asking1")).text
        address = f"/runs/asking1/files/{quote(path)}"
        assert f'href="{address}"' in page
        answer = await client.get(address)
    assert answer.content == FILES[path]
    assert answer.headers["content-type"] == "application/octet-stream"
    assert answer.headers["content-disposition"].startswith("attachment; ")
    assert answer.headers["content-security-policy"].startswith("sandbox;")
    assert answer.headers["x-content-type-options"] == "nosniff"


@pytest.mark.parametrize(
    ("path", "shows"),
    [
        ("a.md", "<h3>Title</h3>"),
        ("a.md", "&lt;script&gt;alert(1)&lt;/script&gt;"),
        ("notes.txt", "⟦U+202E⟧"),
        ("page.html", "&lt;script&gt;alert(1)&lt;/script&gt;"),
        ("evil.svg", "&lt;svg xmlns="),
        ("photo.png", 'src="/runs/asking1/picture/photo.png"'),
        ("evil.png", "&lt;html&gt;"),
        ("data.bin", "download it to open it"),
        ("%E6%B7%B1/%E9%A1%B5%20%231%3F.md", "<h3>你好</h3>"),
    ],
)
async def test_a_file_is_shown_safely(app, path, shows):
    async with visiting(app) as client:
        answer = await client.get(f"/runs/asking1/view/{path}")
    assert answer.status_code == 200
    assert shows in answer.text
    assert answer.text.count("<script") == answer.text.count('<script src="/static/')  # our own alone


async def test_only_raster_pictures_are_sent_as_pictures(app):
    async with visiting(app) as client:
        good = await client.get("/runs/asking1/picture/photo.png")
        others = [await client.get(f"/runs/asking1/picture/{path}") for path in ("evil.svg", "evil.png", "page.html")]
    assert good.headers["content-type"] == "image/png"
    assert good.headers["content-security-policy"].startswith("sandbox;")
    assert [answer.status_code for answer in others] == [404] * 3


def test_pictures_are_known_by_their_first_bytes():
    found = [
        picture_type(start)
        for start in (PNG, b"\xff\xd8\xff\xe0", b"GIF89a..", b"RIFF0000WEBPVP8 ", b"RIFF0000WAVE", b"")
    ]
    assert found == ["image/png", "image/jpeg", "image/gif", "image/webp", "", ""]


def test_a_text_too_large_for_a_page_is_for_downloading():
    assert look("a.txt", b"x" * 1_000_001) == (Look.NONE, "")
    assert look("a.txt", "ü".encode("latin-1")) == (Look.NONE, "")
