"""Runs in every condition, for pages to show: plans and steps in English and Chinese, long, hostile, over."""

from datetime import UTC, datetime, timedelta

from agent_core.cards import Button, Card, CardKind, Fact, Field, Form, Item, Mark, Section, Tone, Verb
from agent_core.domain import (
    Actor,
    Choice,
    Criterion,
    Decision,
    FileRef,
    Judgement,
    Observation,
    Origin,
    Outcome,
    Plan,
    Policy,
    Preview,
    Risk,
    Subtask,
    ToolCall,
    Topic,
    Usage,
    Verdict,
)
from agent_core.journal import events as e
from agent_core.journal.fold import fold
from agent_core.journal.records import Entry
from agent_core.rules import settled
from agent_core.tools.diffs import diff
from tests.adapters.web.fake_service import Shown
from tests.agent_core.journals import keeping

ADA = Actor("nod", "ada", "Ada Lovelace")
BEGUN = datetime(2026, 11, 22, 9, 0, tzinfo=UTC)
HOSTILE = '<script>alert(1)</script><img src=x onerror="alert(2)">'
DIFF = """--- a/blog.md
+++ b/blog.md
@@ -1,3 +1,5 @@
 # What machines can learn
-Nothing yet.
+Machines learn from examples.
+
+They do not understand them the way people do, and that matters when we trust them.
 The end.
"""
BLOG = """# What machines can learn

Machines learn from **examples**. A [survey](https://example.org/survey) lists where that works:

| Field | Since |
|---|---|
| Sight | 2012 |
| Speech | 2016 |

1. Look
2. Listen

> Nobody asked the machine.

```python
print("hello")
```
"""

PLAN = Plan(
    (
        Subtask(
            "t1",
            "Gather what is known",
            "Read the notes in the workspace and list five facts worth telling.",
            (Criterion("notes.md lists five facts"),),
        ),
        Subtask(
            "t2",
            "Write the blog",
            "Write about 600 words for readers without a technical background.",
            (
                Criterion("blog.md exists"),
                Criterion("blog.md has at least 500 words"),
            ),
            ("t1",),
        ),
        Subtask(
            "t3",
            "Check it",
            "Read it again and mend what is unclear.",
            (Criterion("No fact is without its source"),),
            ("t2",),
        ),
    )
)
CHINESE_PLAN = Plan(
    (
        Subtask("t1", "收集资料", "阅读工作区里的笔记,列出五条值得讲的事实。", (Criterion("notes.md 列出五条事实"),)),
        Subtask("t2", "撰写文章", "面向没有技术背景的读者,写约六百字。", (Criterion("blog.md 不少于五百字"),), ("t1",)),
    )
)


def run(run_id, goal, *events, minutes_ago=5, language="en", rehearsal=False, begun=None, **more):
    """Fold events after the Goal's into a state, a second apart."""
    at = begun or datetime.now(UTC) - timedelta(minutes=minutes_ago)
    submitted = e.GoalSubmitted(goal, Origin("web"), ADA, Policy(), language, run_id, rehearsal=rehearsal, **more)
    entries = [
        Entry(run_id, seq, at + timedelta(seconds=seq), "0" * 64, event)
        for seq, event in enumerate([submitted, *events], 1)
    ]
    return settled(fold(entries), at + timedelta(minutes=1))


def step(step_id, subtask, tool, arguments, *, turn=1, risk=Risk.WRITE, why="", preview=""):
    return e.StepProposed(step_id, subtask, turn, ToolCall.of(tool, arguments), risk, why, Preview(preview))


def approved(proposed):
    return e.StepDecided(proposed.step_id, Decision(Outcome.APPROVED, proposed.call.digest, ADA, "web"))


def finished(proposed, text, *files):
    return (
        approved(proposed),
        e.StepStarted(proposed.step_id, proposed.call.digest, "decision"),
        e.StepFinished(proposed.step_id, Observation(text, files=files)),
    )


CALLED = e.ModelCalled("turn", Usage("gpt-x", 4211, 812, cost=0.0312))
ACCEPTED = (
    e.PlanProposed(1, PLAN, "Facts first, then the writing, then a second look."),
    CALLED,
    e.PlanDecided(1, Decision(Outcome.APPROVED, PLAN.digest, ADA, "web")),
)
READ = step("s1", "t1", "read_file", {"path": "notes/brief.md"}, risk=Risk.READ, why="The brief says what matters.")
NOTES = step(
    "s2",
    "t1",
    "write_file",
    {"path": "notes.md", "content": "- Five facts\n"},
    turn=2,
    why="So that the writing has a base.",
)
DRAFT = step(
    "s3",
    "t2",
    "write_file",
    {"path": "blog.md", "content": BLOG},
    why="A first whole draft, to be read by people.",
    preview=DIFF,
)
JUDGED = e.SubtaskJudged(
    "t1", Verdict((Judgement("notes.md lists five facts", True, ("s2",), "five bullets", True),), 1.0)
)
WORKING = (
    *ACCEPTED,
    READ,
    *finished(READ, "# Brief\n\nWrite for people who have never programmed."),
    NOTES,
    *finished(NOTES, "Wrote notes.md.", FileRef("notes.md", "a" * 64, 13)),
    e.SubtaskReported("t1", 3, "Five facts are in notes.md."),
    JUDGED,
)


def planned():
    return Shown(
        run(
            "plan01",
            "Write a blog about AI for people who have never programmed",
            e.PlanProposed(1, PLAN, "Facts first, then the writing, then a second look."),
            CALLED,
            minutes_ago=2,
        )
    )


def asking():
    state = run("asking1", "Write a blog about AI for people who have never programmed", *WORKING, DRAFT, minutes_ago=9)
    return Shown(state, files={"notes.md": b"- Five facts\n", "notes/brief.md": b"# Brief\n"})


