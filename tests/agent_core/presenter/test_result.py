"""What a Run came to, told without a model."""

from agent_core.cards import Fact, Form, Tone
from agent_core.domain import FileRef, Plan, PolicyName, Risk, Subtask, ToolCall
from agent_core.journal import events as e
from agent_core.presenter import account_of, result_of
from tests.agent_core.journals import (
    ALICE,
    RESEARCH,
    SMALL,
    WRITE,
    accepted,
    approved,
    called,
    judged,
    proposed,
    ran,
    state_of,
    submitted,
    write_call,
)
from tests.agent_core.presenter.telling import card_of, told

BEGUN = (submitted(), *accepted())
RESEARCHED = (e.SubtaskReported("1", 1, "Sources: a, b, c"), judged(RESEARCH))
WRITTEN = (e.SubtaskReported("2", 1, "Written."), judged(WRITE))


def answering(text: str, step_id: str = "s1", subtask_id: str = "1", turn: int = 1) -> tuple[e.Event, ...]:
    step = proposed(step_id, subtask_id, turn=turn, call=ToolCall.of("answer", {"text": text}), risk=Risk.READ)
    return step, approved(step), *ran(step, "shown", answer=text)


def test_the_result_is_the_report_of_the_subtask_nobody_waits_for():
    assert result_of(state_of(*BEGUN, *RESEARCHED, *WRITTEN)) == "Written."


def test_several_last_subtasks_are_told_apart():
    apart = Plan((RESEARCH, Subtask("2", "Write", "", WRITE.criteria)))
    state = state_of(submitted(), *accepted(apart), *RESEARCHED, *WRITTEN)
    assert result_of(state) == "## Find sources\n\nSources: a, b, c\n\n## Write\n\nWritten."


def test_an_answer_given_belongs_to_the_result_once():
    events = (submitted(), *accepted(SMALL), *answering("Because **physics**."))
    told_again = (e.SubtaskReported("1", 2, "I said: Because **physics**."), judged(RESEARCH))
    assert result_of(state_of(*events, e.SubtaskReported("1", 2, "Answered."), judged(RESEARCH))) == (
        "Because **physics**.\n\nAnswered."
    )
    assert result_of(state_of(*events, *told_again)) == "I said: Because **physics**."


def test_only_the_last_attempt_s_answers_count():
    events = [
        submitted(),
        *accepted(SMALL),
        *answering("Wrong."),
        e.SubtaskReported("1", 2, "One."),
        judged(RESEARCH, met=False),
    ]
    events += [*answering("Right.", "s2", turn=3), e.SubtaskReported("1", 4, "Two."), judged(RESEARCH)]
    assert result_of(state_of(*events)) == "Right.\n\nTwo."


def test_an_observed_run_says_that_nothing_ran():
    events = (submitted(policy=PolicyName.OBSERVE), *accepted(), *RESEARCHED, *WRITTEN)
    assert result_of(state_of(*events)).startswith("Nothing was run: the policy only shows")


def test_the_account_says_what_is_done_and_what_is_not():
    events = (*BEGUN, *RESEARCHED, e.SubtaskReported("2", 1, "Two lines."), judged(WRITE, met=False, evidence=()))
    assert account_of(state_of(*events)) == (
        "**Done**\n\n"
        "- **Find sources**\n\n"
        "  Sources: a, b, c\n\n"
        "**Not done**\n\n"
        "- **Write the blog**\n\n"
        "  Not met: blog.md has at least 300 words.\n\n"
        "  Not met: It is for beginners.\n\n"
        "  Two lines."
    )


def test_the_account_names_steps_whose_effect_is_not_known():
    step = proposed()
    events = (*BEGUN, step, approved(step), e.StepStarted("s1", step.call.digest, "decision"), e.RunStopped(ALICE))
    account = account_of(state_of(*events))
    assert "**Nobody knows whether these steps took effect; look**\n\n- **s1 write_file**" in account
    assert "- **Find sources**\n\n  Begun, not finished." in account
    assert "- **Write the blog**\n\n  Not begun." in account


def test_the_account_of_a_run_without_a_plan():
    assert account_of(state_of(submitted())) == "No plan was accepted, so nothing was done."
    assert account_of(state_of(submitted(language="zh"))) == "没有计划被采用，所以什么也没做。"


def test_a_failed_run_shows_its_account():
    files = (FileRef("draft.md", "digest", 3),)
    card = card_of(state_of(*BEGUN, *RESEARCHED, e.RunFailed("One of two is done.", files)), "result")
    assert (card.tone, card.title, card.files) == (Tone.BAD, "What is done and what is not", ("draft.md",))
    assert "(markdown): One of two is done." in told(card)
    assert "2. Write the blog: not judged" in told(card)


def test_the_file_a_run_comes_to_is_the_first_offered():
    files = [FileRef(name, "digest", 3) for name in ("outline.md", "blog.md", "gone.md")]
    steps = [proposed(f"s{number}", turn=number, call=write_call(path=file.path)) for number, file in enumerate(files)]
    events = [
        event
        for step, file in zip(steps, files, strict=True)
        for event in (step, approved(step), *ran(step, files=(file,)))
    ]
    card = card_of(state_of(*BEGUN, *events, e.RunFinished("Done.", tuple(files[:2]))), "result")
    assert card.files == ("blog.md", "outline.md")


def test_a_stopped_run_says_what_was_done_until_then():
    card = card_of(state_of(*BEGUN, *RESEARCHED, e.RunStopped(ALICE)), "result")
    assert (card.tone, card.title) == (Tone.BAD, "What was done until the run was stopped")
    assert "**Done**\n\n- **Find sources**" in told(card)


def test_an_answer_missing_from_the_result_is_shown_beside_it():
    events = (submitted(), *accepted(SMALL), *answering("Because."), e.SubtaskReported("1", 2, "Answered."))
    card = card_of(state_of(*events, judged(RESEARCH), e.RunFinished("Answered.")), "result")
    assert [(section.label, section.text, section.form) for section in card.sections[:2]] == [
        ("Answer", "Because.", Form.MARKDOWN),
        ("", "Answered.", Form.MARKDOWN),
    ]


def costs(*calls: e.ModelCalled, rehearsal: bool = False) -> str:
    state = state_of(submitted(rehearsal=rehearsal), *calls, e.RunStopped(ALICE))
    return "\n".join(f"{fact.label}: {fact.value}" for fact in card_of(state, "result").facts)


def test_what_it_took_is_said_with_what_is_not_known():
    assert costs(called(), called()) == "Cost: $0.0246\nTokens: 2,468\nTime: 3 minutes"
    assert costs(called(None)).startswith("Cost: unknown: the model's price is not known")
    assert costs(called(), called(None)).startswith("Cost: at least $0.0123: a model's price is not known")
    assert costs(called(estimated=True)).startswith(
        "Cost: about $0.0123: tokens were in part estimated\nTokens: 1,234 (in part estimated)"
    )
    assert costs(called(0.0), rehearsal=True) == "Tokens: 1,234\nTime: 2 minutes"


def test_a_result_says_what_from_outside_it_rests_on():
    step = proposed("s1", "1", call=ToolCall.of("fetch", {"url": "https://example.com"}), risk=Risk.READ, outside=True)
    read = ran(step, "All is well.", trusted=False, sources=("https://example.com",))
    ended = (*BEGUN, step, approved(step), *read, *RESEARCHED, *WRITTEN, e.RunFinished("Written."))

    assert (
        Fact("Rests on what was read from outside", "https://example.com", grave=True)
        in card_of(state_of(*ended), "result").facts
    )
