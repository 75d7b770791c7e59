"""Events as rows: canonical payloads, large contents apart, and the digest chain that holds them together."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import cache, lru_cache
from typing import Any, cast

from pydantic import TypeAdapter

from agent_core.domain import canonical_json, digest_of
from agent_core.errors import JournalBroken
from agent_core.journal.events import KINDS, Event

BLOB_THRESHOLD = 4096  # characters; longer strings of a payload are kept once, by digest, however often they recur
_BLOB_KEY = "$blob"  # keys of contents that begin with $ get one more, so no content can pass for a reference
_MARK = '"$'
GENESIS = ""  # the digest before the first event


@dataclass(frozen=True, slots=True)
class Record:
    """One row of a Journal. `payload` is canonical JSON, or None when its contents were erased."""

    run_id: str
    seq: int
    kind: str
    at: datetime
    payload: str | None
    payload_digest: str
    digest: str


@dataclass(frozen=True, slots=True)
class Entry:
    """An event with its place in the Journal."""

    run_id: str
    seq: int
    at: datetime
    digest: str
    event: Event


@cache
def _adapter(kind: str) -> TypeAdapter[Event]:
    return TypeAdapter(KINDS[kind])


@lru_cache(maxsize=256)  # an append writes the same few times in several places
def timestamp(at: datetime) -> str:
    """Return `at` as it stands in rows and digests: UTC, microseconds, sortable as text."""
    return at.astimezone(UTC).isoformat(timespec="microseconds").replace("+00:00", "Z")


def chain_digest(  # noqa: PLR0917  (the parts in the order they are digested)
    previous: str, run_id: str, seq: int, kind: str, at: datetime, payload_digest: str
) -> str:
    """Return the digest of an event: over the previous digest, its place, kind, time and payload digest."""
    # no part holds a line break, so the lines say which is which
    return digest_of(f"{previous}\n{run_id}\n{seq}\n{kind}\n{timestamp(at)}\n{payload_digest}")


def seal(run_id: str, seq: int, previous: str, event: Event, at: datetime) -> tuple[Record, Mapping[str, bytes]]:
    """Return the row of `event` after the digest `previous`, and the blobs (digest to bytes) it refers to."""
    kind = type(event).__name__
    blobs: dict[str, bytes] = {}
    plain = _adapter(kind).serializer.to_python(event, mode="json")
    payload = canonical_json(plain)
    if len(payload) > BLOB_THRESHOLD or _MARK in payload:
        payload = canonical_json(_set_apart(plain, blobs))
    payload_digest = digest_of(payload)
    digest = chain_digest(previous, run_id, seq, kind, at, payload_digest)
    return Record(run_id, seq, kind, at, payload, payload_digest, digest), blobs


def blobs_of(record: Record) -> frozenset[str]:
    """Return the digests of the blobs that a row refers to."""
    found: set[str] = set()
    if record.payload is not None and _MARK in record.payload:
        _find_blobs(json.loads(record.payload), found)
    return frozenset(found)


def unseal(record: Record, blobs: Mapping[str, bytes]) -> Event:
    """Return the event of a row, its blobs put back.

    Raises:
        JournalBroken: the contents were erased, a blob is missing, or the payload is not of its kind.
    """
    if record.payload is None:
        raise JournalBroken(run_id=record.run_id, seq=record.seq, reason="its contents were erased")
    adapter = _adapter(record.kind) if record.kind in KINDS else None
    if adapter is None:
        raise JournalBroken(run_id=record.run_id, seq=record.seq, reason=f"unknown kind {record.kind}")
    try:
        if _MARK not in record.payload:
            return adapter.validate_json(record.payload)
        return adapter.validate_python(_put_back(json.loads(record.payload), blobs))
    except (ValueError, KeyError) as error:
        raise JournalBroken(run_id=record.run_id, seq=record.seq, reason=f"{type(error).__name__}") from error


def verify(records: Sequence[Record]) -> None:
    """Check the chain of a whole Journal, erased contents included.

    Raises:
        JournalBroken: an event is missing, moved or changed.
    """
    previous = GENESIS
    for expected, record in enumerate(records, start=1):
        broken = _fault(record, expected, previous)
        if broken:
            raise JournalBroken(run_id=record.run_id, seq=expected, reason=broken)
        previous = record.digest


def _fault(record: Record, expected: int, previous: str) -> str:
    if record.seq != expected:
        return "an event is missing"
    if record.payload is not None and digest_of(record.payload) != record.payload_digest:
        return "its contents were changed"
    found = chain_digest(previous, record.run_id, record.seq, record.kind, record.at, record.payload_digest)
    return "" if found == record.digest else "it or an earlier event was changed"


def _set_apart(value: Any, blobs: dict[str, bytes]) -> Any:
    match value:
        case str() if len(value) > BLOB_THRESHOLD:
            content = value.encode("utf-8", "surrogatepass")
            digest = digest_of(content)
            blobs[digest] = content
            return {_BLOB_KEY: digest}
        case dict():
            items = cast("dict[str, Any]", value)
            return {f"${key}" if key[:1] == "$" else key: _set_apart(item, blobs) for key, item in items.items()}
        case list():
            return [_set_apart(item, blobs) for item in cast("list[Any]", value)]
        case _:
            return value


def _put_back(value: Any, blobs: Mapping[str, bytes]) -> Any:
    match value:
        case {"$blob": str() as digest} if len(cast("dict[str, Any]", value)) == 1:
            return blobs[digest].decode("utf-8", "surrogatepass")
        case dict():
            items = cast("dict[str, Any]", value)
            return {key.removeprefix("$"): _put_back(item, blobs) for key, item in items.items()}
        case list():
            return [_put_back(item, blobs) for item in cast("list[Any]", value)]
        case _:
            return value


def _find_blobs(value: Any, found: set[str]) -> None:
    match value:
        case {"$blob": str() as digest}:
            found.add(digest)
        case dict():
            for item in cast("dict[str, Any]", value).values():
                _find_blobs(item, found)
        case list():
            for item in cast("list[Any]", value):
                _find_blobs(item, found)
        case _:
            pass
