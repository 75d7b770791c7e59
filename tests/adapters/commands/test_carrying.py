"""What is typed and reacted with in a chat does what it says, and nothing else."""

import json

import pytest

from adapters.commands import answer, carry_out, carrying, parse_goal_command, react
from agent_core.cards import Verb
from agent_core.domain import Actor, Origin, Policy, PolicyName, RunStatus
from agent_core.errors import (
    AlreadyDecided,
    DigestMismatch,
    ModelUnavailable,
    NotAllowedToDecide,
    NothingAsked,
    NotThatWay,
    RunUnknown,
    SeveralAsked,
)
from agent_core.forms import PlanForm
from agent_core.journal import events as e
from agent_core.platform_ports import Delivery
from agent_core.presenter import chat_cards
from tests.agent_core.journals import accepted, approved, proposed, state_of, submitted
from tests.agent_core.scripted import ScriptedModel, plan, subtask
from tests.agent_core.team import ALICE, BOB, MALLORY, open_team

HERE = Origin("slack", "T1", "C1")
ELSEWHERE = Origin("slack", "T1", "C2")
TWO = plan(subtask("one"), subtask("two"))


@pytest.fixture
async def team(tmp_path):
    model = ScriptedModel(plans=lambda _: TWO)
    async with open_team(tmp_path, model) as team:
        yield team


async def asked(team, *, origin=HERE, goal="write a blog about AI"):
    run_id = await team.service.submit(goal, origin=origin, actor=ALICE)
    await team.dispatcher.idle()
    return run_id


async def reply(team, run_id, text, *, actor=ALICE, **more):
    said = await answer(team.service, run_id, text, actor=actor, **more)
    await team.dispatcher.idle()
    return said


async def shown(team, run_id, subject):
    return Delivery(run_id, subject, "ref", "print", (await team.open(run_id))[subject])


async def typed(team, text, *, origin=HERE, actor=ALICE, language="en"):
    command = parse_goal_command(text)
    return await carry_out(team.service, command, origin=origin, actor=actor, via="reply", language=language)


@pytest.mark.parametrize("word", ["approve", "yes", "同意", "!approve", "👍🏽"])
async def test_a_yes_approves_the_one_thing_that_is_asked(team, word):
    run_id = await asked(team)
    await reply(team, run_id, word)
    [decided] = [event for event in await team.events(run_id) if isinstance(event, e.PlanDecided)]
    assert (decided.decision.actor, decided.decision.via) == (ALICE, "reply")
    assert decided.decision.digest == (await team.state(run_id)).plan.digest


async def test_a_no_rejects_it_for_the_reason_given(team):
    run_id = await asked(team)
    await reply(team, run_id, "no, because it is too long")
    [decided] = [event for event in await team.events(run_id) if isinstance(event, e.PlanDecided)]
    assert decided.decision.reason == "it is too long"


async def test_words_decide_nothing_while_several_questions_are_open(team):
    run_id = await asked(team)
    await reply(team, run_id, "yes")  # the plan; now a step of each subtask asks
    assert len(await team.open(run_id)) == 2
    with pytest.raises(SeveralAsked, match="2 questions are open here"):
        await reply(team, run_id, "yes")
    assert len(await team.open(run_id)) == 2


async def test_words_decide_nothing_where_nothing_is_asked(team):
    run_id = await asked(team)
    await reply(team, run_id, "stop, wrong channel")
    assert (await team.state(run_id)).status is RunStatus.STOPPED
    with pytest.raises(NothingAsked):
        await reply(team, run_id, "yes")


@pytest.mark.parametrize(
    ("word", "kind"), [("pause", "RunPaused"), ("!stop", "RunStopped"), ("approve the rest", "RestApproved")]
)
async def test_controls_are_words_too(team, word, kind):
    run_id = await asked(team)
    await reply(team, run_id, word)
    assert kind in await team.kinds(run_id)


async def test_a_sentence_with_a_yes_in_it_only_steers(team):
    run_id = await asked(team)
    await reply(team, run_id, "yes, but make it funny", key="Ev1")
    assert "PlanDecided" not in await team.kinds(run_id)
    [heard] = [event for event in await team.events(run_id) if isinstance(event, e.FeedbackGiven)]
    assert heard.text == "yes, but make it funny"


