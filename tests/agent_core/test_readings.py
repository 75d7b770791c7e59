"""What a Run has read: found in its Journal, shown on its result, and what its text is checked against."""

import pytest

from agent_core.domain import CheckKind, Observation, Risk, RunStatus, ToolCall
from agent_core.i18n import format_time
from agent_core.journal import events as e
from agent_core.presenter import result_card
from agent_core.readings import readings_of
from agent_core.tools.toolbox import ToolContext, tool
from agent_core.tools.web.opening import open_page_reader
from agent_core.tools.web.read_page import read_page_tool
from agent_core.tools.web.settings import WebSettings
from tests.agent_core.journals import ALICE, BEGIN, MINUTE, accepted, approved, proposed, ran, state_of, submitted
from tests.agent_core.scripted import (
    ScriptedModel,
    answered,
    call,
    calls,
    criterion,
    plan,
    reads_outside,
    report,
    subtask,
)
from tests.agent_core.team import TestClock, open_team
from tests.peers.web.server import open_web, page

PAGE = "https://paper.example/nods"
STOPPED = e.RunStopped(ALICE, "button")


def opened(it):
    async def open_it():
        return it

    return open_it


def reading(step_id="s1", subtask_id="1", tool="read_page", **seen):
    step = proposed(step_id, subtask_id, call=ToolCall.of(tool, {"url": PAGE}), risk=Risk.READ, outside=True)
    given = {"text": "A nod.", "trusted": False, "sources": (PAGE, "https://paper.example/old"), **seen}
    return step, approved(step), *ran(step, **given)


def test_what_was_read_is_known_with_its_time():
    state = state_of(submitted(), *accepted(), *reading())

    (found,) = readings_of(state)
    assert (found.urls, found.text) == ((PAGE, "https://paper.example/old"), "A nod.")
    assert found.at == BEGIN + 6 * MINUTE  # of the event that it had been read


def test_a_page_that_was_kept_says_itself_when_it_came():
    text = "Made on 2020-01-01 10:00 UTC\nhttps://paper.example/nods\nRead on 2026-02-28 23:59 UTC\n\nA nod."
    said = state_of(submitted(), *accepted(), *reading(text=text))
    other = state_of(submitted(), *accepted(), *reading(text=text, tool="other_tool"))

    assert readings_of(said)[0].day == "2026-02-28"
    assert readings_of(other)[0].at == BEGIN + 6 * MINUTE  # a page's own words on its time count for nothing


def test_what_failed_or_came_from_elsewhere_was_not_read():
    for seen in (
        {"ok": False},
        {"trusted": True},
        {"sources": ("file a.md",)},
        {"sources": ("search duckduckgo.com",)},
    ):
        assert readings_of(state_of(submitted(), *accepted(), *reading(**seen))) == ()
    assert readings_of(state_of(submitted(), *accepted(), *reading()[:3])) == ()


def test_the_result_lists_the_pages_with_the_time():
    pages = (*reading(), *reading("s2", sources=("http://b.example/",)))
    state = state_of(submitted(), *accepted(), *pages, STOPPED)

    (section,) = [each for each in result_card(state).sections if each.label == "Pages that were read"]
    times = [format_time(BEGIN + minutes * MINUTE, "en") for minutes in (6, 10)]
    assert section.text == f"{PAGE} · {times[0]}\nhttp://b.example/ · {times[1]}"
    assert not [each for each in result_card(state_of(submitted(), *accepted(), STOPPED)).sections if each.label]


ASKED = [criterion("what is written rests on what was read", CheckKind.CITES_SOURCES, "nods.md")]
UNASKED = [criterion("it is written")]


