"""Sets of minutes, hours, days and weekdays <-> cron fields."""

from collections import defaultdict
from collections.abc import Iterable
from itertools import pairwise

from agent_core.schedules.said import LAST, LAST_DAY, LAST_WORKDAY

WEEKDAYS = ("MON", "TUE", "WED", "THU", "FRI", "SAT", "SUN")
_HOUR = 60
_STEPS = 4  # that many values are written as a step if they fill the range, more in any case
_RUN = 3  # that many neighbours and more are written as a range


def clock_fields(minutes: Iterable[int]) -> list[str]:
    """Return `MINUTE HOUR` fields that together name these times of day (in minutes), in the fewest expressions."""
    hours_of: dict[int, set[int]] = defaultdict(set)
    for each in minutes:
        hours_of[each % _HOUR].add(each // _HOUR)
    minutes_of: dict[frozenset[int], set[int]] = defaultdict(set)
    for minute, hours in hours_of.items():
        minutes_of[frozenset(hours)].add(minute)
    parts = sorted((min(hours), min(found), found, hours) for hours, found in minutes_of.items())
    return [f"{number_field(found, 0, 59)} {number_field(hours, 0, 23)}" for _, _, found, hours in parts]


def number_field(values: Iterable[int], low: int, high: int) -> str:
    """Return a cron field of plain numbers, in its shortest readable form."""
    found = sorted(set(values))
    if len(found) == high - low + 1:
        return "*"
    steps = {after - before for before, after in pairwise(found)}
    if len(found) >= _STEPS and len(steps) == 1 and (step := steps.pop()) > 1:
        whole = found[0] == low and found[-1] + step > high
        if whole or len(found) > _STEPS:
            return f"*/{step}" if whole else f"{found[0]}-{found[-1]}/{step}"
    return ",".join(_runs(found))


def _runs(found: list[int]) -> Iterable[str]:
    run: list[int] = []
    for value in [*found, None]:
        if run and value != run[-1] + 1:
            yield from [f"{run[0]}-{run[-1]}"] if len(run) >= _RUN else map(str, run)
            run = []
        if value is not None:
            run.append(value)


def weekday_field(weekdays: Iterable[int]) -> str:
    """Return the cron field of weekdays (Monday is 1, Sunday 7, which cron writes as 0)."""
    found = set(weekdays)
    if found >= set(range(1, 8)):
        return "*"
    if len(found) == 2 and found == {6, 7}:  # noqa: PLR2004  (cron's usual word for the weekend)
        return "0,6"
    return number_field((each % 7 for each in found), 0, 6) if 7 in found else number_field(found, 0, 6)  # noqa: PLR2004


def ordinal_field(ordinals: Iterable[tuple[int, int]]) -> str:
    """Return the cron field of weekdays counted in the month: `MON#1`, `5L`."""
    return ",".join(
        f"{weekday % 7}L" if which == LAST else f"{WEEKDAYS[weekday - 1]}#{which}" for which, weekday in ordinals
    )


def day_field(days: Iterable[int]) -> str:
    """Return the cron field of days of the month, the last one and the last workday among them."""
    found = list(days)
    plain = [day for day in found if day > 0]
    words = [word for day, word in ((LAST_DAY, "L"), (LAST_WORKDAY, "LW")) if day in found]
    return ",".join([*([number_field(plain, 1, 31)] if plain else []), *words])
