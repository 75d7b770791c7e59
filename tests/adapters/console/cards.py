"""Cards to draw, and what is drawn."""

import io

from adapters.console.screen import Screen
from agent_core.cards import Button, Card, CardKind, Fact, Field, Form, Item, Mark, Section, Tone, Verb

DIFF = "--- /dev/null\n+++ b/blog.md\n@@ -0,0 +1,2 @@\n+# AI\n+It is here."
EDIT = "--- a/blog.md\n+++ b/blog.md\n@@ -1,2 +1,2 @@\n # AI\n-It is here.\n+It was here."
REHEARSAL = "Rehearsal model: scripted answers."


def buttons(*verbs: Verb) -> tuple[Button, ...]:
    return tuple(Button(verb, verb.capitalize().replace("_", " ")) for verb in verbs)


STEP = Card(
    id="step:s1-1",
    kind=CardKind.STEP,
    tone=Tone.ASKING,
    title="Write a file",
    status="Waiting for a decision",
    sections=(
        Section("Why", "The plan says so."),
        Section("Changes", DIFF, Form.DIFF),
        Section("path", "blog.md"),
        Section("content", "# AI\nIt is here.\n", Form.CODE, folded=True),
    ),
    facts=(Fact("Risk", "Changes files of this run"),),
    buttons=buttons(Verb.APPROVE, Verb.EDIT, Verb.REJECT, Verb.APPROVE_REST),
    fields=(Field("path", "blog.md", True, False), Field("content", "# AI\nIt is here.\n", True, True)),
    digest="d1",
    footer="Who may decide: alice",
    rehearsal=REHEARSAL,
)
PLAN = Card(
    id="plan",
    kind=CardKind.PLAN,
    tone=Tone.ASKING,
    title="Plan",
    status="Waiting for a decision",
    items=(
        Item("1", Mark.DONE, "Done", "Find sources", ("Look around.", "Done when: there are two")),
        Item("2", Mark.TODO, "Not begun", "Write", note="after 1"),
    ),
    buttons=buttons(Verb.APPROVE, Verb.EDIT, Verb.REJECT),
    editable="1. Find sources\n\n2. Write\n",
    digest="p1",
)
QUESTION = Card(
    id="question:q1",
    kind=CardKind.QUESTION,
    tone=Tone.ASKING,
    title="Nod needs to know something first",
    status="Waiting for an answer",
    sections=(Section("Question", "For whom?"),),
    buttons=buttons(Verb.ANSWER),
)
RESULT = Card(
    id="result",
    kind=CardKind.RESULT,
    tone=Tone.DONE,
    title="Result",
    status="Finished",
    sections=(Section("Result", "**Done**, see [it](https://example.org/x).\n\n<b>raw</b>", Form.MARKDOWN),),
    files=("blog.md",),
)


def drawn(card: Card, *, width: int = 60, language: str = "en") -> str:
    out = io.StringIO()
    Screen(out, width=width).card(card, language)
    return out.getvalue()


def printed(piece) -> str:
    out = io.StringIO()
    Screen(out, width=200).news(piece, "en")
    return out.getvalue()
