"""How every command ends: an exit code that scripts can rely on, one sentence for what went wrong, no traceback."""

import asyncio
import os
import sys
from collections.abc import Sequence
from enum import IntEnum

import click

from agent_core.errors import NodError, RequestRefused, SettingsError


class Ending(IntEnum):
    """The exit codes of `nod`."""

    DONE = 0
    FAILED = 1  #: a run ended with something not done, or Nod could not do what it was told
    USAGE = 2  #: it was called wrongly, or a setting cannot be used
    STOPPED = 3  #: a person stopped the run
    OPEN = 4  #: the input ended before the run did; it waits, and `nod resume RUN` goes on with it
    INTERRUPTED = 130  #: Ctrl-C; the run waits, and `nod resume RUN` goes on with it


def run_command(command: click.Command, arguments: Sequence[str] | None = None) -> int:
    """Run a command line and return its exit code; whatever goes wrong is one sentence on standard error."""
    try:
        code = command.main(args=arguments, prog_name="nod", standalone_mode=False)
    except click.ClickException as error:
        error.show()
        return Ending.USAGE
    except (KeyboardInterrupt, asyncio.CancelledError, click.Abort):
        return Ending.INTERRUPTED
    except NodError as error:
        return _told(error)
    except BrokenPipeError:
        # who read the output has gone; Python would complain once more when it flushes at exit
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return Ending.DONE
    except BaseExceptionGroup as group:
        return _of_group(group)
    except Exception as error:
        return _unexpected(error)
    return code if isinstance(code, int) else Ending.DONE


def _told(error: NodError) -> Ending:
    click.echo(f"nod: {error}", err=True)
    return Ending.USAGE if isinstance(error, RequestRefused | SettingsError) else Ending.FAILED


def _of_group(group: BaseExceptionGroup[BaseException]) -> Ending:
    known = group.subgroup(NodError)
    first: BaseException | None = known or group
    while isinstance(first, BaseExceptionGroup):
        first = first.exceptions[0]
    if isinstance(first, KeyboardInterrupt):
        return Ending.INTERRUPTED
    return _told(first) if isinstance(first, NodError) else _unexpected(first)


def _unexpected(error: BaseException | None) -> Ending:
    import structlog  # noqa: PLC0415  (only for what should not happen)

    structlog.get_logger("bot").error("unexpected", exc_info=error)
    kind = type(error).__name__
    click.echo(
        f"nod: Nod met an error of its own ({kind}). The log line above says where; nothing that was decided is lost.",
        err=True,
    )
    return Ending.FAILED
