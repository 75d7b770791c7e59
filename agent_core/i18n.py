"""Nod's words in people's languages: English msgids, gettext catalogues, times and sums."""

import gettext
import io
import re
from collections.abc import Callable, Mapping
from datetime import UTC, datetime, timedelta, tzinfo
from functools import cache
from pathlib import Path
from typing import Any, cast

from babel.dates import format_datetime, format_timedelta
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po
from babel.numbers import format_decimal, format_percent

from agent_core.errors import NodError

Translate = Callable[[str], str]

LANGUAGES = ("en", "zh")  # English needs no catalogue: the msgids are English
CATALOGUES = Path(__file__).parent / "locale"

_TIME_PATTERNS = {"en": "d MMM y, HH:mm 'UTC'", "zh": "y年M月d日 HH:mm 'UTC'"}
_ZONED_PATTERNS = {"en": "EEE d MMM y, HH:mm", "zh": "y年M月d日EEE HH:mm"}
_LEAST_COST = 0.0001  # US dollars; below that a sum is said to be less
_MOSTLY = 0.3  # of the letters: then a goal is Chinese whatever it begins with
_PARTLY = 0.1  # of the letters: then it is when it also begins with Chinese
_MATERIAL = re.compile(r"""https?://[!-~]+|`[^`]*`|"[^"]*"|“[^”]*”|「[^」]*」|『[^』]*』|《[^》]*》""")
_HAN = re.compile("[\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff\U00020000-\U0003ffff]")
_KANA = re.compile("[\u3041-\u30ff\u31f0-\u31ff\uff66-\uff9f]")


def N_(text: str) -> str:  # noqa: N802  (gettext's usual name, which extractors know)
    """Mark a text to be translated where it is used; return it as it is."""
    return text


@cache
def translator(language: str) -> Translate:
    """Return what turns an English msgid into `language`; English for languages there is no catalogue for."""
    catalogue = CATALOGUES / language / "LC_MESSAGES" / "nod.po"
    if language not in LANGUAGES or not catalogue.is_file():
        return N_
    with catalogue.open("rb") as source:
        messages = read_po(source, locale=language)
    compiled = io.BytesIO()
    write_mo(compiled, messages)
    compiled.seek(0)
    found = gettext.GNUTranslations(compiled).gettext

    def translate(text: str) -> str:
        return found(text) if text else ""  # gettext answers an empty msgid with the catalogue's header

    return translate


def language_of(goal: str) -> str:
    """Return the language to speak in a Run: `zh` for a Goal in Chinese, else `en`.

    Quoted passages and URLs are material, not the asker's words, and are left aside while anything else remains.
    A Goal is Chinese when at least 30 % of its letters are Han, or 10 % and its first letter is. Text with more
    than one kana to two Han is Japanese, which Nod does not speak: `en`, as for every other language.
    """
    own = _MATERIAL.sub(" ", goal)
    letters = [letter for letter in own if letter.isalpha()] or [letter for letter in goal if letter.isalpha()]
    han = sum(1 for letter in letters if _HAN.match(letter))
    kana = sum(1 for letter in letters if _KANA.match(letter))
    if not han or 2 * kana > han:
        return "en"
    share = han / len(letters)
    return "zh" if share >= _MOSTLY or (share >= _PARTLY and _HAN.match(letters[0])) else "en"


class Phrase:
    """Words of Nod's own within an error or another Phrase: an English pattern, marked with N_, and its fields."""

    def __init__(self, pattern: str, /, **fields: Any) -> None:
        self.pattern = pattern
        self.fields = fields

    def __str__(self) -> str:
        return self.told("en")

    def told(self, language: str) -> str:
        """Return the words in `language`."""
        return _filled(self.pattern, self.fields, language)


def sentence(error: NodError, language: str) -> str:
    """Return an error's sentence in `language`; fields that are errors or words of Nod's own are translated too."""
    return _filled(" ".join((type(error).__doc__ or "").split()), error.fields, language)


def _filled(pattern: str, fields: Mapping[str, Any], language: str) -> str:
    told = {name: _field(value, language) for name, value in fields.items()}
    return translator(language)(pattern).format(**told)


def _field(value: Any, language: str) -> Any:
    match value:
        case NodError():
            return sentence(value, language)
        case Phrase():
            return value.told(language)
        case tuple():
            return listed([str(_field(each, language)) for each in cast("tuple[Any, ...]", value)], language)
        case str():
            return translator(language)(str(value))
        case _:
            return value


def listed(words: list[str], language: str) -> str:
    """Return words as a list in a sentence."""
    return ("、" if language == "zh" else ", ").join(words)


def labelled(label: str, language: str) -> str:
    """Return a label as it stands before its value in one line."""
    return f"{label}：" if language == "zh" else f"{label}: "


def format_time(at: datetime, language: str) -> str:
    """Return a time to the minute, in UTC and saying so: people of one Run may be in several zones."""
    return format_datetime(
        at.astimezone(UTC), _TIME_PATTERNS.get(language, _TIME_PATTERNS["en"]), locale=_locale(language)
    )


def format_time_in(at: datetime, zone: tzinfo, language: str) -> str:
    """Return a time to the minute on the clocks of a zone, with its weekday; the zone's name stands elsewhere."""
    pattern = _ZONED_PATTERNS.get(language, _ZONED_PATTERNS["en"])
    return format_datetime(at.astimezone(zone), pattern, locale=_locale(language))


def format_second_in(at: datetime, zone: tzinfo, language: str) -> str:
    """Return a time as `format_time_in` does, to the second."""
    pattern = _ZONED_PATTERNS.get(language, _ZONED_PATTERNS["en"]).replace("mm", "mm:ss")
    return format_datetime(at.astimezone(zone), pattern, locale=_locale(language))


def format_duration(span: timedelta, language: str) -> str:
    """Return a length of time in one unit, rounded."""
    return format_timedelta(span, threshold=2, locale=_locale(language))


def format_number(number: int, language: str) -> str:
    """Return a whole number with its groups of digits."""
    return format_decimal(number, locale=_locale(language))


def format_share(share: float, language: str) -> str:
    """Return a share, 0 to 1, in percent."""
    return format_percent(share, locale=_locale(language))


def format_cost(usd: float) -> str:
    """Return a sum of US dollars: cents, and up to four places where they matter."""
    if 0 < usd < _LEAST_COST:
        return f"< ${_LEAST_COST}"
    return "$" + format_decimal(usd, "#,##0.00##", locale="en")


def _locale(language: str) -> str:
    return language if language in LANGUAGES else "en"
