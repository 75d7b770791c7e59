"""The words for what enums say, and the phrases that several Cards share."""

from collections.abc import Iterable, Mapping
from datetime import datetime

from agent_core.cards import Button, Verb
from agent_core.domain import Actor, Decision, Outcome, PolicyName, Risk, RunStatus
from agent_core.i18n import N_, format_time, listed, translator
from agent_core.journal.state import RunState
from agent_core.policy import ANSWER_TOOL, deciders
from agent_core.ports import RunSummary
from agent_core.proposing import KEEP_TOOL, RESUME_TOOL

WRITE_TOOL = "write_file"
PYTHON_TOOL = "run_python"
COMMAND_TOOL = "run_command"

RUN_STATUS: Mapping[RunStatus, str] = {
    RunStatus.RUNNING: N_("Running"),
    RunStatus.WAITING: N_("Waiting for a decision"),
    RunStatus.PAUSED: N_("Paused"),
    RunStatus.FINISHED: N_("Finished"),
    RunStatus.FAILED: N_("Ended with something not done"),
    RunStatus.STOPPED: N_("Stopped"),
}

RISK: Mapping[Risk, str] = {
    Risk.READ: N_("Reads; changes nothing"),
    Risk.WRITE: N_("Changes files of this run"),
    Risk.EXECUTE: N_("Runs generated code"),
    Risk.SEND: N_("Sends something out of this machine"),
}

TOOLS: Mapping[str, str] = {  # what a Step's title says of Nod's own Tools; others are called by their names
    ANSWER_TOOL: N_("Answer"),
    "list_files": N_("List the files"),
    "read_file": N_("Read a file"),
    WRITE_TOOL: N_("Write a file"),
    PYTHON_TOOL: N_("Run a Python program"),
    COMMAND_TOOL: N_("Run a command"),
    KEEP_TOOL: N_("Keep a schedule"),
    RESUME_TOOL: N_("Resume a schedule"),
    "read_page": N_("Read a web page"),
    "search_web": N_("Search the web"),
    "publish_post": N_("Publish a post"),
    "send_mail": N_("Send a mail"),
    "post_message": N_("Post a message"),
    "read_mail": N_("Read mail"),
    "save_attachments": N_("Save attachments"),
    "http_request": N_("Send a request"),
    "read_skill": N_("Read a skill"),
}

