"""Turns of Runs about a Schedule itself. No model takes them; one is asked only for words that Nod does not know."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from agent_core.domain import Decision, Outcome, Plan, Subtask, Topic
from agent_core.executor import Executor, step_id_of
from agent_core.i18n import N_, Phrase, listed, sentence, translator
from agent_core.journal.events import (
    Event,
    ModelCalled,
    PlanDecided,
    PlanProposed,
    QuestionAsked,
    RunStopped,
    StepProposed,
    SubtaskReported,
)
from agent_core.journal.state import RunState, StepState, StepStatus
from agent_core.ports import ModelToolCall
from agent_core.recurring import Matter, Scheduling, Terms
from agent_core.schedules.asked import Ambiguous, Asked, NotASchedule, Reading, Refused
from agent_core.schedules.model_form import ScheduleForm, reading_of_form, schedule_prompt
from agent_core.schedules.phrases import read_rhythm, read_schedule
from agent_core.schedules.refusals import RhythmUnreadable
from agent_core.schedules.words import rhythm_words

KEEP_TOOL = "keep_schedule"
RESUME_TOOL = "resume_schedule"
SUBTASK = "1"

_TITLES: Mapping[Matter, str] = {
    Matter.KEEP: N_("Keep the schedule"),
    Matter.CHANGE: N_("Change the schedule"),
    Matter.RESUME: N_("Resume the schedule"),
}
_WHY: Mapping[Matter, str] = {
    Matter.KEEP: N_("A schedule is kept only when somebody confirms it."),
    Matter.CHANGE: N_("A schedule is changed only when somebody confirms it."),
    Matter.RESUME: N_("It paused itself, and goes on only when somebody says so."),
}


@dataclass(frozen=True, slots=True)
class Proposer:
    """Proposes the one ToolCall of a Run about a Schedule, and asks where words can mean several rhythms."""

    executor: Executor

    async def plan(self, state: RunState) -> Sequence[Event]:
        """Return the events that begin such a Run: its one Subtask with its Step, or a question.

        Raises:
            ModelError: the words are for a model, which could not be used; usages are in it.
        """
        about = _about(state)
        if about.terms is not None:
            return await self._begun(state, about.terms, "")
        zone = ZoneInfo(about.zone)
        billed, reading = await self._understood(state, _read(state, about), zone)
        match reading:
            case Asked(rhythm, goal, assumed) if goal:
                terms = Terms(str(rhythm), about.zone, goal, about.policy, about.overlap, about.grace)
                return [*billed, *await self._begun(state, terms, _told(assumed, state.language))]
            case _:
                return [*billed, QuestionAsked(_next_question(state), Topic.CLARIFY, _question(reading, state, zone))]

    async def turn(self, state: RunState, subtask_id: str) -> Sequence[Event]:
        """Return the events of a turn: the report once the call has run, else the call anew, as people want it now.

        Raises:
            ModelError: as in `plan`.
        """
        turns = state.subtasks[subtask_id].turns
        steps = [step for turn in turns for step in state.steps_of(turn)]
        number, newest = len(turns) + 1, steps[-1]
        if newest.status is StepStatus.FINISHED and (newest.observation is None or newest.observation.ok):
            text = newest.observation.text if newest.observation else ""
            return [SubtaskReported(subtask_id, number, text, seen=state.seq)]
        if newest.status in (StepStatus.FINISHED, StepStatus.EXPIRED):  # asked again as it was
            return [await self._step(state, newest.call.tool, newest.call.arguments, "")]
        if newest.status is StepStatus.REJECTED and newest.decision is not None:
            return await self._reworded(state, newest, newest.decision)
        return [RunStopped(newest.resolved_by or state.actor)]

    async def _reworded(self, state: RunState, step: StepState, decision: Decision) -> Sequence[Event]:
        """Propose a rejected call anew with the words that it was rejected with, or end the Run when there are none."""
        about, said = _about(state), decision.reason
        answers = [each.answer for each in state.questions.values() if each.answered_at and each.answered_at > step.at]
        if not said or about.matter is Matter.RESUME:
            return [RunStopped(decision.actor or state.actor, said)]
        zone = ZoneInfo(str(step.call.arguments["zone"]))
        reading = _read_all([said, *answers], step.at, zone, about.least)
        billed, reading = await self._understood(state, reading, zone)
        if isinstance(reading, Asked):
            changed = {"rhythm": str(reading.rhythm), **({"goal": reading.goal} if reading.goal else {})}
            why = _told(reading.assumed, state.language)
            return [*billed, await self._step(state, step.call.tool, {**step.call.arguments, **changed}, why)]
        if isinstance(reading, NotASchedule) and not _was_said(state, said):
            return [*billed, RunStopped(decision.actor or state.actor, said)]
        question = _question(reading, state, zone)
        return [*billed, QuestionAsked(_next_question(state), Topic.CLARIFY, question, SUBTASK)]

    async def _understood(
        self, state: RunState, reading: Reading, zone: ZoneInfo
    ) -> tuple[Sequence[ModelCalled], Reading]:
        """Return a reading, by a model where Nod's own words do not cover it; the rehearsal model knows none either."""
        if not isinstance(reading, NotASchedule) or state.rehearsal:
            return (), reading
        text = "\n".join([state.goal, *(each.answer for each in state.questions.values() if each.answer)])
        prompt = schedule_prompt(text, now=state.updated_at, zone=zone)
        filled = await self.executor.model.fill(prompt, ScheduleForm)
        billed = [ModelCalled("plan", usage) for usage in filled.usages]
        least = _about(state).least
        return billed, reading_of_form(filled.value, state.goal, now=state.updated_at, zone=zone, least=least)

    async def _begun(self, state: RunState, terms: Terms, why: str) -> Sequence[Event]:
        about, _ = _about(state), translator(state.language)
        plan = Plan((Subtask(SUBTASK, _(_TITLES[about.matter]), "", ()),))
        revision = state.revision + 1
        accepted = Decision(Outcome.APPROVED, plan.digest, None, f"policy {state.policy.name}")
        if about.matter is Matter.RESUME:
            tool, arguments, why = RESUME_TOOL, {"schedule": about.schedule_id}, _(about.why)
        else:
            tool, arguments = KEEP_TOOL, terms.arguments()
        return [
            PlanProposed(revision, plan, seen=state.seq),
            PlanDecided(revision, accepted),
            await self._step(state, tool, arguments, why),
        ]

    async def _step(self, state: RunState, tool: str, arguments: Mapping[str, Any], why: str) -> StepProposed:
        made, call, preview = await self.executor.prepare(state, ModelToolCall("", tool, arguments))
        turns = state.subtasks[SUBTASK].turns if SUBTASK in state.subtasks else ()
        taken = sum(len(turn.step_ids) for turn in turns)
        return StepProposed(
            step_id=step_id_of(SUBTASK, taken + 1),
            subtask_id=SUBTASK,
            turn=len(turns) + 1,
            call=call,
            risk=made.risk,
            why=why or translator(state.language)(_WHY[_about(state).matter]),
            preview=preview,
            seen=state.seq,
            expires_at=self.executor.expiry(state),
        )


