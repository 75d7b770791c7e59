"""What holds for every Rhythm, zone and time."""

import contextlib
from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

from hypothesis import assume, example, given, settings
from hypothesis import strategies as st

from agent_core.schedules.fields import clock_fields, number_field
from agent_core.schedules.phrases import read_schedule
from agent_core.schedules.refusals import RhythmRefused
from agent_core.schedules.rhythm import Cron, Interval, Rhythm, StrideUnit
from agent_core.schedules.times import between, compiled, next_times
from agent_core.schedules.words import rhythm_words

ZONES = [
    "UTC",
    "Europe/Berlin",
    "America/New_York",
    "Australia/Lord_Howe",
    "Pacific/Apia",
    "America/Havana",
    "Asia/Kolkata",
    "America/St_Johns",
]
MINUTE = timedelta(minutes=1)


def field(low: int, high: int) -> st.SearchStrategy[str]:
    number = st.integers(low, high)
    some = st.lists(number, min_size=1, max_size=4).map(lambda found: number_field(found, low, high))
    return st.one_of(st.just("*"), some, st.integers(2, 7).map(lambda step: f"*/{step}"))


dates = st.dates(date(2009, 1, 1), date(2035, 12, 31))
instants = st.integers(0, 27 * 365 * 24 * 60).map(lambda past: datetime(2009, 6, 1, tzinfo=UTC) + past * MINUTE)
zones = st.sampled_from(ZONES).map(ZoneInfo)
days = st.one_of(field(1, 31), st.sampled_from(["L", "LW", "15,L"]))
weekdays = st.one_of(field(0, 6), st.sampled_from(["1-5", "MON#1", "5L", "MON-FRI", "TUE#2,THU#4"]))
crons = st.builds(
    Cron,
    st.tuples(field(0, 59), field(0, 23), days, field(1, 12), weekdays).map(" ".join),
    st.one_of(st.just(1), st.integers(2, 4)),
    st.sampled_from(StrideUnit),
    dates,
    st.one_of(st.none(), dates),
)
intervals = st.builds(
    Interval,
    st.integers(1, 10_000).map(lambda minutes: minutes * MINUTE),
    instants.map(lambda at: at.replace(microsecond=0)),
    st.one_of(st.none(), dates),
)


@st.composite
def rhythms(draw: st.DrawFn) -> Rhythm:
    parts = draw(st.lists(st.one_of(crons, intervals), min_size=1, max_size=3))
    try:
        return Rhythm.parse("; ".join(map(str, parts)))
    except RhythmRefused:  # 31 February, for one
        assume(condition=False)
        raise


@given(rhythms())
@settings(max_examples=150, deadline=None)
def test_text_and_value_are_the_same_thing(rhythm):
    assert Rhythm.parse(str(rhythm)) == rhythm
    assert str(Rhythm.parse(str(rhythm).lower())) == str(rhythm)


@given(st.text(max_size=60))
@settings(max_examples=150, deadline=None)
def test_any_text_is_read_or_refused(text):
    with contextlib.suppress(RhythmRefused):
        assert Rhythm.parse(str(Rhythm.parse(text))) == Rhythm.parse(text)


WORDS = "every each on at the first last Monday weekdays 9 9:00 am twice a day month of 15th"
HAN = "每 周 一 三 五 天 月 上午 九点 半 隔 两 小时 工作日 除 外 31号 从 到 12月1日 起 总结"


@given(
    st.lists(
        st.sampled_from(
            [*WORDS.split(), *HAN.split(), ",", "between", "and", "or", "until", "2026-12-01", "summarise", "0", "*"]
        ),
        max_size=12,
    ),
    st.booleans(),
)
@settings(max_examples=300, deadline=None)
def test_any_sentence_is_read(words, apart):
    text = (" " if apart else "").join(words)
    assert read_schedule(text, now=datetime(2026, 11, 25, 8, 20, tzinfo=UTC), zone=ZoneInfo("Europe/Berlin"))


