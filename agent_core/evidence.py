"""What became of a Subtask's Steps and files, in words for a model. Pure functions of RunState."""

import json
from collections.abc import Iterator, Mapping
from typing import Any

from agent_core.domain import Outcome
from agent_core.excerpts import apportioned, wrap, wrap_file
from agent_core.journal.state import RunState, StepState, StepStatus, SubtaskState

FILES_BUDGET = 24_000  # characters of all files that the judge is given: a post of 2,500 words is about 16,000
STEPS_BUDGET = 16_000  # characters of all calls and what they returned that the judge is given
WRITE_TOOL = "write_file"  # whose arguments hold what the file then holds


def outcome_text(step: StepState, arguments: str = "") -> str:
    """What the model is told became of its call; `arguments` names those that it was changed to, if told elsewhere."""
    who = step.decision.actor.display if step.decision and step.decision.actor else "A person"
    reason = step.decision.reason if step.decision else ""
    match step.status:
        case StepStatus.REJECTED:
            return f"{who} rejected this. Reason: {reason or 'none given'}"
        case StepStatus.EXPIRED:
            return "Nobody decided on this in time. Propose it again if it is still needed."
        case StepStatus.DROPPED:
            return "This was dropped with the old plan."
        case StepStatus.SKIPPED if step.resolved:
            return "It was cut off, and people decided to leave it undone."
        case StepStatus.SKIPPED:
            return "Not run: this run only observes. Propose what you would do next, or state what would come out."
        case _:
            return _finished_text(step, who, arguments or _json(step.call.arguments))


def _finished_text(step: StepState, who: str, arguments: str) -> str:
    changed = ""
    if step.decision and step.decision.outcome is Outcome.EDITED:
        changed = f"{who} changed the arguments to {arguments}, and that ran.\n"
        changed += f"{who} said: {reason}\n" if (reason := step.decision.reason) else ""
    if step.observation is None:
        return f"{changed}It was cut off, but people saw that it took effect."
    text = step.observation.text if step.observation.ok else f"It failed: {step.observation.text}"
    return changed + (text if step.observation.trusted else wrap(text, step.observation.sources or (step.call.tool,)))


def _json(value: Mapping[str, Any]) -> str:
    return json.dumps(dict(value), ensure_ascii=False)


# --- for the judge ------------------------------------------------------------------------------------------------


def steps_text(state: RunState, subtask: SubtaskState) -> str:
    """Return the Subtask's Steps in order, each with its call and what became of it, within a budget.

    What was written to a file is left to `files_text`, where that is what it holds now.
    """
    steps = [step for turn in subtask.turns for step in state.steps_of(turn)]
    now = _writers(state)
    calls = [_call_text(step, now) for step in steps]
    outcomes = [outcome_text(step, "these") for step in steps]
    cut = iter(apportioned([*calls, *outcomes], STEPS_BUDGET))
    calls, outcomes = [next(cut) for _ in steps], list(cut)
    return "\n\n".join(
        f"[{step.id}] {step.call.tool} {call}\n-> {outcome}"
        for step, call, outcome in zip(steps, calls, outcomes, strict=True)
    )


def _call_text(step: StepState, now: Mapping[str, StepState]) -> str:
    if _content(step) is None:
        return _json(step.call.arguments)
    newest = now.get(str(step.call.arguments["path"])) is step
    what = "what the file holds now" if newest else "an earlier version"
    return _json({**step.call.arguments, "content": f"({what}: {len(str(step.call.arguments['content']))} characters)"})


def files_of(state: RunState, subtask: SubtaskState) -> Mapping[str, StepState]:
    """Return the files that a Subtask wrote, each with the Step of the Run that wrote it last."""
    steps = (step for turn in subtask.turns for step in state.steps_of(turn))
    written = dict.fromkeys(file.path for step in steps if step.observation for file in step.observation.files)
    now = _writers(state)
    return {path: now[path] for path in written}


def files_text(files: Mapping[str, StepState]) -> str:
    """Return what the files hold now, within a budget: head and tail of what is too long for it."""
    known = {path: content for path, step in files.items() if (content := _content(step)) is not None}
    cut = dict(zip(known, apportioned(list(known.values()), FILES_BUDGET), strict=True))
    return "\n\n".join(_file_text(path, step, cut.get(path)) for path, step in files.items())


def _file_text(path: str, step: StepState, content: str | None) -> str:
    if content is not None:
        return wrap_file(path, content)
    sizes = [file.size for file in step.observation.files if file.path == path] if step.observation else []
    return f"{path} has {sizes[0] if sizes else 0} bytes, written by {step.call.tool}; they are not shown here."


def _writers(state: RunState) -> Mapping[str, StepState]:
    """Return by path the Step that wrote each file last."""
    return {path: step for step in state.steps.values() for path in _written(step)}


def _written(step: StepState) -> Iterator[str]:
    yield from (file.path for file in step.observation.files) if step.observation else ()


def _content(step: StepState) -> str | None:
    """Return what a Step wrote to its file; None when it wrote none, or its call does not say."""
    content = step.call.arguments.get("content")
    wrote = step.call.tool == WRITE_TOOL and step.call.arguments.get("path") in set(_written(step))
    return content if wrote and isinstance(content, str) else None
