"""What is typed about Schedules, and what is done with one: for every adapter."""

from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta

from adapters.commands.parsing import ChangeSchedule, ListSchedules
from agent_core.cards import Card, Verb
from agent_core.domain import Actor, Origin
from agent_core.errors import RequestRefused
from agent_core.presenter.schedules import (
    SCHEDULE,
    change_asked_card,
    removed_card,
    run_begun_card,
    schedule_card,
    schedules_card,
    told_in,
)
from agent_core.recurring import Schedule, Terms
from agent_core.schedules.asked import Asked, Refused
from agent_core.schedules.phrases import read_rhythm, read_schedule
from agent_core.schedules.refusals import RhythmUnreadable
from agent_core.scheduling.keeping import zone_of
from agent_core.service import Service

ON_A_PAGE = 5  # Schedules of a list: with their buttons that is what a message holds


@dataclass(frozen=True, slots=True)
class Asker:
    """Who does something with Schedules, where, and how they are told: times in their `zone`, if it is known.

    `key` is the platform's id of what they did, so that nothing happens twice.
    """

    actor: Actor
    origin: Origin
    language: str
    zone: str = ""
    key: str = ""


def is_schedule(subject: str) -> bool:
    """Say whether a button is about a Schedule."""
    return subject.startswith(SCHEDULE)


async def list_schedules(service: Service, command: ListSchedules, asker: Asker) -> Card:
    """Return a page of the channel's Schedules, with what can be done with each."""
    schedules, zone = service.schedules, _zone(service, asker)
    found = await schedules.list(channel=asker.origin, limit=ON_A_PAGE * command.page + 1)
    start = ON_A_PAGE * (command.page - 1)
    more = command.page + 1 if len(found) > start + ON_A_PAGE else 0
    return schedules_card(found[start : start + ON_A_PAGE], zone, asker.language, more=more)


async def change_schedule(service: Service, command: ChangeSchedule, asker: Asker) -> Card:
    """Do with a Schedule what a command says, and return what to show: its Goal in its own channel alone.

    Raises:
        RequestRefused: its subclasses say why it cannot be done.
    """
    schedules = service.schedules
    schedule = await schedules.named(command.schedule)
    schedules.must_see(schedule, asker.origin, asker.actor)
    match command.verb:
        case Verb.PAUSE:
            schedule = await schedules.pause(schedule, asker.actor)
        case Verb.RESUME:
            schedule = await schedules.resume(schedule, asker.actor)
        case Verb.REMOVE:
            schedule = await schedules.remove(schedule, asker.actor)
            return removed_card(told_in(schedule, asker.origin, asker.language), asker.language)
        case Verb.RUN_NOW:
            run_id = await schedules.run_now(schedule, asker.actor, asker.key)
            return run_begun_card(told_in(schedule, asker.origin, asker.language), run_id, asker.language)
        case Verb.EDIT:
            return await _edit(service, schedule, command.text, asker)
        case _:
            pass
    listed, changes = await schedules.listed(schedule), await schedules.changes(schedule)
    listed = replace(listed, schedule=told_in(schedule, asker.origin, asker.language))
    return schedule_card(listed, changes, _zone(service, asker), asker.language)


async def press_schedule(service: Service, subject: str, verb: Verb, asker: Asker) -> Card:
    """Do with a Schedule what a button says, and return what to show. Raises RequestRefused."""
    return await change_schedule(service, ChangeSchedule(verb, subject.removeprefix(SCHEDULE)), asker)


async def _edit(service: Service, schedule: Schedule, text: str, asker: Asker) -> Card:
    """Have people asked about other terms; without any, the Card that asks has the ones there are, to be edited."""
    terms = edited_terms(schedule.terms, text, service.schedules.least) if text else schedule.terms
    await service.schedules.propose_change(
        schedule, terms, actor=asker.actor, zone=known_zone(asker.zone), key=asker.key, language=asker.language
    )
    return change_asked_card(told_in(schedule, asker.origin, asker.language), asker.language)


def edited_terms(terms: Terms, text: str, least: timedelta) -> Terms:
    """Return terms with what a text says instead: a rhythm, or a rhythm and a Goal.

    `least` is the shortest time that may lie between two firings. Raises RhythmRefused.
    """
    now, zone = datetime.now(UTC), zone_of(terms.zone)
    reading = read_rhythm(text, now=now, zone=zone, least=least)
    if not isinstance(reading, Asked):
        whole = read_schedule(text, now=now, zone=zone, least=least)
        reading = whole if isinstance(whole, Asked) else reading
    match reading:
        case Asked(rhythm, goal, _assumed):
            return replace(terms, rhythm=str(rhythm), goal=goal or terms.goal)
        case Refused(why, _goal):
            raise why
        case _:
            raise RhythmUnreadable(text=text)


def known_zone(name: str) -> str:
    """Return the name of a zone as a platform or browser told it; an empty string for one that nobody here knows."""
    try:
        return zone_of(name).key if name else ""
    except RequestRefused:
        return ""


def _zone(service: Service, asker: Asker) -> str:
    return known_zone(asker.zone) or service.schedules.zone