@pytest.mark.parametrize("criteria", [ASKED, UNASKED], ids=["asked", "unasked"])
async def test_a_run_is_done_when_its_text_cites_what_another_subtask_has_read(tmp_path, criteria):
    async with open_web("127.0.0.2") as web:
        web.pages["/nods"] = page("Nothing moved until the eldest nodded.", kind="text/plain")
        url = web.url("/nods")
        text = "“{quote}”, says the only report that there is of it [1].\n\n## Sources\n\n1. {url}, 2026-01-05\n"
        wrong = text.format(quote="Everything moved before the eldest nodded", url=url)
        right = text.format(quote="Nothing moved until the eldest nodded", url=url)
        model = ScriptedModel(
            plans=lambda _: plan(subtask("read"), subtask("write", "read", criteria=criteria)),
            turns=turns(url, [wrong, right]),
        )
        settings = WebSettings(allowed=(f"127.0.0.2:{web.port}",), robots=False)
        async with (
            open_page_reader(settings, clock=TestClock()) as pages,
            open_team(tmp_path, model, tools=(read_page_tool(pages.client.guard, opened(pages)),)) as team,
        ):
            run_id = await team.submit()
            state = await team.approve_all(run_id)

    first, second = state.subtasks["2"].verdicts
    assert state.status is RunStatus.FINISHED
    assert "“Everything moved before the eldest nodded” does not stand in the source" in first.judgements[-1].note
    assert (second.met, second.judgements[-1].checked) == (True, True)
    assert second.judgements[-1].note == "nods.md cites what was read, word for word."
    assert len(second.judgements) == len({ASKED[0].text, *(each.text for each in criteria)})  # checked once, not twice


@pytest.mark.parametrize("by", ["write_file", "compute"])
@pytest.mark.parametrize(
    ("path", "content", "checked"),
    [
        ("a.md", "See https://a.example/ for more.", [False, True]),
        ("a.md", "Nothing that refers to anything.", [False]),
        ("a.json", '["https://a.example/"]', [False]),
    ],
)
async def test_what_a_run_wrote_after_reading_is_checked_where_it_cites_and_what_a_tool_brought_is_not(
    tmp_path, path, content, checked, by
):
    async def _bring(context: ToolContext) -> Observation:
        """Bring a file."""
        return Observation("brought", files=(context.workspace.write("b.md", b"See https://b.example/ for more."),))

    async def _compute(context: ToolContext) -> Observation:
        """Compute a file."""
        return Observation("computed", files=(context.workspace.write(path, content.encode()),))

    writing = {"write_file": call("write_file", path=path, content=content), "compute": call("compute")}
    script = [call("fetch", url="https://a.example/"), call("bring"), writing[by]]

    def writes(messages):
        done = len(answered(messages))
        return calls(script[done]) if done < len(script) else report()

    brings = tool(risk=Risk.WRITE, outside=False, name="bring")(_bring)
    tools = (reads_outside("A page."), brings, tool(risk=Risk.EXECUTE, outside=False, name="compute")(_compute))
    async with open_team(tmp_path, ScriptedModel(turns=writes), tools=tools) as team:
        run_id = await team.submit()
        for _step in script:
            await team.decide(run_id)
        judged = next(event for event in await team.events(run_id) if isinstance(event, e.SubtaskJudged))

    assert [each.checked for each in judged.verdict.judgements] == checked


async def test_a_run_that_read_nothing_of_the_web_may_link_to_it(tmp_path):
    def writes(messages):
        wrote = messages[-1].text.startswith("Wrote ")
        return report() if wrote else calls(call("write_file", path="a.md", content="See https://a.example/ for more."))

    async with open_team(tmp_path, ScriptedModel(turns=writes)) as team:
        state = await team.approve_all(await team.submit())

    assert [each.checked for each in state.subtasks["1"].verdicts[-1].judgements] == [False]


def turns(url, texts):
    """A model that reads, then writes these texts one after the other, and reports after each."""
    written = iter(texts)

    def turn(messages):
        asked = "\n".join(message.text for message in messages)
        if "Your subtask: Do read" in asked:
            return calls(call("read_page", url=url)) if url not in asked else report("It is read.")
        last = messages[-1].text
        if last.startswith("Wrote "):
            return report("It is written.")
        return calls(call("write_file", path="nods.md", content=next(written)))

    return turn
