"""Between the values of Schedules and the rows of their tables."""

from datetime import datetime, timedelta

from agent_core.domain import Actor, Origin, PolicyName
from agent_core.journal.records import timestamp
from agent_core.recurring import Change, Fate, Overlap, PastFiring, Schedule, ScheduleStatus, Terms
from storage.database import Row, Value
from storage.journal_rows import time_or_none, timestamp_or_none

#: what is told once and never changes
GIVEN_COLUMNS = (
    "schedule_id, language, origin_platform, origin_workspace, origin_channel,"
    " owner_platform, owner_user, owner_name, created_at"
)
#: what a change may change
CHANGING_COLUMNS = (
    "status, why, rhythm, zone, goal, policy, loosened, overlap, grace, last_fire, next_fire, counted_from"
)
COLUMNS = f"{GIVEN_COLUMNS}, {CHANGING_COLUMNS}, revision"
FIRING_COLUMNS = "schedule_id, fire_at, fate, run_id, count"
CHANGE_COLUMNS = "schedule_id, at, actor_platform, actor_user, actor_name, what, why"


def given_row(schedule: Schedule) -> tuple[Value, ...]:
    """Return a Schedule in the order of GIVEN_COLUMNS."""
    origin, owner = schedule.origin, schedule.owner
    return (
        *(schedule.schedule_id, schedule.language, origin.platform, origin.workspace, origin.channel),
        *(owner.platform, owner.user, owner.name, timestamp(schedule.created_at)),
    )


def changing_row(schedule: Schedule) -> tuple[Value, ...]:
    """Return a Schedule in the order of CHANGING_COLUMNS."""
    terms = schedule.terms
    return (
        *(schedule.status.value, schedule.why, terms.rhythm, terms.zone, terms.goal, terms.policy.value),
        *(int(schedule.loosened), terms.overlap.value, int(terms.grace.total_seconds())),
        *(timestamp_or_none(schedule.last_fire), timestamp_or_none(schedule.next_fire)),
        timestamp_or_none(schedule.counted_from),
    )


def schedule_of(row: Row) -> Schedule:
    """Return the Schedule of a row in the order of COLUMNS."""
    schedule_id, language, platform, space, channel, owner_platform, owner_user, owner_name, created_at, *rest = row
    status, why, rhythm, zone, goal, policy, loosened, overlap, grace, last_fire, next_fire, counted_from, revision = (
        rest
    )
    return Schedule(
        schedule_id=schedule_id,
        terms=Terms(rhythm, zone, goal, PolicyName(policy), Overlap(overlap), timedelta(seconds=grace)),
        origin=Origin(platform, space, channel),
        owner=Actor(owner_platform, owner_user, owner_name),
        language=language,
        created_at=datetime.fromisoformat(created_at),
        status=ScheduleStatus(status),
        why=why,
        loosened=bool(loosened),
        revision=int(revision),
        last_fire=time_or_none(last_fire),
        next_fire=time_or_none(next_fire),
        counted_from=time_or_none(counted_from),
    )


def firing_row(firing: PastFiring) -> tuple[Value, ...]:
    """Return what became of a time in the order of FIRING_COLUMNS."""
    return (firing.schedule_id, timestamp(firing.at), firing.fate.value, firing.run_id, firing.count)


def firing_of(row: Row) -> PastFiring:
    """Return what became of the time of a row in the order of FIRING_COLUMNS."""
    schedule_id, at, fate, run_id, count = row
    return PastFiring(schedule_id, datetime.fromisoformat(at), Fate(fate), run_id, int(count))


def change_row(schedule_id: str, change: Change) -> tuple[Value, ...]:
    """Return a change in the order of CHANGE_COLUMNS."""
    actor = change.actor
    who = (actor.platform, actor.user, actor.name) if actor else (None, None, None)
    return (schedule_id, timestamp(change.at), *who, change.what, change.why)


def change_of(row: Row) -> Change:
    """Return the change of a row in the order of CHANGE_COLUMNS."""
    _schedule_id, at, platform, user, name, what, why = row
    actor = None if platform is None else Actor(platform, user, name)
    return Change(datetime.fromisoformat(at), actor, what, why)
