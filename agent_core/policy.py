"""Policy: which ToolCalls ask a person, and whose Decision counts. Pure functions."""

import re
from collections.abc import Iterator, Mapping, Sequence
from enum import StrEnum
from itertools import takewhile
from typing import Any, cast

from agent_core.domain import Actor, Policy, PolicyName, Risk
from agent_core.journal.state import NoteKind, RunState, StepState, taint

_IN_ADDRESSES = r"\w/?#=&%@+~$*-"  # what a word or an address goes on with; a full stop may also end a sentence
_TELLING = 1_000_000  # a smaller number is an offset or a count, and carries too little to tell anything

ANSWER_TOOL = "answer"  # it only shows text in the thread where the goal was asked


class Ruling(StrEnum):
    """What a Policy says of a ToolCall."""

    ASK = "ask"  #: a person decides
    PASS = "pass"  #: waved through  # noqa: S105  (a ruling, not a password)
    SHOW = "show"  #: shown, and never run


_ASKS = (PolicyName.SIDE_EFFECTS, PolicyName.EVERY_STEP, PolicyName.OBSERVE)  # from the least asked to nothing run


def looser(policy: PolicyName, usual: PolicyName) -> bool:
    """Say whether `policy` asks less than `usual`."""
    return _ASKS.index(policy) < _ASKS.index(usual)


def rule(
    policy: Policy,
    step: StepState,
    *,
    tainted: bool,
    rest_approved: bool,
    named: bool = False,
    described: bool = False,
) -> Ruling:
    """Say whether a proposed Step asks, passes, or is only shown.

    Once untrusted content is in the Subtask's context (`tainted`), nothing that has an effect passes, nor a READ
    whose target could carry data out, whatever was approved in advance; but a READ of what people `named` themselves
    carries out nothing that they did not write. Where Tools are `described` by somebody outside the same holds, but
    a READ of such a Tool need not ask: it is one only if who runs Nod says that it is.
    """
    if policy.name is PolicyName.OBSERVE:
        return Ruling.SHOW
    carries = step.outside and not named and (tainted or (described and not step.described_by))
    harmless = step.call.tool == ANSWER_TOOL or (step.risk is Risk.READ and not carries)
    if policy.name is PolicyName.SIDE_EFFECTS and harmless:
        return Ruling.PASS
    if rest_approved and (harmless or not (tainted or described)):
        return Ruling.PASS
    return Ruling.ASK


def ruling(state: RunState, step: StepState) -> Ruling:
    """Say what the Run's Policy says of one of its Steps."""
    tainted, described = bool(taint(state, step.subtask_id)), bool(state.described_by)
    return rule(
        state.policy,
        step,
        tainted=tainted,
        rest_approved=state.rest_approved is not None and not _became_another(state, step),
        named=(tainted or described) and step.outside and named_by_people(state, step.call.arguments),
        described=described,
    )


def _became_another(state: RunState, step: StepState) -> bool:
    """Say whether a call would do something else than when it last ran, and not by what the Run itself did.

    A file that the Run wrote is its own doing, unless that call came to nothing; a skill or another's tool never is.
    """
    earlier = takewhile(lambda each: each.id != step.id, state.steps.values())
    ran = [each for each in earlier if each.starts and _same_subject(each, step)]
    if not ran or ran[-1].preview.basis == step.preview.basis:
        return False
    seen = ran[-1].observation
    return bool(step.preview.basis_of) or (seen is not None and not seen.ok)


def _same_subject(one: StepState, other: StepState) -> bool:
    """Say whether two Steps are of the same call, or rest on the same thing."""
    subject = other.preview.basis_of
    return one.preview.basis_of == subject if subject else one.call.digest == other.call.digest


def named_by_people(state: RunState, arguments: Mapping[str, Any]) -> bool:
    """Say whether every text among the arguments stands, as it is, in what people wrote in this Run."""
    written = [state.goal, *(question.answer for question in state.questions.values())]
    written += [note.text for note in state.notes if note.kind is NoteKind.FEEDBACK and note.actor is not None]
    return all(_stands_in(text, written) for text in _texts(list(arguments.values())))


def _stands_in(text: str, written: Sequence[str]) -> bool:
    """Say whether a text stands in one of these and ends there, so that no part of a longer address counts."""
    alone = re.compile(rf"(?<![.{_IN_ADDRESSES}]){re.escape(text)}(?![{_IN_ADDRESSES}]|[.,:;!?][{_IN_ADDRESSES}])")
    return not text or any(alone.search(each) for each in written)


def _texts(value: object) -> Iterator[str]:
    """Yield the texts in a JSON value, and the numbers that are long enough to stand for something."""
    match value:
        case str():
            yield value
        case bool() | None:
            pass
        case int() | float():
            if not abs(value) < _TELLING:
                yield str(value)
        case dict():
            for name, each in cast("dict[str, object]", value).items():
                yield name
                yield from _texts(each)
        case list():
            for each in cast("list[object]", value):
                yield from _texts(each)
        case _:
            yield str(value)


def deciders(state: RunState) -> tuple[Actor, ...]:
    """Return whose Decisions count in a Run: the asker's, unless a guest, and the approvers', whatever the door."""
    asker = () if state.actor.guest else (state.actor,)
    return (*asker, *(actor for actor in state.policy.approvers if actor != state.actor))


def is_approver(policy: Policy, actor: Actor) -> bool:
    """Say whether the Policy names this person, or a group that they belong to now; guests are never named."""
    held = (actor, *(Actor(actor.platform, group) for group in actor.groups))
    return not actor.guest and any(each in policy.approvers for each in held)


def may_decide(state: RunState, actor: Actor) -> bool:
    """Say whether this person's Decisions count in the Run."""
    return is_approver(state.policy, actor) or (actor == state.actor and not (actor.guest or state.actor.guest))