async def test_what_is_delivered_twice_is_heard_once(team):
    run_id = await asked(team)
    for _ in range(2):
        await reply(team, run_id, "make it funny", key="Ev1")
    await reply(team, run_id, "make it funny", key="Ev2")
    assert (await team.kinds(run_id)).count("FeedbackGiven") == 2


async def test_a_reply_after_the_end_that_is_delivered_twice_starts_one_follow_up(team):
    run_id = await asked(team)
    await reply(team, run_id, "stop")
    for _ in range(2):
        await reply(team, run_id, "now in Chinese", key="Ev1")
    assert [run.follows for run in await team.service.runs(channel=HERE)] == [run_id, ""]


async def test_a_clarifying_question_takes_any_words_for_its_answer(tmp_path):
    def plans(messages):
        return TWO if "yes" in messages[-1].text else PlanForm(question="About cats?", why="", subtasks=[])

    async with open_team(tmp_path, ScriptedModel(plans=plans)) as team:
        run_id = await asked(team)
        await reply(team, run_id, "yes")
        [answered] = [event for event in await team.events(run_id) if isinstance(event, e.QuestionAnswered)]
        assert answered.text == "yes"
        assert list(await team.open(run_id)) == ["plan"]


async def test_who_may_not_decide_decides_nothing_by_words_or_reactions(team):
    run_id = await asked(team)
    for text in ("yes", "no", "stop", "make it about me"):
        with pytest.raises(NotAllowedToDecide):
            await reply(team, run_id, text, actor=MALLORY)
    with pytest.raises(NotAllowedToDecide):
        await react(team.service, await shown(team, run_id, "plan"), Verb.APPROVE, actor=MALLORY)
    assert await team.kinds(run_id) == ["GoalSubmitted", "ModelCalled", "PlanProposed"]


async def test_a_guest_decides_nothing_even_of_a_goal_of_their_own(team):
    guest = Actor("slack", "U9", "Gus", guest=True)
    run_id = await asked(team)
    with pytest.raises(NotAllowedToDecide):
        await reply(team, run_id, "yes", actor=guest)


async def test_members_of_a_group_that_approves_decide(tmp_path):
    policy = Policy(approvers=(Actor("discord", "role/7"),))
    async with open_team(tmp_path, ScriptedModel(plans=lambda _: TWO), policy=policy) as team:
        run_id = await asked(team)
        with pytest.raises(NotAllowedToDecide):
            await reply(team, run_id, "yes", actor=Actor("discord", "5", groups=("role/8",)))
        await reply(team, run_id, "yes", actor=Actor("discord", "5", groups=("role/8", "role/7")))
        [decided] = [event for event in await team.events(run_id) if isinstance(event, e.PlanDecided)]
        assert decided.decision.actor == Actor("discord", "5")
        assert "role/7" not in json.dumps(
            [row["payload"] async for row in team.service.export(run_id) if row["kind"] == "PlanDecided"]
        )


async def test_a_reaction_decides_what_its_message_showed(team):
    run_id = await asked(team)
    message = await shown(team, run_id, "plan")
    with pytest.raises(DigestMismatch):
        await react(team.service, Delivery(run_id, "plan", "ref", "", "another plan"), Verb.APPROVE, actor=ALICE)
    assert await react(team.service, message, Verb.APPROVE, actor=BOB) == ""
    with pytest.raises(AlreadyDecided, match="Bob already decided this"):
        await react(team.service, message, Verb.REJECT, actor=ALICE)


async def test_a_rejection_by_reaction_is_asked_for_its_reason_afterwards(team):
    run_id = await asked(team)
    said = await react(team.service, await shown(team, run_id, "plan"), Verb.REJECT, actor=BOB)
    assert said.startswith("Bob rejected this. Why?")
    [decided] = [event for event in await team.events(run_id) if isinstance(event, e.PlanDecided)]
    assert decided.decision.reason == ""


async def test_a_reaction_stops_a_run_or_approves_its_rest(team):
    run_id = await asked(team)
    message = await shown(team, run_id, "plan")
    await react(team.service, message, Verb.APPROVE_REST, actor=ALICE)
    await react(team.service, message, Verb.STOP, actor=ALICE)
    assert (await team.kinds(run_id))[-2:] == ["RestApproved", "RunStopped"]


