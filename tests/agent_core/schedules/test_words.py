"""Rhythms in words, in both languages."""

from zoneinfo import ZoneInfo

import pytest

from agent_core.schedules.rhythm import Rhythm
from agent_core.schedules.words import rhythm_words

BERLIN = ZoneInfo("Europe/Berlin")


@pytest.mark.parametrize(
    ("text", "english", "chinese"),
    [
        ("0 9 * * 1-5", "every weekday at 09:00", "每个工作日 09:00"),
        ("0 9 * * MON-FRI", "every weekday at 09:00", "每个工作日 09:00"),
        ("0 9 * * *", "every day at 09:00", "每天 09:00"),
        ("0 9 * * 1", "every Monday at 09:00", "每周一 09:00"),
        ("0 9 * * 7", "every Sunday at 09:00", "每周日 09:00"),
        ("0 9 * * 0,6", "every Saturday and Sunday at 09:00", "每周六和周日 09:00"),
        ("30 8 * * 1,3,5", "every Monday, Wednesday, and Friday at 08:30", "每周一、周三和周五 08:30"),
        ("15 9 * * *; 40 17 * * *", "every day at 09:15 and 17:40", "每天 09:15和17:40"),
        ("0 9 * * 1; 0 10 * * 2", "every Monday at 09:00; every Tuesday at 10:00", "每周一 09:00；每周二 10:00"),
        ("0 18 L * *", "on the last day of every month at 18:00", "每月最后一天 18:00"),
        ("0 18 LW * *", "on the last working day of every month at 18:00", "每月最后一个工作日 18:00"),
        (
            "0 9 */31 * 1-5; 0 9 */31,2,3 * 1",
            "on the first working day of every month at 09:00",
            "每月第一个工作日 09:00",
        ),
        ("0 9 * * MON#1", "on the first Monday of every month at 09:00", "每月第一个周一 09:00"),
        ("0 9 * * 5L", "on the last Friday of every month at 09:00", "每月最后一个周五 09:00"),
        ("0 9 1,15,L * *", "on the 1st, 15th, and last day of every month at 09:00", "每月1日、15日和最后一天 09:00"),
        (
            "0 9 31 * *",
            "on the 31st of every month at 09:00 (months without that day are skipped)",
            "每月31日 09:00（没有这一天的月份会跳过）",
        ),
        (
            "0 9 29 2 *",
            "every year on the 29th of February at 09:00 (in leap years only)",
            "每年2月29日 09:00（仅闰年）",
        ),
        ("0 8 25 12 *", "every year on the 25th of December at 08:00", "每年12月25日 08:00"),
        ("0 9 22 1,7 *", "every year on the 22nd of January and July at 09:00", "每年1月和7月22日 09:00"),
        ("0 9 * 12 1", "every Monday in December at 09:00", "12月的每周一 09:00"),
        ("0 9 13 * 5", "on the 13th of every month and every Friday at 09:00", "每月13日，以及每周五 09:00"),
        ("* * * * *", "every minute", "每分钟"),
        ("*/15 * * * *", "every 15 minutes", "每 15 分钟"),
        ("0 * * * *", "every hour", "每小时"),
        ("5 * * * *", "every hour at minute 5", "每小时的第 5 分钟"),
        ("0 * * * 1-5", "every weekday: every hour", "每个工作日：每小时"),
        ("0 */2 * * *", "every 2 hours", "每 2 小时"),
        (
            "0 9-17 * * 1-5; 15,30,45 9-16 * * 1-5",
            "every weekday: every 15 minutes from 09:00 to 17:00",
            "每个工作日：09:00 到 17:00 每 15 分钟",
        ),
        ("0 8-18/2 * * *", "every day: every 2 hours from 08:00 to 18:00", "每天：08:00 到 18:00 每 2 小时"),
        ("7 3-11,20 * * *", "every day: 10 times between 03:07 and 20:07", "每天：03:07 到 20:07 之间 10 次"),
        (
            "cron 0 16 * * 5 every 2 weeks from 2026-11-27",
            "every 2 weeks on Friday at 16:00, counted from 27 Nov 2026",
            "每 2 周的周五 16:00，从 2026年11月27日 算起",
        ),
        (
            "cron 0 9 * * * every 3 days from 2026-11-25",
            "every 3 days at 09:00, counted from 25 Nov 2026",
            "每 3 天 09:00，从 2026年11月25日 算起",
        ),
        (
            "cron 0 9 1 * * every 2 months from 2026-12-01",
            "every 2 months on the 1st at 09:00, counted from 1 Dec 2026",
            "每 2 个月的1日 09:00，从 2026年12月1日 算起",
        ),
        (
            "cron 0 9 * * * from 2026-12-01 until 2026-12-31",
            "every day at 09:00, from 1 Dec 2026 on, until 31 Dec 2026",
            "每天 09:00，从 2026年12月1日 起，到 2026年12月31日 为止",
        ),
        (
            "every 45 minutes from 2026-11-25T08:20Z",
            "every 45 minutes, counted from 25 Nov 2026, 09:20",
            "每 45 分钟，从 2026年11月25日 09:20 算起",
        ),
        (
            "every 120 minutes from 2026-11-25T09:00Z until 2026-12-01",
            "every 2 hours, counted from 25 Nov 2026, 10:00, until 1 Dec 2026",
            "每 2 小时，从 2026年11月25日 10:00 算起，到 2026年12月1日 为止",
        ),
    ],
)
def test_a_rhythm_is_told_in_english_and_chinese(text, english, chinese):
    rhythm = Rhythm.parse(text)
    assert rhythm_words(rhythm, BERLIN, "en") == english
    assert rhythm_words(rhythm, BERLIN, "zh") == chinese
    assert rhythm_words(rhythm, BERLIN, "tlh") == english
