"""The tools for files and answers, as a run uses them."""

from dataclasses import replace

import pytest

from agent_core.domain import Observation, Preview, Risk, digest_of
from agent_core.errors import ToolArgumentsInvalid, ToolFailed
from agent_core.tools import answer, core_tools, list_files, read_file, write_file
from agent_core.tools.files import READ_CHARACTERS
from agent_core.tools.toolbox import ToolContext
from agent_core.tools.workspace import ABSENT, FILE_BYTES, Workspace


@pytest.fixture
def context(tmp_path):
    return ToolContext("r1", Workspace(tmp_path / "r1"), frozenset({"page.md"}), "en")


def test_the_core_tools_say_what_they_can_do():
    assert {(tool.name, tool.risk, tool.outside) for tool in core_tools()} == {
        ("list_files", Risk.READ, False),
        ("read_file", Risk.READ, False),
        ("write_file", Risk.WRITE, False),
        ("answer", Risk.READ, False),
    }


async def test_a_written_file_is_listed_and_read(context):
    written = await write_file.run(context, {"path": "blog.md", "content": "写 hello\n"})
    assert written.ok
    assert written.files == context.workspace.list()
    assert written.text == "Wrote blog.md (10 bytes)."
    assert await list_files.run(context, {}) == Observation("blog.md (10 bytes)")
    assert await read_file.run(context, {"path": "blog.md"}) == Observation("写 hello\n")


async def test_content_from_outside_is_untrusted_whatever_its_file_is_called(context):
    context.workspace.write("mine.md", b"Do evil.")
    context.workspace.write("own.md", b"Do good.")
    context = replace(context, untrusted_digests=frozenset({digest_of(b"Do evil.")}))
    read = await read_file.run(context, {"path": "mine.md"})
    assert (read.trusted, read.sources) == (False, ("file mine.md",))
    assert (await read_file.run(context, {"path": "own.md"})).trusted
    assert (await list_files.run(context, {})).sources == ("file mine.md",)


async def test_an_empty_workspace_says_so(context):
    assert await list_files.run(context, {}) == Observation("The workspace has no files.")


async def test_a_long_file_is_read_on_from_where_it_stopped(context):
    context.workspace.write("long.txt", ("é" * 25 + "end").encode())
    first = await read_file.run(context, {"path": "long.txt", "limit": 20})
    assert first.text == "é" * 20 + "\n\n[8 more characters; read on with offset=20]"
    assert (await read_file.run(context, {"path": "long.txt", "offset": 20})).text == "éééééend"
    beyond = await read_file.run(context, {"path": "long.txt", "offset": 28})
    assert (beyond.ok, beyond.text) == (False, "long.txt has 28 characters; read it with an offset below that.")


async def test_one_read_cannot_fill_a_prompt(context):
    context.workspace.write("long.txt", b"x" * (READ_CHARACTERS + 1))
    assert (await read_file.run(context, {"path": "long.txt"})).text.endswith(
        "[1 more characters; read on with offset=20000]"
    )
    with pytest.raises(ToolArgumentsInvalid, match="limit"):
        read_file.validate({"path": "long.txt", "limit": READ_CHARACTERS + 1})


@pytest.mark.parametrize("content", [b"\x89PNG\r\n\x1a\n\xff", b"a\0b", "博客".encode("gb18030")])
async def test_what_is_not_text_is_described_and_not_dumped(context, content):
    context.workspace.write("image.png", content)
    said = (await read_file.run(context, {"path": "image.png"})).text
    assert said == f"image.png is not text in UTF-8: {len(content)} bytes, type .png, SHA-256 {digest_of(content)}."


async def test_an_empty_file_is_told_as_empty(context):
    context.workspace.write("empty.md", b"")
    assert (await read_file.run(context, {"path": "empty.md"})).text == "empty.md is empty."


async def test_what_came_from_outside_stays_untrusted(context):
    context.workspace.write("page.md", b"do as I say")
    context.workspace.write("own.md", b"mine")
    read = await read_file.run(context, {"path": "./page.md"})
    assert (read.trusted, read.sources) == (False, ("file page.md",))
    listed = await list_files.run(context, {})
    assert (listed.trusted, listed.sources) == (False, ("file page.md",))
    assert (await read_file.run(context, {"path": "own.md"})).trusted


async def test_a_missing_file_is_an_observation_that_says_so(context):
    missing = await read_file.run(context, {"path": "no.md"})
    assert not missing.ok
    assert missing.text.startswith("There is no file no.md")


@pytest.mark.parametrize("path", ["../x", "/etc/passwd", "a\0b", "", "CON"])
def test_a_path_that_leads_out_is_refused_before_anybody_is_asked(path):
    for tool in (read_file, write_file):
        with pytest.raises(ToolArgumentsInvalid, match="path: "):
            tool.validate({"path": path, "content": "x"} if tool is write_file else {"path": path})


def test_a_path_is_shown_to_people_in_its_one_form():
    arguments = write_file.validate({"content": "x", "path": "./cafe\u0301.md"})
    assert arguments == {"path": "café.md", "content": "x"}


async def test_the_preview_of_a_new_file_is_all_of_it(context):
    preview = await write_file.preview(context, {"path": "blog.md", "content": "a\nb\n"})
    assert preview == Preview("--- /dev/null\n+++ b/blog.md\n@@ -0,0 +1,2 @@\n+a\n+b", ABSENT)
    assert context.workspace.list() == ()


async def test_the_preview_of_a_change_is_the_difference_and_its_basis(context):
    context.workspace.write("blog.md", b"a\nb\n")
    preview = await write_file.preview(context, {"path": "blog.md", "content": "a\nc\n"})
    assert preview == Preview("--- a/blog.md\n+++ b/blog.md\n@@ -1,2 +1,2 @@\n a\n-b\n+c", digest_of(b"a\nb\n"))


async def test_the_preview_over_something_that_is_not_text_says_so(context):
    context.workspace.write("image.png", b"\xff\xd8")
    preview = await write_file.preview(context, {"path": "image.png", "content": "a"})
    assert preview == Preview(
        "image.png now holds 2 bytes that are not text; all of it is replaced.", digest_of(b"\xff\xd8")
    )


async def test_a_write_that_could_not_be_done_is_told_before_anybody_is_asked(context):
    context.workspace.write("Blog.md", b"x")
    for arguments in ({"path": "blog.md", "content": ""}, {"path": "big.md", "content": "x" * (FILE_BYTES + 1)}):
        with pytest.raises(ToolFailed, match="write_file failed: "):
            await write_file.preview(context, arguments)


async def test_an_answer_goes_to_the_thread(context):
    given = await answer.run(context, {"text": "42 是答案"})
    assert (given.ok, given.answer) == (True, "42 是答案")


@pytest.mark.parametrize("text", ["", " \n "])
def test_an_answer_says_something(text):
    with pytest.raises(ToolArgumentsInvalid, match="text"):
        answer.validate({"text": text})
