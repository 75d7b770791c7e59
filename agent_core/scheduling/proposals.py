"""Runs about a Schedule itself: what is asked for becomes a Card that people confirm, as every other Step does."""

import secrets
from dataclasses import dataclass, replace

from agent_core.asking import checked_goal, cleaned
from agent_core.domain import Actor, Origin, Policy, PolicyName
from agent_core.errors import GuestRefused
from agent_core.i18n import language_of
from agent_core.journal.events import GoalSubmitted
from agent_core.ports import Dispatcher
from agent_core.recorder import Recorder
from agent_core.recurring import Scheduling


@dataclass(frozen=True, slots=True)
class Proposals:
    """Begins Runs about Schedules. They always ask, whatever the policy of their channel."""

    recorder: Recorder
    dispatcher: Dispatcher
    policy: Policy
    rehearsal: bool
    guests_may_ask: bool = False

    async def begin(
        self, text: str, scheduling: Scheduling, *, origin: Origin, actor: Actor, key: str = "", language: str = ""
    ) -> str:
        """Begin a Run and return its id; with a `key` that was used before, that earlier Run's.

        Raises:
            GoalRefused: there is nothing in the text, or too much.
            GuestRefused: the asker is of another organisation, whose people may not ask.
        """
        text, key, run_id = checked_goal(text), cleaned(key), secrets.token_hex(5)
        if actor.guest and not self.guests_may_ask:
            raise GuestRefused
        submitted = GoalSubmitted(
            goal=text,
            origin=origin if origin.thread else own_thread(origin, run_id),
            actor=actor,
            policy=replace(self.policy, name=PolicyName.EVERY_STEP),
            language=language or language_of(text),
            workspace=run_id,
            rehearsal=self.rehearsal,
            scheduling=scheduling,
        )
        # a key is its asker's own: nobody meets another's Run by guessing it
        kept = await self.recorder.begin(run_id, [submitted], f"{actor}:{key}" if key else "")
        await self.dispatcher.wake(kept)
        return kept


def own_thread(origin: Origin, run_id: str) -> Origin:
    """Return where a Run of a channel is told: in a thread of its own, but a direct conversation is one thread."""
    direct = bool(origin.channel) and not origin.workspace
    return replace(origin, thread=origin.channel if direct else run_id)
