"""The Bolt app that leads what Slack sent, once it is kept, to the listener that is registered for it."""

import json
import logging
import re
from collections.abc import Mapping
from http import HTTPStatus
from typing import Any

import structlog
from slack_bolt.app.async_app import AsyncApp
from slack_bolt.authorization import AuthorizeResult
from slack_bolt.authorization.async_authorize import AsyncAuthorize
from slack_bolt.context.async_context import AsyncBoltContext
from slack_bolt.request.async_request import AsyncBoltRequest
from slack_sdk.web.async_client import AsyncWebClient

from adapters.slack.requests import Body

ANYTHING = re.compile("")

log = structlog.get_logger(__name__)


class _NobodyAsked(AsyncAuthorize):
    """Lets Bolt go on without asking Slack: which token is whose, `Workspaces` knows."""

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


def bolt_app() -> AsyncApp:
    """Return a Bolt app that waits for its listeners, and raises what they raise."""
    app = AsyncApp(
        name="nod",
        logger=_silent(),
        client=AsyncWebClient(),
        authorize=_NobodyAsked(),
        process_before_response=True,  # else Bolt looks every 10 ms whether a listener has acknowledged
        request_verification_enabled=False,  # `http` checks signatures before anything is read
        ssl_check_enabled=False,  # Bolt's answers before the signature is checked
        ignoring_self_events_enabled=False,  # it would have to ask Slack who the bot is; `is_own` reads it
        attaching_function_token_enabled=False,
        attaching_conversation_kwargs_enabled=False,
    )
    app.error(_raised)
    return app


async def dispatch(app: AsyncApp, body: Body, team: str, key: str) -> Mapping[str, Any] | None:
    """Call the listener registered for what came, and return what it acknowledges with, if anything.

    A listener takes what it names among Bolt's own arguments, the `team` it is for, and the `key` it came under.
    """
    said = await app.async_dispatch(
        AsyncBoltRequest(body=dict(body), mode="socket_mode", context={"team": team, "key": key})
    )
    if said.status == HTTPStatus.NOT_FOUND:
        log.debug("slack_left_alone", key=key)
        return None
    return json.loads(said.body) if said.body else None


async def _raised(error: Exception) -> None:
    raise error


def _silent() -> logging.Logger:
    """Return the logger Bolt gets: what it says itself quotes what people wrote, and ours says what went wrong."""
    logger = logging.getLogger(f"{__name__}.bolt")
    logger.setLevel(logging.CRITICAL + 1)
    return logger
