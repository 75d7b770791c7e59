"""The times of a Rhythm: both changes of the clocks, days that some months lack, and everything missed."""

from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from agent_core.schedules.refusals import NothingToCome
from agent_core.schedules.rhythm import Rhythm
from agent_core.schedules.times import between, next_times, refuse_if_over


def wall(text: str, zone: str, after: str, count: int = 3) -> list[str]:
    """Return the next times after a wall time, on the zone's clocks with their offset."""
    place = ZoneInfo(zone)
    start = datetime.fromisoformat(after).replace(tzinfo=place)
    return [f"{at.astimezone(place):%m-%d %H:%M %z}" for at in next_times(Rhythm.parse(text), place, start, count)]


def utc(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=UTC)


# --- clocks that go on ----------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "zone", "after", "times"),
    [
        ("30 2 * * *", "Europe/Berlin", "2026-03-28 12:00", ["03-29 03:00 +0200", "03-30 02:30 +0200"]),
        ("0 2 * * *", "Europe/Berlin", "2026-03-28 12:00", ["03-29 03:00 +0200", "03-30 02:00 +0200"]),
        ("0 3 * * *", "Europe/Berlin", "2026-03-28 12:00", ["03-29 03:00 +0200", "03-30 03:00 +0200"]),
        ("0 2,3 * * *", "Europe/Berlin", "2026-03-28 12:00", ["03-29 03:00 +0200", "03-30 02:00 +0200"]),
        ("*/20 2 * * *", "Europe/Berlin", "2026-03-28 12:00", ["03-29 03:00 +0200", "03-30 02:00 +0200"]),
        ("30 2 * * *; 0 3 * * *", "Europe/Berlin", "2026-03-28 12:00", ["03-29 03:00 +0200", "03-30 02:30 +0200"]),
        ("30 2 8 3 *", "America/New_York", "2026-03-01 12:00", ["03-08 03:00 -0400", "03-08 02:30 -0500"]),
        ("0 9 * * 0", "America/New_York", "2026-03-07 12:00", ["03-08 09:00 -0400", "03-15 09:00 -0400"]),
        ("15 2 * * *", "Australia/Lord_Howe", "2026-10-03 12:00", ["10-04 02:30 +1100", "10-05 02:15 +1100"]),
        ("45 2 * * *", "Australia/Lord_Howe", "2026-10-03 12:00", ["10-04 02:45 +1100", "10-05 02:45 +1100"]),
        ("0 9 * * *", "Pacific/Apia", "2011-12-29 00:00", ["12-29 09:00 -1000", "12-31 00:00 +1400"]),
        ("0 9 30 12 *", "Pacific/Apia", "2011-12-01 00:00", ["12-31 00:00 +1400", "12-30 09:00 +1400"]),
        ("0 0 * * *", "America/Asuncion", "2023-09-30 12:00", ["10-01 01:00 -0300", "10-02 00:00 -0300"]),
    ],
)
def test_a_wall_time_that_is_left_out_happens_at_the_next_minute_there_is(text, zone, after, times):
    assert wall(text, zone, after, 2) == times


def test_the_hour_that_is_left_out_is_left_out_of_every_hour():
    assert wall("30 * * * *", "Europe/Berlin", "2026-03-29 00:45") == [
        "03-29 01:30 +0100",
        "03-29 03:30 +0200",
        "03-29 04:30 +0200",
    ]


# --- clocks that go back --------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "zone", "after", "times"),
    [
        ("30 2 * * *", "Europe/Berlin", "2026-10-24 12:00", ["10-25 02:30 +0200", "10-26 02:30 +0100"]),
        ("*/30 2 * * *", "Europe/Berlin", "2026-10-25 02:10", ["10-25 02:30 +0200", "10-26 02:00 +0100"]),
        ("0 3 * * *", "Europe/Berlin", "2026-10-24 12:00", ["10-25 03:00 +0100", "10-26 03:00 +0100"]),
        ("30 1 * * *", "America/New_York", "2026-10-31 12:00", ["11-01 01:30 -0400", "11-02 01:30 -0500"]),
        ("45 1 * * *", "Australia/Lord_Howe", "2026-04-04 12:00", ["04-05 01:45 +1100", "04-06 01:45 +1030"]),
        ("30 0 * * *", "America/Havana", "2026-10-31 12:00", ["11-01 00:30 -0400", "11-02 00:30 -0500"]),
    ],
)
def test_a_wall_time_that_comes_twice_happens_once(text, zone, after, times):
    assert wall(text, zone, after, 2) == times


def test_asked_between_the_two_the_second_does_not_happen():
    berlin = ZoneInfo("Europe/Berlin")
    between_them = datetime(2026, 10, 25, 2, 15, tzinfo=berlin, fold=1)
    assert next_times(Rhythm.parse("30 2 * * *"), berlin, between_them, 1) == [utc("2026-10-26 01:30")]
    assert between(Rhythm.parse("30 2 * * *"), berlin, utc("2026-10-24"), between_them, 1) == [utc("2026-10-25 00:30")]


