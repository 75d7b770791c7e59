"""Which keys there are while a Card is open, while Nod works, and while the run is paused. Pure."""

from collections.abc import Mapping

from agent_core.cards import Card, Verb
from agent_core.i18n import N_, Translate

KEYS: Mapping[str, Verb] = {
    "y": Verb.APPROVE,
    "n": Verb.REJECT,
    "e": Verb.EDIT,
    "a": Verb.APPROVE_REST,
    "g": Verb.AGAIN,
    "x": Verb.END,
    "h": Verb.HAPPENED,
    "k": Verb.SKIP,
    "t": Verb.ANSWER,
    "s": Verb.STOP,
    "p": Verb.PAUSE,
    "r": Verb.RESUME,
}
LEAVE, TYPE, HELP = "q", "t", "?"
CONTROLS = frozenset({"p", "s", HELP})  # what a line of one letter still means where any words are an answer

_ALWAYS = (
    ("p", N_("Pause")),
    ("s", N_("Stop")),
    (TYPE, N_("Type something")),
    (LEAVE, N_("Leave it waiting")),
    (HELP, N_("Help")),
)
_EXPLAINED = (
    ("y", N_("approve exactly what you see")),
    ("n", N_("reject it; you are asked for the reason")),
    ("e", N_("edit it in your editor ($EDITOR), which approves what you make of it")),
    ("a", N_("approve this and the rest of the run; what content from outside could have caused still asks")),
    ("t", N_("type something: it steers the run, or answers what was asked; “yes” or “reject because …” decide too")),
    ("p", N_("pause the run; r resumes it")),
    ("s", N_("stop the run for good; you are asked for the reason")),
    ("q", N_("leave; the run waits, and everything is kept")),
)


def legend(card: Card | None, _: Translate, *, paused: bool = False) -> tuple[str, ...]:
    """Return the keys that can be pressed now, each with its words; those of the Card first."""
    keys = {verb: key for key, verb in KEYS.items()}
    own = [(keys[button.verb], button.label) for button in card.buttons] if card else []
    if paused:
        own.append(("r", _("Resume")))
    taken = {key for key, _label in own} | ({"p"} if paused else set[str]())
    rest = [(key, _(label)) for key, label in _ALWAYS if key not in taken]
    return tuple(f"[{key}] {label}" for key, label in (*own, *rest))


def help_lines(_: Translate) -> str:
    """Return what each key does, a line each."""
    return "\n".join(f"  {key}  {_(words)}" for key, words in _EXPLAINED)


def asks_for_words(card: Card | None) -> bool:
    """Say whether the Card is a question that is answered with words."""
    return card is not None and any(button.verb is Verb.ANSWER for button in card.buttons)


def offers(card: Card | None, verb: Verb) -> bool:
    """Say whether the Card can be decided with this verb."""
    return card is not None and any(button.verb is verb for button in card.buttons)
