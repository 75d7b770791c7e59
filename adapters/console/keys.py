"""What a person types: single keys at a terminal, whole lines where the input is a file or a pipe."""

import asyncio
import contextlib
import os
import select
import termios
import threading
import tty
from collections.abc import Callable, Generator
from contextlib import AbstractContextManager, contextmanager
from typing import Protocol

CHUNK = 65536  # bytes; more than a person or a paste gives at once
END = "\x04"  # Ctrl-D


class Keyboard(Protocol):
    """Where typing comes from. An empty `key`, and a `line` of None, mean that there is no more of it."""

    @property
    def live(self) -> bool:
        """Whether a person is there, whose keys count at any time; else lines wait until something is asked."""
        ...

    async def key(self) -> str:
        """Return the next key, or the next line where there are no keys."""
        ...

    async def line(self) -> str | None:
        """Return a line that the person types now, without its end."""
        ...

    def forget(self) -> None:
        """Drop what was typed before a question stood there; it was not meant for that question."""
        ...

    def lent(self) -> AbstractContextManager[None]:
        """Give the terminal to another program, such as an editor, while this is entered."""
        ...


class TerminalKeys:
    """Keys of a terminal, one at a time and unseen; a line is typed as the terminal is used to."""

    live = True

    def __init__(self, terminal: int) -> None:
        self._terminal = terminal
        self._usual = termios.tcgetattr(terminal)

    @contextmanager
    def open(self) -> Generator["TerminalKeys"]:
        """Read keys while this is entered, and leave the terminal as it was found."""
        tty.setcbreak(self._terminal, termios.TCSANOW)
        try:
            yield self
        finally:
            self._be_usual()

    async def key(self) -> str:
        """Return the next key; an empty string when the terminal is gone or Ctrl-D was pressed."""
        while True:
            typed = (await self._read()).decode("utf-8", "replace")
            if typed in ("", END):
                return ""
            if not typed.startswith("\x1b"):  # arrows and the like decide nothing
                return typed[0]  # the rest of a paste is not an answer to what is asked after it

    async def line(self) -> str | None:
        """Return a line that the person types now; None when the terminal is gone or Ctrl-D was pressed."""
        with self.lent():
            typed = await self._read()
        return typed.decode("utf-8", "replace").rstrip("\r\n") if typed else None

    def forget(self) -> None:
        """Drop what was typed before now."""
        with contextlib.suppress(termios.error):  # the terminal is gone; reading will say so
            termios.tcflush(self._terminal, termios.TCIFLUSH)

    @contextmanager
    def lent(self) -> Generator[None]:
        """Have the terminal as it was found while this is entered."""
        self._be_usual()
        try:
            yield
        finally:
            with contextlib.suppress(termios.error):
                tty.setcbreak(self._terminal, termios.TCSANOW)

    def _be_usual(self) -> None:
        with contextlib.suppress(termios.error):
            termios.tcsetattr(self._terminal, termios.TCSANOW, self._usual)

    async def _read(self) -> bytes:
        loop = asyncio.get_running_loop()
        ready = asyncio.Event()
        loop.add_reader(self._terminal, ready.set)
        try:
            # what made it ready may have been forgotten since, and a read would then stop everything
            while not select.select([self._terminal], [], [], 0)[0]:
                ready.clear()
                await ready.wait()
            return os.read(self._terminal, CHUNK)
        except (OSError, ValueError):  # the terminal was closed
            return b""
        finally:
            loop.remove_reader(self._terminal)


class PipedLines:
    """Lines of a file or a pipe; one is taken only when something is asked."""

    live = False

    def __init__(self, source: int) -> None:
        self._source = source
        self._lines: asyncio.Queue[str | None] = asyncio.Queue()
        self._ended = False

    @contextmanager
    def open(self) -> Generator["PipedLines"]:
        """Read lines while this is entered."""
        loop = asyncio.get_running_loop()
        # a daemon of its own: a read that never returns must not keep the program from ending
        threading.Thread(target=self._read, args=(loop,), daemon=True).start()
        yield self

    async def key(self) -> str:
        """Return the next line that is not empty; an empty string at the end."""
        while True:
            line = await self.line()
            if line is None:
                return ""
            if line.strip():
                return line.strip()

    async def line(self) -> str | None:
        """Return the next line; None at the end."""
        if self._ended:
            return None
        line = await self._lines.get()
        self._ended = line is None
        return line

    def forget(self) -> None:
        """Keep everything: lines of a pipe are written before they are asked for."""

    @contextmanager
    def lent(self) -> Generator[None]:
        """Change nothing."""
        yield

    def _read(self, loop: asyncio.AbstractEventLoop) -> None:
        kept = b""
        with contextlib.suppress(RuntimeError):  # the loop was closed meanwhile
            while chunk := _chunk(self._source):
                *lines, kept = (kept + chunk).split(b"\n")
                for line in lines:
                    loop.call_soon_threadsafe(self._lines.put_nowait, line.decode("utf-8", "replace").rstrip("\r"))
            if kept:
                loop.call_soon_threadsafe(self._lines.put_nowait, kept.decode("utf-8", "replace"))
            loop.call_soon_threadsafe(self._lines.put_nowait, None)


def _chunk(source: int) -> bytes:
    try:
        return os.read(source, CHUNK)
    except OSError:
        return b""


def open_keyboard(source: int, is_terminal: Callable[[int], bool] = os.isatty) -> AbstractContextManager[Keyboard]:
    """Return the keys of the terminal at file descriptor `source`, or its lines when it is none."""
    return TerminalKeys(source).open() if is_terminal(source) else PipedLines(source).open()
