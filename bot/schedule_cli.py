"""`nod schedule …` as it is typed. What it does is imported when it runs, so that `nod --help` is quick."""

# ruff: noqa: PLC0415 - for the reason above
import asyncio
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

import click

if TYPE_CHECKING:
    from bot.settings import Settings

OVERLAPS = ("skip", "queue", "allow")
POLICIES = ("every-step", "side-effects", "observe")


def _settings() -> "Settings":
    from bot.cli import settings_and_logs

    return settings_and_logs("warning")


@click.group()
def schedule() -> None:
    """Have goals come again: SCHEDULE is the id of one, or the first characters of it."""


_TERMS = (
    click.option("--policy", type=click.Choice(POLICIES), help="What asks in its runs; else what is usual here."),
    click.option(
        "--overlap", type=click.Choice(OVERLAPS), help="While an earlier one is open: skip it, queue one, allow."
    ),
    click.option(
        "--grace", type=click.IntRange(0, 10_080), metavar="MINUTES", help="How late a missed time may still run."
    ),
    click.option("--zone", default="", help="The time zone, such as Europe/Berlin; else NOD_ZONE."),
)


def _terms(command: Callable[..., int]) -> Callable[..., int]:
    for option in _TERMS:
        command = option(command)
    return command


@schedule.command("add")
@click.argument("words", nargs=-1, required=True, metavar="TEXT")
@_terms
def schedule_add(words: tuple[str, ...], **terms: Any) -> int:
    """Propose a schedule, and decide here whether it is kept.

    TEXT says when and what, such as: every weekday at 9:00 summarise the news. Or two words: "0 9 * * 1-5" and what.
    """
    from bot import schedule_commands

    return asyncio.run(schedule_commands.add(_settings(), words, schedule_commands.Options(**terms)))


@schedule.command("edit")
@click.argument("schedule")
@click.option("--when", default="", help="Another rhythm, in words or as cron fields.")
@click.option("--goal", default="", help="Another goal.")
@_terms
def schedule_edit(schedule: str, **terms: Any) -> int:
    """Propose other terms of SCHEDULE, and decide here whether they are kept."""
    from bot import schedule_commands

    return asyncio.run(schedule_commands.edit(_settings(), schedule, schedule_commands.Options(**terms)))


@schedule.command("list")
def schedule_list() -> int:
    """List the schedules: when each comes next, and how it went last."""
    from bot import schedule_commands

    return asyncio.run(schedule_commands.list_(_settings()))


@schedule.command("show")
@click.argument("schedule")
def schedule_show(schedule: str) -> int:
    """Show SCHEDULE: its terms, its newest times and what became of them, and who changed it."""
    from bot import schedule_commands

    return asyncio.run(schedule_commands.show(_settings(), schedule))


@schedule.command("pause")
@click.argument("schedule")
def schedule_pause(schedule: str) -> int:
    """Have SCHEDULE fire no more until it is resumed."""
    from bot import schedule_commands

    return asyncio.run(schedule_commands.change(_settings(), schedule, "pause"))


@schedule.command("resume")
@click.argument("schedule")
def schedule_resume(schedule: str) -> int:
    """Let SCHEDULE go on from now."""
    from bot import schedule_commands

    return asyncio.run(schedule_commands.change(_settings(), schedule, "resume"))


@schedule.command("remove")
@click.argument("schedule")
def schedule_remove(schedule: str) -> int:
    """Remove SCHEDULE for good."""
    from bot import schedule_commands

    return asyncio.run(schedule_commands.change(_settings(), schedule, "remove"))


@schedule.command("run")
@click.argument("schedule")
def schedule_run(schedule: str) -> int:
    """Have the goal of SCHEDULE done now, and decide here. Ends as `nod goal` does."""
    from bot import schedule_commands

    return asyncio.run(schedule_commands.run(_settings(), schedule))
