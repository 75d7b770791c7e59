"""What a Run that a Schedule began says of it: the time it is for, that it is late, since when it waits."""

from collections.abc import Iterator
from datetime import datetime

from agent_core.cards import Fact
from agent_core.i18n import translator
from agent_core.journal.state import Note, NoteKind, RunState
from agent_core.presenter.lists import one_line
from agent_core.presenter.schedules import when_in
from agent_core.recurring import Firing


def firing_title(goal: str, firing: Firing, language: str) -> str:
    """Return what a firing's thread is called: the Goal and the time."""
    return f"{one_line(goal)} · {when_in(firing.at, firing.zone, language)}"


def firing_facts(firing: Firing, language: str) -> Iterator[Fact]:
    """Yield what people are to know of a firing."""
    _ = translator(language)
    yield Fact(_("Schedule"), firing.schedule_id)
    if firing.late:
        when = when_in(firing.at, firing.zone, language)
        yield Fact(_("Late"), _("it was due {when}, when Nod was not running").format(when=when))
    if firing.by_hand:
        yield Fact(_("Run by hand"), _("beside its usual times"))


def next_time(state: RunState) -> tuple[Fact, ...]:
    """Return when the Schedule of a firing comes next, as it was when this one began."""
    firing = state.firing
    if firing is None or firing.following is None:
        return ()
    _ = translator(state.language)
    return (Fact(_("Next time"), when_in(firing.following, firing.zone, state.language)),)


def waiting_since(state: RunState, at: datetime) -> tuple[Fact, ...]:
    """Return since when a firing waits for people: a later one may have come meanwhile."""
    if state.firing is None:
        return ()
    _ = translator(state.language)
    return (Fact(_("Waiting since"), when_in(at, state.firing.zone, state.language)),)


def held(note: Note, language: str) -> str:
    """Return what a note says of a later firing that was skipped or queued; an empty string for any other note."""
    if note.kind not in (NoteKind.SKIPPED, NoteKind.QUEUED):
        return ""
    _ = translator(language)
    at, zone = note.text.split()
    when = when_in(datetime.fromisoformat(at), zone, language)
    if note.kind is NoteKind.SKIPPED:
        return _("{when}: not run, because this run is still open.").format(when=when)
    return _("{when}: it runs once this run is over.").format(when=when)