def test_every_hour_is_every_real_hour():
    assert wall("30 * * * *", "Europe/Berlin", "2026-10-25 01:00", 4) == [
        "10-25 01:30 +0200",
        "10-25 02:30 +0200",
        "10-25 02:30 +0100",
        "10-25 03:30 +0100",
    ]
    assert wall("*/30 * * * *", "Australia/Lord_Howe", "2026-04-05 01:00") == [
        "04-05 01:30 +1100",
        "04-05 01:30 +1030",
        "04-05 02:00 +1030",
    ]


def test_a_day_whose_last_hour_comes_twice_is_left_behind():
    rhythm = "cron 30 * * * * every 2 days from 2026-10-25"  # the clocks of Beirut go back at the end of the 24th
    assert wall(rhythm, "Asia/Beirut", "2026-10-24 12:00", 2) == ["10-25 00:30 +0200", "10-25 01:30 +0200"]
    assert wall("30 * * * *", "Asia/Beirut", "2026-10-24 23:00") == [
        "10-24 23:30 +0300",
        "10-24 23:30 +0200",
        "10-25 00:30 +0200",
    ]


def test_every_hour_of_a_day_that_was_left_out_is_left_out():
    assert wall("0 * 30 * *", "Pacific/Apia", "2011-12-01 00:00", 1) == ["01-30 00:00 +1400"]
    assert wall("0 * * * *", "America/Asuncion", "2023-09-30 22:30") == [
        "09-30 23:00 -0400",
        "10-01 01:00 -0300",
        "10-01 02:00 -0300",
    ]


@pytest.mark.parametrize("day", ["2026-03-29", "2026-10-25"])
def test_intervals_count_real_time(day):
    berlin = ZoneInfo("Europe/Berlin")
    start = utc(f"{day} 00:00") - timedelta(hours=3)
    found = next_times(Rhythm.parse(f"every 90 minutes from {start:%Y-%m-%dT%H:%M}Z"), berlin, start, 8)
    assert found == [start + timedelta(minutes=90 * step) for step in range(1, 9)]


# --- calendars ------------------------------------------------------------------------------------------------------


def days(text: str, after: str, count: int, zone: str = "UTC") -> list[date]:
    place = ZoneInfo(zone)
    return [at.astimezone(place).date() for at in next_times(Rhythm.parse(text), place, utc(after), count)]


def test_the_31st_skips_months_without_one():
    assert [str(day) for day in days("0 9 31 * *", "2026-01-31 10:00", 4)] == [
        "2026-03-31",
        "2026-05-31",
        "2026-07-31",
        "2026-08-31",
    ]


def test_leap_days_come_in_leap_years():
    assert [str(day) for day in days("0 9 29 2 *", "2096-01-01", 3)] == ["2096-02-29", "2104-02-29", "2108-02-29"]
    assert [str(day) for day in days("0 9 L 2 *", "2027-01-01", 2)] == ["2027-02-28", "2028-02-29"]


def test_days_counted_in_the_month():
    assert [str(day) for day in days("0 9 * * MON#1", "2026-11-25", 2)] == ["2026-12-07", "2027-01-04"]
    assert [str(day) for day in days("0 9 * * 5L", "2026-11-25", 2)] == ["2026-11-27", "2026-12-25"]
    assert [str(day) for day in days("0 9 LW * *", "2026-11-25", 3)] == ["2026-11-30", "2026-12-31", "2027-01-29"]
    assert [str(day) for day in days("0 9 * * MON#5", "2026-11-25", 2)] == ["2026-11-30", "2027-03-29"]


def test_the_first_working_day_is_the_first_or_the_monday_after():
    found = days("0 9 */31 * 1-5; 0 9 */31,2,3 * 1", "2026-11-25", 14)
    assert [str(day) for day in found[:4]] == ["2026-12-01", "2027-01-01", "2027-02-01", "2027-03-01"]
    assert [str(day) for day in found[6:9]] == ["2027-06-01", "2027-07-01", "2027-08-02"]
    assert all(day.weekday() < 5 and day.day <= 3 for day in found)


def test_strides_count_weeks_days_and_months_from_their_start():
    weeks = "cron 0 9 * * 1,5 every 2 weeks from 2026-11-25"
    assert [str(day) for day in days(weeks, "2026-11-01", 4)] == [
        "2026-11-27",
        "2026-12-07",
        "2026-12-11",
        "2026-12-21",
    ]
    every_third = "cron 0 9 * * * every 3 days from 2026-12-30"
    assert [str(day) for day in days(every_third, "2026-11-01", 3)] == ["2026-12-30", "2027-01-02", "2027-01-05"]
    months = "cron 0 9 31 * * every 2 months from 2026-01-01"
    assert [str(day) for day in days(months, "2026-01-01", 5)] == [
        "2026-01-31",
        "2026-03-31",
        "2026-05-31",
        "2026-07-31",
        "2027-01-31",
    ]


