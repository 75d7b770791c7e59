"""What `agent_core.AutoGPT` launches: Nod in this process, asking in the terminal or a callable."""

import asyncio
from collections.abc import Sequence
from contextlib import aclosing

from agent_core.autogpt import Approve, GoalResult
from agent_core.cards import Card, Verb
from agent_core.domain import RunStatus
from agent_core.errors import RequestRefused
from agent_core.journal.state import RunState
from agent_core.presenter import account_of, cards_of
from bot import terminal
from bot.bootstrap import Nod, open_nod
from bot.logs import set_up_logs
from bot.settings import load_settings

VIA = "api"
MOST_AGAIN = 3  # times that True may mean "go on" in one Run: a model that is down must not be asked for ever


async def launch(goals: Sequence[str], *, persona: str, approve: Approve | None) -> tuple[GoalResult, ...]:
    """Have the Goals done one after the other, each with a copy of the files of the one before and its result.

    The first that does not end well is the last.

    Raises:
        SettingsError: a setting cannot be used.
        GoalRefused: there is nothing to do in a Goal.
        StorageError: the database cannot be used.
    """
    settings = load_settings()
    set_up_logs(settings, level="warning")
    results: list[GoalResult] = []
    async with open_nod(settings) as nod, nod.tending():
        for goal in goals:
            run_id = await nod.service.submit(
                goal,
                origin=terminal.ORIGIN,
                actor=settings.owner,
                follows=results[-1].run_id if results else "",
                persona=persona,
            )
            await (terminal.stay(nod, run_id) if approve is None else _Asker(nod, run_id, approve).stay())
            state = await nod.service.state(run_id)
            results.append(await _result(nod, goal, state))
            if state.status is not RunStatus.FINISHED:
                break
    return tuple(results)


async def _result(nod: Nod, goal: str, state: RunState) -> GoalResult:
    folder = nod.folder(state.workspace)
    files = tuple(folder / file.path for file in await nod.service.files(state.run_id))
    return GoalResult(goal, state.run_id, state.status, state.result or account_of(state), files)


class _Asker:
    """Asks a callable about every open Card of one Run, until it is over."""

    def __init__(self, nod: Nod, run_id: str, approve: Approve) -> None:
        self._nod = nod
        self._run_id = run_id
        self._approve = approve
        self._again = 0

    async def stay(self) -> None:
        """Decide until the Run is over, or until nothing but a person can go on with it."""
        async with aclosing(self._nod.service.watch(self._run_id)) as states:
            async for state in states:
                for card in cards_of(state):
                    if card.buttons:
                        await self._decide(card)
                if state.paused:  # a person paused it, or an approval expired
                    return

    async def _decide(self, card: Card) -> None:
        answer = await asyncio.to_thread(self._approve, card)
        verb = self._verb({button.verb for button in card.buttons}, answer)
        try:
            await self._nod.service.decide(
                self._run_id,
                card.id,
                verb,
                actor=self._nod.settings.owner,
                via=VIA,
                digest=card.digest,
                text=answer if isinstance(answer, str) else "",
            )
        except RequestRefused:
            return  # somebody else was first; the next state says what is asked now

    def _verb(self, offered: set[Verb], answer: object) -> Verb:
        yes = answer is True
        if Verb.ANSWER in offered:
            return Verb.ANSWER if isinstance(answer, str) and answer.strip() else Verb.END
        if Verb.HAPPENED in offered:
            return Verb.AGAIN if yes else Verb.SKIP
        if Verb.AGAIN in offered:
            self._again += yes
            return Verb.AGAIN if yes and self._again <= MOST_AGAIN else Verb.END
        return Verb.APPROVE if yes else Verb.REJECT
