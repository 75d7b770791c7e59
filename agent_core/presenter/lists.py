"""What a chat is answered beside a Run: help, the runs there are, the policy of a channel. Cards without a message."""

from collections.abc import Mapping, Sequence

from agent_core.cards import Card, CardKind, Fact, Section, Tone
from agent_core.domain import PolicyName
from agent_core.i18n import N_, format_time, translator
from agent_core.ports import RunSummary
from agent_core.presenter.words import POLICY, run_word

LONGEST_LINE = 120  # characters of a goal in a list; the run's thread has it whole
MOST_LISTED = 10  # runs in a list

_ASKING: Sequence[tuple[str, str]] = (
    (N_("write a blog about AI"), N_("a goal: Nod plans it, and asks before it acts")),
    ("runs", N_("the runs of this channel")),
    ("stop", N_("stop the run of this channel")),
    ("policy", N_("how much asks here; with a name after it, set it")),
    (N_("every weekday at 9:00 summarise …"), N_("a goal that comes again: Nod shows when, and asks")),
    ("schedules", N_("the goals that come again in this channel")),
    ("memory", N_("what Nod remembers across runs: not built yet")),
    ("help", N_("this")),
)

_REPLYING: Sequence[tuple[str, str]] = (
    (N_("approve, yes"), N_("approve what is asked")),
    (N_("reject, no, “no, because …”"), N_("reject it, for a reason")),
    (N_("approve the rest"), N_("ask no more in this run")),
    (N_("pause, resume, stop"), N_("the run")),
    (N_("anything else"), N_("tells Nod what to mind, or answers what it asked")),
)

_REACTING: Sequence[tuple[str, str]] = (
    ("✅ 👍", N_("approve what is asked")),
    ("❌ 👎", N_("reject it")),
    ("⏩", N_("ask no more in this run")),
    ("🛑", N_("stop the run")),
)

_UNBUILT: Mapping[str, str] = {
    "memory": N_("Memory across runs is not built yet. A reply in a finished run’s thread knows that run’s result."),
}


def help_card(language: str) -> Card:
    """Return what can be typed, replied and reacted with."""
    _ = translator(language)
    sections = (
        Section(_("After /agent"), _lines(_ASKING, language)),
        Section(_("In a run’s thread"), _lines(_REPLYING, language)),
        Section(_("As a reaction to a message"), _lines(_REACTING, language)),
    )
    return _card(_("What you can say to Nod"), *sections)


def _lines(pairs: Sequence[tuple[str, str]], language: str) -> str:
    _ = translator(language)
    return "\n".join(_("{words}: {meaning}").format(words=_(words), meaning=_(meaning)) for words, meaning in pairs)


def runs_card(runs: Sequence[RunSummary], language: str, *, title: str = "") -> Card:
    """Return a list of runs, newest first: as many as a list holds, and that there are more."""
    _ = translator(language)
    title = title or _("Runs of this channel")
    if not runs:
        return _card(title, Section("", _("There are none yet. Write a goal after /agent, or mention Nod with it.")))
    listed = (Section(_run_label(run, language), one_line(run.goal), run_id=run.run_id) for run in runs[:MOST_LISTED])
    more = _("These are the newest {count}; Nod’s web page has all.").format(count=MOST_LISTED)
    return _card(title, *listed, footer=more if len(runs) > MOST_LISTED else "")


def _run_label(run: RunSummary, language: str) -> str:
    when = format_time(run.created_at, language)
    return " · ".join((run.run_id, run_word(run, language), run.actor.display, when))


def which_run_card(runs: Sequence[RunSummary], language: str) -> Card:
    """Return the question which of several runs is meant by a stop."""
    _ = translator(language)
    title = _("Which run? Write for example: stop {run_id}").format(run_id=runs[0].run_id)
    return runs_card(runs, language, title=title)


def which_thread_card(runs: Sequence[RunSummary], language: str) -> Card:
    """Return the question which of several runs a word is for that was written beside their threads."""
    _ = translator(language)
    title = _("Which run is this for? Write it in that run’s thread, or use its buttons.")
    return runs_card(runs, language, title=title)


def stopped_card(run: RunSummary, language: str) -> Card:
    """Return the word that a run was stopped."""
    _ = translator(language)
    return _card(
        _("Run {run_id} is stopped").format(run_id=run.run_id), Section("", one_line(run.goal), run_id=run.run_id)
    )


def policy_card(policy: PolicyName, language: str, *, own: bool) -> Card:
    """Return which policy a channel has: its `own`, or the one of Nod's settings."""
    _ = translator(language)
    whose = _("set for this channel") if own else _("from Nod’s settings")
    facts = tuple(Fact(name.value, _(POLICY[name])) for name in PolicyName)
    title = _("Policy here: {name} ({whose})").format(name=policy.value, whose=whose)
    return _card(title, Section("", _("Approvers set it: policy every-step, policy default …")), facts=facts)


def unbuilt_card(name: str, language: str) -> Card:
    """Return the word that something is not built yet, and what there is instead."""
    _ = translator(language)
    return _card(_("Not yet"), Section("", _(_UNBUILT[name])))


def one_line(text: str) -> str:
    """Return the beginning of a text in one line, with an ellipsis where more follows."""
    line = " ".join(text.split())
    return line if len(line) <= LONGEST_LINE else f"{line[: LONGEST_LINE - 1]}…"


def _card(title: str, *sections: Section, facts: tuple[Fact, ...] = (), footer: str = "") -> Card:
    return Card("", CardKind.NOTE, Tone.QUIET, title, "", sections, facts, footer=footer)
