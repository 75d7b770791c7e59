"""What the stores need of a database. Statements are standard SQL that SQLite and PostgreSQL both run."""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache, lru_cache
from itertools import chain
from typing import Any, Protocol

Value = str | int | float | bytes | None
Row = tuple[Any, ...]

ROWS_AT_ONCE = (
    500  # rows of one INSERT; 500 of 20 columns stay below SQLite's 32,766 and PostgreSQL's 65,535 parameters
)


@dataclass(frozen=True, slots=True)
class Statement:
    """One SQL statement. `?` stands for each parameter; a `guard` must change or return a row."""

    sql: str
    params: tuple[Value, ...] = ()
    guard: bool = False


#: changes nothing and is written all the same, so that it fails where a fact of a Run could not be kept either
PROOF_OF_WRITING = Statement("UPDATE schema_version SET version = version", guard=True)


class NothingChanged(Exception):
    """A guard changed no row, so its unit of work was undone; `index` is its place in the unit."""

    def __init__(self, index: int) -> None:
        super().__init__(f"statement {index} changed no row")
        self.index = index


class KeyTaken(Exception):
    """A row with that primary or unique key is there already, so the unit of work was undone."""


class Database(Protocol):
    """A database with Nod's tables. Every method may raise StorageError."""

    async def write(self, *statements: Statement) -> Sequence[Row]:
        """Do all of the statements, durably, or none; return the rows of the last one that has any.

        A caller that is cancelled here does not know whether they were done.

        Raises:
            NothingChanged: a guard among them changed and returned no row.
            KeyTaken: a primary or unique key was there already.
        """
        ...

    async def read(self, sql: str, params: tuple[Value, ...] = ()) -> Sequence[Row]:
        """Return the rows of a query; it sees every write that returned before."""
        ...


def compose(text: str, **parts: str) -> str:
    """Return SQL with the `{parts}` filled in. They are our own SQL; what others wrote goes through `?`."""
    return text.format_map(parts)


@cache
def marks(count: int) -> str:
    """Return the placeholders of `count` parameters."""
    return ", ".join("?" * count)


def insert_rows(into: str, rows: Sequence[tuple[Value, ...]], tail: str = "") -> list[Statement]:
    """Return the few statements that insert all of `rows`. `into` names the columns, `tail` what a conflict does."""
    parts = (rows[start : start + ROWS_AT_ONCE] for start in range(0, len(rows), ROWS_AT_ONCE))
    return [Statement(_insert(into, len(some), len(some[0]), tail), tuple(chain.from_iterable(some))) for some in parts]


@lru_cache(maxsize=256)
def _insert(into: str, count: int, columns: int, tail: str) -> str:
    values = ", ".join([f"({marks(columns)})"] * count)
    return f"{into} VALUES {values} {tail}"
