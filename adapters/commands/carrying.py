"""Carrying out what was typed or reacted with in a chat. What Nod says back is a Card or a sentence, or nothing."""

from collections.abc import Sequence
from dataclasses import replace

from adapters.commands.parsing import (
    Approve,
    ApproveRest,
    Asking,
    ChangeSchedule,
    Help,
    ListRuns,
    ListSchedules,
    NotYet,
    Pause,
    ProposeSchedule,
    Reject,
    Resume,
    Say,
    SetPolicy,
    ShowPolicy,
    Stop,
    SubmitGoal,
    SubWord,
    parse_reply,
)
from adapters.commands.scheduling import Asker, change_schedule, known_zone, list_schedules
from agent_core.asking import Attachment
from agent_core.cards import Card, CardKind, Verb
from agent_core.domain import Actor, Origin, Topic
from agent_core.errors import NothingAsked, NothingToStop, NotThatWay, RunAmbiguous, RunUnknown, SeveralAsked
from agent_core.i18n import listed, translator
from agent_core.journal.state import RunState
from agent_core.platform_ports import Delivery
from agent_core.ports import RunSummary, Said
from agent_core.presenter import chat_cards
from agent_core.presenter.lists import (
    MOST_LISTED,
    help_card,
    policy_card,
    runs_card,
    stopped_card,
    unbuilt_card,
    which_run_card,
)
from agent_core.service import Service

_DECIDING = frozenset({Verb.APPROVE, Verb.END, Verb.HAPPENED, Verb.ANSWER})  # one of these is on every open Card


async def begin(
    service: Service,
    command: Asking,
    asker: Asker,
    *,
    attachments: Sequence[Attachment] = (),
    conversation: Sequence[Said] = (),
) -> str:
    """Begin the Run that is asked for, of a Goal or about a Schedule, and return its id.

    Raises:
        RequestRefused: its subclasses say why it cannot be done.
    """
    match command:
        case SubmitGoal(text):
            return await service.submit(
                text,
                origin=asker.origin,
                actor=asker.actor,
                key=asker.key,
                attachments=attachments,
                conversation=conversation,
            )
        case ProposeSchedule(text):
            return await service.schedules.propose(
                text,
                origin=asker.origin,
                actor=asker.actor,
                zone=known_zone(asker.zone),
                key=asker.key,
            )


async def carry_out(  # noqa: PLR0911  (one a sub-word)
    service: Service,
    command: SubWord,
    *,
    origin: Origin,
    actor: Actor,
    via: str,
    language: str,
    zone: str = "",
    key: str = "",
) -> Card:
    """Do what a sub-word says in the channel of `origin`, and return what to show to who typed it.

    `zone` is the one in which they are told times, `key` the platform's id of what they typed.

    Raises:
        RequestRefused: its subclasses say why it cannot be done.
    """
    match command:
        case Help():
            return help_card(language)
        case ListRuns():
            return runs_card(await service.runs(limit=MOST_LISTED + 1, channel=origin), language)
        case Stop(reason, run):
            return await _stop(service, await _stoppable(service, run, origin, actor), actor, via, reason, language)
        case ShowPolicy():
            return await _policy(service, origin, language)
        case SetPolicy(name):
            await service.set_channel_policy(origin, name, actor)
            return await _policy(service, origin, language)
        case ListSchedules():
            return await list_schedules(service, command, Asker(actor, origin, language, zone, key))
        case ChangeSchedule():
            return await change_schedule(service, command, Asker(actor, origin, language, zone, key))
        case NotYet(name):
            return unbuilt_card(name, language)


async def _stoppable(service: Service, named: str, origin: Origin, actor: Actor) -> Sequence[RunSummary]:
    """Return the live runs of the channel that a stop can mean: the named one, else the person's own, else all."""
    live = await service.runs(channel=origin, live=True)
    if not named:
        return [run for run in live if run.actor == actor] or live
    found = [run for run in live if run.run_id.startswith(named)]
    if len(found) > 1:
        raise RunAmbiguous(run_id=named, runs=", ".join(run.run_id for run in found))
    if not found:
        raise RunUnknown(run_id=named)
    return found


async def _stop(  # noqa: PLR0917  (all of it is what stopping takes)
    service: Service, runs: Sequence[RunSummary], actor: Actor, via: str, reason: str, language: str
) -> Card:
    if not runs:
        raise NothingToStop
    if len(runs) > 1:
        return which_run_card(runs, language)
    await service.control(runs[0].run_id, Verb.STOP, actor=actor, via=via, text=reason)
    return stopped_card(runs[0], language)


async def _policy(service: Service, origin: Origin, language: str) -> Card:
    own = await service.channel_policy(origin)
    return policy_card(own or service.policy.name, language, own=own is not None)


