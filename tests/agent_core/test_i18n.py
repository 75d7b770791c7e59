"""Every word people see is there in their language."""

import ast
import re
import string
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from babel.messages.catalog import Catalog
from babel.messages.extract import extract_from_dir
from babel.messages.pofile import read_po

from agent_core.domain import RunStatus
from agent_core.errors import EditRefused, GoalRefused, RunOver
from agent_core.i18n import (
    CATALOGUES,
    format_cost,
    format_duration,
    format_number,
    format_share,
    format_time,
    labelled,
    language_of,
    listed,
    sentence,
    translator,
)
from agent_core.plan_check import PlanSizeWrong

ROOT = Path(__file__).parents[2]
PACKAGES = ("agent_core", "adapters", "bot", "storage")
KEYWORDS = {"_": None, "N_": None}
METHODS = [("**.py", "python"), ("**.html", "jinja2.ext:babel_extract")]


def catalogue(language: str = "zh") -> Catalog:
    with (CATALOGUES / language / "LC_MESSAGES" / "nod.po").open("rb") as source:
        return read_po(source, locale=language, abort_invalid=True)


def extracted(package: str) -> set[str]:
    """Return the msgids marked in a package's code and templates."""
    return {
        msgid
        for _file, _line, msgid, _comments, _context in extract_from_dir(ROOT / package, METHODS, keywords=KEYWORDS)
        if isinstance(msgid, str)
    }


def sentences() -> set[str]:
    """Return the sentence of every NodError, read from the code without importing it."""
    trees = [ast.parse(path.read_text()) for package in PACKAGES for path in (ROOT / package).rglob("*.py")]
    classes = [node for tree in trees for node in ast.walk(tree) if isinstance(node, ast.ClassDef)]
    errors = {"NodError"}
    while True:
        found = {
            each.name for each in classes if errors & {base.id for base in each.bases if isinstance(base, ast.Name)}
        }
        if found <= errors:
            break
        errors |= found
    return {" ".join((ast.get_docstring(each) or "").split()) for each in classes if each.name in errors} - {""}


def placeholders(text: str) -> list[str]:
    return sorted(name for _text, name, _spec, _conversion in string.Formatter().parse(text) if name is not None)


def untranslated(msgids: set[str]) -> Iterator[str]:
    messages = catalogue()
    for msgid in sorted(msgids):
        message = messages.get(msgid)
        if message is None or not message.string or message.fuzzy:
            yield msgid


def test_the_core_s_words_are_in_chinese():
    assert list(untranslated(extracted("agent_core"))) == []


def test_the_sentences_of_errors_are_in_chinese():
    assert list(untranslated(sentences())) == []


@pytest.mark.parametrize("package", ["adapters", "bot", "storage"])
def test_the_words_around_the_core_are_in_chinese(package):
    assert list(untranslated(extracted(package))) == []


def test_translations_have_the_placeholders_of_their_originals():
    wrong = [each.id for each in catalogue() if each.id and placeholders(each.id) != placeholders(str(each.string))]
    assert wrong == []


def chinese(text: str) -> str:
    """A translation without what is none: code and addresses, and placeholders as if they were a Chinese word."""
    bare = re.sub(r"`[^`]*`|https?://[!-~]*", "", text)
    return "".join(before + ("字" if name is not None else "") for before, name, *_ in string.Formatter().parse(bare))


def test_chinese_says_one_you_and_has_its_own_punctuation():
    told = {str(each.id): chinese(str(each.string)) for each in catalogue() if each.id}
    assert [msgid for msgid, text in told.items() if "您" in text] == []
    beside_han = re.compile(
        r"[\u4e00-\u9fff”’）】》」][:;,?!]|[:;,?!] ?[\u4e00-\u9fff“‘（【《「]|\([^()]*[\u4e00-\u9fff]"
    )
    assert {msgid: text for msgid, text in told.items() if beside_han.search(text)} == {}


def test_nothing_is_translated_that_nobody_says():
    used = sentences().union(*(extracted(package) for package in PACKAGES))
    assert sorted(str(each.id) for each in catalogue() if each.id and each.id not in used) == []
    assert list(catalogue().obsolete) == []


def test_unknown_languages_are_spoken_to_in_english():
    assert translator("tlh")("Approve") == "Approve"
    assert translator("../zh")("Approve") == "Approve"
    assert translator("en")("Approve") == "Approve"
    assert translator("zh")("Approve") == "批准"


def test_an_empty_text_stays_empty_and_an_unknown_one_stays_itself():
    assert translator("zh")("") == ""
    assert translator("zh")("nothing anyone wrote") == "nothing anyone wrote"


@pytest.mark.parametrize(
    ("goal", "language"),
    [
        ("write a blog about AI", "en"),
        ("写一篇关于人工智能的博客文章", "zh"),
        ("帮我用 Python 写一个脚本", "zh"),
        ("用 JavaScript 写一个 TypeScript compiler", "zh"),
        ("Python 写一个爬虫", "zh"),
        ("總結這份報告", "zh"),
        ("https://example.com/a/very/long/path/to/an/article 总结一下", "zh"),
        ("Explain the meaning of 道 to beginners", "en"),
        ("Translate “你好，世界，今天天气很好” into English", "en"),
        ('把 "The quick brown fox jumps over the lazy dog" 翻译成中文', "zh"),
        ("人工知能についてのブログ記事を書いてください", "en"),
        ("翻译「こんにちは、おはようございます」", "zh"),
        ("인공지능에 대한 블로그 글을 써 줘", "en"),
        ("اكتب مقالا عن الذكاء الاصطناعي", "en"),
        ("《三体》", "zh"),
        ("🚀🚀🚀", "en"),
        ("", "en"),
    ],
)
def test_the_goal_decides_the_language(goal, language):
    assert language_of(goal) == language


def test_an_error_is_told_in_the_person_s_language():
    error = RunOver(run_id="r1", status=RunStatus.FINISHED)
    assert sentence(error, "en") == str(error)
    assert sentence(error, "zh") == "运行 r1 已经结束（已完成）；请写一个新目标，或在它的讨论串里回复以继续。"


def test_an_error_within_an_error_is_told_in_the_same_language():
    error = EditRefused(reason=PlanSizeWrong(count=13, most=12))
    assert sentence(error, "en") == str(error)
    assert sentence(error, "zh") == "无法采用这次修改：计划有 13 个子任务；请改成 1 到 12 个。"


def test_what_a_person_wrote_is_not_taken_for_a_pattern():
    assert "{this}" in sentence(GoalRefused(reason="It has {this} in it."), "zh")


def test_times_say_their_zone():
    at = datetime(2026, 3, 4, 9, 5, tzinfo=UTC)
    assert format_time(at, "en") == "4 Mar 2026, 09:05 UTC"
    assert format_time(at, "zh") == "2026年3月4日 09:05 UTC"


def test_numbers_and_sums():
    assert format_duration(timedelta(minutes=5), "en") == "5 minutes"
    assert format_duration(timedelta(minutes=5), "zh") == "5分钟"
    assert format_number(1234567, "en") == "1,234,567"
    assert format_share(0.75, "en") == "75%"
    assert [format_cost(usd) for usd in (0, 0.00001, 0.0123, 1.5, 1234.5)] == [
        "$0.00",
        "< $0.0001",
        "$0.0123",
        "$1.50",
        "$1,234.50",
    ]
    assert listed(["a", "b"], "en") == "a, b"
    assert listed(["a", "b"], "zh") == "a、b"
    assert (labelled("Goal", "en"), labelled("目标", "zh")) == ("Goal: ", "目标：")
