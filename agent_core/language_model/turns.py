"""A turn: the model's text and ToolCalls, sent back with a word when it gave neither."""

from collections.abc import Sequence

from agent_core.i18n import N_, Phrase
from agent_core.language_model.answers import calls_of
from agent_core.language_model.failures import BODY_SHOWN
from agent_core.language_model.stream import Answer
from agent_core.language_model.talk import Talk
from agent_core.language_model.wire import Ask
from agent_core.ports import Message, ToolSpec, Turn

TRY_ANOTHER = N_("{reason} Try again, or choose another NOD_MODEL.")
EMPTY = "Your answer was empty. Use a tool, or say in words what you found."
CUT = "Your answer was cut off because it was too long. Answer again, much shorter."
FILTERED = N_("the provider's content filter stopped the answer; word the goal differently.")


def refusal_in(answer: Answer) -> str:
    """Return why the model, or its provider, declined; an empty string when nobody did."""
    if answer.refusal:
        return " ".join(answer.refusal.split())[:BODY_SHOWN]
    return FILTERED if answer.finish == "content_filter" else ""


async def take_turn(talk: Talk, messages: Sequence[Message], tools: Sequence[ToolSpec], *, repairs: int) -> Turn:
    """Return the model's next turn.

    A call that was cut off, or whose arguments stay broken, is in it with its `problem`.

    Raises:
        ModelError: it refused, could not be used, or gave neither text nor calls `repairs` + 1 times.
    """
    ask = first = Ask(tuple(messages), tuple(tools))
    offered = frozenset(spec.name for spec in tools)
    reason = ""
    for _ in range(repairs + 1):
        answer = await talk.ask(ask)
        refusal = refusal_in(answer)
        if refusal:
            raise talk.refused(refusal)
        text, calls = calls_of(answer, offered)
        if calls or (text and not answer.cut):
            return Turn(text, calls, tuple(talk.usages))
        cut_off, empty = N_("its answers were cut off."), N_("its answers were empty.")
        reason = cut_off if answer.cut else empty
        nudge = CUT if answer.cut else EMPTY
        ask = first.followed_by(Message("assistant", text), Message("user", nudge))
    raise talk.garbled(Phrase(TRY_ANOTHER, reason=reason))
