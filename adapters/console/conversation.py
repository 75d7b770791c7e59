"""The loop of `nod goal` and `nod resume`: shows a Run as it goes on, and asks until it is over or is left."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import aclosing
from typing import Any

from adapters.console.choices import legend
from adapters.console.deciding import Asked, Decider, Next, Talk
from adapters.console.news import news, open_cards
from agent_core.cards import Card
from agent_core.i18n import translator
from agent_core.journal.state import RunState
from agent_core.presenter import cards_of
from agent_core.presenter.activity import activity

HINTS = 3  # of the keys that are named while Nod works


class Conversation:
    """One person at one terminal, and one Run. Make one for each; `hold` it once."""

    def __init__(self, talk: Talk) -> None:
        self._talk = talk
        self._decider = Decider(talk)
        self._known: dict[str, Card] = {}
        self._asked: Asked | None = None  # what stands at the bottom; None when nothing is asked
        self._shown = ""  # the fingerprint of the Card that was last shown to be decided

    async def hold(self) -> RunState:
        """Stay with the Run until it is over or the person leaves; return how it then stands.

        Raises:
            RunUnknown: there is no such Run.
            StorageError: the Run cannot be read.
        """
        state: RunState | None = None
        async with aclosing(self._talk.service.watch(self._talk.run_id)) as states:
            coming: asyncio.Task[RunState | None] = asyncio.create_task(_next(states))
            typing: asyncio.Task[str] | None = None
            try:
                while state is None or not state.status.over:
                    # lines of a pipe are for questions; a person's keys count at any time
                    if state and typing is None and (self._asked or self._talk.keyboard.live):
                        typing = asyncio.create_task(self._talk.keyboard.key())
                    await asyncio.wait([coming, *([typing] if typing else [])], return_when=asyncio.FIRST_COMPLETED)
                    if coming.done():
                        state = coming.result() or state
                        coming = asyncio.create_task(_next(states))
                        if state and self._show(state):
                            await _end(typing)  # typed before the question stood there, so no answer to it
                            typing = None
                            self._ask(state)
                    elif typing and typing.done():
                        key, typing = typing.result(), None
                        if state and await self._answered(key, state) is Next.LEAVE:
                            break
            finally:
                self._talk.screen.still()
                await _end(coming)
                await _end(typing)
        assert state is not None  # noqa: S101  (a Run that is watched has a state)
        await self._close(state)
        return state

    def _show(self, state: RunState) -> bool:
        """Print what changed, and say whether something is asked now that was not asked before."""
        talk, cards = self._talk, cards_of(state)
        for piece in news(self._known, cards):
            talk.screen.still()
            talk.screen.news(piece, state.language)
        self._known = {card.id: card for card in cards}
        card = next(iter(open_cards(cards)), None)
        paused = state.paused and not state.status.over
        before = self._asked
        self._asked = Asked(card, paused, state.language) if card or paused else None
        if self._asked is None and not state.status.over:
            talk.screen.working(self._doing(state))
        return self._asked is not None and (before is None or before.mark != self._asked.mark)

    def _doing(self, state: RunState) -> str:
        if not self._talk.keyboard.live:
            return activity(state)
        return "   ".join([activity(state), *legend(None, translator(state.language))[:HINTS]])

    def _ask(self, state: RunState) -> None:
        """Print what is asked, drop what was typed until now, and print the keys that answer it."""
        asked = self._asked
        if asked is None:
            return
        self._talk.screen.still()
        if asked.card and asked.mark != self._shown:
            self._talk.screen.card(asked.card, state.language)
            self._shown = asked.mark
        self._talk.keyboard.forget()
        self._talk.screen.keys(legend(asked.card, translator(state.language), paused=asked.paused))

    async def _answered(self, key: str, state: RunState) -> Next:
        """Act on a key or line; whatever is still asked after it is asked again."""
        follows = await self._decider.typed(key, self._asked or Asked(None, paused=False, language=state.language))
        if follows is Next.AGAIN:
            self._ask(state)
        elif follows is Next.DONE:
            self._asked = None  # a newer state follows, and says what is asked then
        return follows

    async def _close(self, state: RunState) -> None:
        """Say where the files of a Run that is over lie."""
        if not state.status.over:
            return
        for file in await self._talk.service.files(state.run_id):
            self._talk.screen.place(self._talk.folder(state.workspace) / file.path)


async def _next(states: AsyncIterator[RunState]) -> RunState | None:
    return await anext(states, None)


async def _end(work: asyncio.Task[Any] | None) -> None:
    if work is not None:
        work.cancel()
        await asyncio.wait([work])
