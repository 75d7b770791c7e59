"""Schedules in words: what people confirm, what a list says of each, and when their times are."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import UTC, datetime, tzinfo
from zoneinfo import ZoneInfo

from agent_core.cards import Button, Card, CardKind, Fact, Form, Section, Tone, Verb
from agent_core.domain import Origin, RunStatus
from agent_core.i18n import N_, format_duration, format_second_in, format_time_in, translator
from agent_core.presenter.lists import one_line
from agent_core.presenter.words import POLICY, button, status_word
from agent_core.recurring import Change, Fate, Listed, Overlap, PastFiring, Schedule, ScheduleStatus, Terms
from agent_core.schedules.refusals import RhythmRefused
from agent_core.schedules.rhythm import Rhythm
from agent_core.schedules.rules import stored_rhythm
from agent_core.schedules.words import rhythm_words

SCHEDULE = "schedule:"  # what the id of a Schedule's Card begins with

OVERLAP: Mapping[Overlap, str] = {
    Overlap.SKIP: N_("it is skipped, and the open thread says so"),
    Overlap.QUEUE: N_("one waits until that is over; any more are skipped"),
    Overlap.ALLOW: N_("it runs beside it"),
}
FATES: Mapping[Fate, str] = {
    Fate.RUN: N_("run"),
    Fate.LATE: N_("run late"),
    Fate.BY_HAND: N_("run by hand"),
    Fate.QUEUED: N_("waits for an open one"),
    Fate.SKIPPED: N_("skipped: an earlier one was open"),
    Fate.MISSED: N_("missed: Nod was not running"),
}
CHANGES: Mapping[str, str] = {
    "kept": N_("kept"),
    "changed": N_("changed"),
    "paused": N_("paused"),
    "resumed": N_("resumed"),
    "removed": N_("removed"),
}
STATUS: Mapping[ScheduleStatus, str] = {
    ScheduleStatus.ACTIVE: N_("Active"),
    ScheduleStatus.PAUSED: N_("Paused"),
    ScheduleStatus.REMOVED: N_("Removed"),
}


def when_in(at: datetime, zone: str, language: str) -> str:
    """Return a time on the clocks of a zone, with the zone's name."""
    return f"{format_time_in(at, _zone(zone), language)} ({zone})"


def told_terms(terms: Terms, rhythm: Rhythm, times: Sequence[datetime], asker_zone: str, language: str) -> str:
    """Return what a Schedule's terms mean, in Markdown of Nod's own words: they hold no words of anybody else."""
    _ = translator(language)
    zone = ZoneInfo(terms.zone)
    words = _("**{rhythm}**, time zone {zone}").format(rhythm=rhythm_words(rhythm, zone, language), zone=terms.zone)
    told = format_second_in if any(at.second for at in times) else format_time_in
    shown = [f"- {told(at, _zone(asker_zone), language)}" for at in times]
    next_ = _("Next times, in {zone}:").format(zone=asker_zone) if shown else _("No time of it is to come.")
    lines = [
        _("Its runs: {policy}: {meaning}").format(policy=terms.policy.value, meaning=_(POLICY[terms.policy])),
        _("While an earlier one is open: {what}").format(what=_(OVERLAP[terms.overlap])),
        _missed_words(terms, language),
    ]
    # paragraphs, not a list: Markdown would take it for more of the times
    return "\n\n".join([words, next_, *(["\n".join(shown)] if shown else []), *lines])


def _missed_words(terms: Terms, language: str) -> str:
    _ = translator(language)
    if not terms.grace:
        return _("If Nod was down at a time: it is missed, and listed as such")
    span = format_duration(terms.grace, language)
    return _("If Nod was down at a time: up to {span} later the newest runs once, and says so").format(span=span)


def schedule_words(schedule: Schedule, language: str) -> str:
    """Return a Schedule's rhythm and zone in words."""
    terms = schedule.terms
    try:
        words = rhythm_words(stored_rhythm(terms.rhythm), ZoneInfo(terms.zone), language)
    except (RhythmRefused, KeyError, ValueError):
        words = terms.rhythm
    return f"{words} ({terms.zone})"


def schedules_card(
    listed: Sequence[Listed], zone: str, language: str, *, more: int = 0, everywhere: bool = False
) -> Card:
    """Return a list of Schedules: what, when next, how it went last, and what can be done; `more` is the next page.

    They are those of a channel, or of `everywhere`.
    """
    _ = translator(language)
    sections = [_listed_section(each, zone, language) for each in listed] or [
        Section("", _("There are none yet. Write for example: every weekday at 9:00 summarise what happened here"))
    ]
    title = _("Schedules") if everywhere else _("Schedules of this channel")
    footer = _("For more, write after /agent: schedules {page}").format(page=more) if more else ""
    return Card("", CardKind.NOTE, Tone.QUIET, title, "", tuple(sections), footer=footer)


def _listed_section(each: Listed, zone: str, language: str) -> Section:
    label = f"{each.schedule.schedule_id} · {standing_words(each, zone, language)}"
    buttons = (_button(Verb.SHOW, each.schedule, language), *schedule_buttons(each.schedule, language))
    return Section(label, _summary(each, language), buttons=buttons)


def schedule_buttons(schedule: Schedule, language: str) -> tuple[Button, ...]:
    """Return what can be done with a Schedule. Who may is asked when somebody does."""
    if schedule.status is ScheduleStatus.REMOVED:
        return ()
    turn = Verb.PAUSE if schedule.status is ScheduleStatus.ACTIVE else Verb.RESUME
    return tuple(_button(verb, schedule, language) for verb in (turn, Verb.RUN_NOW, Verb.EDIT, Verb.REMOVE))


