"""The tables of Nod, as numbered migrations. A migration that was released is never edited; add the next one.

Times are text in the form of `agent_core.journal.records.timestamp`, which sorts as time does.
"""

from collections.abc import Iterator
from dataclasses import asdict, dataclass

from storage.database import compose


@dataclass(frozen=True, slots=True)
class Dialect:
    """The words in which databases differ."""

    bytes: str  #: the type of a column of bytes
    identity: str  #: the type of a primary key that counts by itself


SQLITE = Dialect(bytes="BLOB", identity="INTEGER PRIMARY KEY")

_RUNS = """
CREATE TABLE runs (
    run_id TEXT NOT NULL PRIMARY KEY,
    seq BIGINT NOT NULL,
    status TEXT NOT NULL,
    cost DOUBLE PRECISION NOT NULL,
    tokens BIGINT NOT NULL,
    rehearsal BIGINT NOT NULL,
    created_at TEXT NOT NULL,
    updated_at TEXT NOT NULL,
    wake_at TEXT,
    lease_worker TEXT,
    lease_until TEXT,
    epoch BIGINT NOT NULL DEFAULT 0,
    woken BIGINT NOT NULL DEFAULT 0,
    submit_key TEXT,
    policy TEXT NOT NULL,
    language TEXT NOT NULL,
    origin_platform TEXT NOT NULL,
    origin_workspace TEXT NOT NULL,
    origin_channel TEXT NOT NULL,
    origin_thread TEXT NOT NULL,
    actor_platform TEXT NOT NULL,
    actor_user TEXT NOT NULL,
    actor_name TEXT NOT NULL,
    workspace TEXT NOT NULL,
    follows TEXT NOT NULL,
    goal TEXT NOT NULL
)
"""

# rows lie in the order they come, not by run: many Runs' events of one commit then share pages (half the CPU on SQLite)
_EVENTS = """
CREATE TABLE events (
    run_id TEXT NOT NULL REFERENCES runs (run_id),
    seq BIGINT NOT NULL,
    kind TEXT NOT NULL,
    at TEXT NOT NULL,
    payload TEXT,
    payload_digest TEXT NOT NULL,
    digest TEXT NOT NULL,
    PRIMARY KEY (run_id, seq)
)
"""

_APPROVALS = """
CREATE TABLE approvals (
    run_id TEXT NOT NULL REFERENCES runs (run_id),
    subject TEXT NOT NULL,
    digest TEXT NOT NULL,
    asked_at TEXT NOT NULL,
    expires_at TEXT,
    PRIMARY KEY (run_id, subject)
)
"""

_CONVERSATION = """
CREATE TABLE conversation (
    id {identity},
    platform TEXT NOT NULL,
    workspace TEXT NOT NULL,
    channel TEXT NOT NULL,
    thread TEXT NOT NULL,
    at TEXT NOT NULL,
    actor_platform TEXT,
    actor_user TEXT,
    actor_name TEXT,
    run_id TEXT NOT NULL,
    trusted BIGINT NOT NULL,
    text TEXT NOT NULL
)
"""

_CHANNELS = """
CREATE TABLE channels (
    platform TEXT NOT NULL,
    workspace TEXT NOT NULL,
    channel TEXT NOT NULL,
    policy TEXT NOT NULL,
    PRIMARY KEY (platform, workspace, channel)
)
"""

_DELIVERIES = """
CREATE TABLE deliveries (
    run_id TEXT NOT NULL,
    card_id TEXT NOT NULL,
    message_ref TEXT NOT NULL,
    shown TEXT NOT NULL,
    PRIMARY KEY (run_id, card_id)
)
"""

_SIGN_INS = """
CREATE TABLE sign_ins (
    token_digest TEXT NOT NULL PRIMARY KEY,
    name TEXT NOT NULL,
    kind TEXT NOT NULL,
    created_at TEXT NOT NULL,
    expires_at TEXT,
    used_at TEXT
)
"""

_SIGN_IN_GENERATIONS = """
CREATE TABLE sign_in_generations (
    name TEXT NOT NULL PRIMARY KEY,
    generation BIGINT NOT NULL
)
"""

_INBOX = """
CREATE TABLE inbox (
    id {identity},
    platform TEXT NOT NULL,
    inbox_key TEXT NOT NULL,
    lane TEXT NOT NULL,
    payload TEXT,
    at TEXT NOT NULL,
    UNIQUE (platform, inbox_key)
)
"""

_INSTALLATIONS = """
CREATE TABLE installations (
    platform TEXT NOT NULL,
    workspace TEXT NOT NULL,
    sealed TEXT NOT NULL,
    at TEXT NOT NULL,
    PRIMARY KEY (platform, workspace)
)
"""

_NOTES = """
CREATE TABLE notes (
    platform TEXT NOT NULL,
    name TEXT NOT NULL,
    text TEXT NOT NULL,
    PRIMARY KEY (platform, name)
)
"""

