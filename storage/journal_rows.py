"""Between the values of the journal's port and the rows of its tables."""

from datetime import datetime

from agent_core.domain import Actor, Origin, RunStatus
from agent_core.journal.records import Record, timestamp
from agent_core.ports import OpenApproval, RunSummary, Said
from storage.database import Row, Value

CONVERSATION_COLUMNS = (
    "platform, workspace, channel, thread, at, actor_platform, actor_user, actor_name, run_id, trusted, text"
)
EVENT_COLUMNS = "run_id, seq, kind, at, payload, payload_digest, digest"
APPROVAL_COLUMNS = "run_id, subject, digest, asked_at, expires_at"
#: what is told once, by GoalSubmitted, and never changes
GIVEN_COLUMNS = (
    "run_id, goal, origin_platform, origin_workspace, origin_channel, origin_thread,"
    " actor_platform, actor_user, actor_name, workspace, follows, created_at"
)
#: what every append may change
CHANGING_COLUMNS = "seq, status, policy, language, cost, tokens, rehearsal, updated_at, wake_at"
SUMMARY_COLUMNS = f"{GIVEN_COLUMNS}, {CHANGING_COLUMNS}"


def timestamp_or_none(at: datetime | None) -> str | None:
    """Return `at` as it stands in rows, None for never."""
    return None if at is None else timestamp(at)


def time_or_none(text: str | None) -> datetime | None:
    """Return the time that a row holds, None for never."""
    return None if text is None else datetime.fromisoformat(text)


def event_row(record: Record) -> tuple[Value, ...]:
    """Return a Record in the order of EVENT_COLUMNS."""
    at = timestamp(record.at)
    return (record.run_id, record.seq, record.kind, at, record.payload, record.payload_digest, record.digest)


def record_of(row: Row) -> Record:
    """Return the Record of a row in the order of EVENT_COLUMNS."""
    run_id, seq, kind, at, payload, payload_digest, digest = row
    return Record(run_id, seq, kind, datetime.fromisoformat(at), payload, payload_digest, digest)


def approval_row(approval: OpenApproval) -> tuple[Value, ...]:
    """Return an open Approval in the order of APPROVAL_COLUMNS."""
    asked_at, expires_at = timestamp(approval.asked_at), timestamp_or_none(approval.expires_at)
    return (approval.run_id, approval.subject, approval.digest, asked_at, expires_at)


def approval_of(row: Row) -> OpenApproval:
    """Return the open Approval of a row in the order of APPROVAL_COLUMNS."""
    run_id, subject, digest, asked_at, expires_at = row
    return OpenApproval(run_id, subject, digest, datetime.fromisoformat(asked_at), time_or_none(expires_at))


def said_row(origin: Origin, said: Said) -> tuple[Value, ...]:
    """Return what was said at an Origin in the order of CONVERSATION_COLUMNS."""
    actor = said.actor
    who = (actor.platform, actor.user, actor.name) if actor else (None, None, None)
    return (*origin_row(origin), timestamp(said.at), *who, said.run_id, int(said.trusted), said.text)


def origin_row(origin: Origin) -> tuple[str, str, str, str]:
    """Return an Origin as four columns: platform, workspace, channel, thread."""
    return (origin.platform, origin.workspace, origin.channel, origin.thread)


def given_row(summary: RunSummary) -> tuple[Value, ...]:
    """Return a Run's summary in the order of GIVEN_COLUMNS."""
    actor = summary.actor
    return (
        *(summary.run_id, summary.goal, *origin_row(summary.origin)),
        *(actor.platform, actor.user, actor.name),
        *(summary.workspace, summary.follows, timestamp(summary.created_at)),
    )


def changing_row(summary: RunSummary) -> tuple[Value, ...]:
    """Return a Run's summary in the order of CHANGING_COLUMNS."""
    return (
        *(summary.seq, summary.status.value, summary.policy, summary.language, summary.cost, summary.tokens),
        *(int(summary.rehearsal), timestamp(summary.updated_at), timestamp_or_none(summary.wake_at)),
    )


def summary_of(row: Row) -> RunSummary:
    """Return the summary of a row in the order of SUMMARY_COLUMNS."""
    run_id, goal, platform, space, channel, thread, *rest = row
    actor_platform, actor_user, actor_name, workspace, follows, created_at, *changing = rest
    seq, status, policy, language, cost, tokens, rehearsal, updated_at, wake_at = changing
    return RunSummary(
        run_id=run_id,
        seq=seq,
        status=RunStatus(status),
        goal=goal,
        origin=Origin(platform, space, channel, thread),
        actor=Actor(actor_platform, actor_user, actor_name),
        policy=policy,
        language=language,
        workspace=workspace,
        follows=follows,
        cost=cost,
        tokens=tokens,
        rehearsal=bool(rehearsal),
        created_at=datetime.fromisoformat(created_at),
        updated_at=datetime.fromisoformat(updated_at),
        wake_at=time_or_none(wake_at),
    )
