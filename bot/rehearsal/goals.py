"""What a Goal is after: its kind, its topic and the file it should end in. Pure, by the Goal's words alone."""

import re
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass, replace
from enum import StrEnum

from agent_core.tools.paths import is_checked
from bot.rehearsal.reading import Briefing

TOPIC_LENGTH = 60  # characters: it stands in headings
MOST_WORDS = 3000  # asked of a draft, whatever the Goal says
_LOOKED_AT = 2000  # characters of a Goal: what it is after stands near its start
_LONGEST_EMPTY = 12  # characters of Chinese that can still say nothing
_TEXT_FILES = ("md", "markdown", "txt", "rst", "adoc")
_CODE_FILES = ("py", "js")
_FILE_ENDINGS = (
    *_TEXT_FILES,
    *_CODE_FILES,
    *("mjs", "ts", "sh", "go", "rs", "java", "c", "h", "cpp", "rb", "html", "css", "csv", "tsv", "json", "yaml", "yml"),
    *("toml", "xml", "sql", "pdf", "docx", "doc", "pptx", "xlsx", "log", "ini", "tex", "eml"),
)
_ENDING = "|".join(sorted(_FILE_ENDINGS, key=len, reverse=True))
FILE_NAME = re.compile(
    rf"(?:(?<=[\s“\"'「『`（(])|\A)[\w./-]*\w\.(?:{_ENDING})(?!\w)|(?<![A-Za-z0-9_./-])[A-Za-z0-9_][A-Za-z0-9_./-]*\.(?:{_ENDING})(?![A-Za-z0-9])"
)


class Kind(StrEnum):
    """What sort of work a Goal asks for."""

    WRITE = "write"  #: a text for readers
    SUMMARISE = "summarise"
    TRANSLATE = "translate"
    ANSWER = "answer"  #: a question
    RESEARCH = "research"
    CODE = "code"
    OTHER = "other"  #: something else, small
    UNCLEAR = "unclear"  #: nobody could tell what is wanted


@dataclass(frozen=True, slots=True)
class Aim:
    """What a Goal is after. `noun` names the sort of text (blog, email …); `path` is the file it ends in.

    `sources` are the files it is to be made from. `words` is the length it names, 0 for none.
    """

    kind: Kind
    topic: str
    noun: str
    path: str
    words: int
    sources: tuple[str, ...]


