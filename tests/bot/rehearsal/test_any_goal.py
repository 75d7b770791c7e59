"""Whatever people write, every reply is one the core can use."""

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from agent_core.domain import Criterion, Decision, Outcome, Plan, Subtask
from agent_core.forms import PlanForm
from agent_core.journal import events as e
from agent_core.plan_check import check_plan
from agent_core.prompts import plan_prompt
from bot.rehearsal.replies import reply_to
from bot.rehearsal.requests import RequestUnfit, request_of
from tests.bot.rehearsal.examples import GOALS
from tests.bot.rehearsal.talk import BOB, SPECS, Talk, body_of, said

HEADERS = st.sampled_from(
    [
        "\n\n# Goal\n",
        "\n\n# Tools\n",
        "# Plan\n1. x",
        "\n\nDone when:\n- ",
        "\n\nNot done yet.\n",
        "Bob wrote: ",
        "[s1] answer {}\n-> ",
    ]
)
PIECES = st.one_of(
    st.text(max_size=30),
    HEADERS,
    st.sampled_from([goal for goal, *_ in GOALS]),
    st.sampled_from(["“", "”", "{}", "{0}", "x.md", "```", "%s"]),
)
WORDS = st.lists(PIECES, max_size=6).map("".join).map(lambda text: text.encode("utf-8", "replace").decode())
LANGUAGES = st.sampled_from(["en", "zh"])
JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(),
    lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner),
)
quick = settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.too_slow])


@quick
@given(goal=WORDS, language=LANGUAGES, reason=WORDS)
def test_any_goal_gets_a_plan_that_can_be_carried_out_or_a_question(goal, language, reason):
    talk = Talk(goal, language=language)
    for _ in range(3):
        form = talk.plan_form()
        assert bool(form.question) != bool(form.subtasks)
        if form.question:
            return
        talk.propose(form)
        check_plan(talk.state.plan)
        talk.decide_plan(Outcome.REJECTED, reason)


@quick
@given(goal=WORDS, language=LANGUAGES, note=WORDS, reason=WORDS)
def test_any_goal_that_is_planned_is_carried_out(goal, language, note, reason):
    talk = Talk(goal, language=language)
    form = talk.plan_form()
    if form.question:
        return
    talk.propose(form)
    talk.decide_plan()
    for name in talk.state.subtasks:
        first = talk.turn(name)
        if isinstance(first, tuple):
            step_id = talk.step(name, first)
            digest = talk.state.steps[step_id].call.digest
            talk.add(e.StepDecided(step_id, Decision(Outcome.REJECTED, digest, BOB, "button", reason)))
        talk.add(e.FeedbackGiven(BOB, note))
        assert talk.finish(name).strip()
        criteria = [criterion.text for criterion in talk.state.subtasks[name].subtask.criteria]
        verdict = talk.verdict(name, criteria)
        assert [each.criterion for each in verdict.judgements] == list(range(1, len(criteria) + 1))
        assert {each for judgement in verdict.judgements for each in judgement.evidence} <= {
            *talk.state.steps,
            "result",
        }


@quick
@given(title=WORDS, instructions=WORDS, criterion=WORDS)
def test_any_subtask_that_people_wrote_comes_to_an_end(title, instructions, criterion):
    talk = Talk("write a blog about AI")
    subtask = Subtask(
        "1", " ".join(title.split()) or "x", instructions, (Criterion(" ".join(criterion.split()) or "x"),)
    )
    talk.add(e.PlanProposed(1, Plan((subtask,))))
    talk.decide_plan()
    assert talk.finish("1", limit=30).strip()


@quick
@given(goal=WORDS, language=LANGUAGES)
def test_the_same_request_gets_the_same_reply(goal, language):
    body = body_of(plan_prompt(Talk(goal, language=language).state, SPECS), form=PlanForm)
    assert said(body) == said(body)
    assert reply_to(request_of(body)) == reply_to(request_of(body))


def refusal_of(body):
    """Return the sentence a request is refused with, None when it is not."""
    try:
        reply_to(request_of(body))
    except RequestUnfit as error:
        return str(error)
    return None


@quick
@given(body=JSON, messages=JSON, tools=JSON, form=JSON)
def test_what_is_no_request_is_refused_in_a_sentence(body, messages, tools, form):
    for each in (body, {"model": "rehearsal", "messages": messages, "tools": tools, "response_format": form}):
        assert refusal_of(each) is None or refusal_of(each).endswith(".")
