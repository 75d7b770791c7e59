"""Typed text -> Command. Pure. Only exact short phrases decide; everything else is said."""

import re
import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from zoneinfo import ZoneInfo

from agent_core.cards import Verb
from agent_core.domain import PolicyName
from agent_core.schedules.asked import NotASchedule
from agent_core.schedules.hints import sounds_like_rhythm
from agent_core.schedules.phrases import read_schedule


@dataclass(frozen=True, slots=True)
class SubmitGoal:
    """Do what `text` asks."""

    text: str


@dataclass(frozen=True, slots=True)
class Approve:
    """Approve what is asked."""


@dataclass(frozen=True, slots=True)
class Reject:
    """Reject what is asked, for a reason that may be empty."""

    reason: str = ""


@dataclass(frozen=True, slots=True)
class ApproveRest:
    """Approve the rest of this run."""


@dataclass(frozen=True, slots=True)
class Pause:
    """Pause this run."""


@dataclass(frozen=True, slots=True)
class Resume:
    """Resume this run."""


@dataclass(frozen=True, slots=True)
class Stop:
    """Stop a run for good: this one, or the one whose id begins with `run`; the reason may be empty."""

    reason: str = ""
    run: str = ""


@dataclass(frozen=True, slots=True)
class Help:
    """Say what can be typed."""


@dataclass(frozen=True, slots=True)
class ListRuns:
    """List the runs there are."""


@dataclass(frozen=True, slots=True)
class ShowPolicy:
    """Say which policy this channel has."""


@dataclass(frozen=True, slots=True)
class SetPolicy:
    """Set this channel's policy; None for the one that Nod's settings name."""

    name: PolicyName | None


@dataclass(frozen=True, slots=True)
class ProposeSchedule:
    """Ask people to confirm the Schedule that `text` describes: a rhythm, and the Goal that comes again."""

    text: str


@dataclass(frozen=True, slots=True)
class ListSchedules:
    """List the Schedules of this channel; `page` counts from 1."""

    page: int = 1


@dataclass(frozen=True, slots=True)
class ChangeSchedule:
    """Show, pause, resume, run, edit or remove the Schedule whose id begins so; `text` is what an edit says."""

    verb: Verb
    schedule: str
    text: str = ""


@dataclass(frozen=True, slots=True)
class NotYet:
    """Something that this version of Nod cannot do."""

    name: str


@dataclass(frozen=True, slots=True)
class Say:
    """Tell the run `text`: it steers it, or answers what it asked."""

    text: str


SubWord = Help | ListRuns | Stop | ShowPolicy | SetPolicy | ListSchedules | ChangeSchedule | NotYet
Asking = SubmitGoal | ProposeSchedule  #: what begins a Run
GoalCommand = Asking | SubWord
Reply = Approve | Reject | ApproveRest | Pause | Resume | Stop | Help | Say

_REPLIES: Mapping[Reply, frozenset[str]] = {
    Approve(): frozenset(
        (
            "approve",
            "!approve",
            "approved",
            "yes",
            "!yes",
            "y",
            "ok",
            "okay",
            "👍",
            "✅",
            "同意",
            "批准",
            "通过",
            "可以",
            "好的",
        )
    ),
    Reject(): frozenset(
        (
            "reject",
            "!reject",
            "rejected",
            "no",
            "!no",
            "n",
            "nope",
            "👎",
            "❌",
            "不同意",
            "拒绝",
            "驳回",
            "不行",
            "不可以",
            "不批准",
        )
    ),
    ApproveRest(): frozenset(
        (
            "approve the rest",
            "!approve the rest",
            "!approve rest",
            "⏩",
            "approve rest",
            "approve the rest of this run",
            "approve all",
            "yes to all",
            "全部同意",
            "全部批准",
            "同意全部",
            "批准全部",
            "都同意",
            "其余全部同意",
        )
    ),
    Pause(): frozenset(("pause", "!pause", "/pause", "暂停")),
    Resume(): frozenset(("resume", "!resume", "/resume", "continue", "继续", "恢复")),
    Stop(): frozenset(
        ("stop", "!stop", "/stop", "stop it", "stop this run", "停止", "停", "停下", "停下来", "终止", "🛑")
    ),
    Help(): frozenset(("help", "!help", "/help", "?", "？", "帮助")),
}

_GOALS: Mapping[GoalCommand, frozenset[str]] = {
    Help(): frozenset(("", "help", "?", "帮助")),
    ListRuns(): frozenset(("runs", "list runs", "运行列表", "列表")),
    Stop(): frozenset(("stop", "停止")),
    ShowPolicy(): frozenset(("policy", "策略")),
    ListSchedules(): frozenset(("schedules", "schedule", "list schedules", "定时", "日程", "定时列表", "日程列表")),
    NotYet("memory"): frozenset(("memory", "memories", "记忆")),
}

_SCHEDULE_VERBS: Mapping[str, Verb] = {
    **dict.fromkeys(("show", "查看", "显示"), Verb.SHOW),
    **dict.fromkeys(("pause", "暂停"), Verb.PAUSE),
    **dict.fromkeys(("resume", "恢复", "继续"), Verb.RESUME),
    **dict.fromkeys(("run", "运行", "执行"), Verb.RUN_NOW),
    **dict.fromkeys(("edit", "修改", "编辑"), Verb.EDIT),
    **dict.fromkeys(("remove", "delete", "删除", "移除"), Verb.REMOVE),
}

_POLICIES: Mapping[str, PolicyName | None] = {
    **{name.value: name for name in PolicyName},
    "default": None,
    "默认": None,
}