# sorts of text: noun, the file it is written to, and the words for it
_NOUNS = (
    ("weekly", "weekly-report.md", r"\b(?:weekly|status|monthly|daily) (?:report|update|summary)\b|[周月日]报"),
    ("blog", "blog.md", r"\bblogs?(?:[ -]?posts?)?\b|博客(?:文章)?|博文"),
    ("email", "email.md", r"\be-?mails?\b|邮件|电邮"),
    ("letter", "letter.md", r"\bletters?\b|(?:一封|感谢|推荐)信"),
    ("report", "report.md", r"\breports?\b|报告"),
    ("article", "article.md", r"\b(?:articles?|essays?|columns?)\b|文章|短文|作文|论文|稿件"),
    (
        "post",
        "post.md",
        r"\b(?:posts?|tweets?|announcements?|newsletters?|press releases?)\b|帖子|推文|公告|通知|新闻稿",
    ),
    ("guide", "guide.md", r"\b(?:guides?|tutorials?|how-?tos?|documentation|docs|readme|manual)\b|指南|教程|手册|文档"),
    ("story", "story.md", r"\b(?:stor(?:y|ies)|poems?|speech(?:es)?|songs?)\b|故事|诗歌?|演讲稿?|小说"),
    ("proposal", "proposal.md", r"\b(?:proposals?|plans?|agendas?|briefs?|memos?)\b|提案|方案|计划|议程"),
)
_POLITE = re.compile(
    r"\A(?:\s|(?:please|pls|kindly|hi|hello|hey|nod|(?:can|could|would|will) you|i(?:'d| would) like you to"
    r"|i (?:want|need) you to|help me(?: to)?)\b|[,，!！.。:：]|你好|您好|请问|请|麻烦|[你您]?能不能|[你您]?可以"
    r"|[你您]能|帮我|给我|替我|我想让?你?|我要)+",
    re.IGNORECASE,
)
_ASKS = re.compile(
    r"\A(?:what|who|whom|whose|why|when|where|which|how|is|are|was|were|does|do|did|can|could|should|would|will|has|have)\b"
    r"(?!\s+(?:it|this|that|something|anything)\s*[.!?]*\Z)"
    r"|\A(?:什么|为什么|为何|怎么|怎样|如何|谁|哪|何时|几|多少|是否|有没有|介绍一下)",
    re.IGNORECASE,
)
_QUESTION_END = re.compile(r"(?:[?？]|是什么|[吗呢]|为什么)\s*[。.!！]*\Z")
_VERBS = (
    (Kind.SUMMARISE, r"\bsummari[sz]e\b|\b(?:sum up|tl;?dr|condense)\b|\bsummary of\b|总结|摘要|概括|归纳|概述"),
    (Kind.TRANSLATE, r"\btranslat(?:e|ion)\b|翻译|译[成为]"),
    (Kind.RESEARCH, r"\b(?:research|investigate|look into|compare|survey|find out)\b|调研|研究|调查|比较|对比"),
    (Kind.WRITE, r"\b(?:write|draft|compose|prepare|create|make|author)\b|撰写|起草|编写|写|草拟|做一[份个篇]|生成"),
    (Kind.CODE, r"\b(?:implement|code|program|script|refactor)\b|编程|实现"),
)  # fmt: skip
_CODE_NOUNS = re.compile(
    r"\b(?:code|program|function|script|class|algorithm|unit tests?|regex|cli|app|api)\b"
    r"|代码|函数|脚本|程序|算法|单元测试|正则",
    re.IGNORECASE,
)
_EMPTY_WORDS = frozenset(
    "do it this that help me please pls go start ok okay yes no hi hello hey test something anything stuff thing things"  # noqa: SIM905
    " the a an now just nod you can make work run continue more again thanks thank".split()
)
_EMPTY_CHINESE = re.compile(
    r"(?:帮忙|帮我|帮助|救命|开始|做吧?|干活|你好|您好|在吗|好的?|测试|一下|吧|请|继续|随便|搞定|来|弄|这个|那个|它)+"
)
_ABOUT = (
    re.compile(r"\b(?:about|regarding|concerning|on|covering|entitled|titled)\b\s+(.+)", re.IGNORECASE),
    re.compile(r"\b(?:of|for|that|which|to)\b\s+(.+)", re.IGNORECASE),
)
_ABOUT_CHINESE = re.compile(r"(?:关于|有关|围绕|说明|介绍)\s*(.+)")
_OF_CHINESE = re.compile(
    r"的(?=[^的]*(?:博客|博文|文章|报告|邮件|信|[周月日]报|帖子|代码|函数|脚本|程序|故事|诗|指南|教程|方案|计划|调研|翻译|总结))"
)
_VERB_FIRST = re.compile(rf"\A(?:{'|'.join(words for _, words in _VERBS)})(?:一下)?\s*", re.IGNORECASE)
_ARTICLES = re.compile(r"\A(?:(?:(?:an?|the|some)\b|一[篇个份段封下首则]|这[篇个份段]?)\s*)+", re.IGNORECASE)
_TOPIC_END = re.compile(
    r"[,，。;；.!！?？](?:\s|\Z)|[，。；！？]|\s+(?:in|with|and save|save)\s+(?=\d|`|it\b|[\w-]+\.\w+)", re.IGNORECASE
)
_LENGTH = re.compile(r"(\d{2,5})\s*[- ]?\s*(?:words?\b|个?字|个?词|字)", re.IGNORECASE)
_AT_MOST = re.compile(
    r"\b(?:under|below|at most|up to|max(?:imum)?|fewer|less|no more)\b|不超过|以内|之内|最多|至多|少于", re.IGNORECASE
)


