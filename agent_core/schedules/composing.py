"""Said -> a Rhythm, a question or a refusal. What the words left open is filled in here, and told."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime, time, timedelta
from zoneinfo import ZoneInfo

from agent_core.i18n import N_, Phrase
from agent_core.schedules.asked import Ambiguous, Asked, NotASchedule, Reading, Refused
from agent_core.schedules.fields import WEEKDAYS, clock_fields, day_field, number_field, ordinal_field, weekday_field
from agent_core.schedules.refusals import DateImpossible, NothingToCome, OnceOnly, RhythmRefused, TooOften, ZoneNamed
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
    ALL_WEEK,
    LAST,
    LAST_DAY,
    LAST_WORKDAY,
    SECONDS,
    Clock,
    DayPart,
    Said,
    Unit,
)
from agent_core.schedules.times import next_times

NINE = 9 * 60  # when nothing is said of the time: the usual start of a working day
_DAY = 24 * 60
_HOUR = 60
_PARTS = {
    DayPart.MORNING: NINE,
    DayPart.NOON: 12 * 60,
    DayPart.AFTERNOON: 15 * 60,
    DayPart.EVENING: 18 * 60,
    DayPart.NIGHT: 21 * 60,
}
_UTC = ("UTC", "Etc/UTC", "GMT", "Etc/GMT", "Universal", "Zulu")
_EARLY = range(60, 7 * 60)  # a bare 1 to 6 is as likely meant for the afternoon
_SHORT_MONTHS = 28  # every month has that many days
_COUNTED = {2: (9, 17), 3: (9, 13, 17), 4: (9, 12, 15, 18)}  # what "twice a day" may mean
_COUNTED_DAYS = {2: (1, 4), 3: (1, 3, 5), 4: (1, 2, 4, 5), 5: (1, 2, 3, 4, 5)}
_STARTS = {Unit.QUARTER: (1, 4, 7, 10), Unit.YEAR: (1,)}
_LASTS = {Unit.QUARTER: (3, 6, 9, 12), Unit.YEAR: (12,)}
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
_NINE_ASSUMED = Phrase(N_("No time was given, so it is 09:00."))
_PART_ASSUMED = N_("No exact time was given, so it is {time}.")
_MONDAY_ASSUMED = Phrase(N_("No day was given, so it is Monday."))
_FIRST_ASSUMED = Phrase(N_("No day was given, so it is the first."))
_SKIPS = Phrase(N_("Months without that day are skipped."))
_NOON_ASSUMED = Phrase(N_("12 is taken for noon."))
_MIDNIGHT_ASSUMED = Phrase(N_("Midnight is the one with which the day begins."))
_MORNING_ASSUMED = Phrase(N_("The hour is taken for the morning's."))


@dataclass(frozen=True, slots=True)
class _Asking:
    """What a Rhythm is made for: the words, for refusals; the time now (aware) and the zone, for counting."""

    text: str
    now: datetime
    zone: ZoneInfo

    def local(self) -> datetime:
        return self.now.astimezone(self.zone)


def compose(said: Said, text: str, *, now: datetime, zone: ZoneInfo) -> Reading:
    """Return what was said comes to, with an empty goal; `text` is the words of it, for refusals."""
    if said.also:
        return _together([said.also, replace(said, also=None)], _Asking(text, now, zone))
    try:
        return _composed(said, _Asking(text, now, zone))
    except RhythmRefused as error:
        return Refused(error if error is said.fault else _in_their_words(error, text))


def _together(clauses: Iterable[Said], asking: _Asking) -> Reading:
    """Return what clauses of different days come to: all their times, or the first that is no Rhythm."""
    readings = [compose(each, asking.text, now=asking.now, zone=asking.zone) for each in clauses]
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
    if said.stride < 1 or said.unit is Unit.SECOND:
        raise TooOften(text=asking.text, least=told_duration(MINUTE))
    if question := _question(said, asking):
        return question
    if said.unit in (Unit.MINUTE, Unit.HOUR):
        return _interval(said, asking)
    if not said.recurring:
        return _doubtful(said, asking)
    return _calendar(said, asking)


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
    if said.window and said.unit not in (Unit.MINUTE, Unit.HOUR):
        each = [replace(said, window=None, times=(Clock(minutes),)) for minutes in said.window]
        return Ambiguous(_WHICH_TIMES, _rhythms(each, asking), "") if said.recurring else None
    return None


def _clear(clock: Clock, *, later: bool = False) -> Clock:
    return Clock(clock.minutes + (12 * _HOUR if later and clock.minutes < 12 * _HOUR else 0))


def _rhythms(each: Iterable[Said], asking: _Asking) -> tuple[Rhythm, ...]:
    """Return the Rhythms of choices; what cannot be is left out."""
    readings = [compose(replace(said, recurring=True), asking.text, now=asking.now, zone=asking.zone) for said in each]
    return tuple(reading.rhythm for reading in readings if isinstance(reading, Asked))


def _counted(said: Said, asking: _Asking) -> Ambiguous:
    """Return the question that "twice a day" needs; refuse what is more than once in a minute."""
    unit = said.unit or Unit.DAY
    if said.count > SECONDS.get(unit, 28 * SECONDS[Unit.DAY]) // SECONDS[Unit.MINUTE]:
        raise TooOften(text=asking.text, least=told_duration(MINUTE))
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
    if any(day > _SHORT_MONTHS for day in said.days) and not said.months:
        each.append(replace(said, days=(LAST_DAY,)))
        return Ambiguous(_LAST_OR_ONLY, _rhythms(each, asking), "")
    return Ambiguous(_AGAIN_OR_ONCE, _rhythms(each, asking), "")


# --- minutes and hours --------------------------------------------------------------------------------------------


def _interval(said: Said, asking: _Asking) -> Reading:
    every = said.stride * SECONDS[said.unit or Unit.MINUTE] // SECONDS[Unit.MINUTE]
    if said.window or said.dated() or said.without:
        first, last = said.window or (said.times[0].minutes if said.times else 0, _DAY - 1)
        minutes = [at % _DAY for at in range(first, (last if last >= first else last + _DAY) + 1, every)]
        return _asked(_parts(clock_fields(minutes), *_days(said)[:3]), said, (), asking)
    minute = said.times[0].minutes if said.times else 0
    if _HOUR % every == 0 and not (said.times and said.starts):
        field = number_field(range(minute % every, _HOUR, every), 0, 59)
        return _asked((Cron(f"{field} * * * *"),), said, (), asking)
    start = _start(said, every, asking)
    rhythm = Rhythm.parse(str(Rhythm((Interval(timedelta(minutes=every), start),))))
    return _asked(rhythm.parts, replace(said, starts=None), (), asking)


def _start(said: Said, every: int, asking: _Asking) -> datetime:
    """Return the fixed start of an interval: as it was said, else the next full hour or five minutes."""
    local = asking.local()
    if said.times or said.starts:
        minutes = said.times[0].minutes if said.times else NINE
        at = time(minutes // _HOUR, minutes % _HOUR)
        return datetime.combine(said.starts or local.date(), at, asking.zone).astimezone(UTC)
    grid = timedelta(minutes=_HOUR if every % _HOUR == 0 else 5)
    midnight = datetime.combine(local.date(), time())  # a wall time, so that full hours are the zone's
    passed = local.replace(tzinfo=None) - midnight
    return (midnight + -(-passed // grid) * grid).replace(tzinfo=asking.zone).astimezone(UTC)


# --- days ---------------------------------------------------------------------------------------------------------


def _calendar(said: Said, asking: _Asking) -> Reading:
    minutes, assumed = _minutes(said)
    dom, month, dow, more = _days(said)
    return _asked(_parts(clock_fields(minutes), dom, month, dow), said, (*more, *assumed), asking)


def _parts(clocks: Sequence[str], dom: str, month: str, dow: str) -> tuple[Part, ...]:
    if dom == FIRST_WORKDAY:  # the 1st from Monday to Friday, or a Monday up to the 3rd
        days = (f"*/31 {month} 1-5", f"*/31,2,3 {month} 1")
        return tuple(Cron(f"{clock} {each}") for clock in clocks for each in days)
    return tuple(Cron(f"{clock} {dom} {month} {dow}") for clock in clocks)


def _minutes(said: Said) -> tuple[list[int], tuple[Phrase, ...]]:
    """Return the times of day in minutes, and what was assumed of them."""
    if not said.times:
        if said.part:
            minutes = _PARTS[said.part]
            return [minutes], (Phrase(_PART_ASSUMED, time=f"{minutes // _HOUR:02}:00"),)
        return [NINE], (_NINE_ASSUMED,)
    assumed: list[Phrase] = []
    if any(clock.midnight for clock in said.times):
        assumed.append(_MIDNIGHT_ASSUMED)
    if any(not clock.clear for clock in said.times):
        noon = all(clock.minutes // _HOUR == 12 for clock in said.times if not clock.clear)  # noqa: PLR2004
        assumed.append(_NOON_ASSUMED if noon else _MORNING_ASSUMED)
    return [clock.minutes for clock in said.times], tuple(assumed)


FIRST_WORKDAY = "first workday"


def _days(said: Said) -> tuple[str, str, str, tuple[Phrase, ...]]:
    """Return the cron fields of day, month and weekday, and what was assumed of them."""
    months = said.months or _months(said)
    month = number_field(months, 1, 12) if months else "*"
    if said.ordinals and (1, 0) in said.ordinals:
        return FIRST_WORKDAY, month, "*", ()
    if said.ordinals:
        return "*", month, ordinal_field(said.ordinals), ()
    if said.days:
        skips = (_SKIPS,) if not months and any(day > _SHORT_MONTHS for day in said.days) else ()
        return day_field(said.days), month, "*", skips
    if said.weekdays or said.without or said.unit is Unit.WEEK:
        return "*", month, *_weekdays(said)
    if said.unit in (Unit.MONTH, Unit.QUARTER, Unit.YEAR) or (said.months and said.unit is not Unit.DAY):
        return "1", month, "*", (_FIRST_ASSUMED,)
    return "*", month, "*", ()


def _weekdays(said: Said) -> tuple[str, tuple[Phrase, ...]]:
    """Return the cron field of weekdays, and what was assumed of it. Raises DateImpossible when none is left."""
    weekdays = (said.weekdays or (ALL_WEEK if said.without else frozenset((1,)))) - said.without
    if not weekdays:
        raise DateImpossible(text=", ".join(WEEKDAYS[day - 1].title() for day in sorted(said.without)))
    return weekday_field(weekdays), () if said.weekdays or said.without else (_MONDAY_ASSUMED,)


def _months(said: Said) -> tuple[int, ...]:
    """Return the months that a quarter or a year means; its last day lies in its last one."""
    unit = said.unit
    if unit is None or unit not in _STARTS or (unit is Unit.QUARTER and said.stride > 1):
        return ()
    last = set(said.days) & {LAST_DAY, LAST_WORKDAY} or any(which == LAST for which, _ in said.ordinals)
    return _LASTS[unit] if last else _STARTS[unit]


def _asked(parts: Sequence[Part], said: Said, assumed: tuple[Phrase, ...], asking: _Asking) -> Reading:
    """Return the Rhythm with its stride and bounds, read back so that it is refused as any other text is."""
    rhythm = Rhythm(tuple(parts))
    Rhythm.parse(str(rhythm))
    unit, months = _STRIDES.get(said.unit or Unit.DAY, (StrideUnit.DAYS, 1))
    stride = said.stride * months if said.stride > 1 else 1
    if said.unit in _STRIDES and stride > 1:
        first = next_times(Rhythm(tuple(parts)), asking.zone, asking.now, 1)
        anchor = said.starts or first[0].astimezone(asking.zone).date()
        each = (replace(part, stride=stride, unit=unit, starts=anchor) for part in parts if isinstance(part, Cron))
        rhythm = Rhythm(tuple(each))
    elif said.starts:
        rhythm = Rhythm(tuple(replace(part, starts=said.starts) if isinstance(part, Cron) else part for part in parts))
    rhythm = Rhythm.parse(str(until(rhythm, said.ends)))
    if not next_times(rhythm, asking.zone, asking.now, 1):
        raise NothingToCome(text=asking.text)
    return Asked(rhythm, "", assumed)