async def test_a_question_whether_to_go_on_takes_yes_and_no(tmp_path):
    def plans(_):
        raise ModelUnavailable(model="scripted", reason="it is asleep.")

    async with open_team(tmp_path, ScriptedModel(plans=plans)) as team:
        run_id = await asked(team)
        await reply(team, run_id, "yes")  # it fails again, and asks again
        await reply(team, run_id, "no")
        assert (await team.state(run_id)).status is RunStatus.FAILED


def test_an_uncertain_step_is_not_decided_by_a_yes():
    step = proposed()
    started = e.StepStarted("s1", step.call.digest, "decision")
    state = state_of(submitted(), *accepted(), step, approved(step), started, e.StepUncertain("s1"))
    card = next(card for card in chat_cards(state) if card.id == "step:s1")
    for verb in (Verb.APPROVE, Verb.REJECT):
        with pytest.raises(NotThatWay):
            carrying._meant(card, verb)


async def test_runs_are_listed_for_their_channel_alone(team):
    here = await asked(team, goal="a goal of this channel")
    await asked(team, origin=ELSEWHERE, goal="a secret of another channel")
    card = await typed(team, "runs")
    assert [section.text for section in card.sections] == ["a goal of this channel"]
    assert here in card.sections[0].label


async def test_a_stop_that_can_mean_several_runs_asks_which(team):
    first = await asked(team)
    assert (await typed(team, "stop")).title == f"Run {first} is stopped"
    one, two = await asked(team), await asked(team)
    card = await typed(team, "stop")
    assert card.title.startswith("Which run?")
    assert {section.label.split(" ")[0] for section in card.sections} == {one, two}
    await typed(team, f"stop {one}")
    assert {(await team.state(each)).status for each in (one,)} == {RunStatus.STOPPED}
    assert (await team.state(two)).status is RunStatus.WAITING


async def test_a_run_of_another_channel_is_not_stopped_from_here(team):
    run_id = await asked(team, origin=ELSEWHERE)
    with pytest.raises(RunUnknown):
        await typed(team, f"stop {run_id}")


async def test_the_policy_of_a_channel_is_shown_to_all_and_set_by_approvers(team):
    assert "every-step" in (await typed(team, "policy")).title
    with pytest.raises(NotAllowedToDecide):
        await typed(team, "policy side-effects", actor=MALLORY)
    card = await typed(team, "policy side-effects", actor=BOB)
    assert card.title == "Policy here: side-effects (set for this channel)"
    assert await team.service.channel_policy(ELSEWHERE) is None
    await typed(team, "policy default", actor=BOB)
    assert await team.service.channel_policy(HERE) is None
    assert PolicyName.EVERY_STEP.value in (await typed(team, "policy")).title


async def test_what_is_not_built_yet_says_so_and_help_says_what_is(team):
    assert (await typed(team, "memory")).title == "Not yet"
    assert (await typed(team, "memory", language="zh")).title == "尚未实现"
    assert "approve" in "\n".join(section.text for section in (await typed(team, "help")).sections)


async def test_a_yes_to_one_message_decides_its_card_and_a_closed_one_stays_closed(team):
    run_id = await asked(team)
    plan_shown = await shown(team, run_id, "plan")
    await reply(team, run_id, "yes", about=plan_shown)
    first, second = [await shown(team, run_id, subject) for subject in await team.open(run_id)]
    await reply(team, run_id, "no, not this", about=first)
    state = await team.state(run_id)
    assert state.steps[first.card_id.removeprefix("step:")].decision.reason == "not this"
    assert second.card_id in await team.open(run_id)
    with pytest.raises(AlreadyDecided, match="Alice already decided this"):
        await reply(team, run_id, "yes", about=first)
    assert second.card_id in await team.open(run_id)


async def test_a_yes_to_a_message_counts_for_what_it_showed(team):
    run_id = await asked(team)
    await reply(team, run_id, "yes")
    subject = next(iter(await team.open(run_id)))
    with pytest.raises(DigestMismatch):
        await reply(team, run_id, "yes", about=Delivery(run_id, subject, "ref", "print", "0" * 64))