_OF_KIND = {Kind.SUMMARISE: "summary.md", Kind.TRANSLATE: "translation.md", Kind.RESEARCH: "report.md"}

_ON_THE_WAY = ("outline.md", "points.md", "background.md", "examples.md")  # what a Run ends in is another file


def aim_of(run: Briefing) -> Aim:
    """Return what a Run's Goal is after, with people's answers to the clarifying question taken as part of it."""
    goal = _one_line(run.goal)[:_LOOKED_AT]
    kind = kind_of(goal)
    if run.answers and kind is Kind.UNCLEAR:
        # they were asked once; whatever they said is planned
        goal = _one_line(" ".join(run.answers))[:_LOOKED_AT]
        kind = kind_of(goal)
        kind = Kind.OTHER if kind is Kind.UNCLEAR else kind
    if run.attachments and kind is Kind.UNCLEAR:
        kind = Kind.SUMMARISE
    noun, path = _noun(goal)
    if run.known and kind is Kind.WRITE and not noun:
        kind = Kind.OTHER  # "make it shorter": there is something to go on with
    path = _path(kind, goal, path, run)
    sources = run.attachments or tuple(name for name in files_named(goal) if name != path)
    return Aim(kind, topic_of(goal, kind), noun, path, _words(goal), sources)


def planned_aim(run: Briefing) -> Aim:
    """Return what a Run's Goal is after once it must be planned: what is still unclear is taken as it stands."""
    aim = aim_of(run)
    return replace(aim, kind=Kind.OTHER) if aim.kind is Kind.UNCLEAR else aim


def kind_of(goal: str) -> Kind:
    """Return what sort of work a Goal asks for."""
    plain = _POLITE.sub("", goal)
    if _says_nothing(plain) and _says_nothing(goal):
        return Kind.UNCLEAR
    if _ASKS.search(plain):
        return Kind.ANSWER
    found = [(match.start(), at, kind) for at, (kind, words) in enumerate(_VERBS) if (match := _search(words, plain))]
    if not found:
        if _QUESTION_END.search(plain):
            return Kind.ANSWER
        if _noun(plain)[0]:
            return Kind.WRITE
        return Kind.CODE if _CODE_NOUNS.search(plain) else Kind.OTHER
    kind = min(found)[2]
    return _of_writing(plain) if kind in (Kind.WRITE, Kind.CODE) else kind


def topic_of(goal: str, kind: Kind) -> str:
    """Return what a Goal is about, in at most 60 characters: what follows "about", else what its verb leaves.

    Of a question and of what is none of the known kinds, that is all of it.
    """
    plain = _POLITE.sub("", goal).strip()
    topic = _ARTICLES.sub("", _VERB_FIRST.sub("", plain))
    if kind in (Kind.ANSWER, Kind.OTHER):
        return _shortened(plain or goal)
    if kind in (Kind.WRITE, Kind.CODE, Kind.RESEARCH):
        loosely = kind is not Kind.RESEARCH
        if found := _ABOUT_CHINESE.search(plain):
            topic = _OF_CHINESE.split(found[1])[0]
        elif found := _ABOUT[0].search(plain) or (loosely and _ABOUT[1].search(plain)):
            topic = found[1]
    topic = _TOPIC_END.split(topic.strip())[0].strip(" \"'“”‘’「」《》.,:：，。!?！？`*_#>")
    return _shortened(topic or plain or goal)


def files_named(text: str) -> tuple[str, ...]:
    """Return the file names in a text that can be files of a workspace, in order, each once."""
    return tuple(dict.fromkeys(name for name in _file_names(text) if is_checked(name)))


def quoted(text: str, share: int = 300) -> str:
    """Return a person's words on one line between “ and ”, which stand nowhere inside."""
    line = _one_line(text).replace("“", '"').replace("”", '"')
    return f"“{line if len(line) <= share else line[:share] + '…'}”"