def _button(verb: Verb, schedule: Schedule, language: str) -> Button:
    return replace(button(verb, language), subject=f"{SCHEDULE}{schedule.schedule_id}")


def removed_card(schedule: Schedule, language: str) -> Card:
    """Return the word that a Schedule was removed."""
    _ = translator(language)
    title = _("Schedule {schedule_id} is removed").format(schedule_id=schedule.schedule_id)
    return Card("", CardKind.NOTE, Tone.QUIET, title, "", (_goal_line(schedule),))


def told_in(schedule: Schedule, origin: Origin, language: str) -> Schedule:
    """Return a Schedule as it may be told somewhere: its Goal is its own channel's, wherever its owner asks for it."""
    if replace(origin, thread="") == schedule.origin:
        return schedule
    _ = translator(language)
    goal = _("What it does is told in its own channel alone.")
    return replace(schedule, terms=replace(schedule.terms, goal=goal))


def _goal_line(schedule: Schedule) -> Section:
    # the Run that kept a Schedule has the same id, and the Goal whole
    return Section("", one_line(schedule.terms.goal), run_id=schedule.schedule_id)


def run_begun_card(schedule: Schedule, run_id: str, language: str) -> Card:
    """Return the word that a Schedule's Goal runs now."""
    _ = translator(language)
    title = _("It runs now, in a thread of its own: run {run_id}").format(run_id=run_id)
    return Card("", CardKind.NOTE, Tone.QUIET, title, "", (_goal_line(schedule),))


def change_asked_card(schedule: Schedule, language: str) -> Card:
    """Return the word that other terms of a Schedule are to be confirmed."""
    _ = translator(language)
    text = _("A card in the channel of the schedule asks for the change; edit its terms there, and approve them.")
    title = _("Schedule {schedule_id}").format(schedule_id=schedule.schedule_id)
    return Card("", CardKind.NOTE, Tone.QUIET, title, "", (_goal_line(schedule), Section("", text)))


def _summary(each: Listed, language: str) -> str:
    return f"{one_line(each.schedule.terms.goal)}\n{schedule_words(each.schedule, language)}"


def standing_words(each: Listed, zone: str, language: str) -> str:
    """Return when a Schedule fires next, or that it does not, and how it went last."""
    _ = translator(language)
    schedule = each.schedule
    if schedule.status is not ScheduleStatus.ACTIVE:
        words = _(STATUS[schedule.status])
    elif schedule.next_fire is None:
        words = _("no time to come")
    else:
        words = _("next: {when}").format(when=when_in(schedule.next_fire, zone, language))
    last = last_result(each, language)
    return f"{words} · {last}" if last else words


def last_result(each: Listed, language: str) -> str:
    """Return how the newest firing that began a Run came out; an empty string when there was none."""
    _ = translator(language)
    last = next((firing for firing in each.firings if firing.run_id), None)
    if last is None:
        return ""
    status = each.outcomes.get(last.run_id)
    return _("last: {result}").format(result=status_word(RunStatus(status), language) if status else _("unknown"))


def schedule_card(each: Listed, changes: Sequence[Change], zone: str, language: str) -> Card:
    """Return one Schedule whole: its terms, its newest times, and who changed it."""
    _ = translator(language)
    schedule = each.schedule
    sections = [Section(_("Goal"), schedule.terms.goal)]
    if schedule.why:
        sections.append(Section(_("Why it is paused"), _(schedule.why)))
    times = [_firing_line(firing, each, zone, language) for firing in each.firings]
    if times:
        sections.append(Section(_("Its newest times"), "\n".join(times)))
    history = [_change_line(change, zone, language) for change in changes]
    if history:
        sections.append(Section(_("Changes"), "\n".join(history), Form.PLAIN, folded=True))
    return Card(
        id=f"{SCHEDULE}{schedule.schedule_id}",
        kind=CardKind.NOTE,
        tone=Tone.QUIET if schedule.status is not ScheduleStatus.ACTIVE else Tone.DONE,
        title=_("Schedule {schedule_id}").format(schedule_id=schedule.schedule_id),
        status=standing_words(each, zone, language),
        sections=tuple(sections),
        facts=tuple(_facts(schedule, language)),
        buttons=schedule_buttons(schedule, language),
    )


def _facts(schedule: Schedule, language: str) -> Iterator[Fact]:
    _ = translator(language)
    terms = schedule.terms
    yield Fact(_("When"), schedule_words(schedule, language))
    yield Fact(_("Policy"), _("{name}: {meaning}").format(name=terms.policy.value, meaning=_(POLICY[terms.policy])))
    yield Fact(_("While an earlier one is open"), _(OVERLAP[terms.overlap]))
    yield Fact(_("Missed times"), _missed_words(terms, language))
    yield Fact(_("Owner"), schedule.owner.display)


def _firing_line(firing: PastFiring, each: Listed, zone: str, language: str) -> str:
    _ = translator(language)
    parts = [when_in(firing.at, zone, language), _(FATES[firing.fate])]
    if firing.count > 1:
        parts.append(_("{count} times up to then").format(count=firing.count))
    if firing.run_id:
        status = each.outcomes.get(firing.run_id)
        parts += [firing.run_id, *([status_word(RunStatus(status), language)] if status else [])]
    return " · ".join(parts)


def _change_line(change: Change, zone: str, language: str) -> str:
    _ = translator(language)
    who = change.actor.display if change.actor else "Nod"
    line = f"{when_in(change.at, zone, language)} · {who} · {_(CHANGES.get(change.what, change.what))}"
    return f"{line} · {_(change.why)}" if change.why else line


def _zone(name: str) -> tzinfo:
    try:
        return ZoneInfo(name)
    except (KeyError, ValueError, OSError):
        return UTC
