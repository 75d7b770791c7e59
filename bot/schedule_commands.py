"""`nod schedule …`: Schedules in the terminal."""

import secrets
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta

import click

from adapters.console.screen import Screen
from agent_core.domain import PolicyName
from agent_core.errors import StorageMissing
from agent_core.presenter.schedules import schedule_card, schedules_card
from agent_core.recurring import GRACE, Overlap, Schedule, Terms
from agent_core.schedules.asked import Asked, NotASchedule, Refused
from agent_core.schedules.phrases import read_rhythm
from agent_core.schedules.refusals import RhythmUnreadable
from agent_core.scheduling import Schedules
from agent_core.scheduling.keeping import zone_of
from bot.bootstrap import Nod, open_existing, open_nod
from bot.endings import Ending
from bot.settings import Settings
from bot.terminal import ORIGIN, stay


@dataclass(frozen=True, slots=True)
class Options:
    """The terms of a Schedule as typed; empty where nothing was."""

    policy: str | None = None
    overlap: str | None = None
    grace: int | None = None
    zone: str = ""
    when: str = ""
    goal: str = ""


async def add(settings: Settings, words: tuple[str, ...], options: Options) -> Ending:
    """Propose a Schedule and stay until it is decided.

    Raises:
        RequestRefused: it cannot be asked for so.
        StorageError: the database cannot be used.
    """
    async with open_nod(settings) as nod, nod.tending():
        run_id = await nod.service.schedules.propose(
            _text(words),
            origin=ORIGIN,
            actor=settings.owner,
            zone=options.zone,
            policy=PolicyName(options.policy) if options.policy else None,
            overlap=Overlap(options.overlap or Overlap.SKIP),
            grace=GRACE if options.grace is None else timedelta(minutes=options.grace),
        )
        return await _decided(nod, run_id)


def _text(words: tuple[str, ...]) -> str:
    """Return what was typed as one text; a first word that is a rhythm gets its quotes back, which the shell took."""
    first, *rest = words
    now = datetime.now(UTC)
    if rest and " " in first and not isinstance(read_rhythm(first, now=now, zone=zone_of("UTC")), NotASchedule):
        return f'"{first}" {" ".join(rest)}'
    return " ".join(words)


async def edit(settings: Settings, prefix: str, options: Options) -> Ending:
    """Propose other terms of a Schedule and stay until they are decided.

    Raises:
        RequestRefused: there is no such Schedule, or a term cannot be used.
    """
    async with open_existing(settings) as nod, nod.tending():
        schedules = nod.service.schedules
        schedule = await schedules.named(prefix)
        run_id = await schedules.propose_change(
            schedule, _changed(schedule, options, schedules.least), actor=settings.owner, origin=ORIGIN
        )
        return await _decided(nod, run_id)


def _changed(schedule: Schedule, options: Options, least: timedelta) -> Terms:
    terms = schedule.terms
    zone = zone_of(options.zone or terms.zone)
    terms = replace(terms, zone=zone.key, goal=options.goal or terms.goal)
    if options.when:
        match read_rhythm(options.when, now=datetime.now(UTC), zone=zone, least=least):
            case Asked(rhythm, _goal, _assumed):
                terms = replace(terms, rhythm=str(rhythm))
            case Refused(why, _goal):
                raise why
            case _:
                raise RhythmUnreadable(text=options.when)
    if options.policy:
        terms = replace(terms, policy=PolicyName(options.policy))
    if options.overlap:
        terms = replace(terms, overlap=Overlap(options.overlap))
    if options.grace is not None:
        terms = replace(terms, grace=timedelta(minutes=options.grace))
    return terms


async def _decided(nod: Nod, run_id: str) -> Ending:
    ending = await stay(nod, run_id)
    schedule = await nod.service.schedules.store.schedule(run_id)
    if schedule is not None and ending is Ending.DONE:
        click.echo(f"It fires while `nod run` runs. Look at it with: nod schedule show {schedule.schedule_id}")
    return ending


async def list_(settings: Settings) -> Ending:
    """Print the Schedules."""
    try:
        async with open_existing(settings) as nod:
            found = await nod.service.schedules.list(limit=1_000)
    except StorageMissing as error:
        click.echo(str(error))
        found = ()
    Screen().card(schedules_card(found, settings.nod_zone, "en", everywhere=True), "en")
    return Ending.DONE


async def show(settings: Settings, prefix: str) -> Ending:
    """Print one Schedule whole. Raises ScheduleUnknown, ScheduleAmbiguous."""
    async with open_existing(settings) as nod:
        schedules = nod.service.schedules
        schedule = await schedules.named(prefix)
        listed, changes = await schedules.listed(schedule), await schedules.changes(schedule)
    Screen().card(schedule_card(listed, changes, settings.nod_zone, schedule.language), schedule.language)
    return Ending.DONE


async def change(settings: Settings, prefix: str, what: str) -> Ending:
    """Pause, resume or remove a Schedule, and print it. Raises RequestRefused."""
    async with open_existing(settings) as nod:
        schedules = nod.service.schedules
        changes = {"pause": schedules.pause, "resume": schedules.resume, "remove": schedules.remove}
        await changes[what](await schedules.named(prefix), settings.owner)
    return await show(settings, prefix) if what != "remove" else _said(f"Schedule {prefix} is removed.")


def _said(text: str) -> Ending:
    click.echo(text)
    return Ending.DONE


async def run(settings: Settings, prefix: str) -> Ending:
    """Have a Schedule's Goal done now and stay with the Run. Raises RequestRefused."""
    async with open_existing(settings) as nod, nod.tending():
        schedules: Schedules = nod.service.schedules
        run_id = await schedules.run_now(await schedules.named(prefix), settings.owner, secrets.token_hex(8))
        return await stay(nod, run_id)
