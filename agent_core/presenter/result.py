"""What a Run came to: the result's text, the account of what is not done, and the Card at the end."""

from collections.abc import Iterator, Mapping

from agent_core.cards import Card, CardKind, Fact, Form, Section, Tone
from agent_core.domain import PolicyName, RunStatus
from agent_core.i18n import (
    N_,
    format_cost,
    format_duration,
    format_number,
    format_share,
    format_time,
    listed,
    translator,
)
from agent_core.journal.records import timestamp
from agent_core.journal.state import RunState, StepStatus, SubtaskState, SubtaskStatus, taint
from agent_core.presenter.firings import next_time
from agent_core.presenter.progress import judged
from agent_core.presenter.words import only_shown, rehearsal_words, run_word
from agent_core.readings import readings_of

_TITLES: Mapping[RunStatus, str] = {
    RunStatus.FINISHED: N_("Result"),
    RunStatus.FAILED: N_("What is done and what is not"),
    RunStatus.STOPPED: N_("What was done until the run was stopped"),
}


def result_of(state: RunState) -> str:
    """Return the result of a finished Run in Markdown: answers given, and reports of Subtasks nobody waits for."""
    _ = translator(state.language)
    waited_for = {name for now in state.subtasks.values() for name in now.subtask.after}
    last = [now for name, now in state.subtasks.items() if name not in waited_for]
    parts = [_reported(now, titled=len(last) > 1) for now in last if now.report]
    parts = [*_answers_beside(state, "\n\n".join(parts)), *parts]
    if state.policy.name is PolicyName.OBSERVE:
        parts.insert(0, _("Nothing was run: the policy only shows what would have run."))
    return "\n\n".join(parts) or _("Done.")


def _reported(now: SubtaskState, *, titled: bool) -> str:
    return f"## {now.subtask.title}\n\n{now.report}" if titled else now.report


def account_of(state: RunState) -> str:
    """Return what is done and what is not, Markdown, for a Run that ends with something not done."""
    _ = translator(state.language)
    done = [now for now in state.subtasks.values() if now.status is SubtaskStatus.DONE]
    left = [now for now in state.subtasks.values() if now.status is not SubtaskStatus.DONE]
    parts = list(_answers_beside(state, "\n".join(now.report for now in done)))
    if done:
        parts += [_("**Done**"), *(_bullet(now.subtask.title, [now.report]) for now in done)]
    if left:
        parts += [_("**Not done**"), *(_bullet(now.subtask.title, _unmet(state, now)) for now in left)]
    open_ends = [step for step in state.steps.values() if step.status in (StepStatus.STARTED, StepStatus.UNCERTAIN)]
    if open_ends:
        parts.append(_("**Nobody knows whether these steps took effect; look**"))
        parts += [_bullet(f"{step.id} {step.call.tool}", []) for step in open_ends]
    return "\n\n".join(parts) or _("No plan was accepted, so nothing was done.")


def _bullet(title: str, lines: list[str]) -> str:
    inner = "\n\n".join(line for line in lines if line)
    body = "\n".join(f"  {line}" if line else "" for line in inner.split("\n"))
    return f"- **{title}**\n\n{body}" if inner else f"- **{title}**"


def _unmet(state: RunState, now: SubtaskState) -> list[str]:
    """Return why a Subtask is not done."""
    _ = translator(state.language)
    if now.verdicts:
        missing = [judged(_, judgement, state.language) for judgement in now.verdicts[-1].judgements]
        return [*missing, now.report]
    return [_("Begun, not finished.") if now.turns else _("Not begun.")]


def answers_of(state: RunState) -> tuple[str, ...]:
    """Return the answers given to the thread: of each Subtask those of its last attempt that gave any."""
    found: list[str] = []
    for now in state.subtasks.values():
        by_attempt: dict[int, list[str]] = {}
        for turn in now.turns:
            given = [step.observation.answer for step in state.steps_of(turn) if step.observation is not None]
            by_attempt.setdefault(turn.attempt, []).extend(answer for answer in given if answer)
        attempts = [answers for _attempt, answers in sorted(by_attempt.items()) if answers]
        found.extend(attempts[-1] if attempts else [])
    return tuple(dict.fromkeys(found))


