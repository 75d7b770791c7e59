"""The processes that take documents apart: killed when a document holds them, and replaced."""

import os
import sys
from pathlib import Path

import pytest

from agent_core.errors import WebError
from agent_core.tools.web.extraction import MEMORY
from agent_core.tools.web.readers import SERVED, SPARE, open_readers
from tests.agent_core.tools.web.documents import ARTICLE

ATTRIBUTES = " ".join(f"a{number}='{number}'" for number in range(100_000))


@pytest.fixture
async def readers():
    async with open_readers() as opened:
        yield opened


async def test_a_document_that_holds_its_parser_is_given_up_and_the_next_is_taken_apart(readers):
    html = f"<html><body><p {ATTRIBUTES}>x</p></body></html>".encode()
    await readers.read("u", "text", b"warm")
    (process,) = readers.idle

    with pytest.raises(WebError, match=r"taking it apart took longer than 0\.5 seconds"):
        await readers.read("u", "html", html, seconds=0.5)

    assert process.running.returncode == -9
    assert "smallest word of assent" in (await readers.read("u", "html", ARTICLE.encode()))["text"]
    assert process not in readers.idle


async def test_a_document_that_takes_too_much_memory_is_given_up(readers):
    # a stream that unpacks to more than the process may have
    with pytest.raises(WebError, match="it is too large to be taken apart|it is damaged"):
        await readers.read("u", "text", b"a" * (MEMORY // 2), seconds=20)

    assert (await readers.read("u", "text", b"after"))["text"] == "after"


async def test_a_process_that_dies_is_replaced(readers):
    await readers.read("u", "text", b"warm")
    readers.idle[0].running.kill()
    await readers.idle[0].running.wait()

    with pytest.raises(WebError, match="it is too large to be taken apart"):
        await readers.read("u", "text", b"a")
    assert (await readers.read("u", "text", b"b"))["text"] == "b"


async def test_a_process_serves_only_so_many_documents(readers):
    await readers.read("u", "text", b"warm")
    (first,) = readers.idle
    first.served = SERVED - 1

    await readers.read("u", "text", b"the last")

    assert first.running.returncode == -9
    assert (await readers.read("u", "text", b"next"))["text"] == "next"


async def test_the_next_process_is_there_before_the_last_document_of_one(readers):
    await readers.read("u", "text", b"warm")
    (first,) = readers.idle
    first.served = SERVED - SPARE - 1

    await readers.read("u", "text", b"a")
    second = readers.idle[0]
    assert (len(readers.idle), readers.idle[-1] is first, second.served) == (2, True, 0)
    first.served = SERVED - 1
    await readers.read("u", "text", b"b")

    assert readers.idle == [second]
    assert first.running.returncode == -9


async def test_a_process_has_nothing_of_its_parent(readers):
    os.environ["NOD_OF_TEST"] = "secret"
    try:
        await readers.read("u", "text", b"warm")
    finally:
        del os.environ["NOD_OF_TEST"]
    folder = Path(f"/proc/{readers.idle[0].running.pid}")
    if sys.platform == "linux":
        assert (folder / "environ").read_bytes() == b"LANG=C.UTF-8\0"
        assert (folder / "cwd").readlink() == Path("/")
        assert len(list((folder / "fd").iterdir())) <= 6


async def test_processes_end_with_those_who_opened_them():
    async with open_readers() as readers:
        await readers.read("u", "text", b"a")
        (process,) = readers.idle
    assert process.running.returncode == -9