def test_bounds_are_days_of_the_zone():
    berlin, rhythm = ZoneInfo("Europe/Berlin"), Rhythm.parse("cron 30 0 * * * from 2026-12-01 until 2026-12-02")
    assert next_times(rhythm, berlin, utc("2026-11-01"), 9) == [utc("2026-11-30 23:30"), utc("2026-12-01 23:30")]
    hours = Rhythm.parse("every 360 minutes from 2026-12-01T00:00Z until 2026-12-01")
    assert next_times(hours, berlin, utc("2026-11-30"), 9) == [
        utc("2026-12-01 00:00"),
        utc("2026-12-01 06:00"),
        utc("2026-12-01 12:00"),
        utc("2026-12-01 18:00"),
    ]


def test_a_rhythm_that_is_over_or_never_comes_is_refused():
    place, now = ZoneInfo("UTC"), utc("2026-11-25")
    refuse_if_over(Rhythm.parse("0 9 29 2 *"), place, now)
    for text in ("cron 0 9 * * * until 2026-11-24", "cron 0 9 1 1 * every 12 months from 2026-02-01"):
        with pytest.raises(NothingToCome):
            refuse_if_over(Rhythm.parse(text), place, now)


# --- what was missed ------------------------------------------------------------------------------------------------


def test_missed_times_are_the_newest_with_both_ends_as_firings_need_them():
    place, rhythm = ZoneInfo("UTC"), Rhythm.parse("0 9 * * *")
    found = between(rhythm, place, utc("2026-11-20 09:00"), utc("2026-11-25 09:00"), 3)
    assert found == [utc("2026-11-23 09:00"), utc("2026-11-24 09:00"), utc("2026-11-25 09:00")]
    assert between(rhythm, place, utc("2026-11-24 09:00"), utc("2026-11-25 08:59"), 3) == []
    assert between(rhythm, place, utc("2026-11-25 09:00"), utc("2026-11-20 09:00"), 3) == []
    assert between(rhythm, place, utc("2026-11-20"), utc("2026-11-25"), 0) == []


def test_a_year_of_minutes_is_not_counted_through():
    found = between(Rhythm.parse("* * * * *"), ZoneInfo("Europe/Berlin"), utc("2025-11-25"), utc("2026-11-25"), 100)
    assert len(found) == 100
    assert found[-1] == utc("2026-11-25")


def test_the_latest_time_is_found_however_long_ago():
    place, long_ago = ZoneInfo("UTC"), utc("1980-01-01")
    leap = Rhythm.parse("0 9 29 2 *")
    assert between(leap, place, long_ago, utc("2026-11-25"), 1) == [utc("2024-02-29 09:00")]
    soon = Rhythm.parse("every 45 minutes from 2026-11-25T09:00Z")
    assert between(soon, place, long_ago, utc("2026-11-25 08:59"), 1) == []
    assert between(soon, place, long_ago, utc("2026-11-25 10:00"), 1) == [utc("2026-11-25 09:45")]


def test_seconds_and_other_zones_of_the_asked_time_do_not_matter():
    place, rhythm = ZoneInfo("Europe/Berlin"), Rhythm.parse("0 9 * * *")
    at = datetime(2026, 11, 25, 8, 0, 0, 500_000, tzinfo=UTC)
    assert next_times(rhythm, place, at, 1) == [utc("2026-11-26 08:00")]
    assert next_times(rhythm, place, at - timedelta(seconds=1), 1) == [utc("2026-11-25 08:00")]
    assert next_times(rhythm, place, at.astimezone(ZoneInfo("Asia/Tokyo")), 1) == [utc("2026-11-26 08:00")]


def test_changes_of_the_zone_database_are_followed():
    # the same Rhythm on two states of a zone: nothing of the old one is stored
    rhythm, after = Rhythm.parse("0 9 * * *"), utc("2026-11-25")
    assert next_times(rhythm, ZoneInfo("Etc/GMT-1"), after, 1) == [utc("2026-11-25 08:00")]
    assert next_times(rhythm, ZoneInfo("Etc/GMT-2"), after, 1) == [utc("2026-11-25 07:00")]


def test_clocks_that_change_by_half_an_hour_lose_no_real_half_hour():
    zone, part = ZoneInfo("Australia/Lord_Howe"), Rhythm.parse("30 * * * *")
    on = next_times(part, zone, datetime(2026, 10, 3, 14, 45, tzinfo=UTC), 3)
    assert [f"{at.astimezone(zone):%H:%M}" for at in on] == ["01:30", "02:30", "03:30"]
    assert [f"{at:%H:%M}" for at in on] == ["15:00", "15:30", "16:30"]
    back = next_times(part, zone, datetime(2026, 4, 4, 14, 0, tzinfo=UTC), 3)
    assert [f"{at.astimezone(zone):%H:%M}" for at in back] == ["01:30", "01:30", "02:30"]


def test_clocks_set_back_past_midnight_return_to_the_day_before():
    zone, part = ZoneInfo("America/St_Johns"), Rhythm.parse("30 * 6 11 *")
    found = next_times(part, zone, datetime(2010, 11, 7, 1, 45, tzinfo=UTC), 3)
    assert [f"{at.astimezone(zone):%d %H:%M}" for at in found] == ["06 23:30", "06 23:30", "06 00:30"]