def _about(state: RunState) -> Scheduling:
    assert state.scheduling is not None  # noqa: S101  (no other Run comes here)
    return state.scheduling


def _read(state: RunState, about: Scheduling) -> Reading:
    """Return what the Goal of such a Run asks, with what people answered since."""
    answers = [each.answer for each in state.questions.values() if each.answer]
    return _read_all([state.goal, *answers], state.created_at, ZoneInfo(about.zone), about.least)


def _read_all(words: Sequence[str], now: datetime, zone: ZoneInfo, least: timedelta) -> Reading:
    """Return what words come to, each after the first as the answer to what the ones before it left open. Pure."""
    first, *answers = words
    reading = read_schedule(first, now=now, zone=zone, least=least)
    if isinstance(reading, NotASchedule):
        alone = read_rhythm(first, now=now, zone=zone, least=least)
        reading = alone if isinstance(alone, Asked | Ambiguous) else reading
    for answer in answers:
        reading = _answered(reading, answer, now, zone, least)
    return reading


def _answered(reading: Reading, answer: str, now: datetime, zone: ZoneInfo, least: timedelta) -> Reading:
    if isinstance(reading, Asked) and not reading.goal:
        return Asked(reading.rhythm, answer, reading.assumed)
    goal = "" if isinstance(reading, NotASchedule) else reading.goal
    number = answer.strip().rstrip(".)。")
    if isinstance(reading, Ambiguous) and number.isdecimal() and 0 < int(number) <= len(reading.choices):
        return Asked(reading.choices[int(number) - 1], goal)
    again = read_rhythm(answer, now=now, zone=zone, least=least)
    if isinstance(again, NotASchedule | Refused):
        whole = read_schedule(answer, now=now, zone=zone, least=least)
        again = again if isinstance(whole, NotASchedule) else whole
    match again:
        case Asked(rhythm, own, assumed):
            return Asked(rhythm, own or goal, assumed)
        case Ambiguous(question, choices, own):
            return Ambiguous(question, choices, own or goal)
        case Refused(why, own):
            return Refused(why, own or goal)
        case NotASchedule():
            return again


def _question(reading: Reading, state: RunState, zone: ZoneInfo) -> str:
    """Return what to ask people about a reading that is not whole yet."""
    language, _ = state.language, translator(state.language)
    match reading:
        case Asked(rhythm, _goal, _assumed):
            words = rhythm_words(rhythm, zone, language)
            return _("{rhythm}: what is to be done at these times?").format(rhythm=words)
        case Ambiguous(question, choices, _goal):
            lines = [f"{number}. {rhythm_words(each, zone, language)}" for number, each in enumerate(choices, start=1)]
            how = [_("Answer with a number, or write it in other words.")] if lines else []
            return "\n".join([question.told(language), *lines, *how])
        case Refused(why, _goal):
            return sentence(why, language)
        case NotASchedule():
            return sentence(RhythmUnreadable(text=state.goal), language)


def _told(assumed: Sequence[Phrase], language: str) -> str:
    return (
        listed([each.told(language) for each in assumed], language)
        if len(assumed) > 1
        else "".join(each.told(language) for each in assumed)
    )


def _was_said(state: RunState, text: str) -> bool:
    """Say whether people wrote this in the thread, rather than as the reason of a no."""
    return any(note.text == text for note in state.notes)


def _next_question(state: RunState) -> str:
    return f"q{len(state.questions) + 1}"
