"""The goal, questions and what happened in between -> Cards."""

from collections.abc import Iterator, Mapping

from agent_core.cards import Button, Card, CardKind, Fact, Form, Section, Tone, Verb
from agent_core.domain import Choice, RunStatus, Topic
from agent_core.i18n import N_, format_time, translator
from agent_core.journal.records import timestamp
from agent_core.journal.state import Note, NoteKind, PlanStatus, Question, RunState
from agent_core.policy import deciders
from agent_core.presenter.activity import activity
from agent_core.presenter.firings import firing_facts, firing_title, held, waiting_since
from agent_core.presenter.words import (
    POLICY,
    button,
    how,
    names,
    only_shown,
    rehearsal_words,
    run_word,
    who_may_decide,
)

_TONES: Mapping[RunStatus, Tone] = {
    RunStatus.RUNNING: Tone.WORKING,
    RunStatus.WAITING: Tone.ASKING,
    RunStatus.PAUSED: Tone.QUIET,
    RunStatus.FINISHED: Tone.DONE,
    RunStatus.FAILED: Tone.BAD,
    RunStatus.STOPPED: Tone.BAD,
}

_TOPICS: Mapping[Topic, str] = {
    Topic.CLARIFY: N_("Nod needs to know something first"),
    Topic.TURNS: N_("This takes longer than expected"),
    Topic.REPEATS: N_("Nod is repeating itself"),
    Topic.ATTEMPTS: N_("Nod could not finish this"),
    Topic.MODEL: N_("The language model could not be used"),
    Topic.FAULT: N_("Nod met an error of its own"),
}

_NOTES: Mapping[NoteKind, str] = {
    NoteKind.FEEDBACK: N_("{who} wrote"),
    NoteKind.REST_APPROVED: N_("{who} approved the rest of this run"),
    NoteKind.PAUSED: N_("{who} paused the run"),
    NoteKind.RESUMED: N_("{who} resumed the run"),
    NoteKind.STOPPED: N_("{who} stopped the run"),
    NoteKind.SKIPPED: N_("A time of this schedule was skipped"),
    NoteKind.QUEUED: N_("The next time of this schedule waits"),
}

_REASON = N_("Reason given")
_LABELS: Mapping[NoteKind, str] = {  # what stands before a note's text; before all others it is the reason
    NoteKind.FEEDBACK: N_("What was written"),
    NoteKind.SKIPPED: N_("What becomes of it"),
    NoteKind.QUEUED: N_("What becomes of it"),
}


def goal_card(state: RunState) -> Card:
    """Return the Card of the Goal: what was asked, and how its Run stands."""
    _ = translator(state.language)
    status = "" if state.plans or state.status is not RunStatus.RUNNING else activity(state)
    return Card(
        id="goal",
        kind=CardKind.GOAL,
        tone=Tone.QUIET if only_shown(state.status, state.policy.name) else _TONES[state.status],
        title=goal_title(state),
        status=status or run_word(state, state.language),
        sections=(Section(_("Goal"), state.goal),),
        facts=tuple(_goal_facts(state)),
        rehearsal=rehearsal_words(state),
        files=tuple(file.path for file in state.attachments),
        at=timestamp(state.created_at),
    )


def goal_title(state: RunState) -> str:
    """Return who asked or, of a Schedule's firing, the Goal and the time it is for."""
    if state.firing is not None:
        return firing_title(state.goal, state.firing, state.language)
    _ = translator(state.language)
    return _("{who} asked").format(who=state.actor.display)


def _goal_facts(state: RunState) -> Iterator[Fact]:
    _ = translator(state.language)
    yield Fact(_("Policy"), _("{name}: {meaning}").format(name=state.policy.name, meaning=_(POLICY[state.policy.name])))
    others = deciders(state)[1:]
    if others:
        yield Fact(_("May decide too"), names(others, state.language))
    if state.firing is not None:
        yield from firing_facts(state.firing, state.language)
    if state.follows:
        yield Fact(_("Follows run"), state.follows)
    if state.persona:
        yield Fact(_("Persona"), state.persona)


