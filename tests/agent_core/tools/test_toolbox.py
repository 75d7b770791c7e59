"""Tools and the box that holds them: whatever happens in a tool, the run gets a sentence."""

import asyncio
from typing import Annotated

import pytest
import structlog
from pydantic import Field

from agent_core.domain import Observation, Preview, Risk
from agent_core.errors import (
    OutcomeUncertain,
    ToolArgumentsInvalid,
    ToolFailed,
    ToolRefused,
    ToolUnknown,
    WorkspaceError,
)
from agent_core.ports import ToolSpec
from agent_core.tools import core_tools
from agent_core.tools.toolbox import Toolbox, ToolContext, tool
from agent_core.tools.workspace import Workspace

Word = Annotated[str, Field(description="A word")]


@pytest.fixture
def context(tmp_path):
    return ToolContext("r1", Workspace(tmp_path / "r1"), frozenset(), "en")


async def _echo(context: ToolContext, word: Word) -> Observation:
    """Say the word
    again."""
    return Observation(word)


echo = tool(risk=Risk.READ, outside=False)(_echo)


def raising(error: BaseException):
    async def fails(context: ToolContext) -> Observation:
        """Fail."""
        raise error

    return tool(risk=Risk.READ, outside=False)(fails)


def test_a_function_is_a_tool_in_one_line():
    assert (echo.name, echo.risk, echo.outside) == ("echo", Risk.READ, False)
    assert echo.spec == ToolSpec(
        "echo",
        "Say the word again.",
        {
            "properties": {"word": {"description": "A word", "type": "string"}},
            "required": ["word"],
            "type": "object",
            "additionalProperties": False,
        },
    )


async def test_a_tool_runs_with_checked_arguments(context):
    assert echo.validate({"word": "hi"}) == {"word": "hi"}
    assert await echo.run(context, {"word": "hi"}) == Observation("hi")


async def test_wrong_arguments_never_reach_the_function(context):
    with pytest.raises(ToolArgumentsInvalid, match="word is missing"):
        echo.validate({})
    with pytest.raises(ToolArgumentsInvalid, match="word is missing"):
        await echo.preview(context, {})
    refused = await echo.run(context, {"word": 1})
    assert not refused.ok
    assert refused.text.startswith("The arguments of echo cannot be used: word: ")


async def test_a_tool_without_a_preview_shows_its_arguments_only(context):
    assert await echo.preview(context, {"word": "hi"}) == Preview()


@pytest.mark.parametrize(
    ("error", "sentence"),
    [
        (WorkspaceError(path="a.md", reason="it is a folder; name a file."), "a.md: it is a folder; name a file."),
        (ToolFailed(tool="fails", reason="the server is asleep."), "fails failed: the server is asleep."),
        (
            KeyError("secret"),
            "fails failed: it met an error it did not expect (KeyError); the log says where.",
        ),
        (
            TimeoutError("its own"),
            "fails failed: it met an error it did not expect (TimeoutError); the log says where.",
        ),
    ],
    ids=lambda value: type(value).__name__,
)
async def test_whatever_a_tool_raises_is_a_sentence(context, error, sentence):
    assert await raising(error).run(context, {}) == Observation(sentence, ok=False)


async def test_the_log_names_the_place_and_no_contents(context):
    with structlog.testing.capture_logs() as logs:
        await raising(KeyError("secret")).run(context, {})
    [entry] = logs
    assert (entry["event"], entry["run_id"], entry["error"]) == ("tool_raised", "r1", "KeyError")
    assert "test_toolbox.py:" in entry["at"]
    assert "secret" not in str(entry)


@pytest.mark.parametrize("risk", Risk)
async def test_a_tool_whose_run_is_cancelled_is_cancelled_and_not_an_observation(context, risk):
    begun = asyncio.Event()

    async def hangs(context: ToolContext) -> Observation:
        """Wait."""
        begun.set()
        return await asyncio.Event().wait()

    running = asyncio.create_task(tool(risk=risk)(hangs).run(context, {}))
    await begun.wait()
    running.cancel()
    with pytest.raises(asyncio.CancelledError):
        await running


BROKEN_OFF = " What it did until then may have taken effect."


def sending_only(*, to: str = "") -> dict[str, object]:
    return {"outside": False, "connects": lambda arguments: arguments["to"] == to}


@pytest.mark.parametrize(
    ("risk", "said", "told"),
    [
        (Risk.READ, {}, ""),
        (Risk.WRITE, {}, BROKEN_OFF),
        (Risk.EXECUTE, {"outside": False}, BROKEN_OFF),
        (Risk.EXECUTE, sending_only(to="nobody"), BROKEN_OFF),
        (Risk.EXECUTE, sending_only(to="them"), None),
        (Risk.EXECUTE, {}, None),
        (Risk.SEND, {"outside": False}, None),
    ],
)
async def test_what_came_to_no_proper_end_has_failed_or_is_for_people_where_it_could_leave_the_machine(
    context, risk, said, told
):
    async def hangs(context: ToolContext, to: Word) -> Observation:
        """Wait."""
        await asyncio.Event().wait()

    async def gives_up(context: ToolContext, to: Word) -> Observation:
        """Wait for what is cancelled."""
        raise asyncio.CancelledError

    async def breaks(context: ToolContext, to: Word) -> Observation:
        """Break."""
        raise KeyError("secret")

    async def forgets(context: ToolContext, to: Word):
        """Return nothing."""

    for function, why in (
        (hangs, "it took longer than 0.01 seconds."),
        (gives_up, "it gave up in the middle."),
        (breaks, "it met an error it did not expect (KeyError); the log says where."),
        (forgets, "it returned NoneType instead of Observation; its author must mend that."),
    ):
        made = tool(risk=risk, timeout=0.01 if function is hangs else 60, **said)(function)
        if told is None:
            with pytest.raises(OutcomeUncertain) as doubt:
                await made.run(context, {"to": "them"})
            assert str(doubt.value) == f"{function.__name__}: {why} Nobody knows whether it took effect."
        else:
            seen = await made.run(context, {"to": "them"})
            assert (seen.ok, seen.text) == (False, f"{function.__name__} failed: {why}{told}")


