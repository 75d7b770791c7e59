"""How messages and components are named, so that they lead back to a Run's Card from themselves alone. Pure.

Nothing here authorises anything: who may decide is asked of the Service at every click.
"""

import re
from dataclasses import dataclass
from typing import Self

from adapters.discord.limits import CUSTOM_ID, NONCE
from agent_core.cards import Card, Verb
from agent_core.domain import digest_of

DIGEST_SHOWN = 16  # hexadecimal digits of a digest in a custom id: enough to tell what was seen from what is asked now
DIRECT = "@me"  # in place of a server, as in Discord's own addresses

_PREFIX = "nod"
_SNOWFLAKE = re.compile(r"\d{15,20}")
_NUMBERS = 2**31 - 2  # a component's number is a positive 32-bit integer


@dataclass(frozen=True, slots=True)
class Ref:
    """A message: its server (empty for direct ones), channel or thread, and id."""

    guild: str
    channel: str
    message: str

    def __str__(self) -> str:
        return f"{self.guild or DIRECT}/{self.channel}/{self.message}"

    @classmethod
    def parse(cls, text: str) -> Self:
        """Read `GUILD/CHANNEL/MESSAGE`. Raises ValueError."""
        guild, channel, message = text.split("/")
        return cls("" if guild == DIRECT else guild, channel, message)


@dataclass(frozen=True, slots=True)
class Named:
    """What a button, or a modal, is about: what to do with which Card of which Run, as it was shown."""

    verb: Verb
    run_id: str
    card_id: str
    digest: str  #: its first digits

    def __str__(self) -> str:
        named = f"{_PREFIX}/{self.verb}/{self.run_id}/{self.card_id}/{self.digest}"
        if len(named) > CUSTOM_ID:
            raise ValueError(f"{named} is too long for a custom id.")
        return named

    @classmethod
    def of(cls, verb: Verb, run_id: str, card: Card) -> Self:
        """Return the name of a verb on a Card as it is shown now."""
        return cls(verb, run_id, card.id, card.digest[:DIGEST_SHOWN])

    @classmethod
    def parse(cls, custom_id: str) -> Self | None:
        """Read a custom id; None for one that is not ours."""
        parts = custom_id.split("/")
        if len(parts) != 5 or parts[0] != _PREFIX or parts[1] not in set(Verb):  # noqa: PLR2004  (as written above)
            return None
        return cls(Verb(parts[1]), *parts[2:])

    def digest_on(self, card: Card) -> str:
        """Return the digest that was shown: that of the Card if it is still the same, else what is known of it."""
        return card.digest if card.digest[:DIGEST_SHOWN] == self.digest else self.digest


def nonce_of(run_id: str, card_id: str, deleted: int = 0) -> str:
    """Return the nonce of a Card's message: always the same, so that a post sent twice is one message.

    It is another once a message was deleted, for Discord would take the new one for that; `deleted` counts them.
    """
    card = f"{card_id}/{deleted}" if deleted else card_id
    return f"{run_id}{digest_of(card)}"[:NONCE]


def number_of(run_id: str, card_id: str) -> int:
    """Return the number of the component that holds a Card: a mark on the message that nobody sees."""
    return mark_of(f"{run_id}/{card_id}")


def mark_of(key: str) -> int:
    """Return the number of a component by which the message of a key is known."""
    return 1 + int(digest_of(key)[:8], 16) % _NUMBERS


def is_snowflake(text: str) -> bool:
    """Say whether a text is an id of Discord's, and not one of a Run."""
    return _SNOWFLAKE.fullmatch(text) is not None