_REASON = (
    # a word, then what sets a reason off from it; "no-one", "No. 5" and "no problem" are none of these
    r"(?:\s*[,，:：;；!！。]\s*|\s*\.\s+(?!\d)|\s+[-–—]+\s+|\s*[—–]+\s*|\s*\n\s*|[,，]?\s+because\s+|\s*因为\s*)(?P<reason>.+)"
)
_REJECTED = re.compile(
    rf"(?:!?reject(?:ed)?|nope|no|n|👎|❌|不同意|拒绝|驳回|不行|不可以|不批准){_REASON}", re.IGNORECASE | re.DOTALL
)
_STOPPED = re.compile(rf"[!/]?(?:stop|停止|终止){_REASON}", re.IGNORECASE | re.DOTALL)
_STOP_RUN = re.compile(r"(?:stop|停止)\s+(?P<run>(?=\D*\d)[0-9a-f]{4,10})", re.IGNORECASE)
_SET_POLICY = re.compile(r"(?:policy|策略)\s+(?P<name>\S+)", re.IGNORECASE)
_SCHEDULE_PAGE = re.compile(r"(?:schedules|定时|日程)\s+(?P<page>\d{1,3})", re.IGNORECASE)
_SCHEDULE = re.compile(
    rf"(?:schedules?|定时|日程)\s+(?P<verb>{'|'.join(_SCHEDULE_VERBS)})\s+(?P<id>[0-9a-f]{{4,10}})(?:\s+(?P<text>.+))?",
    re.IGNORECASE | re.DOTALL,
)
_PROPOSED = re.compile(r"(?:schedule|定时|日程)\s*[:：]?\s*(?P<text>\S.*)", re.IGNORECASE | re.DOTALL)
_RHYTHM_FIRST = re.compile(  # what the Goal of `schedule …` begins with where only a model may know the rhythm
    r"[\"“`「]|(?:every|each|daily|hourly|weekly|monthly|yearly|on|at|twice|once)\b|每|隔", re.IGNORECASE
)
_ANY_TIME = datetime(2026, 1, 1, tzinfo=UTC)  # whether a text is a schedule does not hang on when it is read
_TONES = re.compile("[\ufe0e\ufe0f\U0001f3fb-\U0001f3ff]")  # how an emoji is drawn, and its skin
_EMOJI: Mapping[str, Verb] = {
    "✅": Verb.APPROVE,
    "👍": Verb.APPROVE,
    "❌": Verb.REJECT,
    "👎": Verb.REJECT,
    "⏩": Verb.APPROVE_REST,
    "🛑": Verb.STOP,
}
_BECAUSE = re.compile(r"(?:because(?!\s+of\b)|因为)\s*", re.IGNORECASE)


def parse_goal_command(text: str) -> GoalCommand:
    """Read what follows `/agent`: a sub-word alone, else a Goal. "help" is a sub-word, "help me write" is a Goal."""
    phrase = _phrase(text)
    for command, phrases in _GOALS.items():
        if phrase in phrases:
            return command
    stopped = _STOP_RUN.fullmatch(phrase)
    if stopped:
        return Stop(run=stopped["run"])
    policy = _SET_POLICY.fullmatch(phrase)
    if policy and policy["name"] in _POLICIES:
        return SetPolicy(_POLICIES[policy["name"]])
    return _schedule_command(text.strip()) or SubmitGoal(text.strip())


def asked_for(text: str) -> Asking:
    """Read what is asked where there are no sub-words: a Schedule, or a Goal."""
    command = _schedule_command(text.strip())
    return command if isinstance(command, ProposeSchedule) else SubmitGoal(text.strip())


def _schedule_command(text: str) -> GoalCommand | None:
    """Return what a text says about Schedules, None when that is nothing. "schedule a meeting" is a Goal."""
    page, change, proposed = _SCHEDULE_PAGE.fullmatch(text), _SCHEDULE.fullmatch(text), _PROPOSED.fullmatch(text)
    if page:
        return ListSchedules(max(int(page["page"]), 1))
    if change:
        return ChangeSchedule(_SCHEDULE_VERBS[change["verb"].lower()], change["id"].lower(), change["text"] or "")
    if proposed and (_RHYTHM_FIRST.match(proposed["text"]) or _is_schedule(proposed["text"])):
        return ProposeSchedule(proposed["text"])
    return ProposeSchedule(text) if _is_schedule(text) else None


def _is_schedule(text: str) -> bool:
    """Say whether a text is a Schedule, or meant as one that only a model may read."""
    reading = read_schedule(text, now=_ANY_TIME, zone=ZoneInfo("UTC"))
    return not isinstance(reading, NotASchedule) or sounds_like_rhythm(text)


def parse_reply(text: str) -> Reply:
    """Read a reply in a Run's thread. A sentence that merely contains "yes" decides nothing."""
    phrase = _phrase(text)
    for reply, phrases in _REPLIES.items():
        if phrase in phrases:
            return reply
    whole = _TONES.sub("", text).strip()
    for pattern, kind in ((_REJECTED, Reject), (_STOPPED, Stop)):
        found = pattern.fullmatch(whole)
        if found:
            return kind(_BECAUSE.sub("", found["reason"].strip(), count=1))
    return Say(text.strip())


def verb_of_emoji(emoji: str) -> Verb | None:
    """Return what a reaction stands for, whatever its skin tone; None for all other emoji."""
    return _EMOJI.get(_TONES.sub("", emoji))


def _phrase(text: str) -> str:
    """Return `text` as phrases are compared: one case, one width, one space, no closing punctuation."""
    words = " ".join(unicodedata.normalize("NFKC", _TONES.sub("", text)).casefold().split())
    return words if words in ("?", "") else words.rstrip(".!。~ ") or words