def _file_names(text: str) -> Iterator[str]:
    yield from (found[0].removeprefix("./") for found in FILE_NAME.finditer(text))


def _one_line(text: str) -> str:
    shown = "".join(" " if unicodedata.category(character) in {"Cc", "Zl", "Zp"} else character for character in text)
    return " ".join(shown.split())


def _shortened(text: str) -> str:
    return text if len(text) <= TOPIC_LENGTH else text[:TOPIC_LENGTH].rstrip() + "…"


def _search(words: str, text: str) -> re.Match[str] | None:
    return re.search(words, text, re.IGNORECASE)


def _says_nothing(goal: str) -> bool:
    letters = [character for character in goal if character.isalnum()]
    words = re.findall(r"[^\W_]+", goal.lower())
    if len(letters) <= 1 or all(word in _EMPTY_WORDS for word in words):
        return True
    return len(letters) <= _LONGEST_EMPTY and _EMPTY_CHINESE.fullmatch("".join(letters)) is not None


def _of_writing(goal: str) -> Kind:
    """Tell code from text by the head noun: the first one in English, the last one in Chinese."""
    texts = [match.span() for _, _, words in _NOUNS for match in re.finditer(words, goal, re.IGNORECASE)]
    codes = [match.span() for match in _CODE_NOUNS.finditer(goal)]
    for kind, words in _VERBS[:2]:
        if not texts and not codes and _search(words, goal):
            return kind
    if not codes:
        return Kind.WRITE if texts or _search(_VERBS[3][1], goal) else Kind.CODE
    if not texts:
        return Kind.CODE
    if re.search(r"[\u4e00-\u9fff]", goal):
        return Kind.CODE if max(codes) > max(texts) else Kind.WRITE
    return Kind.CODE if min(codes) < min(texts) else Kind.WRITE


def _noun(goal: str) -> tuple[str, str]:
    found = [
        (match.span(), noun, path) for noun, path, words in _NOUNS for match in re.finditer(words, goal, re.IGNORECASE)
    ]
    if not found:
        return "", ""
    chinese = re.search(r"[\u4e00-\u9fff]", goal)
    # the head noun ends a Chinese phrase; of two that end together, the longer says more
    _, noun, path = max(found, key=lambda each: (each[0][1], -each[0][0])) if chinese else min(found)
    return noun, path


def _path(kind: Kind, goal: str, path: str, run: Briefing) -> str:
    """Return the file a Goal ends in: the one it names if that can be written, else one named for the sort of text."""
    named = files_named(_without(goal, run.attachments))
    endings = _CODE_FILES if kind is Kind.CODE else _TEXT_FILES
    fitting = [name for name in named if name.rpartition(".")[2].lower() in endings]
    if fitting and (kind in (Kind.WRITE, Kind.CODE, Kind.OTHER) or len(named) > 1 or run.attachments):
        return fitting[-1]
    if kind is Kind.CODE:
        return "solution.js" if re.search(r"javascript|node\.?js|\bjs\b", goal, re.IGNORECASE) else "solution.py"
    if kind is Kind.OTHER:
        texts = [name for name in files_named(run.known) if name.rpartition(".")[2].lower() in _TEXT_FILES]
        earlier = [name for name in texts if name not in _ON_THE_WAY] or texts
        return earlier[-1] if earlier else "notes.md"
    return _OF_KIND.get(kind) or path or "text.md"


def _without(goal: str, names: tuple[str, ...]) -> str:
    """Return the Goal without the names of attached files, of which a part may look like another file's."""
    for name in sorted(names, key=len, reverse=True):
        goal = goal.replace(name, " ")
    return goal


def _words(goal: str) -> int:
    found = _LENGTH.search(goal)
    if not found or _AT_MOST.search(goal):
        return 0
    return min(int(found[1]), MOST_WORDS)