def _answers_beside(state: RunState, text: str) -> tuple[str, ...]:
    """Return the answers that `text` does not already hold."""
    return tuple(answer for answer in answers_of(state) if answer.strip() not in text)


def result_card(state: RunState) -> Card:
    """Return the Card at the end of a Run. How to go on from it is for each door to say."""
    _ = translator(state.language)
    text = state.result or account_of(state)
    shown = only_shown(state.status, state.policy.name)
    sections = [Section(_("Answer"), answer, Form.MARKDOWN) for answer in _answers_beside(state, text)]
    return Card(
        id="result",
        kind=CardKind.RESULT,
        tone=Tone.QUIET if shown else Tone.DONE if state.status is RunStatus.FINISHED else Tone.BAD,
        title=_("What it would do") if shown else _(_TITLES[state.status]),
        status=run_word(state, state.language),
        sections=(*sections, Section("", text, Form.MARKDOWN), *_read(state), *_scores(state)),
        facts=tuple(_facts(state)),
        rehearsal=rehearsal_words(state),
        files=tuple(_main_first(state)),
        at=timestamp(state.updated_at),
    )


def _read(state: RunState) -> Iterator[Section]:
    """Yield the pages of the web that the Run has read, each with the time."""
    _ = translator(state.language)
    pages = {reading.urls[0]: reading.at for reading in readings_of(state)}
    lines = [f"{url} · {format_time(at, state.language)}" for url, at in pages.items()]
    if lines:
        yield Section(_("Pages that were read"), "\n".join(lines), folded=True)


def _main_first(state: RunState) -> Iterator[str]:
    """Yield the Run's files, first the one it comes to: of those written, the one that was written last."""
    there = dict.fromkeys(file.path for file in state.files)
    written = [file.path for step in state.steps.values() if step.observation for file in step.observation.files]
    main = next((path for path in reversed(written) if path in there), "")
    yield from sorted(there, key=lambda path: path != main)


def _scores(state: RunState) -> Iterator[Section]:
    """Yield how each Subtask was judged, if any was; what only was shown has nothing to judge."""
    if state.policy.name is PolicyName.OBSERVE:
        return
    _ = translator(state.language)
    lines = [
        _("{number}. {title}: {score}").format(
            number=number,
            title=now.subtask.title,
            score=format_share(now.verdicts[-1].score, state.language) if now.verdicts else _("not judged"),
        )
        for number, now in enumerate(state.subtasks.values(), start=1)
    ]
    if any(now.verdicts for now in state.subtasks.values()):
        yield Section(_("Criteria met"), "\n".join(lines), folded=True)


def _facts(state: RunState) -> Iterator[Fact]:
    _ = translator(state.language)
    # no gate keeps what was read from being told as true, so whoever reads it is told where it is from
    sources = dict.fromkeys(source for subtask_id in state.subtasks for source in taint(state, subtask_id))
    if sources:
        yield Fact(_("Rests on what was read from outside"), listed(list(sources), state.language), grave=True)
    if not state.rehearsal:
        yield Fact(_("Cost"), _cost(state))
    tokens = format_number(state.tokens, state.language)
    yield Fact(_("Tokens"), _("{tokens} (in part estimated)").format(tokens=tokens) if state.estimated else tokens)
    yield Fact(_("Time"), format_duration(state.updated_at - state.created_at, state.language))
    yield from next_time(state)


def _cost(state: RunState) -> str:
    _ = translator(state.language)
    known = format_cost(state.cost)
    if state.unpriced and not state.cost:
        return _("unknown: the model's price is not known")
    if state.unpriced:
        return _("at least {cost}: a model's price is not known").format(cost=known)
    return _("about {cost}: tokens were in part estimated").format(cost=known) if state.estimated else known
