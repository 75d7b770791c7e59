"""Said -> a Rhythm, a question or a refusal. What the words left open is filled in here, and told."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime, time, timedelta
from zoneinfo import ZoneInfo

from agent_core.i18n import N_, Phrase
from agent_core.schedules.asked import Ambiguous, Asked, NotASchedule, Reading, Refused
from agent_core.schedules.fields import clock_fields, number_field, weekday_field
from agent_core.schedules.filling import FIRST_WORKDAY, NINE, SHORT_MONTHS, days_of, minutes_of
from agent_core.schedules.refusals import (
    NothingToCome,
    OnceOnly,
    RhythmRefused,
    RhythmUnreadable,
    TooOften,
    ZoneNamed,
)
from agent_core.schedules.rhythm import (
    MINUTE,
    Cron,
    Interval,
    Part,
    Rhythm,
    StrideUnit,
    told_duration,
    until,
)
from agent_core.schedules.said import (
    LAST_DAY,
    SECONDS,
    Clock,
    Said,
    Unit,
)
from agent_core.schedules.times import next_times

_DAY = 24 * 60
_HOUR = 60
_UTC = ("UTC", "Etc/UTC", "GMT", "Etc/GMT", "Universal", "Zulu")
_EARLY = range(60, 7 * 60)  # a bare 1 to 6 is as likely meant for the afternoon
_COUNTED = {2: (9, 17), 3: (9, 13, 17), 4: (9, 12, 15, 18)}  # what "twice a day" may mean
_COUNTED_DAYS = {2: (1, 4), 3: (1, 3, 5), 4: (1, 2, 4, 5), 5: (1, 2, 3, 4, 5)}
_SHORT = (Unit.SECOND, Unit.MINUTE, Unit.HOUR)  # what an interval is counted in
_STRIDES = {
    Unit.DAY: (StrideUnit.DAYS, 1),
    Unit.WEEK: (StrideUnit.WEEKS, 1),
    Unit.MONTH: (StrideUnit.MONTHS, 1),
    Unit.QUARTER: (StrideUnit.MONTHS, 3),
    Unit.YEAR: (StrideUnit.MONTHS, 12),
}

_HOW_OFTEN = Phrase(N_("How often, and at what times?"))
_WHICH_TIMES = Phrase(N_("At which times?"))
_WHICH_ONE = Phrase(N_("Which of them?"))
_MORNING_OR_EVENING = Phrase(N_("In the morning or in the afternoon?"))
_AGAIN_OR_ONCE = Phrase(N_("A schedule comes again and again; should this?"))
_LAST_OR_ONLY = Phrase(
    N_("Not every month has that day. Only in months that have it, or on the last day of every month?")
)


@dataclass(frozen=True, slots=True)
class _Asking:
    """What a Rhythm is made for: the words, for refusals; the time now (aware) and the zone, for counting.

    `least` is the shortest time that may lie between two times.
    """

    text: str
    now: datetime
    zone: ZoneInfo
    least: timedelta

    def local(self) -> datetime:
        return self.now.astimezone(self.zone)

    def compose(self, said: Said) -> Reading:
        return compose(said, self.text, now=self.now, zone=self.zone, least=self.least)

    def too_often(self) -> TooOften:
        return TooOften(text=self.text, least=told_duration(self.least))


def compose(said: Said, text: str, *, now: datetime, zone: ZoneInfo, least: timedelta = MINUTE) -> Reading:
    """Return what was said comes to, with an empty goal; `text` is the words of it, for refusals."""
    asking = _Asking(text, now, zone, least)
    if said.also:
        return _together([said.also, replace(said, also=None)], asking)
    try:
        return _composed(said, asking)
    except RhythmRefused as error:
        return Refused(error if error is said.fault else _in_their_words(error, text))


def _together(clauses: Iterable[Said], asking: _Asking) -> Reading:
    """Return what clauses of different days come to: all their times, or the first that is no Rhythm."""
    readings = [asking.compose(each) for each in clauses]
    asked = [reading for reading in readings if isinstance(reading, Asked)]
    if len(asked) < len(readings):
        other = next(reading for reading in readings if not isinstance(reading, Asked))
        return replace(other, choices=()) if isinstance(other, Ambiguous) else other
    parts = dict.fromkeys(part for reading in asked for part in reading.rhythm.parts)
    assumed = dict.fromkeys(each for reading in asked for each in reading.assumed)
    return Asked(Rhythm(tuple(parts)), "", tuple(assumed))


def _in_their_words(error: RhythmRefused, text: str) -> RhythmRefused:
    """Return a refusal that quotes what a person wrote, not the cron fields it became."""
    return type(error)(**{**error.fields, "text": text}) if text and "text" in error.fields else error


def _composed(said: Said, asking: _Asking) -> Reading:
    if said.fault:
        raise said.fault
    if said.zone and not _is_zone(said.zone, asking.zone):
        raise ZoneNamed(name=said.zone, zone=asking.zone.key)
    if said.once:
        past = said.starts is not None and said.starts < asking.local().date()
        raise NothingToCome(text=asking.text) if past else OnceOnly(text=asking.text)
    if said.vague:
        return Ambiguous(_HOW_OFTEN, (), "")
    if said.stride < 1 or 0 < _seconds(said) < asking.least.total_seconds():
        raise asking.too_often()
    if question := _question(said, asking):
        return question
    if said.unit in _SHORT:
        return _interval(said, asking)
    if not said.recurring:
        return _doubtful(said, asking)
    return _calendar(said, asking)


def _seconds(said: Said) -> int:
    """Return how many seconds an interval is long; 0 for what is counted in days."""
    return said.stride * SECONDS[said.unit] if said.unit and said.unit in _SHORT else 0


def _is_zone(name: str, zone: ZoneInfo) -> bool:
    """Return whether a name, a city or an abbreviation of winter or summer means this zone."""
    city = zone.key.rpartition("/")[2].replace("_", " ")
    seasons = (datetime(2026, month, 1, tzinfo=zone).tzname() for month in (1, 7))
    utc = {"UTC", "GMT"} if zone.key in _UTC else set[str]()
    return name.casefold() in {each.casefold() for each in (zone.key, city, *utc, *seasons) if each}


def _question(said: Said, asking: _Asking) -> Ambiguous | None:
    """Return what must be asked before anything else."""
    if said.count > 1:
        return _counted(said, asking)
    if said.doubtful:
        each = [replace(said, doubtful=(), ordinals=(), stride=stride) for stride in said.doubtful]
        if said.ordinals:  # "every third Thursday": of the month, or every third week
            each.append(replace(said, doubtful=(), weekdays=frozenset(), unit=Unit.MONTH))
        return Ambiguous(_HOW_OFTEN, _rhythms(each, asking), "")
    if said.either and len(said.times) > 1:
        each = [replace(said, times=(clock,), either=False) for clock in said.times]
        return Ambiguous(_WHICH_ONE, _rhythms(each, asking), "")
    if said.either and said.weekdays:
        each = [replace(said, weekdays=frozenset((day,)), either=False) for day in sorted(said.weekdays)]
        return Ambiguous(_WHICH_ONE, _rhythms(each, asking), "")
    return _question_of_time(said, asking)


def _question_of_time(said: Said, asking: _Asking) -> Ambiguous | None:
    if any(not clock.clear and clock.minutes in _EARLY for clock in said.times):
        later = tuple(_clear(clock, later=not clock.clear and clock.minutes in _EARLY) for clock in said.times)
        each = [replace(said, times=tuple(map(_clear, said.times))), replace(said, times=later)]
        return Ambiguous(_MORNING_OR_EVENING, _rhythms(each, asking), "")
    if said.window and said.unit not in _SHORT:
        each = [replace(said, window=None, times=(Clock(minutes),)) for minutes in said.window]
        return Ambiguous(_WHICH_TIMES, _rhythms(each, asking), "") if said.recurring else None
    return None


def _clear(clock: Clock, *, later: bool = False) -> Clock:
    return Clock(clock.minutes + (12 * _HOUR if later and clock.minutes < 12 * _HOUR else 0))


def _rhythms(each: Iterable[Said], asking: _Asking) -> tuple[Rhythm, ...]:
    """Return the Rhythms of choices; what cannot be is left out."""
    readings = [asking.compose(replace(said, recurring=True)) for said in each]
    return tuple(reading.rhythm for reading in readings if isinstance(reading, Asked))


def _counted(said: Said, asking: _Asking) -> Ambiguous:
    """Return the question that "twice a day" needs; refuse what is more than once in a minute."""
    unit = said.unit or Unit.DAY
    if said.count * asking.least.total_seconds() > SECONDS.get(unit, 28 * SECONDS[Unit.DAY]):
        raise asking.too_often()
    days = weekday_field(said.weekdays) if said.weekdays else "*"
    if unit is Unit.DAY and said.count in _COUNTED:
        hours = _COUNTED[said.count]
        widely = (8, 20) if said.count == 2 else tuple(24 // said.count * n for n in range(said.count))  # noqa: PLR2004
        choices = [Cron(f"0 {','.join(map(str, each))} * * {days}") for each in (hours, widely)]
        return Ambiguous(_WHICH_TIMES, tuple(Rhythm((part,)) for part in choices), "")
    if unit is Unit.WEEK and said.count in _COUNTED_DAYS:
        at = clock_fields(clock.minutes for clock in said.times or (Clock(NINE),))
        dow = weekday_field(_COUNTED_DAYS[said.count])
        return Ambiguous(_WHICH_TIMES, (Rhythm(tuple(Cron(f"{each} * * {dow}") for each in at)),), "")
    return Ambiguous(_WHICH_TIMES, (), "")


def _doubtful(said: Said, asking: _Asking) -> Reading:
    """Return the question for days that are named without "every": "at 9 on the 31st", "on Monday at 9"."""
    if not said.times or not (said.days or said.weekdays or said.ordinals):
        return NotASchedule()
    each = [said]
    if any(day > SHORT_MONTHS for day in said.days) and not said.months:
        each.append(replace(said, days=(LAST_DAY,)))
        return Ambiguous(_LAST_OR_ONLY, _rhythms(each, asking), "")
    return Ambiguous(_AGAIN_OR_ONCE, _rhythms(each, asking), "")


# --- minutes and hours --------------------------------------------------------------------------------------------


def _interval(said: Said, asking: _Asking) -> Reading:
    seconds = _seconds(said)
    if seconds % SECONDS[Unit.MINUTE]:
        return _in_seconds(seconds, said, asking)
    every = seconds // SECONDS[Unit.MINUTE]
    if said.window or said.dated() or said.without:
        first, last = said.window or (said.times[0].minutes if said.times else 0, _DAY - 1)
        minutes = [at % _DAY for at in range(first, (last if last >= first else last + _DAY) + 1, every)]
        return _asked(_parts(clock_fields(minutes), *days_of(said)[:3]), said, (), asking)
    minute = said.times[0].minutes if said.times else 0
    if _HOUR % every == 0 and not (said.times and said.starts):
        field = number_field(range(minute % every, _HOUR, every), 0, 59)
        return _asked((Cron(f"{field} * * * *"),), said, (), asking)
    start = _start(said, every, asking)
    rhythm = Rhythm.parse(str(Rhythm((Interval(timedelta(minutes=every), start),))))
    return _asked(rhythm.parts, replace(said, starts=None), (), asking)


def _in_seconds(seconds: int, said: Said, asking: _Asking) -> Reading:
    """Return an interval that is no whole number of minutes. Cron fields know none, so no days go with it."""
    if said.window or said.dated() or said.without:
        raise RhythmUnreadable(text=asking.text)
    start = _start(said, 0, asking)
    return _asked((Interval(timedelta(seconds=seconds), start),), replace(said, starts=None), (), asking)


def _start(said: Said, every: int, asking: _Asking) -> datetime:
    """Return the fixed start of an interval: as it was said, else the next full hour, five minutes or minute."""
    local = asking.local()
    if said.times or said.starts:
        minutes = said.times[0].minutes if said.times else NINE
        at = time(minutes // _HOUR, minutes % _HOUR)
        return datetime.combine(said.starts or local.date(), at, asking.zone).astimezone(UTC)
    grid = timedelta(minutes=1 if every == 0 else _HOUR if every % _HOUR == 0 else 5)
    midnight = datetime.combine(local.date(), time())  # a wall time, so that full hours are the zone's
    passed = local.replace(tzinfo=None) - midnight
    return (midnight + -(-passed // grid) * grid).replace(tzinfo=asking.zone).astimezone(UTC)


# --- days ---------------------------------------------------------------------------------------------------------


def _calendar(said: Said, asking: _Asking) -> Reading:
    minutes, assumed = minutes_of(said)
    dom, month, dow, more = days_of(said)
    return _asked(_parts(clock_fields(minutes), dom, month, dow), said, (*more, *assumed), asking)


def _parts(clocks: Sequence[str], dom: str, month: str, dow: str) -> tuple[Part, ...]:
    if dom == FIRST_WORKDAY:  # the 1st from Monday to Friday, or a Monday up to the 3rd
        days = (f"*/31 {month} 1-5", f"*/31,2,3 {month} 1")
        return tuple(Cron(f"{clock} {each}") for clock in clocks for each in days)
    return tuple(Cron(f"{clock} {dom} {month} {dow}") for clock in clocks)


def _asked(parts: Sequence[Part], said: Said, assumed: tuple[Phrase, ...], asking: _Asking) -> Reading:
    """Return the Rhythm with its stride and bounds, read back so that it is refused as any other text is."""
    rhythm = Rhythm(tuple(parts))
    Rhythm.parse(str(rhythm), least=asking.least)
    unit, months = _STRIDES.get(said.unit or Unit.DAY, (StrideUnit.DAYS, 1))
    stride = said.stride * months if said.stride > 1 else 1
    if said.unit in _STRIDES and stride > 1:
        first = next_times(Rhythm(tuple(parts)), asking.zone, asking.now, 1)
        anchor = said.starts or first[0].astimezone(asking.zone).date()
        each = (replace(part, stride=stride, unit=unit, starts=anchor) for part in parts if isinstance(part, Cron))
        rhythm = Rhythm(tuple(each))
    elif said.starts:
        rhythm = Rhythm(tuple(replace(part, starts=said.starts) if isinstance(part, Cron) else part for part in parts))
    rhythm = Rhythm.parse(str(until(rhythm, said.ends)), least=asking.least)
    if not next_times(rhythm, asking.zone, asking.now, 1):
        raise NothingToCome(text=asking.text)
    return Asked(rhythm, "", assumed)