async def test_a_preview_that_was_cancelled_from_within_is_a_sentence(context):
    async def gives_up(context: ToolContext, word: str) -> Preview:
        raise asyncio.CancelledError

    with pytest.raises(ToolFailed, match="echo failed: it gave up in the middle"):
        await tool(risk=Risk.SEND, preview=gives_up, name="echo")(_echo).preview(context, {"word": "x"})


async def test_a_tool_that_sends_and_meets_what_it_did_not_expect_is_a_doubt(context):
    async def breaks(context: ToolContext) -> Observation:
        """Send."""
        raise KeyError

    async def wrong(context: ToolContext):
        """Send."""
        return "sent"

    for sends in (breaks, wrong):
        with pytest.raises(OutcomeUncertain, match="Nobody knows whether it took effect"):
            await tool(risk=Risk.SEND, outside=False)(sends).run(context, {})

    async def shows(context: ToolContext) -> Preview:
        raise KeyError

    with pytest.raises(ToolFailed) as told:  # nothing was sent to show it
        await tool(risk=Risk.SEND, preview=shows)(breaks).preview(context, {})
    assert not isinstance(told.value, OutcomeUncertain)


async def test_a_tool_that_returns_something_else_is_told_apart(context):
    async def wrong(context: ToolContext):
        """Return text."""
        return "text"

    returned = await tool(risk=Risk.READ)(wrong).run(context, {})
    assert not returned.ok
    assert "returned str instead of Observation" in returned.text


async def test_a_preview_that_fails_is_a_sentence_too(context):
    async def breaks(context: ToolContext, word: str) -> Preview:
        raise ZeroDivisionError

    async def refuses(context: ToolContext, word: str) -> Preview:
        raise WorkspaceError(path="a.md", reason="no.")

    for preview, why in ((breaks, "ZeroDivisionError"), (refuses, r"a\.md: no\.")):
        with pytest.raises(ToolFailed, match=why):
            await tool(risk=Risk.READ, preview=preview)(_echo).preview(context, {"word": "x"})


async def test_what_a_tool_brings_from_outside_is_untrusted_even_if_it_forgets_to_say_so(context):
    assert tool(risk=Risk.READ)(_echo).outside
    heard = await tool(risk=Risk.READ)(_echo).run(context, {"word": "do as I say"})
    assert (heard.trusted, heard.sources) == (False, ("tool echo",))

    async def page(context: ToolContext) -> Observation:
        """Read a page."""
        return Observation("x", trusted=False, sources=("page example.org",))

    assert (await tool(risk=Risk.READ)(page).run(context, {})).sources == ("page example.org",)


async def test_what_no_journal_can_hold_is_replaced(context):
    async def odd(context: ToolContext) -> Observation:
        """Answer."""
        return Observation("a\ud800b", answer="\udfff")

    assert await tool(risk=Risk.READ, outside=False)(odd).run(context, {}) == Observation("a?b", answer="?")


@pytest.mark.parametrize(
    ("name", "function", "why"),
    [
        ("has space", _echo, "no name"),
        ("x" * 65, _echo, "no name"),
        ("f", lambda context: None, "async function"),
    ],
)
def test_what_is_no_tool_is_a_mistake_of_its_author(name, function, why):
    with pytest.raises(TypeError, match=why):
        tool(risk=Risk.READ, name=name)(function)


def test_a_tool_without_words_is_a_mistake_of_its_author():
    async def silent(context: ToolContext) -> Observation:
        return Observation("")

    with pytest.raises(TypeError, match="docstring"):
        tool(risk=Risk.READ)(silent)


# --- the box -------------------------------------------------------------------------------------------------------


def test_the_box_finds_tools_by_name():
    box = Toolbox.of((*core_tools(), echo))
    assert box["echo"] is box.named("echo") is echo
    assert set(box) == {"answer", "echo", "list_files", "read_file", "write_file"}
    assert len(box) == 5
    assert [spec.name for spec in box.specs] == sorted(box)


def test_an_unknown_tool_is_told_with_those_there_are():
    with pytest.raises(
        ToolUnknown, match="no tool called shout; the tools are answer, list_files, read_file, write_file"
    ):
        Toolbox.of(core_tools()).named("shout")


def test_two_tools_of_one_name_are_refused():
    with pytest.raises(ToolRefused, match="already a tool called echo"):
        Toolbox.of((echo, echo))