def new_file(content=BLOG):
    """A new file waits to be written."""
    draft = step(
        "s3", "t2", "write_file", {"path": "blog.md", "content": content}, preview=diff("blog.md", None, content)
    )
    return Shown(run("new0001", "Write a blog about AI", *WORKING, draft))


def recurring(run_id, language):
    """A schedule waits to be kept."""
    return Shown(run(run_id, "Tidy up every week", *ACCEPTED, keeping(language, "t1"), language=language))


def chinese():
    state = run(
        "zhong01",
        "写一篇关于人工智能的博客文章,面向没有编程经验的读者",
        e.PlanProposed(1, CHINESE_PLAN, "先收集事实,再动笔。"),
        language="zh",
        rehearsal=True,
        minutes_ago=20,
    )
    return Shown(state)


def questioned():
    return Shown(
        run(
            "asks001",
            "Do the thing from last week",
            e.QuestionAsked("q1", Topic.CLARIFY, "Which thing do you mean: the newsletter, or the price list?"),
            minutes_ago=40,
        )
    )


def finished_run():
    more = finished(DRAFT, "Wrote blog.md.", FileRef("blog.md", "b" * 64, len(BLOG)))
    state = run(
        "done001",
        "Write a blog about AI",
        *WORKING,
        DRAFT,
        *more,
        e.FeedbackGiven(ADA, "Keep it friendly, please."),
        e.RunFinished(BLOG, (FileRef("blog.md", "b" * 64, len(BLOG)), FileRef("notes.md", "a" * 64, 13))),
        minutes_ago=200,
    )
    return Shown(state, files={"blog.md": BLOG.encode(), "notes.md": b"- Five facts\n"})


def failed():
    rejected = e.StepDecided("s1", Decision(Outcome.REJECTED, READ.call.digest, ADA, "web", "That file is private."))
    return Shown(
        run(
            "failed1",
            "Summarise the private notes",
            *ACCEPTED,
            READ,
            rejected,
            e.RunFailed("**Not done**\n\n- Gather what is known"),
            minutes_ago=3000,
        )
    )


def stopped():
    return Shown(run("stopped", "أرسل الرسالة إلى الجميع", e.RunStopped(ADA), minutes_ago=9000))


def hostile():
    """A run in which everything that can be written was written by somebody who means harm."""
    cards = (
        Card("goal", CardKind.GOAL, Tone.QUIET, f"{HOSTILE} asked", HOSTILE, sections=(Section(HOSTILE, HOSTILE),)),
        Card(
            "step:bad",
            CardKind.STEP,
            Tone.ASKING,
            HOSTILE,
            HOSTILE,
            sections=(
                Section("path", "safe\u202egpj.exe\u200b and \ud83d", Form.PLAIN),
                Section(
                    "markdown",
                    f"{HOSTILE}\n\n[x](javascript:alert(3)) ![y](https://evil.example/p.png)\n\n"
                    "<a href='https://ok.example' onclick='alert(4)'>k</a>",
                    Form.MARKDOWN,
                ),
                Section("diff", f"@@ -1 +1 @@\n-{HOSTILE}\n+{HOSTILE}\n", Form.DIFF),
                Section("code", HOSTILE, Form.CODE, folded=True),
            ),
            facts=(Fact(HOSTILE, HOSTILE),),
            items=(Item(HOSTILE, Mark.FAILED, HOSTILE, HOSTILE, (HOSTILE,), HOSTILE),),
            buttons=(
                Button(Verb.APPROVE, HOSTILE),
                Button(Verb.EDIT, "Edit"),
                Button(Verb.REJECT, "Reject", needs_text=True),
            ),
            fields=(
                Field(f'"{HOSTILE}', f'"{HOSTILE}', is_text=True, multiline=False),
                Field("content", f"</textarea>{HOSTILE}", is_text=True, multiline=True),
            ),
            digest='"><script>',
            footer=HOSTILE,
            rehearsal=HOSTILE,
            files=(f"{HOSTILE}/../x.md",),
            at='"><script>alert(5)</script>',
        ),
    )
    state = run("hostile", HOSTILE, minutes_ago=400)
    return Shown(
        state,
        cards,
        files={
            f"{HOSTILE}.md": f"# {HOSTILE}\n\n[x](javascript:alert(3))".encode(),
            "page.html": HOSTILE.encode(),
            "evil.svg": b"<svg onload=alert(1)>",
        },
    )


def uncertain():
    send = step(
        "s9",
        "t1",
        "send_mail",
        {"to": ["all@example.org"], "urgent": True, "text": "Dear all,\n\n" + "A line of a long letter.\n" * 60},
        risk=Risk.SEND,
    )
    events = (*ACCEPTED, send, approved(send), e.StepStarted("s9", send.call.digest, "decision"), e.StepUncertain("s9"))
    return Shown(run("unsure1", "Send the invitation to everybody", *events, minutes_ago=60))


def stuck():
    events = (
        *ACCEPTED,
        e.QuestionAsked("q2", Topic.MODEL, "The language model gpt-x did not answer: the connection was refused."),
        e.QuestionAnswered("q2", Choice.AGAIN, ADA, "web"),
        e.QuestionAsked("q3", Topic.MODEL, "The language model gpt-x did not answer: it took longer than 120 seconds."),
        e.RunPaused(ADA),
    )
    return Shown(run("stuck01", "Explain our price list to a new colleague and make it short", *events, minutes_ago=90))


def every():
    return (
        planned(),
        asking(),
        chinese(),
        recurring("recurs1", "en"),
        recurring("recurs2", "zh"),
        questioned(),
        uncertain(),
        stuck(),
        finished_run(),
        hostile(),
        failed(),
        stopped(),
    )
