"""Schedules: what doors may ask of them. A Schedule is kept and changed by a Card alone; the rest is done at once."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from agent_core.channels import usual_policy
from agent_core.deciding import must_approve
from agent_core.domain import Actor, Origin, Policy, PolicyName
from agent_core.errors import NotAllowedToDecide, PolicyRefused, ScheduleAmbiguous, ScheduleUnknown
from agent_core.policy import is_approver, looser
from agent_core.ports import ChannelStore
from agent_core.recurring import (
    GRACE,
    LEAST,
    Change,
    Listed,
    Matter,
    Overlap,
    Schedule,
    ScheduleStatus,
    Scheduling,
    Terms,
)
from agent_core.schedules.store import ScheduleStore
from agent_core.scheduling.firing import Firer
from agent_core.scheduling.keeping import resumed, zone_of
from agent_core.scheduling.proposals import Proposals

SHOWN_FIRINGS = 20


@dataclass(frozen=True, slots=True)
class Schedules:
    """Every door's way to Schedules. `zone` is the one of people whose own is not known."""

    store: ScheduleStore
    firer: Firer
    proposals: Proposals
    channels: ChannelStore
    policy: Policy
    zone: str
    least: timedelta = LEAST  #: between two firings

    # --- asking ---

    async def propose(
        self,
        text: str,
        *,
        origin: Origin,
        actor: Actor,
        zone: str = "",
        policy: PolicyName | None = None,
        overlap: Overlap = Overlap.SKIP,
        grace: timedelta = GRACE,
        key: str = "",
        language: str = "",
    ) -> str:
        """Begin the Run that asks people to confirm a Schedule, and return its id.

        The text names a rhythm and a Goal; `zone` is the asker's own, in which it is read.

        Raises:
            GoalRefused: there is nothing in the text, or too much.
            GuestRefused: the asker is of another organisation, whose people may not ask.
            PolicyRefused: the asker may not choose a policy that asks less than the usual one.
            ZoneUnknown: there is no such zone.
        """
        usual = await usual_policy(self.channels, self.policy, origin)
        if policy is not None:
            await self.may_choose(policy, origin, actor)
        matter, zone = Matter.KEEP, self.own_zone(zone)
        scheduling = Scheduling(matter, zone, policy or usual, overlap=overlap, grace=grace, least=self.least)
        return await self.proposals.begin(text, scheduling, origin=origin, actor=actor, key=key, language=language)

    async def propose_change(
        self,
        schedule: Schedule,
        terms: Terms,
        *,
        actor: Actor,
        origin: Origin | None = None,
        zone: str = "",
        key: str = "",
        language: str = "",
    ) -> str:
        """Begin the Run that asks people to confirm other terms of a Schedule, and return its id.

        Raises:
            NotAllowedToDecide: the person may not change it.
            PolicyRefused: the asker may not choose a policy that asks less than the usual one.
        """
        self.may_change(schedule, actor)
        await self.may_choose(terms.policy, schedule.origin, actor)
        zone = self.own_zone(zone)
        scheduling = Scheduling(Matter.CHANGE, zone, terms.policy, schedule.schedule_id, terms, least=self.least)
        where = origin or schedule.origin
        return await self.proposals.begin(terms.goal, scheduling, origin=where, actor=actor, key=key, language=language)

    def own_zone(self, zone: str) -> str:
        """Return the name of the zone in which somebody is told times. Raises ZoneUnknown."""
        return zone_of(zone or self.zone).key

    # --- doing ---

    async def pause(self, schedule: Schedule, actor: Actor) -> Schedule:
        """Pause a Schedule. Raises NotAllowedToDecide."""
        self.may_change(schedule, actor)
        if schedule.status is not ScheduleStatus.ACTIVE:
            return schedule
        paused = schedule.but(status=ScheduleStatus.PAUSED, why="", next_fire=None)
        return await self.store.change(paused, Change(self._now(), actor, "paused"))

    async def resume(self, schedule: Schedule, actor: Actor) -> Schedule:
        """Let a Schedule go on from now. Raises NotAllowedToDecide."""
        self.may_change(schedule, actor)
        return await resumed(self.store, schedule, actor, self._now())

    async def remove(self, schedule: Schedule, actor: Actor) -> Schedule:
        """Remove a Schedule for good; what it did can still be shown. Raises NotAllowedToDecide."""
        self.may_change(schedule, actor)
        removed = schedule.but(status=ScheduleStatus.REMOVED, next_fire=None)
        return await self.store.change(removed, Change(self._now(), actor, "removed"))

    async def run_now(self, schedule: Schedule, actor: Actor, key: str) -> str:
        """Have a Schedule's Goal run now, in its own thread, and return its Run's id. Raises NotAllowedToDecide."""
        self.may_change(schedule, actor)
        return await self.firer.run_now(schedule, key)

    def must_see(self, schedule: Schedule, origin: Origin, actor: Actor) -> None:
        """Raise ScheduleUnknown unless it is of the Origin's channel, or theirs: others may be closed to them."""
        if replace(origin, thread="") != schedule.origin and actor != schedule.owner:
            raise ScheduleUnknown(schedule_id=schedule.schedule_id)

    def may_change(self, schedule: Schedule, actor: Actor) -> None:
        """Raise NotAllowedToDecide unless this is the Schedule's owner, or somebody who decides in its channel."""
        if actor != schedule.owner or actor.guest:
            try:
                must_approve(self.policy, actor)
            except NotAllowedToDecide as error:
                deciders = f"{schedule.owner.display}, {error.fields['deciders']}"
                raise NotAllowedToDecide(who=actor.display, deciders=deciders) from None

    async def may_choose(self, policy: PolicyName, origin: Origin, actor: Actor) -> None:
        """Raise PolicyRefused if a policy asks less than is usual there and this is no approver."""
        usual = await usual_policy(self.channels, self.policy, replace(origin, thread=""))
        if looser(policy, usual) and not is_approver(self.policy, actor):
            named = ", ".join(each.display for each in self.policy.approvers)
            raise PolicyRefused(policy=policy, usual=usual, deciders=named)

    # --- looking ---

    async def named(self, prefix: str) -> Schedule:
        """Return the one Schedule whose id begins so.

        Raises:
            ScheduleUnknown: there is none.
            ScheduleAmbiguous: there are several.
        """
        found = await self.store.named(prefix) if prefix else ()
        if len(found) > 1:
            raise ScheduleAmbiguous(schedule_id=prefix, schedules=", ".join(each.schedule_id for each in found))
        if not found:
            raise ScheduleUnknown(schedule_id=prefix)
        return found[0]

    async def list(
        self, *, channel: Origin | None = None, owner: Actor | None = None, limit: int = 50
    ) -> Sequence[Listed]:
        """Return Schedules with how they went last, the next to fire first: of a `channel`, of an `owner`."""
        found = await self.store.schedules(channel=channel, owner=owner, limit=limit)
        return [await self.listed(schedule, firings=1) for schedule in found]

    async def listed(self, schedule: Schedule, *, firings: int = SHOWN_FIRINGS) -> Listed:
        """Return a Schedule with its newest firings and how their Runs stand."""
        past = await self.store.firings(schedule.schedule_id, limit=firings, begun=firings == 1)
        outcomes = {
            each.run_id: (await self.firer.recorder.store.summary(each.run_id)).status.value
            for each in past
            if each.run_id
        }
        return Listed(schedule, tuple(past), outcomes)

    async def changes(self, schedule: Schedule) -> Sequence[Change]:
        """Return who changed a Schedule, newest first."""
        return await self.store.changes(schedule.schedule_id)

    def _now(self) -> datetime:
        return self.firer.recorder.clock()
