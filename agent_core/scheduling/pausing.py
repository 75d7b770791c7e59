"""A Schedule that pauses itself says so where somebody reads it, and asks whether it is to go on."""

from collections.abc import Iterable, Sequence
from contextlib import suppress
from dataclasses import dataclass, replace

import structlog

from agent_core.domain import Origin
from agent_core.i18n import N_, translator
from agent_core.journal.state import RunState
from agent_core.ports import Clock
from agent_core.recurring import Change, Matter, Schedule, ScheduleStatus, Scheduling
from agent_core.schedules.store import ScheduleMoved, ScheduleStore
from agent_core.scheduling.proposals import Proposals

TOO_MANY_FAILED = N_("Its last three firings failed, or nobody answered them in time.")
CHANNEL_GONE = N_("Its channel is gone, or Nod can no longer write there.")
OWNER_GONE = N_("Its owner left, or has no access to its channel any more.")
UNREADABLE = N_("Its rhythm or its zone cannot be read any more.")

log = structlog.get_logger(__name__)


def counted(schedule: Schedule, newest_first: Iterable[RunState]) -> Sequence[RunState]:
    """Return the Runs that count for whether it pauses: those since a person last had a say in it."""
    since = schedule.counted_from
    return [state for state in newest_first if since is None or state.created_at >= since]


@dataclass(frozen=True, slots=True)
class Pausing:
    """Pauses Schedules of themselves."""

    store: ScheduleStore
    proposals: Proposals
    clock: Clock

    async def itself(self, schedule: Schedule, why: str, where: Origin | None = None) -> Schedule:
        """Pause a Schedule for the reason `why` (a msgid), and say so in its channel, or `where` people read it.

        What is said has a button to resume it, and names its Goal in its own channel alone. Whoever resumed or changed
        it meanwhile wins.
        """
        scheduling = Scheduling(
            Matter.RESUME, schedule.terms.zone, schedule.terms.policy, schedule.schedule_id, schedule.terms, why
        )
        _ = translator(schedule.language)
        named = schedule.schedule_id if where else schedule.terms.goal
        # said first, under a key of its own: cut off here, it is said once, and paused the next time
        await self.proposals.begin(
            _("Paused schedule: {goal}").format(goal=named),
            scheduling,
            origin=where or schedule.origin,
            actor=replace(schedule.owner, guest=False),
            key=f"paused:{schedule.schedule_id}:{schedule.revision}",
            language=schedule.language,
        )
        paused = schedule.but(status=ScheduleStatus.PAUSED, why=why, next_fire=None)
        log.warning("schedule_paused", schedule_id=schedule.schedule_id, why=why)
        with suppress(ScheduleMoved):
            return await self.store.change(paused, Change(self.clock(), None, "paused", why))
        return await self.store.schedule(schedule.schedule_id) or paused
