"""The web door's secret tokens, kept as digests: who reads the database can sign in as nobody."""

import secrets
from datetime import datetime
from enum import StrEnum

from agent_core.domain import digest_of
from agent_core.journal.records import timestamp
from agent_core.sign_ins import SignIn
from storage.database import Database, Statement, compose
from storage.journal_rows import timestamp_or_none

TOKEN_BYTES = 32  # of randomness, so a plain SHA-256 of the token cannot be searched for

_MINT = "INSERT INTO sign_ins (token_digest, name, kind, created_at, expires_at) VALUES (?, ?, ?, ?, ?)"
_FORGET = "DELETE FROM sign_ins WHERE expires_at <= ?"
_COUNTS = "used_at IS NULL AND (expires_at IS NULL OR expires_at > ?)"
_GENERATION = "SELECT generation FROM sign_in_generations WHERE name = ?"
_RAISE = """INSERT INTO sign_in_generations (name, generation) VALUES (?, 1)
    ON CONFLICT (name) DO UPDATE SET generation = sign_in_generations.generation + 1"""
# in one statement, so that a revocation at the same time is before the sign-in or after it, and never in between
_REDEEM = compose(
    """UPDATE sign_ins SET used_at = ? WHERE token_digest = ? AND kind = ? AND {counts}
    RETURNING name, (SELECT generation FROM sign_in_generations WHERE sign_in_generations.name = sign_ins.name)""",
    counts=_COUNTS,
)
_API_NAME = compose("SELECT name FROM sign_ins WHERE token_digest = ? AND kind = ? AND {counts}", counts=_COUNTS)
_REVOKE = compose("UPDATE sign_ins SET used_at = ? WHERE name = ? AND {counts} RETURNING name", counts=_COUNTS)


class TokenKind(StrEnum):
    """What a token is good for."""

    ONCE = "once"  #: signs a person in, once
    API = "api"  #: speaks for a person until it is revoked


class SqlSignInStore:
    """A `agent_core.ports.SignInStore` on a Database."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def mint_once(self, name: str, *, now: datetime, expires_at: datetime) -> str:
        """Return a new token that signs the person `name` in once, until `expires_at`."""
        return await self._mint(TokenKind.ONCE, name, now, expires_at)

    async def mint_api(self, name: str, *, now: datetime, expires_at: datetime | None = None) -> str:
        """Return a new token that lasts, for programs that speak for the person `name`."""
        return await self._mint(TokenKind.API, name, now, expires_at)

    async def redeem(self, token: str, now: datetime) -> SignIn | None:
        """Use a one-time token up and return who comes in; None when it is unknown, used or expired."""
        at = timestamp(now)
        found = await self._database.write(Statement(_REDEEM, (at, digest_of(token), TokenKind.ONCE.value, at)))
        return SignIn(str(found[0][0]), int(found[0][1] or 0)) if found else None

    async def generation(self, name: str) -> int:
        """Return the generation of a person's sign-ins; 0 for whoever was never signed out."""
        found = await self._database.read(_GENERATION, (name,))
        return int(found[0][0]) if found else 0

    async def sign_out(self, name: str) -> None:
        """End every sign-in of the person `name`; their tokens stay."""
        await self._database.write(Statement(_RAISE, (name,)))

    async def api_name(self, token: str, now: datetime) -> str | None:
        """Return whom a lasting token speaks for; None when it is unknown, revoked or expired."""
        params = (digest_of(token), TokenKind.API.value, timestamp(now))
        found = await self._database.read(_API_NAME, params)
        return str(found[0][0]) if found else None

    async def revoke(self, name: str, now: datetime) -> int:
        """Void every token and sign-in of the person `name`, and return how many tokens still counted."""
        at = timestamp(now)
        return len(await self._database.write(Statement(_RAISE, (name,)), Statement(_REVOKE, (at, name, at))))

    async def _mint(self, kind: TokenKind, name: str, now: datetime, expires_at: datetime | None) -> str:
        token = secrets.token_urlsafe(TOKEN_BYTES)
        row = (digest_of(token), name, kind.value, timestamp(now), timestamp_or_none(expires_at))
        # expired tokens are worth nothing to anybody, so the table stays as small as what counts
        await self._database.write(Statement(_FORGET, (timestamp(now),)), Statement(_MINT, row))
        return token
