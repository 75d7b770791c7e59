"""What was said of days and times of day -> cron fields. What the words left open is filled in here, and told."""

from agent_core.i18n import N_, Phrase
from agent_core.schedules.fields import WEEKDAYS, day_field, number_field, ordinal_field, weekday_field
from agent_core.schedules.refusals import DateImpossible
from agent_core.schedules.said import ALL_WEEK, LAST, LAST_DAY, LAST_WORKDAY, DayPart, Said, Unit

NINE = 9 * 60  # when nothing is said of the time: the usual start of a working day
_HOUR = 60
SHORT_MONTHS = 28  # every month has that many days
FIRST_WORKDAY = "first workday"
_PARTS = {
    DayPart.MORNING: NINE,
    DayPart.NOON: 12 * 60,
    DayPart.AFTERNOON: 15 * 60,
    DayPart.EVENING: 18 * 60,
    DayPart.NIGHT: 21 * 60,
}
_STARTS = {Unit.QUARTER: (1, 4, 7, 10), Unit.YEAR: (1,)}
_LASTS = {Unit.QUARTER: (3, 6, 9, 12), Unit.YEAR: (12,)}

_NINE_ASSUMED = Phrase(N_("No time was given, so it is 09:00."))
_PART_ASSUMED = N_("No exact time was given, so it is {time}.")
_MONDAY_ASSUMED = Phrase(N_("No day was given, so it is Monday."))
_FIRST_ASSUMED = Phrase(N_("No day was given, so it is the first."))
_SKIPS = Phrase(N_("Months without that day are skipped."))
_NOON_ASSUMED = Phrase(N_("12 is taken for noon."))
_MIDNIGHT_ASSUMED = Phrase(N_("Midnight is the one with which the day begins."))
_MORNING_ASSUMED = Phrase(N_("The hour is taken for the morning's."))


def minutes_of(said: Said) -> tuple[list[int], tuple[Phrase, ...]]:
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


def days_of(said: Said) -> tuple[str, str, str, tuple[Phrase, ...]]:
    """Return the cron fields of day, month and weekday, and what was assumed of them."""
    months = said.months or _months(said)
    month = number_field(months, 1, 12) if months else "*"
    if said.ordinals and (1, 0) in said.ordinals:
        return FIRST_WORKDAY, month, "*", ()
    if said.ordinals:
        return "*", month, ordinal_field(said.ordinals), ()
    if said.days:
        skips = (_SKIPS,) if not months and any(day > SHORT_MONTHS for day in said.days) else ()
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