def question_card(state: RunState, question: Question) -> Card:
    """Return the Card of a question that is not an Approval."""
    _ = translator(state.language)
    answered = question.choice is not None
    asks = not answered and _asked(state, question)
    subtask = state.subtasks.get(question.subtask_id)
    sections = [Section(_("Question") if question.topic is Topic.CLARIFY else _("What happened"), question.text)]
    if question.answer:
        sections.append(Section(_("Answer"), question.answer))
    if answered:
        status, tone = _("Answered"), Tone.DONE
    elif asks:
        status, tone = _("Waiting for an answer"), Tone.ASKING
    else:
        status, tone = _("Waiting: the run is paused") if _paused(state) else _("No longer asked"), Tone.QUIET
    return Card(
        id=f"question:{question.id}",
        kind=CardKind.QUESTION,
        tone=tone,
        title=_(_TOPICS[question.topic]),
        status=status,
        sections=tuple(sections),
        facts=(
            *((Fact(_("Subtask"), subtask.subtask.title),) if subtask is not None else ()),
            *(waiting_since(state, question.at) if asks else ()),
        ),
        buttons=tuple(_question_buttons(state, question)) if asks else (),
        footer=who_may_decide(state) if asks else _answered_by(state, question),
        rehearsal=rehearsal_words(state),
        at=timestamp(question.at),
    )


def _paused(state: RunState) -> bool:
    return state.paused and not state.status.over


def _asked(state: RunState, question: Question) -> bool:
    """Say whether a question can be answered now; one about a Subtask that a new Plan dropped cannot."""
    about = not question.subtask_id or question.subtask_id in state.subtasks
    return about and not (state.status.over or state.paused)


def _question_buttons(state: RunState, question: Question) -> Iterator[Button]:
    if question.topic is Topic.CLARIFY:
        yield button(Verb.ANSWER, state.language)
        return
    broken = question.topic in (Topic.MODEL, Topic.FAULT)
    yield button(Verb.AGAIN, state.language, "" if broken else N_("Go on"))
    yield button(Verb.END, state.language)


def _answered_by(state: RunState, question: Question) -> str:
    """Return who answered, with which choice, how and when."""
    _ = translator(state.language)
    if question.choice is None or question.actor is None:
        return ""
    if question.choice is Choice.ANSWER:
        words = _("Answered by {who} {via}, {when}")
    elif question.choice is Choice.END:
        words = _("{who} ended the run here {via}, {when}")
    else:
        words = _("{who} said to go on {via}, {when}")
    when = format_time(question.answered_at, state.language) if question.answered_at else ""
    return words.format(who=question.actor.display, via=how(question.via, state.language), when=when)


def note_card(state: RunState, note: Note) -> Card:
    """Return the Card of something said or done in the thread beside Decisions."""
    _ = translator(state.language)
    who = note.actor.display if note.actor is not None else "Nod"
    # Nod's own reasons are msgids, or already words
    text = note.text if note.actor is not None else held(note, state.language) or _(note.text)
    label = _(_LABELS.get(note.kind, _REASON))
    form = Form.MARKDOWN if note.kind is NoteKind.FEEDBACK else Form.PLAIN
    return Card(
        id=f"note:{note.seq}",
        kind=CardKind.NOTE,
        tone=Tone.BAD if note.kind is NoteKind.STOPPED else Tone.QUIET,
        title=_(_NOTES[note.kind]).format(who=who),
        status=_not_heard_yet(state, note),
        sections=(Section(label, text, form),) if text else (),
        footer=format_time(note.at, state.language),
        rehearsal=rehearsal_words(state),
        at=timestamp(note.at),
    )


def _not_heard_yet(state: RunState, note: Note) -> str:
    """Return when Nod will read what a person wrote; an empty string once it did, or never will."""
    _ = translator(state.language)
    seen = (*(turn.seen for now in state.subtasks.values() for turn in now.turns), *(past.seen for past in state.plans))
    if note.kind is not NoteKind.FEEDBACK or state.status.over or note.seq <= max(seen, default=0):
        return ""
    if state.plan_status is PlanStatus.WANTED:
        return _("Nod makes a plan with this")
    return _("Nod reads this at its next turn")
