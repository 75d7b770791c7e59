"""Who people are in Slack: their names, whether they are guests, and in which groups that may decide."""

import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from slack_sdk.errors import SlackApiError

from adapters.slack.calls import Client, inner, rows
from adapters.slack.places import PLATFORM
from adapters.slack.troubles import code_of, persistently
from adapters.slack.workspaces import Workspaces
from agent_core.domain import Actor, Policy

KEPT = 60.0  # seconds for which what Slack says of a person or group is believed
MOST_KEPT = 2_000

GROUP = "group/"  #: what the id of a user group follows in the name of an approver


@dataclass(frozen=True, slots=True)
class Person:
    """Somebody in a workspace. `language` and time `zone` are empty where Slack does not tell."""

    actor: Actor
    language: str = ""
    zone: str = ""
    is_bot: bool = False

    @property
    def trusted(self) -> bool:
        """Whether their words are: those of members are, those of guests and programs are not."""
        return not (self.is_bot or self.actor.guest)


@dataclass(slots=True)
class People:
    """Asks Slack who people are, and remembers it for a minute."""

    workspaces: Workspaces
    policy: Policy
    clock: Callable[[], float] = time.monotonic
    _kept: dict[tuple[str, str], tuple[float, Any]] = field(default_factory=dict[tuple[str, str], tuple[float, Any]])

    async def person(self, team: str, user: str) -> Person:
        """Return a person of a workspace, or one it meets in a shared channel. Somebody unknown is a guest.

        Raises:
            WorkspaceGone: Nod is no longer installed there.
        """
        kept = self._known((team, user))
        if kept is None:
            # whose token is which may have to be asked of Slack, too, or a new one be got
            client: Client = await persistently(lambda: self.workspaces.client(team))
            kept = self._keep((team, user), await self._look_up(client, team, user))
        return kept

    async def _look_up(self, client: Client, team: str, user: str) -> Person:
        try:
            answer = await persistently(lambda: client.users_info(user=user, include_locale=True))
        except SlackApiError as error:
            if code_of(error) in ("user_not_found", "user_not_visible", "users_not_found"):
                return Person(Actor(PLATFORM, user, guest=True))
            raise
        told = inner(answer, "user")
        guest = is_guest(told, team)
        groups = () if guest else await self._groups(client, team, user)
        actor = Actor(PLATFORM, user, name_of(told) or user, groups=groups, guest=guest)
        language, zone = _language(str(told.get("locale") or "")), str(told.get("tz") or "")
        return Person(actor, language, zone, bool(told.get("is_bot")))

    async def _groups(self, client: Client, team: str, user: str) -> tuple[str, ...]:
        """Return which of the user groups that may decide a person is in; no other group matters to Nod."""
        named = [actor.user for actor in self.policy.approvers if actor.platform == PLATFORM]
        groups = [each for each in named if each.startswith(GROUP)]
        return tuple([each for each in groups if user in await self._members(client, team, each)])

    async def group_name(self, team: str, group: str) -> str:
        """Return what a user group is called in a workspace; its id where Slack does not tell."""
        kept = self._known((team, "groups"))
        if kept is None:
            client: Client = await self.workspaces.client(team)
            kept = self._keep((team, "groups"), await self._read_groups(client))
        return str(kept.get(group.removeprefix(GROUP)) or group)

    async def _read_groups(self, client: Client) -> dict[str, str]:
        try:
            answer = await persistently(client.usergroups_list)
        except SlackApiError:
            return {}  # they are named by their ids
        return {
            str(each.get("id")): " ".join(str(each.get("name") or "").split()) for each in rows(answer, "usergroups")
        }

    async def _members(self, client: Client, team: str, group: str) -> frozenset[str]:
        kept = self._known((team, group))
        if kept is None:
            kept = self._keep((team, group), await self._read_members(client, group.removeprefix(GROUP)))
        return kept

    async def _read_members(self, client: Client, group: str) -> frozenset[str]:
        try:
            answer = await persistently(lambda: client.usergroups_users_list(usergroup=group))
        except SlackApiError as error:
            if code_of(error) in ("no_such_subteam", "subteam_not_found"):
                return frozenset()  # a group of another workspace, or of none any more
            raise
        members: list[str] = list(answer.get("users") or [])
        return frozenset(members)

    def _known(self, key: tuple[str, str]) -> Any:
        until, what = self._kept.get(key, (0.0, None))
        return what if until > self.clock() else None

    def _keep(self, key: tuple[str, str], what: Any) -> Any:
        if len(self._kept) >= MOST_KEPT:
            self._kept.clear()
        self._kept[key] = (self.clock() + KEPT, what)
        return what


def is_guest(told: Mapping[str, Any], team: str) -> bool:
    """Say whether somebody is of another organisation, or has a guest's account in this one."""
    if told.get("is_stranger") or told.get("is_restricted") or told.get("is_ultra_restricted"):
        return True
    home = str(told.get("team_id") or team)
    # in an organisation of several workspaces people have one home and are members of the others, too
    organisation: list[str] = list(inner(told, "enterprise_user").get("teams") or [])
    return home != team and team not in organisation


def name_of(told: Mapping[str, Any]) -> str:
    """Return the name that Slack shows of somebody."""
    profile = inner(told, "profile")
    names = (profile.get("display_name"), told.get("real_name"), profile.get("real_name"), told.get("name"))
    return " ".join(str(next((name for name in names if name), "")).split())


def _language(locale: str) -> str:
    if not locale:
        return ""
    return "zh" if locale.casefold().startswith("zh") else "en"
