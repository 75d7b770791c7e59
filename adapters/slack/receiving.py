"""What Slack sends, taken: kept durably before it is acknowledged, or answered while its sender waits.

Nothing here asks Slack anything, and no work is begun: however slow Slack is, and whatever is to be done, what it sends
is acknowledged as fast as the disk is.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, Protocol

import structlog
from slack_bolt.request.internals import extract_team_id

from adapters.slack.calls import inner
from adapters.slack.requests import Body, is_own, key_of, kind_of
from agent_core.inbox import Inbox

LaneOf = Callable[[str, Body], str]

log = structlog.get_logger(__name__)


class Submissions(Protocol):
    """Answers a submitted modal while the person waits."""

    async def submitted(self, body: Mapping[str, Any]) -> Mapping[str, Any] | None:
        """Do what was submitted and return the body of the acknowledgement; None closes the modal."""
        ...


@dataclass(frozen=True, slots=True)
class Receiver:
    """Takes what Slack sends, whichever way it comes.

    `events` are the types of events that are handled; others are acknowledged and forgotten. The Inbox is given
    `kind`, the `body` as Slack sent it, the `team` it is for, and its `key`.
    """

    inbox: Inbox
    submissions: Submissions
    lane_of: LaneOf
    events: frozenset[str]

    async def take(self, body: Body) -> Mapping[str, Any] | None:
        """Return the body of the acknowledgement, which is empty unless a modal is to show something.

        None when it could not be kept: it must not be acknowledged, so that Slack sends it again or tells the person.
        """
        try:
            return await self._taken(body)
        except Exception as error:  # noqa: BLE001  (whatever it is, Slack must hear that it was not taken)
            log.warning("slack_not_taken", error=type(error).__name__, why=str(error)[:200])
            return None

    async def _taken(self, body: Body) -> Mapping[str, Any]:
        kind = kind_of(body)
        if kind == "submission":
            # sent again it is done again, which changes nothing: whoever lost the answer gets it, with what was refused
            return await self.submissions.submitted(body) or {}
        if kind and (kind != "event" or self._is_handled(body)):
            key = key_of(kind, body)
            payload = {"kind": kind, "body": body, "team": extract_team_id(dict(body)) or "", "key": key}
            await self.inbox.take(key, self.lane_of(kind, body), payload)
        return {}

    def _is_handled(self, body: Body) -> bool:
        return inner(body, "event").get("type") in self.events and not is_own(body)
