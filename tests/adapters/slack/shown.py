"""What Nod shows in Slack beside Cards, in both languages: modals, Home tabs, prompts, and what it says to somebody."""

from collections.abc import Iterator, Sequence
from dataclasses import replace
from typing import Any

from adapters.slack.assistant import suggested, titled
from adapters.slack.buttons import Press
from adapters.slack.home import MOST_LISTED, Line, Part, home_view
from adapters.slack.modals import Subject, ask_modal, decision_modal, told_modal
from adapters.slack.rich import Block
from adapters.slack.telling import Message, messages_of, sentence_message
from adapters.slack.troubles import BetweenPeople, NotInChannel, TooLongForSlack
from adapters.slack.uploads import written_out
from agent_core import errors
from agent_core.cards import Card, Verb
from agent_core.domain import RunStatus
from agent_core.i18n import N_, sentence
from agent_core.presenter import chat_cards
from agent_core.presenter.chat_words import at_work, close_word, reaction_gone, too_late, verb_dialog
from agent_core.presenter.home_words import home_words
from agent_core.presenter.lists import one_line
from agent_core.presenter.schedules import standing_words
from agent_core.presenter.words import status_word
from agent_core.recurring import Listed
from tests.adapters.slack import samples, scheduled
from tests.agent_core.journals import proposed, write_call

PRESS = {"run": "1a2b3c4d", "team": "T0123456789", "channel": "C0123456789", "thread": "1772614800.000100"}
LINK = "https://acme.slack.com/archives/C1/p1772614800000100"
LONG = "".join(f"Line {number} of a text that is longer than one box.\n" for number in range(100))


def modals(language: str) -> Iterator[tuple[str, Block]]:
    """Yield the modals by name."""
    cards = {name: (card, card_id) for name, card, card_id in _cards(language)}
    for name, verb in (
        ("edit", Verb.EDIT),
        ("edit-json", Verb.EDIT),
        ("edit-long", Verb.EDIT),
        ("edit-plan", Verb.EDIT),
        ("edit-schedule", Verb.EDIT),
        ("reject", Verb.REJECT),
        ("stop", Verb.STOP),
        ("answer", Verb.ANSWER),
    ):
        card, card_id = cards[name]
        press = Press(PRESS["run"], card_id, card.digest, verb)
        subject = Subject(press, PRESS["team"], PRESS["channel"], PRESS["thread"], language)
        yield f"modal-{name}", decision_modal(card, subject)
    message = {"ts": PRESS["thread"], "user": "U0123456789", "text": "What is AI?"}
    yield "modal-ask-about", ask_modal(PRESS["channel"], PRESS["thread"], message, language)
    dialog = verb_dialog(Verb.REJECT, language)
    told = sentence(errors.AlreadyDecided(who="Ben", outcome=N_("approved")), language)
    yield "modal-told", told_modal(dialog.title, told, close_word(language))


def _cards(language: str) -> Iterator[tuple[str, Card, str]]:
    there = {name: state for name, state, _ in (*samples.states(language), *scheduled.states(language))}
    plan, step, question = "plan", "step:s1-1", "question:q1"
    accepted = samples.accepted(samples.PLANS[language])
    long = samples.told(language, *accepted, proposed("s1-1", call=write_call(LONG)))
    sends = samples.told(language, *accepted, samples.SEND)
    for name, state, card_id in (
        ("edit", there["step-asks"], step),
        ("edit-json", sends, step),
        ("edit-long", long, step),
        ("edit-plan", there["plan-asks"], plan),
        ("edit-schedule", there["schedule-asks"], step),
        ("reject", there["step-asks"], step),
        ("stop", there["plan-accepted"], plan),
        ("answer", there["question"], question),
    ):
        yield name, next(card for card in chat_cards(state) if card.id == card_id), card_id


def homes(language: str) -> Iterator[tuple[str, Block]]:
    """Yield Home tabs by name."""
    words, goal = home_words(language), samples.GOALS[language]
    waits, done = status_word(RunStatus.WAITING, language), status_word(RunStatus.FINISHED, language)
    schedule = scheduled.schedule_in(language)
    standing = standing_words(Listed(schedule), scheduled.ZONE, language)
    yield "home-empty", home_view(Part(), Part(), Part(), words)
    yield (
        "home",
        home_view(
            Part([Line(goal, waits, LINK), Line("", waits, LINK)]),
            Part([Line(goal, waits, LINK), Line(goal, done, ""), Line("", done, LINK)]),
            Part([Line(schedule.terms.goal, standing, LINK), Line("", standing, LINK)]),
            words,
        ),
    )
    full = [Line(one_line(goal * 20), waits, LINK)] * MOST_LISTED
    more = Part(full, "3"), Part(full, "185+"), Part([Line(goal, standing, LINK)] * MOST_LISTED, "1")
    yield "home-more", home_view(*more, words)
    yield "home-more-on-the-web", home_view(*more, words, "https://nod.example.org")


def agent_views(language: str) -> Iterator[tuple[str, Block]]:
    """Yield what Slack's view for agents is given beside messages, by name: each key is a call of its own."""
    goal = samples.GOALS[language]
    for name, text in (("agent-view", goal), ("agent-view-long", f"{goal}\n" * 100)):
        yield name, {"prompts": suggested(language), "status": at_work(language), "title": titled(text)}


def sentences(language: str) -> Iterator[tuple[str, list[Block]]]:
    """Yield what is said in sentences, as the messages that say it, by name."""
    hidden = "\u202e<!channel> [a.com](https://b.com)"
    for name, error in (
        ("not-in-channel", NotInChannel()),
        ("between-people", BetweenPeople()),
        ("too-long", TooLongForSlack()),
        ("already-decided", errors.AlreadyDecided(who="Ben", outcome=N_("approved"))),
        ("not-allowed", errors.NotAllowedToDecide(who="Cas", deciders="Ann, Ben")),
        ("outdated", errors.DigestMismatch()),
        ("nothing-asked", errors.NothingAsked()),
        ("guest", errors.GuestRefused()),
        ("heard-twice", errors.HeardTwice(text=hidden)),
        ("file-refused", errors.FileRefused(path="a.bin", reason=N_("it is larger than 10 MB; attach a smaller one."))),
    ):
        yield f"said-{name}", _messages([sentence_message(sentence(error, language))])
    yield "said-reaction-gone", _messages([sentence_message(reaction_gone(language))])
    yield "said-too-late", _messages([sentence_message(too_late(language))])


def _messages(said: Sequence[Message]) -> list[Block]:
    return [{"text": text, "blocks": blocks} for text, blocks in said]


def long_ones(language: str) -> Iterator[tuple[str, list[Block]]]:
    """Yield what is too long for one message to one person, and files where Slack takes none, by name."""
    schedule = scheduled.schedule_in(language)
    terms = replace(schedule.terms, goal=f"{schedule.terms.goal}\n{LONG * 3}")
    card = scheduled.schedule_card(Listed(schedule.but(terms=terms)), (), scheduled.ZONE, language)
    yield "said-long-card", _messages(messages_of(card, language))
    yield "file-in-messages", _messages(written_out("blog.md", LONG * 3))


def shown() -> Iterator[tuple[str, str, Any]]:
    """Yield names, kinds (`modal`, `home`, `agent`, `messages`), and what is shown."""
    for language in samples.GOALS:
        for kind, found in (
            ("modal", modals(language)),
            ("home", homes(language)),
            ("agent", agent_views(language)),
            ("messages", sentences(language)),
            ("messages", long_ones(language)),
        ):
            for name, value in found:
                yield f"{name}-{language}", kind, value
