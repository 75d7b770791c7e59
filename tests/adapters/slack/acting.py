"""Steps that run code, publish, send and post, in both languages, as their Tools show them; and tainted ones."""

from collections.abc import Iterator, Mapping

from agent_core.domain import Preview, PreviewFact, Risk, ToolCall
from agent_core.i18n import translator
from agent_core.journal import events as e
from agent_core.presenter.words import COMMAND_TOOL, PYTHON_TOOL
from agent_core.tools.facts import file_words
from agent_core.tools.mail.send_mail import SEND_MAIL
from agent_core.tools.post_message import POST_MESSAGE
from agent_core.tools.publishing.publish_post import PUBLISH_POST
from tests.agent_core.journals import proposed, ran, write_call

CODE = 'import csv\n\nwith open("data.csv") as file:\n    print(sum(1 for _ in csv.reader(file)))\n'
POST = "# What AI is\n\nMachines learn from **examples**.\n"
DIGEST = "5e" * 32
#: a page, a mail and a server's answer, as a Run is told where they came from
SOURCES = ("https://a.example/ai", "mail work", "https://b.example/" + "a-long-path/" * 20)
READ = proposed("s1-0", call=ToolCall.of("read_page", {"url": SOURCES[0]}), risk=Risk.READ, outside=True)
TAINTED = proposed("s1-1", turn=2, call=write_call())
OUT = proposed(
    "s1-1", turn=2, call=ToolCall.of("read_page", {"url": "https://b.example/?q=AI"}), risk=Risk.READ, outside=True
)


def asking(
    call: ToolCall, risk: Risk, text: str, facts: tuple[PreviewFact, ...], *, markdown: bool = False
) -> e.StepProposed:
    """A Step of a Tool that shows more than its arguments."""
    preview = Preview(text, "b" * 64, facts, markdown)
    return e.StepProposed("s1-1", "1", 1, call, risk, "The plan asks for it.", preview)


def acting(language: str) -> Mapping[str, tuple[e.Event, ...]]:
    """Return what happens in a Subtask up to a question, by name."""
    return {
        "step-tainted": (READ, *ran(READ, "A page.", trusted=False, sources=SOURCES), TAINTED),
        "step-tainted-carries-out": (READ, *ran(READ, "A page.", trusted=False, sources=SOURCES[:1]), OUT),
        **{f"step-{step.call.tool.replace('_', '-')}": (step,) for step in _steps(language)},
    }


def _steps(language: str) -> Iterator[e.StepProposed]:
    _ = translator(language)
    limits = _("{seconds:g} seconds, {memory:,} MB of memory, {processes} processes")
    at_most = PreviewFact(_("At most"), limits.format(seconds=120, memory=1024, processes=64))
    apart = PreviewFact(_("Runs in"), "bubblewrap")
    python = {
        "path": "count.py",
        "code": CODE,
        "arguments": ["--all"],
        "packages": ["rich"],
        "hosts": ["api.example.org"],
    }
    reaching = (
        PreviewFact(_("Network"), "api.example.org", grave=True),
        PreviewFact(_("Packages wanted"), "rich", grave=True),
    )
    replaces = PreviewFact(_("Replaces"), "count.py")
    yield asking(ToolCall.of(PYTHON_TOOL, python), Risk.EXECUTE, "", (apart, *reaching, at_most, replaces))
    command = {"command": ["pytest", "-q", "tests/"], "packages": [], "hosts": []}
    alone = PreviewFact(_("Network"), _("none")), PreviewFact(_("Packages wanted"), _("none"))
    yield asking(ToolCall.of(COMMAND_TOOL, command), Risk.EXECUTE, "pytest -q tests/", (apart, *alone, at_most))
    post = {"site": "blog", "path": "blog.md", "title": "What AI is", "slug": "what-ai-is", "status": "publish"}
    post |= {"excerpt": "", "categories": ["AI"], "tags": ["beginners"], "cover": "cover.png"}
    published = (
        PreviewFact(_("Site"), "blog (https://blog.example.org)", grave=True),
        PreviewFact(_("Afterwards"), _("live: everybody can read it"), grave=True),
        PreviewFact(_("Slug"), "what-ai-is"),
        PreviewFact(_("Categories"), "AI"),
        PreviewFact(_("Tags"), "beginners"),
        PreviewFact(_("Text"), file_words("blog.md", 48, DIGEST, language)),
        PreviewFact(_("Picture"), file_words("cover.png", 1234, DIGEST, language)),
        PreviewFact(_("From outside"), "cover.png", grave=True),
    )
    yield asking(ToolCall.of(PUBLISH_POST, post), Risk.SEND, POST, published, markdown=True)
    mail = {"account": "work", "body": "Dear Bob,\n\nhere it is.\n\nAnn", "to": ["Bob <bob@example.org>"]}
    mail |= {"subject": "Re: The blog", "cc": ["cas@example.org"], "bcc": [], "answers": "17", "folder": "INBOX"}
    mail |= {"attachments": ["blog.md"]}
    beware = _("the mail came from {sender}, and wants its answers to go to {other}")
    sent = (
        PreviewFact(_("From"), "Ann <ann@example.org> · work"),
        PreviewFact(_("To"), "Bob <bob@example.org>", grave=True),
        PreviewFact(_("Copy to"), "cas@example.org", grave=True),
        PreviewFact(_("Subject"), "Re: The blog"),
        PreviewFact(_("Answers"), "The blog · Bob <bob@example.org> · Wed, 4 Mar 2026 09:00:00 +0000"),
        PreviewFact(_("Beware"), beware.format(sender="bob@example.org", other="eve@example.net"), grave=True),
        PreviewFact(_("Attachment"), file_words("blog.md", 48, DIGEST, language)),
    )
    yield asking(ToolCall.of(SEND_MAIL, mail), Risk.SEND, f"{mail['subject']}\n\n{mail['body']}", sent)
    text = "The blog is there: https://blog.example.org/what-ai-is <!channel>"
    told = (
        PreviewFact(_("Platform"), "Slack"),
        PreviewFact(_("Workspace"), "Acme"),
        PreviewFact(_("Channel"), "#launch (C0123456789)", grave=True),
        PreviewFact(_("Who sees it"), _("shared: people of other organisations, too"), grave=True),
    )
    yield asking(ToolCall.of(POST_MESSAGE, {"channel": "launch", "text": text}), Risk.SEND, text, told)
