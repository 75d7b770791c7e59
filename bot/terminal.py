"""`nod goal` and `nod resume`: a Run in the terminal, until it is over or the person leaves."""

import asyncio
import signal
import sys
from collections.abc import Generator, Sequence
from contextlib import contextmanager
from pathlib import Path

from adapters.console.conversation import Conversation
from adapters.console.deciding import VIA, Talk
from adapters.console.keys import open_keyboard
from adapters.console.screen import Screen
from agent_core.asking import Attachment
from agent_core.cards import Verb
from agent_core.domain import Origin, PolicyName, RunStatus
from agent_core.i18n import translator
from agent_core.journal.state import RunState
from bot.bootstrap import Nod, open_existing, open_nod
from bot.endings import Ending
from bot.finding import find_run
from bot.settings import Settings

ORIGIN = Origin("terminal")
ENDINGS = {
    RunStatus.FINISHED: Ending.DONE,
    RunStatus.FAILED: Ending.FAILED,
    RunStatus.STOPPED: Ending.STOPPED,
}


async def goal(
    settings: Settings, text: str, policy: PolicyName | None, files: Sequence[Path], follows: str = ""
) -> Ending:
    """Submit a Goal and stay with its Run. With `follows`, it goes on from the result and the files of that Run.

    Raises:
        RequestRefused: the Goal or a file cannot be taken, or there is no such Run to follow, or it is not over.
        StorageError: the database cannot be used.
    """
    attachments = [Attachment(path.name, await asyncio.to_thread(path.read_bytes)) for path in files]
    async with open_existing(settings) if follows else open_nod(settings) as nod, nod.tending():
        earlier = await nod.service.state(await find_run(nod.service, follows)) if follows else None
        run_id = await nod.service.submit(
            text,
            origin=ORIGIN,
            actor=settings.owner,
            policy=policy,
            attachments=attachments,
            follows=earlier.run_id if earlier else "",
            persona=earlier.persona if earlier else "",
        )
        return await _stay_to_follow(nod, run_id)


async def resume(settings: Settings, prefix: str) -> Ending:
    """Go on with a Run: show what waits and ask; resume it if it is paused.

    Raises:
        RequestRefused: there is no such Run, or this person may not resume it.
        StorageError: the database cannot be used.
    """
    async with open_existing(settings) as nod, nod.tending():
        run_id = await find_run(nod.service, prefix)
        if (await nod.service.state(run_id)).paused:
            await nod.service.control(run_id, Verb.RESUME, actor=settings.owner, via=VIA)
        await nod.dispatcher.wake(run_id)  # it may have been left in the middle by a process that is gone
        return await _stay_to_follow(nod, run_id)


async def _stay_to_follow(nod: Nod, run_id: str) -> Ending:
    """Stay with a Run, and say how to go on from its result once it is over."""
    ending = await stay(nod, run_id)
    state = await nod.service.state(run_id)
    if state.status.over:
        Screen().say(how_to_follow(state))
    return ending


def how_to_follow(state: RunState) -> str:
    """Return how to go on from the result of a Run that is over."""
    _ = translator(state.language)
    return _('Go on from this result with: nod goal --follows {run_id} "…"').format(run_id=state.run_id)


async def stay(nod: Nod, run_id: str) -> Ending:
    """Stay with a Run until it is over or the person leaves; say then how to go on."""
    screen = Screen()
    with open_keyboard(sys.stdin.fileno(), _is_terminal) as keyboard, _cancelled_by(signal.SIGTERM, signal.SIGHUP):
        talk = Talk(nod.service, run_id, nod.settings.owner, keyboard, screen, nod.folder)
        try:
            state = await Conversation(talk).hold()
        except asyncio.CancelledError:
            _say_how_to_go_on(screen, await nod.service.state(run_id))
            raise
    if not state.status.over:
        _say_how_to_go_on(screen, state)
    return ENDINGS.get(state.status, Ending.OPEN)


def _say_how_to_go_on(screen: Screen, state: RunState) -> None:
    words = translator(state.language)("Nothing is lost. Go on with: nod resume {run_id}")
    screen.say(words.format(run_id=state.run_id))


def _is_terminal(source: int) -> bool:
    # keys make sense only where their questions can be seen
    return sys.stdout.isatty() and sys.stdin.isatty() and source == sys.stdin.fileno()


@contextmanager
def _cancelled_by(*numbers: signal.Signals) -> Generator[None]:
    """Have these signals end this coroutine as Ctrl-C does, so that the terminal is left as it was."""
    loop, this = asyncio.get_running_loop(), asyncio.current_task()
    assert this is not None  # noqa: S101  (a coroutine that runs is in a task)
    for number in numbers:
        loop.add_signal_handler(number, this.cancel)
    try:
        yield
    finally:
        for number in numbers:
            loop.remove_signal_handler(number)
