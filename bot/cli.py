"""The `nod` command. Every command imports what it needs when it runs, so that `nod --help` is quick."""

import asyncio
import sys
from collections.abc import Sequence
from typing import TYPE_CHECKING

import click

from bot.endings import run_command

if TYPE_CHECKING:
    from bot.settings import Settings


def main(arguments: Sequence[str] | None = None) -> None:
    """Run the command line and exit with its code."""
    sys.exit(run_command(nod, arguments))


def settings_and_logs(*, level: str = "") -> "Settings":
    """Return the settings, with logs set up as they say; `level` is for commands whose output people read."""
    from bot.logs import set_up_logs  # noqa: PLC0415
    from bot.settings import load_settings  # noqa: PLC0415

    settings = load_settings()
    set_up_logs(settings, level=level)
    return settings


@click.group(context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(package_name="nod-agent", prog_name="nod")
def nod() -> None:
    """Nod plans what you ask, proposes every step, and acts only on your nod."""


@nod.command()
def run() -> None:
    """Start what the settings name: the web workspace on HOST and PORT."""
    settings = settings_and_logs()
    from bot.serve import serve  # noqa: PLC0415

    asyncio.run(serve(settings))