async def answer(
    service: Service,
    run_id: str,
    text: str,
    *,
    actor: Actor,
    via: str = "reply",
    attachments: Sequence[Attachment] = (),
    key: str = "",
    about: Delivery | None = None,
) -> Card | None:
    """Do what a reply in a Run's thread says, and return what to say back; None when the thread's Cards say it.

    Words decide only when exactly one question is open, or, on a platform where one replies to a message, the Card
    that this message is `about`, as it shows it. `key` is the platform's id of the reply.

    Raises:
        NothingAsked: there is nothing to decide.
        SeveralAsked: there is more than one thing to decide.
        RequestRefused: its subclasses say why it cannot be done.
    """
    state = await service.state(run_id)
    if attachments and not text.strip():  # a file that comes without words is said by its name
        text = f"[{', '.join(file.name for file in attachments)}]"
    reply = Say(text) if attachments else parse_reply(text)  # files are for the Run, whatever stands beside them
    clarifying = any(question.topic is Topic.CLARIFY for question in state.open_questions())
    match reply:
        case Help():
            return help_card(state.language)
        case Stop(reason):
            await service.control(run_id, Verb.STOP, actor=actor, via=via, text=reason)
        case Pause() | Resume() | ApproveRest() if not clarifying:
            await service.control(run_id, _CONTROLS[type(reply)], actor=actor, via=via)
        case Approve() if not clarifying:
            await _decide(service, state, _subject(state, about), Verb.APPROVE, actor, via)
        case Reject(reason) if not clarifying:
            await _decide(service, state, _subject(state, about), Verb.REJECT, actor, via, reason)
        case Say() | Approve() | Reject() | Pause() | Resume() | ApproveRest():
            await service.say(run_id, text, actor=actor, via=via, attachments=attachments, key=key)
    return None


_CONTROLS = {Pause: Verb.PAUSE, Resume: Verb.RESUME, ApproveRest: Verb.APPROVE_REST}


def _subject(state: RunState, about: Delivery | None) -> Card:
    """Return the Card that a word decides: the one replied to, for the digest it was shown with, else the only one."""
    if about is not None and about.run_id == state.run_id:
        for card in chat_cards(state):
            # a closed one is meant as well, and refused; only the root stands for whatever is open
            if card.id == about.card_id and (_is_open(card) or card.kind in (CardKind.STEP, CardKind.QUESTION)):
                return replace(card, digest=about.digest)
    return _only(state)


def _is_open(card: Card) -> bool:
    return bool(_DECIDING & _offered(card))


def _offered(card: Card) -> set[Verb]:
    return {button.verb for button in card.buttons}


def _only(state: RunState) -> Card:
    """Return the one Card that waits for a Decision."""
    waiting = [card for card in chat_cards(state) if _is_open(card)]
    if not waiting:
        raise NothingAsked
    if len(waiting) > 1:
        which = listed([f"{card.title} ({card.id.partition(':')[2] or card.id})" for card in waiting], state.language)
        raise SeveralAsked(count=len(waiting), which=which)
    return waiting[0]


async def _decide(  # noqa: PLR0917  (all of it is what deciding takes)
    service: Service, state: RunState, card: Card, verb: Verb, actor: Actor, via: str, reason: str = ""
) -> None:
    # what is not open is told by the service: who decided it, or that it expired
    meant = _meant(card, verb) if _is_open(card) else verb
    await service.decide(state.run_id, card.id, meant, actor=actor, via=via, digest=card.digest, text=reason)


def _meant(card: Card, verb: Verb) -> Verb:
    """Return what a yes (APPROVE) or a no (REJECT) means on a Card. Raises NotThatWay where it means nothing."""
    offered = _offered(card)
    if verb in offered:
        return verb
    if Verb.END in offered and Verb.AGAIN in offered:  # "Go on with it?"
        return Verb.AGAIN if verb is Verb.APPROVE else Verb.END
    raise NotThatWay(title=card.title)


async def react(service: Service, shown: Delivery, verb: Verb, *, actor: Actor, via: str = "reaction") -> str:
    """Do what a reaction says to the Card of a message, as that message shows it; return what to say in the thread.

    A rejection needs no reason, so Nod asks for one afterwards, and goes on meanwhile.

    Raises:
        RequestRefused: its subclasses say why it does not count.
    """
    if verb in (Verb.APPROVE_REST, Verb.STOP):
        await service.control(shown.run_id, verb, actor=actor, via=via)
        return ""
    state = await service.state(shown.run_id)
    card = next((card for card in chat_cards(state) if card.id == shown.card_id), None)
    meant = _meant(card, verb) if card is not None and _is_open(card) else verb
    digest = shown.digest
    state = await service.decide(shown.run_id, shown.card_id, meant, actor=actor, via=via, digest=digest)
    if meant is not Verb.REJECT:
        return ""
    _ = translator(state.language)
    words = _(
        "{who} rejected this. Why? Reply here, and the next attempt takes it into account; Nod does not wait for it."
    )
    return words.format(who=actor.display)
