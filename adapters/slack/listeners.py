"""What Slack sends, to a Bolt app that keeps it, acknowledges it, and does nothing else.

Nothing here asks Slack anything: however slow Slack is, what it sends is acknowledged as fast as the disk is.
"""

import logging
import re
from collections.abc import Awaitable, Callable, Mapping
from typing import Any, Protocol

import structlog
from slack_bolt.app.async_app import AsyncApp
from slack_bolt.authorization import AuthorizeResult
from slack_bolt.authorization.async_authorize import AsyncAuthorize
from slack_bolt.context.ack.async_ack import AsyncAck
from slack_bolt.context.async_context import AsyncBoltContext
from slack_sdk.web.async_client import AsyncWebClient

from adapters.slack.requests import is_own, key_of
from agent_core.inbox import Inbox

ANYTHING = re.compile("")

log = structlog.get_logger(__name__)

Body = dict[str, Any]
LaneOf = Callable[[str, Mapping[str, Any]], str]


class Submissions(Protocol):
    """Answers a submitted modal while the person waits."""

    async def submitted(self, body: Mapping[str, Any]) -> Mapping[str, Any] | None:
        """Do what was submitted and return the body of the acknowledgement; None closes the modal."""
        ...


class _NobodyAsked(AsyncAuthorize):
    """Lets Bolt go on without asking Slack, whose answer an acknowledgement would have to wait for."""

    async def __call__(
        self,
        *,
        context: AsyncBoltContext,  # noqa: ARG002
        enterprise_id: str | None,
        team_id: str | None,
        user_id: str | None,  # noqa: ARG002
        actor_enterprise_id: str | None = None,  # noqa: ARG002
        actor_team_id: str | None = None,  # noqa: ARG002
        actor_user_id: str | None = None,  # noqa: ARG002
    ) -> AuthorizeResult:
        return AuthorizeResult(enterprise_id=enterprise_id, team_id=team_id)


def bolt_app(inbox: Inbox, submissions: Submissions, lane_of: LaneOf, events: frozenset[str]) -> AsyncApp:
    """Return the Bolt app whose listeners give everything to the Inbox, lane by lane.

    `events` are the types of events that are handled; others are acknowledged and forgotten. A thing that cannot be
    kept is not acknowledged, so that Slack sends it again or tells the person.
    """
    app = AsyncApp(
        name="nod",
        logger=_silent(),
        client=AsyncWebClient(),
        authorize=_NobodyAsked(),
        process_before_response=True,  # else Bolt looks every 10 ms whether a listener has acknowledged
        request_verification_enabled=False,  # `http` checks signatures before Bolt reads anything
        ssl_check_enabled=False,  # Bolt's answers before the signature is checked
        ignoring_self_events_enabled=False,  # it would have to ask Slack who the bot is; `is_own` reads it
        attaching_function_token_enabled=False,
        attaching_conversation_kwargs_enabled=False,
    )

    def keeping(kind: str) -> Callable[..., Awaitable[None]]:
        async def keep(ack: AsyncAck, body: Body, context: AsyncBoltContext) -> None:
            key = key_of(kind, body)
            payload = {"kind": kind, "body": body, "team": context.team_id or "", "key": key}
            await inbox.take(key, lane_of(kind, body), payload)
            await ack()

        return keep

    keep_event = keeping("event")

    async def event(ack: AsyncAck, body: Body, context: AsyncBoltContext) -> None:
        if body["event"].get("type") in events and not is_own(body):
            await keep_event(ack, body, context)

    async def submitted(ack: AsyncAck, body: Body) -> None:
        # sent again it is done again, which changes nothing: whoever lost the answer gets it, with what was refused
        await ack(**(await submissions.submitted(body) or {}))

    to: Any = app  # Bolt's own types say nothing of what a listener is
    to.command(ANYTHING)(keeping("command"))
    to.event(ANYTHING)(event)
    to.action(ANYTHING)(keeping("action"))
    to.view_submission(ANYTHING)(submitted)
    to.view_closed(ANYTHING)(keeping("closed"))
    to.shortcut(ANYTHING)(keeping("shortcut"))
    to.error(_refused)
    return app


async def _refused(error: Exception) -> None:
    log.warning("slack_not_taken", error=type(error).__name__, why=str(error)[:200])


def _silent() -> logging.Logger:
    """Return the logger Bolt gets: what it says itself quotes what people wrote, and ours says what went wrong."""
    logger = logging.getLogger(f"{__name__}.bolt")
    logger.setLevel(logging.CRITICAL + 1)
    return logger