_SCHEDULES = """
CREATE TABLE schedules (
    schedule_id TEXT NOT NULL PRIMARY KEY,
    revision BIGINT NOT NULL,
    status TEXT NOT NULL,
    why TEXT NOT NULL,
    rhythm TEXT NOT NULL,
    zone TEXT NOT NULL,
    goal TEXT NOT NULL,
    policy TEXT NOT NULL,
    loosened BIGINT NOT NULL,
    overlap TEXT NOT NULL,
    grace BIGINT NOT NULL,
    language TEXT NOT NULL,
    origin_platform TEXT NOT NULL,
    origin_workspace TEXT NOT NULL,
    origin_channel TEXT NOT NULL,
    owner_platform TEXT NOT NULL,
    owner_user TEXT NOT NULL,
    owner_name TEXT NOT NULL,
    created_at TEXT NOT NULL,
    last_fire TEXT,
    next_fire TEXT,
    counted_from TEXT
)
"""

_FIRINGS = """
CREATE TABLE firings (
    schedule_id TEXT NOT NULL REFERENCES schedules (schedule_id),
    fire_at TEXT NOT NULL,
    fate TEXT NOT NULL,
    run_id TEXT NOT NULL,
    count BIGINT NOT NULL,
    PRIMARY KEY (schedule_id, fire_at)
)
"""

_SCHEDULE_CHANGES = """
CREATE TABLE schedule_changes (
    id {identity},
    schedule_id TEXT NOT NULL REFERENCES schedules (schedule_id),
    at TEXT NOT NULL,
    actor_platform TEXT,
    actor_user TEXT,
    actor_name TEXT,
    what TEXT NOT NULL,
    why TEXT NOT NULL
)
"""

MIGRATIONS: tuple[tuple[str, ...], ...] = (
    (
        "CREATE TABLE schema_version (version BIGINT NOT NULL PRIMARY KEY)",
        _RUNS,
        "CREATE UNIQUE INDEX runs_submit_key ON runs (submit_key) WHERE submit_key IS NOT NULL",
        "CREATE INDEX runs_created ON runs (created_at)",
        """CREATE INDEX runs_origin ON runs
            (origin_platform, origin_workspace, origin_channel, origin_thread, created_at)""",
        # a Run that waits for people and for no time is in none of the next three, so sweeping costs nothing for it
        "CREATE INDEX runs_running ON runs (lease_until) WHERE status = 'running'",
        "CREATE INDEX runs_wake ON runs (wake_at) WHERE wake_at IS NOT NULL",
        "CREATE INDEX runs_leased ON runs (lease_until) WHERE lease_until IS NOT NULL",
        _EVENTS,
        "CREATE TABLE blobs (digest TEXT NOT NULL PRIMARY KEY, bytes {bytes} NOT NULL)",
        _APPROVALS,
        "CREATE INDEX approvals_asked ON approvals (asked_at)",
        _CONVERSATION,
        "CREATE INDEX conversation_origin ON conversation (platform, workspace, channel, thread, at, id)",
        _CHANNELS,
        _DELIVERIES,
        _SIGN_INS,
    ),
    (
        "ALTER TABLE runs ADD COLUMN delivered BIGINT NOT NULL DEFAULT 0",
        "ALTER TABLE deliveries ADD COLUMN digest TEXT NOT NULL DEFAULT ''",
        # a Run whose Cards are all shown is not in it, so looking for what is left costs nothing for it
        "CREATE INDEX runs_undelivered ON runs (origin_platform, updated_at) WHERE delivered < seq",
        "CREATE INDEX runs_actor ON runs (actor_platform, actor_user, created_at)",
        "CREATE INDEX deliveries_message ON deliveries (message_ref) WHERE message_ref <> ''",
        _INBOX,
        "CREATE INDEX inbox_pending ON inbox (platform, id) WHERE payload IS NOT NULL",
        "CREATE INDEX inbox_finished ON inbox (at) WHERE payload IS NULL",
    ),
    (_SIGN_IN_GENERATIONS,),
    (_INSTALLATIONS,),
    (
        _NOTES,
        "CREATE INDEX inbox_newest ON inbox (platform, at)",
    ),
    (
        _SCHEDULES,
        # what a process asks every other second: the newest revision, and what fires soon
        "CREATE UNIQUE INDEX schedules_revision ON schedules (revision)",
        "CREATE INDEX schedules_next ON schedules (next_fire) WHERE status = 'active' AND next_fire IS NOT NULL",
        "CREATE INDEX schedules_channel ON schedules (origin_platform, origin_workspace, origin_channel)",
        "CREATE INDEX schedules_owner ON schedules (owner_platform, owner_user)",
        _FIRINGS,
        # those that began a Run, and those that wait: between them lie any number that did neither
        "CREATE INDEX firings_begun ON firings (schedule_id, fire_at) WHERE run_id <> ''",
        "CREATE INDEX firings_queued ON firings (schedule_id, fire_at) WHERE fate = 'queued'",
        _SCHEDULE_CHANGES,
        "CREATE INDEX schedule_changes_of ON schedule_changes (schedule_id, id)",
    ),
    (
        # only a start asks by them, and reads the whole table for it; each is a page more in every commit that an
        # acknowledgement waits for
        "DROP INDEX inbox_pending",
        "DROP INDEX inbox_finished",
        "DROP INDEX inbox_newest",
    ),
)

KNOWN = len(MIGRATIONS)  # the newest schema this Nod knows


def migration(found: int, dialect: Dialect) -> Iterator[str]:
    """Yield the statements that lead from schema `found` (0 for an empty database) to the newest one."""
    words = asdict(dialect)
    for version, statements in enumerate(MIGRATIONS[found:], start=found + 1):
        yield from (compose(statement, **words) for statement in statements)
        yield compose("INSERT INTO schema_version (version) VALUES ({version})", version=str(version))
