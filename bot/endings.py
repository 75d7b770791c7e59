"""How every command ends: an exit code that scripts can rely on, one sentence for what went wrong, no traceback."""

import asyncio
import os
import sys
import traceback
from collections.abc import Sequence
from enum import IntEnum
from pathlib import Path
from typing import cast

import click

from agent_core.errors import NodError, RequestRefused, SettingsError


class Ending(IntEnum):
    """The exit codes of `nod`."""

    DONE = 0
    FAILED = 1  #: a run ended with something not done, or Nod could not do what it was told
    USAGE = 2  #: it was called wrongly, or a setting cannot be used
    STOPPED = 3  #: a person stopped the run
    OPEN = 4  #: the person left, or the input ended; the run waits, and `nod resume RUN` goes on with it
    INTERRUPTED = 130  #: Ctrl-C; the run waits, and `nod resume RUN` goes on with it


def run_command(command: click.Command, arguments: Sequence[str] | None = None) -> int:
    """Run a command line and return its exit code; whatever goes wrong is one sentence on standard error."""
    try:
        code = command.main(args=arguments, prog_name="nod", standalone_mode=False)
        sys.stdout.flush()
    except SystemExit:
        raise
    except BaseException as error:  # noqa: BLE001  (whatever it is, it is told here and ends the program)
        return _ending_of(error)
    return code if isinstance(code, int) else Ending.DONE


def _ending_of(error: BaseException) -> Ending:
    """Tell what went wrong, and return what it means for the exit code."""
    while isinstance(error, BaseExceptionGroup):
        error = cast("BaseExceptionGroup[BaseException]", error).exceptions[0]
    match error:
        case click.Abort() | KeyboardInterrupt() | asyncio.CancelledError():
            ending = Ending.INTERRUPTED
        case click.ClickException():
            error.show()
            ending = Ending.USAGE
        case NodError():
            click.echo(f"nod: {error}", err=True)
            ending = Ending.USAGE if isinstance(error, RequestRefused | SettingsError) else Ending.FAILED
        case BrokenPipeError():
            # who read the output has gone; Python would complain once more when it flushes at exit
            os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
            ending = Ending.FAILED  # as click ends where it finds out first
        case _:
            _tell_unexpected(error)
            ending = Ending.FAILED
    return ending


def _tell_unexpected(error: BaseException) -> None:
    import structlog  # noqa: PLC0415  (only for what should not happen)

    frames = traceback.extract_tb(error.__traceback__)
    place = f" at {Path(frames[-1].filename).name}:{frames[-1].lineno}" if frames else ""
    known = "nothing that was decided is lost"
    if structlog.is_configured():  # else its default would print every variable
        structlog.get_logger("bot").error("unexpected", exc_info=error)
        known = f"the log line above says more, and {known}"
    click.echo(f"nod: Nod met an error of its own ({type(error).__name__}{place}); {known}.", err=True)