@given(rhythms(), zones, instants)
@settings(max_examples=150, deadline=None)
def test_times_rise_and_none_is_left_out_or_said_twice(rhythm, zone, after):
    found = next_times(rhythm, zone, after, 6)
    assert found == sorted(set(found))
    assert all(at > after for at in found)
    for earlier, later in zip([after, *found], found, strict=False):
        assert next_times(rhythm, zone, earlier, 1) == [later]
        assert next_times(rhythm, zone, earlier + (later - earlier) / 2, 1) == [later]
        assert between(rhythm, zone, earlier, later, 1) == [later]
    if found:
        assert between(rhythm, zone, after, found[-1], 6) == found
        assert between(rhythm, zone, after, found[-1], 2) == found[-2:]


def wall_times(part: Cron, zone: ZoneInfo, start: datetime, end: datetime) -> set[datetime]:
    """Return the times of a part by looking at every minute: the plain words of its contract."""
    fields, found, seen = compiled(part.fields), set[datetime](), set[datetime]()
    before = (start - timedelta(days=2)).astimezone(zone).replace(tzinfo=None)

    def meant(wall: datetime) -> bool:
        return (
            wall.minute in fields.minutes
            and wall.hour in fields.hours
            and wall.month in fields.months
            and fields.match_day(wall.date())
            and part.covers(wall.date())
        )

    at = start - timedelta(days=2)
    while at <= end:
        wall = at.astimezone(zone).replace(tzinfo=None)
        skipped = [before + MINUTE * step for step in range(1, max(1, (wall - before) // MINUTE))]
        every_hour = len(fields.hours) == 24
        again = wall in seen and not every_hour
        left_out = not every_hour and any(meant(each) for each in skipped)
        if at > start and ((meant(wall) and not again) or left_out):
            found.add(at)
        seen.add(wall)
        before, at = wall, at + MINUTE
    return found


CHANGES = {
    "Europe/Berlin": (datetime(2026, 3, 29, tzinfo=UTC), datetime(2026, 10, 25, tzinfo=UTC)),
    "America/New_York": (datetime(2026, 3, 8, tzinfo=UTC), datetime(2026, 11, 1, tzinfo=UTC)),
    "Australia/Lord_Howe": (datetime(2026, 10, 3, 12, tzinfo=UTC), datetime(2026, 4, 4, 12, tzinfo=UTC)),
    "Asia/Beirut": (datetime(2026, 3, 28, 22, tzinfo=UTC), datetime(2026, 10, 24, 20, tzinfo=UTC)),
    "America/Havana": (datetime(2026, 3, 8, 5, tzinfo=UTC), datetime(2026, 11, 1, 5, tzinfo=UTC)),
    "Pacific/Apia": (datetime(2011, 12, 30, tzinfo=UTC), datetime(2011, 9, 24, 12, tzinfo=UTC)),
}


clock_crons = st.builds(Cron, st.tuples(field(0, 59), field(0, 23), st.just("* *"), weekdays).map(" ".join))


@example("Australia/Lord_Howe", True, 2, Cron("30 * * * *"))
@example("Australia/Lord_Howe", False, 2, Cron("30 * * * *"))
@given(st.sampled_from(sorted(CHANGES)), st.booleans(), st.integers(0, 12), clock_crons)
@settings(max_examples=60, deadline=None)
def test_around_changes_of_the_clocks_the_times_are_those_of_their_contract(name, on, hours, part):
    zone, change = ZoneInfo(name), CHANGES[name][0 if on else 1]
    start = change - timedelta(hours=hours)
    end = change + timedelta(hours=26)
    found = between(Rhythm((part,)), zone, start, end, 10_000)
    assert set(found) == wall_times(part, zone, start, end)


@given(rhythms(), zones)
@settings(max_examples=150, deadline=None)
def test_every_rhythm_has_words_in_both_languages(rhythm, zone):
    english, chinese = rhythm_words(rhythm, zone, "en"), rhythm_words(rhythm, zone, "zh")
    assert english.strip()
    assert any("\u4e00" <= letter <= "\u9fff" for letter in chinese)
    assert "{" not in english + chinese


@given(st.sets(st.integers(0, 24 * 60 - 1), min_size=1, max_size=30))
@settings(max_examples=150, deadline=None)
def test_times_of_day_become_fields_that_name_them_all_and_no_other(minutes):
    named = [(compiled(f"{clock} * * *"), clock) for clock in clock_fields(minutes)]
    assert {hour * 60 + minute for found, _ in named for hour in found.hours for minute in found.minutes} == minutes