ARGUMENTS: Mapping[tuple[str, str], str] = {  # the words for the arguments of Nod's own Tools
    (ANSWER_TOOL, "text"): N_("Text"),
    ("read_file", "path"): N_("File"),
    ("read_file", "offset"): N_("From character"),
    ("read_file", "limit"): N_("Characters at most"),
    (WRITE_TOOL, "path"): N_("File"),
    (WRITE_TOOL, "content"): N_("Content"),
    (PYTHON_TOOL, "path"): N_("File"),
    (PYTHON_TOOL, "code"): N_("Code"),
    (PYTHON_TOOL, "arguments"): N_("Arguments"),
    (PYTHON_TOOL, "packages"): N_("Packages wanted"),
    (PYTHON_TOOL, "hosts"): N_("Hosts to reach"),
    (COMMAND_TOOL, "command"): N_("Command"),
    (COMMAND_TOOL, "packages"): N_("Packages wanted"),
    (COMMAND_TOOL, "hosts"): N_("Hosts to reach"),
    (KEEP_TOOL, "goal"): N_("Goal"),
    (KEEP_TOOL, "rhythm"): N_("Rhythm"),
    (KEEP_TOOL, "zone"): N_("Time zone"),
    (KEEP_TOOL, "policy"): N_("Policy"),
    (KEEP_TOOL, "overlap"): N_("Overlap"),
    (KEEP_TOOL, "grace"): N_("Grace in minutes"),
    (RESUME_TOOL, "schedule"): N_("Schedule"),
    ("read_page", "url"): N_("Address"),
    ("read_page", "offset"): N_("From character"),
    ("search_web", "query"): N_("Search words"),
    ("search_web", "count"): N_("Results at most"),
    ("publish_post", "site"): N_("Site"),
    ("publish_post", "path"): N_("File"),
    ("publish_post", "title"): N_("Title"),
    ("publish_post", "slug"): N_("Slug"),
    ("publish_post", "status"): N_("Status"),
    ("publish_post", "excerpt"): N_("Excerpt"),
    ("publish_post", "categories"): N_("Categories"),
    ("publish_post", "tags"): N_("Tags"),
    ("publish_post", "cover"): N_("Cover picture"),
    ("send_mail", "account"): N_("Account"),
    ("send_mail", "body"): N_("Text"),
    ("send_mail", "to"): N_("To"),
    ("send_mail", "subject"): N_("Subject"),
    ("send_mail", "cc"): N_("Copy to"),
    ("send_mail", "bcc"): N_("Blind copy to"),
    ("send_mail", "answers"): N_("Answers"),
    ("send_mail", "folder"): N_("Folder"),
    ("send_mail", "attachments"): N_("Attachments"),
    ("post_message", "channel"): N_("Channel"),
    ("post_message", "text"): N_("Text"),
    ("read_mail", "account"): N_("Account"),
    ("read_mail", "id"): N_("Mail"),
    ("read_mail", "show"): N_("Shows"),
    ("read_mail", "words"): N_("Search words"),
    ("read_mail", "sender"): N_("From"),
    ("read_mail", "since"): N_("Since"),
    ("read_mail", "unseen"): N_("Only unread"),
    ("read_mail", "folder"): N_("Folder"),
    ("read_mail", "most"): N_("Results at most"),
    ("save_attachments", "account"): N_("Account"),
    ("save_attachments", "id"): N_("Mail"),
    ("save_attachments", "folder"): N_("Folder"),
    ("http_request", "method"): N_("Method"),
    ("http_request", "url"): N_("Address"),
    ("http_request", "headers"): N_("Headers"),
    ("http_request", "body"): N_("Content"),
    ("read_skill", "name"): N_("Skill"),
}

HINTS: Mapping[tuple[str, str], str] = {  # what may stand in an argument whose value does not tell by itself
    (KEEP_TOOL, "rhythm"): N_("In words, such as “every weekday at 9:00”, or as cron, such as “0 9 * * 1-5”."),
    (KEEP_TOOL, "zone"): N_("Such as Europe/Berlin or Asia/Shanghai."),
    (KEEP_TOOL, "policy"): N_("What asks in its runs: every-step, side-effects or observe (nothing runs)."),
    (KEEP_TOOL, "overlap"): N_("While an earlier one is open: skip, queue, or allow (it runs beside it)."),
    (KEEP_TOOL, "grace"): N_("If Nod was down: up to how many minutes late it still runs; 0 for never late."),
}

POLICY: Mapping[PolicyName, str] = {
    PolicyName.EVERY_STEP: N_("every step asks"),
    PolicyName.SIDE_EFFECTS: N_("reading and answering pass, everything else asks"),
    PolicyName.OBSERVE: N_("nothing runs, cards show what would have"),
}

BUTTONS: Mapping[Verb, str] = {
    Verb.APPROVE: N_("Approve"),
    Verb.EDIT: N_("Edit"),
    Verb.REJECT: N_("Reject"),
    Verb.APPROVE_REST: N_("Approve the rest of this run"),
    Verb.PAUSE: N_("Pause"),
    Verb.RESUME: N_("Resume"),
    Verb.STOP: N_("Stop"),
    Verb.ANSWER: N_("Answer"),
    Verb.AGAIN: N_("Try again"),
    Verb.END: N_("End the run here"),
    Verb.HAPPENED: N_("It happened"),
    Verb.SKIP: N_("Leave it undone"),
    Verb.SHOW: N_("Show"),
    Verb.RUN_NOW: N_("Run now"),
    Verb.REMOVE: N_("Remove"),
}

