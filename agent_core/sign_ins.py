"""What the web door needs of storage: who may come in."""

from dataclasses import dataclass
from datetime import datetime
from typing import Protocol


@dataclass(frozen=True, slots=True)
class SignIn:
    """A person who came in: the name, and the generation of their sign-ins, which a later revocation leaves behind."""

    name: str
    generation: int


class SignInStore(Protocol):
    """The secret tokens of the web door. Only digests are kept: a token is known once, when it is minted.

    A sign-in counts while its generation is its person's, so raising that ends every one there is, wherever it is kept.
    """

    async def mint_once(self, name: str, *, now: datetime, expires_at: datetime) -> str:
        """Return a new token that signs the person `name` in once, until `expires_at`."""
        ...

    async def mint_api(self, name: str, *, now: datetime, expires_at: datetime | None = None) -> str:
        """Return a new token that lasts, for programs that speak for the person `name`."""
        ...

    async def redeem(self, token: str, now: datetime) -> SignIn | None:
        """Use a one-time token up and return who comes in; None when it is unknown, used or expired."""
        ...

    async def generation(self, name: str) -> int:
        """Return the generation of a person's sign-ins; 0 for whoever was never signed out."""
        ...

    async def sign_out(self, name: str) -> None:
        """End every sign-in of the person `name`; their tokens stay."""
        ...

    async def api_name(self, token: str, now: datetime) -> str | None:
        """Return whom a lasting token speaks for; None when it is unknown, revoked or expired."""
        ...

    async def revoke(self, name: str, now: datetime) -> int:
        """Void every token and sign-in of the person `name`, and return how many tokens still counted."""
        ...
