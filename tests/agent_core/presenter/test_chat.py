"""What a chat shows of a Run: one root, then what happens."""

from agent_core.cards import CardKind, Verb
from agent_core.domain import Actor, PolicyName, Topic
from agent_core.journal import events as e
from agent_core.presenter import ROOT, cards_of, chat_cards
from tests.agent_core.journals import ALICE, PLAN, accepted, proposed, state_of, submitted

CAROL = Actor("slack", "U1", "Carol")


def chat(*more, **given):
    return state_of(submitted(platform="slack", **given), *more)


def verbs(card):
    return {button.verb for button in card.buttons}


def test_before_there_is_a_plan_the_root_tells_the_goal_and_can_be_stopped():
    [root] = chat_cards(chat())
    assert root.id == ROOT
    assert root.sections[0].text == "write a blog about AI"
    assert verbs(root) == {Verb.PAUSE, Verb.STOP}


def test_the_root_has_the_goal_the_plan_its_decision_and_the_controls():
    state = chat(e.PlanProposed(1, PLAN))
    [root] = chat_cards(state)
    assert root.kind is CardKind.PLAN
    assert root.title == "Alice asked"
    assert [item.title for item in root.items] == ["Find sources", "Write the blog"]
    assert verbs(root) == {Verb.APPROVE, Verb.EDIT, Verb.REJECT, Verb.PAUSE, Verb.STOP}
    assert root.digest == PLAN.digest
    assert {fact.label for fact in root.facts} >= {"Policy"}


def test_the_root_keeps_its_id_for_the_life_of_the_run():
    ends = chat(e.PlanProposed(1, PLAN), e.RunStopped(ALICE, "enough"))
    assert {chat_cards(state)[0].id for state in (chat(), chat(e.PlanProposed(1, PLAN)), ends)} == {ROOT}
    assert verbs(chat_cards(ends)[0]) == set()
    assert chat_cards(ends)[-1].id == "result"
    assert chat_cards(ends)[-1].footer == "Reply here to go on from this result."


def test_what_was_written_in_the_thread_itself_is_not_repeated_there():
    here = chat(e.FeedbackGiven(CAROL, "shorter please"))
    elsewhere = chat(e.FeedbackGiven(ALICE, "shorter please"))
    assert [card.id for card in chat_cards(here)] == [ROOT]
    assert [card.id for card in chat_cards(elsewhere)] == [ROOT, "note:2"]


def test_the_rest_is_approved_on_the_root_alone():
    state = chat(*accepted(), proposed())
    step = next(card for card in chat_cards(state) if card.kind is CardKind.STEP)
    assert Verb.APPROVE_REST not in verbs(step)
    assert verbs(step) >= {Verb.APPROVE, Verb.REJECT}
    assert Verb.APPROVE_REST in verbs(chat_cards(state)[0])


def test_a_chat_leaves_out_nothing_that_waits_for_people():
    state = chat(*accepted(), proposed(), e.QuestionAsked("q1", Topic.TURNS, "Go on?", "2"))
    asking = {card.id for card in cards_of(state) if card.buttons}
    assert asking == {"step:s1", "question:q1"}
    assert asking <= {card.id for card in chat_cards(state) if card.buttons}


def test_an_observing_run_offers_nothing_to_approve():
    root = chat_cards(chat(e.PlanProposed(1, PLAN), policy=PolicyName.OBSERVE))[0]
    assert Verb.APPROVE_REST not in verbs(root)