_ONLY_SHOWN = N_("Only shown, nothing was run")
_RECURS = N_("Has the goal submitted again and again; each run asks as its policy says")
_RISKS: Mapping[str, str] = {
    ANSWER_TOOL: N_("Answers in this thread; changes nothing"),
    KEEP_TOOL: _RECURS,
    RESUME_TOOL: _RECURS,
}
_NEEDS_TEXT = frozenset({Verb.REJECT, Verb.ANSWER, Verb.STOP})

_VIA: Mapping[str, str] = {
    "button": N_("by button"),
    "reply": N_("by reply"),
    "reaction": N_("by reaction"),
    "terminal": N_("in the terminal"),
    "api": N_("over the API"),
    "web": N_("on the web page"),
}

_DECIDED: Mapping[Outcome, str] = {
    Outcome.APPROVED: N_("Approved by {who} {via}, {when}"),
    Outcome.EDITED: N_("Edited and approved by {who} {via}, {when}"),
    Outcome.REJECTED: N_("Rejected by {who} {via}, {when}"),
}

_REHEARSAL = N_("Rehearsal model: scripted answers, no language model is at work.")

# what a sentence of an error may name: `i18n.sentence` translates enum members by their values
_VALUES = (N_("approved"), N_("edited"), N_("rejected"), N_("finished"), N_("failed"), N_("stopped"))


def status_word(status: RunStatus, language: str) -> str:
    """Return the words for where a Run is."""
    return translator(language)(RUN_STATUS[status])


def only_shown(status: RunStatus, policy: str) -> bool:
    """Say whether a Run ended without anything having run, because its Policy only shows."""
    return status is RunStatus.FINISHED and policy == PolicyName.OBSERVE


def run_word(run: RunState | RunSummary, language: str) -> str:
    """Return the words for where a Run is; of one that only showed what it would do, that nothing was run."""
    policy = run.policy.name if isinstance(run, RunState) else run.policy
    return translator(language)(_ONLY_SHOWN) if only_shown(run.status, policy) else status_word(run.status, language)


def risk_word(tool: str, risk: Risk, language: str) -> str:
    """Return the words for what a Tool can do."""
    return translator(language)(_RISKS.get(tool, RISK[risk]))


def argument_word(tool: str, name: str, language: str) -> str:
    """Return the word for an argument; its name for Tools that are not Nod's own."""
    return translator(language)(ARGUMENTS[tool, name]) if (tool, name) in ARGUMENTS else name


def argument_hint(tool: str, name: str, language: str) -> str:
    """Return what may stand in an argument; an empty string where its value tells."""
    return translator(language)(HINTS.get((tool, name), ""))


def rehearsal_words(state: RunState) -> str:
    """Return the words that say no model is at work, or an empty string with a real model."""
    return translator(state.language)(_REHEARSAL) if state.rehearsal else ""


def button(verb: Verb, language: str, label: str = "") -> Button:
    """Return the button of a verb, with its usual label unless another is given (a msgid)."""
    return Button(verb, translator(language)(label or BUTTONS[verb]), needs_text=verb in _NEEDS_TEXT)


def names(actors: Iterable[Actor], language: str) -> str:
    """Return people's names as a list in a sentence."""
    return listed([actor.display for actor in actors], language)


def who_may_decide(state: RunState) -> str:
    """Return the footer of what waits: whose Decisions count."""
    _ = translator(state.language)
    return _("Who may decide: {who}").format(who=names(deciders(state), state.language))


def how(via: str, language: str) -> str:
    """Return the words for the way a Decision came in."""
    return translator(language)(_VIA.get(via, via))


def decided_by(decision: Decision, at: datetime | None, language: str) -> str:
    """Return the footer of what is decided: who, how and when."""
    _ = translator(language)
    if decision.actor is None:
        return _("Accepted without asking, by the policy")
    when = format_time(at, language) if at else ""
    how_it_came = how(decision.via, language)
    return _(_DECIDED[decision.outcome]).format(who=decision.actor.display, via=how_it_came, when=when)
