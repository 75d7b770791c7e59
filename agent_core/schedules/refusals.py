"""Why a Rhythm is refused. Each class's docstring is the sentence that people read."""

from agent_core.errors import RequestRefused


class RhythmRefused(RequestRefused):
    """This cannot be a schedule's rhythm."""


class RhythmUnreadable(RhythmRefused):
    """“{text}” is not a rhythm Nod knows; write for example “every weekday at 9:00” or “0 9 * * 1-5”."""


class RhythmTooLong(RhythmRefused):
    """A rhythm of {count} characters is too long; {most} are the most. Make several schedules of it."""


class TooManyParts(RhythmRefused):
    """A rhythm of {count} parts is too much; {most} are the most. Make several schedules of it."""


class CronFieldsWrong(RhythmRefused):
    """“{text}” has {count} fields; write five: minute, hour, day, month, weekday, as in “0 9 * * 1-5”."""


class HasSeconds(RhythmRefused):
    """“{text}” has a field for seconds, and schedules run on whole minutes; leave it away, as in “0 9 * * 1-5”."""


class CronFieldWrong(RhythmRefused):
    """“{value}” cannot be the {field} of “{text}”; write for example “0 9 * * 1-5” for weekdays at 9:00."""


class DateImpossible(RhythmRefused):
    """“{text}” names a day that never comes; choose one that is in the calendar."""


class TooOften(RhythmRefused):
    """“{text}” is too often: once in {least} is the most."""


class TooSeldom(RhythmRefused):
    """“{text}” is too seldom; choose at most {most}."""


class NothingToCome(RhythmRefused):
    """“{text}” is past, so it would never run; choose a time to come."""


class OnceOnly(RhythmRefused):
    """“{text}” is one time and not a rhythm; write how it comes again, such as “every day at 9:00”."""


class TimeImpossible(RhythmRefused):
    """“{text}” is not a time of day; write for example 9:30 or 17:00."""


class ZoneNamed(RhythmRefused):
    """“{name}” is another time zone than this schedule's, {zone}; write the times in {zone}."""
