"""The Tools that keep and resume Schedules. No model is told of them: Nod proposes their calls, and people decide."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from typing import Annotated, Literal
from zoneinfo import ZoneInfo

from pydantic import BeforeValidator, Field
from pydantic_core import PydanticCustomError

from agent_core.channels import usual_policy
from agent_core.domain import Actor, Observation, Policy, PolicyName, Preview, Risk, digest_of
from agent_core.errors import BasisChanged, RequestRefused, ScheduleOver, ScheduleUnknown, ZoneUnknown
from agent_core.i18n import language_of, translator
from agent_core.journal.state import RunState
from agent_core.policy import looser
from agent_core.ports import ChannelStore, Clock
from agent_core.presenter.schedules import told_terms, when_in
from agent_core.proposing import KEEP_TOOL, RESUME_TOOL
from agent_core.recurring import LEAST, Change, Matter, Overlap, Schedule, ScheduleStatus, Scheduling, Terms
from agent_core.schedules.asked import Asked, Refused
from agent_core.schedules.phrases import read_rhythm
from agent_core.schedules.rhythm import Rhythm
from agent_core.schedules.rules import next_fire, stored_rhythm
from agent_core.schedules.store import ScheduleStore
from agent_core.schedules.times import next_times
from agent_core.tools.arguments import OURS
from agent_core.tools.toolbox import Tool, ToolContext, tool

SHOWN_TIMES = 5
LONGEST_GRACE = 7 * 24 * 60  # minutes

LoadRun = Callable[[str], Awaitable[RunState]]


@dataclass(frozen=True, slots=True)
class Keeper:
    """What the Tools need: the table, the Run they are called in, and what is usual in its channel.

    `least` is the shortest time that may lie between two firings.
    """

    store: ScheduleStore
    load: LoadRun
    clock: Clock
    channels: ChannelStore
    policy: Policy
    least: timedelta = LEAST

    async def preview(self, context: ToolContext, terms: Terms) -> Preview:
        """Return what people are shown: the Schedule in words, with its next times. Raises RequestRefused."""
        about = await self.about(context)
        zone, rhythm = zone_of(terms.zone), stored_rhythm(terms.rhythm)
        times = next_times(rhythm, zone, self.clock(), SHOWN_TIMES)
        text = told_terms(terms, rhythm, times, about.zone, context.language)
        return Preview(text, await self._basis(about), markdown=True)

    async def keep(self, context: ToolContext, terms: Terms) -> Observation:
        """Keep a Schedule on these terms, or change the one the Run is about."""
        state = await self.load(context.run_id)
        about, now = await self.about(context), self.clock()
        usual = await usual_policy(self.channels, self.policy, state.origin)
        found = next_times(stored_rhythm(terms.rhythm), zone_of(terms.zone), now, 1)
        first, loosened, by = (found[0] if found else None), looser(terms.policy, usual), decider(state)
        if about.matter is Matter.KEEP:
            schedule = Schedule(
                schedule_id=state.run_id,
                terms=terms,
                origin=replace(state.origin, thread=""),
                owner=state.actor,
                language=language_of(terms.goal),
                created_at=now,
                loosened=loosened,
                next_fire=first,
            )
            kept = await self.store.keep(schedule, Change(now, by, "kept"))
        else:
            there = await self._there(about, context.basis)
            kept = there.but(
                terms=terms, loosened=loosened, last_fire=now, counted_from=now, next_fire=first,
                status=ScheduleStatus.ACTIVE, why="",
            )  # fmt: skip
            kept = await self.store.change(kept, Change(now, by, "changed"))
        return Observation(_kept(kept, about.zone, context.language))

    async def resume(self, context: ToolContext) -> Observation:
        """Let the Schedule that the Run is about go on."""
        about, now = await self.about(context), self.clock()
        there = await self._there(about, "")
        by = decider(await self.load(context.run_id))
        return Observation(_kept(await resumed(self.store, there, by, now), about.zone, context.language))

    async def about(self, context: ToolContext) -> Scheduling:
        """Return what the Run that the Tool is called in is about."""
        about = (await self.load(context.run_id)).scheduling
        if about is None:
            raise ScheduleUnknown(schedule_id=context.run_id)
        return about

    async def _there(self, about: Scheduling, basis: str) -> Schedule:
        """Return the Schedule the Run is about, as people saw it. Raises BasisChanged, ScheduleOver."""
        there = await self.store.schedule(about.schedule_id)
        if there is None:
            raise ScheduleUnknown(schedule_id=about.schedule_id)
        if there.status is ScheduleStatus.REMOVED:
            raise ScheduleOver(schedule_id=about.schedule_id)
        if basis and basis != _basis_of(there):
            raise BasisChanged
        return there

    async def _basis(self, about: Scheduling) -> str:
        return _basis_of(await self._there(about, "")) if about.schedule_id else ""


async def resumed(store: ScheduleStore, schedule: Schedule, by: Actor | None, now: datetime) -> Schedule:
    """Let a Schedule go on from now: what it would have fired meanwhile is not made up for."""
    if schedule.status is ScheduleStatus.ACTIVE:
        return schedule
    active = schedule.but(status=ScheduleStatus.ACTIVE, why="", last_fire=now, counted_from=now)
    active = active.but(next_fire=next_fire(active, now))
    return await store.change(active, Change(now, by, "resumed"))


def schedule_tools(keeper: Keeper) -> tuple[Tool, ...]:
    """Return the Tools of Schedules."""

    def read(text: object) -> object:
        return _rhythm(text, keeper.least)

    async def keep_preview(  # noqa: PLR0917  (as the Tool takes it)
        context: ToolContext, goal: str, rhythm: str, zone: str, policy: str, overlap: str, grace: int
    ) -> Preview:
        return await keeper.preview(context, _terms(goal, rhythm, zone, policy, overlap, grace))

    async def keep(  # noqa: PLR0917  (called by name)
        context: ToolContext,
        goal: Annotated[str, Field(min_length=1, max_length=20_000, description="What is to be done each time.")],
        rhythm: Annotated[str, BeforeValidator(read), Field(description="When, as a rhythm.")],
        zone: Annotated[str, BeforeValidator(_zone), Field(description="The time zone that the rhythm is read in.")],
        policy: Annotated[
            Literal["every-step", "side-effects", "observe"], Field(description="What asks in its runs.")
        ],
        overlap: Annotated[
            Literal["skip", "queue", "allow"], Field(description="What a firing does while an earlier one is open.")
        ] = "skip",
        grace: Annotated[
            int, Field(ge=0, le=LONGEST_GRACE, description="Minutes for which a missed time may still run.")
        ] = 60,
    ) -> Observation:
        """Keep a schedule."""
        return await keeper.keep(context, _terms(goal, rhythm, zone, policy, overlap, grace))

    async def resume_preview(context: ToolContext, schedule: str) -> Preview:  # noqa: ARG001  (as the Tool takes it)
        about = await keeper.about(context)
        return await keeper.preview(context, about.terms) if about.terms else Preview()

    async def resume(
        context: ToolContext,
        schedule: Annotated[str, Field(description="Its id.")],  # noqa: ARG001  (the Run knows; people see it)
    ) -> Observation:
        """Let a schedule go on that paused itself."""
        return await keeper.resume(context)

    return (
        tool(risk=Risk.WRITE, outside=False, name=KEEP_TOOL, preview=keep_preview, keeps_basis=True, offered=False)(
            keep
        ),
        tool(risk=Risk.WRITE, outside=False, name=RESUME_TOOL, preview=resume_preview, keeps_basis=True, offered=False)(
            resume
        ),
    )


def zone_of(name: str) -> ZoneInfo:
    """Return a zone by its name. Raises ZoneUnknown."""
    try:
        return ZoneInfo(name)
    except (KeyError, ValueError, OSError):
        raise ZoneUnknown(zone=name) from None


def decider(state: RunState) -> Actor | None:
    """Return who let the newest Step of a Run run."""
    decided = [step.decision for step in state.steps.values() if step.decision is not None]
    return decided[-1].actor if decided else None


def _terms(goal: str, rhythm: str, zone: str, policy: str, overlap: str, grace: int) -> Terms:  # noqa: PLR0917
    return Terms(rhythm, zone, goal, PolicyName(policy), Overlap(overlap), timedelta(minutes=grace))


def _rhythm(text: object, least: timedelta) -> object:
    """Return a rhythm's canonical text; people may write it in words."""
    if not isinstance(text, str):
        return text
    try:
        return str(Rhythm.parse(text, least=least))
    except RequestRefused as error:
        refused = error
    reading = read_rhythm(text, now=datetime.now(UTC), zone=ZoneInfo("UTC"), least=least)
    if isinstance(reading, Asked):
        return str(reading.rhythm)
    raise _problem(reading.why if isinstance(reading, Refused) else refused)


def _zone(name: object) -> object:
    if not isinstance(name, str):
        return name
    try:
        return zone_of(name.strip()).key
    except RequestRefused as error:
        raise _problem(error) from None


def _problem(error: RequestRefused) -> PydanticCustomError:
    return PydanticCustomError(OURS, "{reason}", {"reason": error})


def _basis_of(schedule: Schedule) -> str:
    return digest_of(f"{schedule.schedule_id}@{schedule.revision}")


def _kept(schedule: Schedule, zone: str, language: str) -> str:
    _ = translator(language)
    if schedule.next_fire is None:
        return _("The schedule is kept, but no time of it is to come.")
    return _("The schedule is kept. Next time: {when}").format(when=when_in(schedule.next_fire, zone, language))
