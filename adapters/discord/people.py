"""Who somebody is on Discord, as it tells with each thing they do: their roles count as they are now. Pure."""

from adapters.discord.payloads import Data, within
from agent_core.domain import Actor

PLATFORM = "discord"


def of_user(user: Data, member: Data | None = None) -> Actor:
    """Return a person with the name and the roles that they have in the server, where there is one."""
    member = member or {}
    name = member.get("nick") or user.get("global_name") or user.get("username") or ""
    roles = tuple(f"role/{role}" for role in member.get("roles") or ())
    return Actor(PLATFORM, str(user["id"]), name, groups=roles)


def of_interaction(data: Data) -> Actor:
    """Return who clicked, typed a command or submitted."""
    member = within(data, "member")
    return of_user(member.get("user") or data["user"], member)


def of_message(message: Data) -> Actor:
    """Return who wrote a message."""
    return of_user(message["author"], within(message, "member"))


def is_person(user: Data) -> bool:
    """Say whether a user is a person: no bot, no webhook, and not Discord itself."""
    return not (user.get("bot") or user.get("system"))


def language_of_locale(locale: str, otherwise: str = "en") -> str:
    """Return the language to speak to who uses Discord in this locale."""
    if not locale:
        return otherwise
    return "zh" if locale.lower().startswith("zh") else "en"
