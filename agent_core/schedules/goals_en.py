"""Whether English words beside a rhythm are a Goal that can be done again and again."""

import re

from agent_core.schedules import phrases_en
from agent_core.schedules.said import Said
from agent_core.schedules.spoken import Spoken

_ASIDE = (
    r"(?:(?:please|kindly|then|just|also|to)\s+|(?:can|could|would|will)\s+you\s+(?:please\s+)?"
    r"|i\s+want\s+you\s+to\s+)*"
)
#: what is done again and again
_ROUTINE = """
alert analyse analyze announce archive ask assess audit back backup bring build bump calculate call catch categorise
categorize check choose clean clear close collate collect compare compile compute count crawl create curate delete
deploy digest do download dump email evaluate examine export extract fetch file find flag follow forecast forward
gather generate get give go greet identify import index inspect label list log look mail make measure message
monitor move notify nudge open organise organize pick ping plan plot poke poll post prepare produce prune publish
pull purge push query rank rate read rebuild recap reconcile record refresh regenerate release remind remove renew
report rerun reset restart retry review rotate run save scan scrape search select send share show sort start stop
submit summarise summarize sync synchronise synchronize tag take tally tell test tidy track triage tweet update
upload validate
accept apply approve assign block charge close congratulate dm feed fill fix format greet invite invoice lint merge
onboard order pay process propose rebase reply report respond restock resolve reward settle text thank trade transfer
turn unblock water welcome verify wake watch
"""
#: what is usually done once, and may speak of things that happen every day
_WRITING = (
    "write draft compose translate edit rewrite design develop invent sketch paint imagine outline brainstorm code"
)
_EXPLAINING = (
    "explain describe define discuss why how what who when where which is are was were do does did has have should "
    "can could would will may might must whose illustrate prove"
)
_PEOPLE = (
    "i we you he she they it there this that these those my our your his her their its people everyone everybody "
    "someone somebody nobody many most some all no who which of is are was were has have had does did will would can "
    "could should must may might not never always life"
)
_CLAUSE = re.compile(r"\b(?:about|who|whose|that|which|where|when|why|how|what|because|if)\b", re.IGNORECASE)
_REASON = re.compile(r"\b(?:why|how)\b", re.IGNORECASE)
_OFTEN = re.compile(r"\b(?:every|each|once|\w+ly|\w+days|weekends)\b", re.IGNORECASE)
_ADJECTIVE = re.compile(r"\b\w+ly\s*$", re.IGNORECASE)  # "weekly report": what comes after is no verb
_NOUN = """
backup brief check digest export forecast list log note plan post recap release report review scan summary test update
"""
_NOUNS = frozenset(_NOUN.split())
_RELATIVE = re.compile(r"\b(?:i|we|you|they|he|she|it|that|which|who)\s+\w+\s*$", re.IGNORECASE)  # "the talk we have"
_BEFORE = re.compile(
    r"(?:^|[\s(\"“‘'])(?:about|for|of|with|like|than|per|to|in|into|as|by|that|because|not|and|or|between|covering|called"
    r"|named|titled|before|after|until|till|since|within|around|is|are|was|the|a|an|this|these|those|his|her|my|your|our|their|almost|nearly|if|whether|last|next|past|previous)\s*$",
    re.IGNORECASE,
)
_WORD = re.compile(rf"\W*{_ASIDE}(?P<word>[a-z]+)", re.IGNORECASE)
_ROUTINES, _WRITINGS = frozenset(_ROUTINE.split()), frozenset(_WRITING.split())
_EXPLAININGS, _PEOPLES = frozenset(_EXPLAINING.split()), frozenset(_PEOPLE.split())


def begins_goal(said: Said, words: str, after: str) -> bool:
    """Return whether a Goal begins after the words of a rhythm."""
    word = _first_word(after)
    if (
        word in _NOUNS
        and not (said.timed() or said.count)
        and _ADJECTIVE.search(words)
        and not after.lstrip().startswith((",", ":"))
    ):
        return False
    if word in _ROUTINES or word in _WRITINGS or (word in _EXPLAININGS and word not in _PEOPLES):
        return True
    if word in _PEOPLES:
        return False
    if said.once or said.vague or not said.recurring or said.count:
        return False
    return bool(said.times) or after.lstrip().startswith((":", "—", "–"))


def ends_goal(said: Said, words: str, goal: str) -> bool:
    """Return whether what stands before a rhythm is a Goal that the rhythm is for, and not what the Goal is about."""
    word = _first_word(goal)
    if word in _EXPLAININGS or word in _PEOPLES or said.once or _REASON.search(goal) or _RELATIVE.search(goal):
        return False
    if not said.timed() and not said.count and not _OFTEN.search(words):
        return False
    if word in _WRITINGS:
        return bool(said.times) and said.recurring and not _CLAUSE.search(goal)
    if word in _ROUTINES:
        return said.recurring or bool(said.times and said.dated())
    return bool(said.times) and said.recurring


def says_what(words: str, after: str) -> bool:
    """Return whether a verb of what is to be done comes after words of time; "weekly report" has none."""
    word = _first_word(after)
    noun = word in _NOUNS and _ADJECTIVE.search(words) and not words.rstrip(" ").endswith((",", ":"))
    return not noun and (word in _ROUTINES or word in _WRITINGS)


def is_work(goal: str) -> bool:
    """Return whether a Goal is one that is done again and again, and says nothing of what others do."""
    return _first_word(goal) in _ROUTINES and not (_REASON.search(goal) or _RELATIVE.search(goal))


def belongs_to(before: str) -> bool:
    """Return whether the words before a rhythm make it a part of a sentence: "a plan for every day"."""
    return _BEFORE.search(before) is not None


def opening(text: str) -> int:
    """Return where a text begins after words of courtesy."""
    found = re.match(
        r"(?:please|hey|hi|hello|nod|schedule:?|(?:can|could|would)\s+you(?:\s+please)?|[\s,])+(?<!\w)",
        text,
        re.IGNORECASE,
    )
    return found.end() if found else 0


def _first_word(goal: str) -> str:
    found = _WORD.match(goal)
    return found["word"].lower() if found else ""


ENGLISH = Spoken(
    scan=phrases_en.scan,
    starts=phrases_en.starts,
    opening=opening,
    begins_goal=begins_goal,
    ends_goal=ends_goal,
    belongs_to=belongs_to,
    leads=re.compile(
        r"(?:please\s+)?(?:remind|tell|ask|nudge|ping|notify|message|dm|email)\s+"
        r"(?:me|us|everyone|everybody|the\s+\w+|my\s+\w+|[@#<][^\s]+)\s+",
        re.IGNORECASE,
    ),
    follows=re.compile(r"[\s,:]*(?:to|that|about|of)\b", re.IGNORECASE),
    unread=re.compile(
        r"(?:until|till|starting|beginning|and|or|but|except|unless|at|by|before|after|around|between|during|no\s+later"
        r"|not|only|if|when|for\s+(?:the|a|\d+)|of|through|\()(?!\w)",
        re.IGNORECASE,
    ),
    space=" ",
)
