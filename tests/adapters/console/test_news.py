from dataclasses import replace

from adapters.console.choices import asks_for_words, help_lines, legend
from adapters.console.news import Line, Progress, Whole, news, open_cards
from agent_core.cards import CardKind, Item, Mark, Tone, Verb
from agent_core.i18n import translator
from tests.adapters.console.cards import PLAN, QUESTION, RESULT, STEP, buttons

GOAL = replace(STEP, id="goal", kind=CardKind.GOAL, buttons=())
DONE = replace(STEP, tone=Tone.DONE, status="Done", footer="Approved by Bob by button", buttons=())


def known(*cards):
    return {card.id: card for card in cards}


def test_goal_and_result_are_printed_once():
    assert news({}, [GOAL, RESULT]) == (Whole(GOAL), Whole(RESULT))
    assert news(known(GOAL, RESULT), [replace(GOAL, status="other"), RESULT]) == ()


def test_an_open_card_is_asked_and_is_no_news():
    assert news({}, [STEP, PLAN, QUESTION]) == ()
    assert open_cards([GOAL, STEP, DONE, QUESTION]) == (STEP, QUESTION)


def test_a_card_that_was_decided_gets_a_line_once():
    assert news(known(STEP), [DONE]) == (Line(DONE),)
    assert news(known(DONE), [DONE]) == ()


def test_work_under_way_is_no_news():
    assert news(known(STEP), [replace(STEP, tone=Tone.WORKING, status="Running", buttons=())]) == ()


def test_a_step_that_is_only_shown_is_printed_whole():
    shown = replace(STEP, tone=Tone.QUIET, status="Only shown: the policy runs nothing", buttons=(), footer="")

    assert news({}, [shown]) == (Whole(shown),)


def test_a_plan_that_was_not_asked_about_is_printed_whole_and_its_progress_in_lines():
    waved = replace(PLAN, tone=Tone.WORKING, buttons=(), footer="Accepted without asking, by the policy")
    second = Item("2", Mark.FAILED, "Not done", "Write")
    later = replace(waved, items=(waved.items[0], second))

    assert news({}, [waved]) == (Whole(waved),)
    assert news(known(waved), [later]) == (Progress(second),)


def test_a_plan_that_was_decided_gets_a_line():
    decided = replace(PLAN, tone=Tone.WORKING, buttons=(), footer="Approved by alice")

    assert news(known(PLAN), [decided]) == (Line(decided),)


def test_the_keys_are_those_of_the_card_and_those_there_always_are():
    _ = translator("en")

    assert legend(STEP, _)[:4] == ("[y] Approve", "[e] Edit", "[n] Reject", "[a] Approve rest")
    assert legend(QUESTION, _)[0] == "[t] Answer"
    assert legend(QUESTION, _).count("[t] Type something") == 0
    assert legend(None, _) == ("[p] Pause", "[s] Stop", "[t] Type something", "[q] Leave it waiting", "[?] Help")
    assert legend(None, _, paused=True)[0] == "[r] Resume"
    assert "[p] Pause" not in legend(None, _, paused=True)


def test_every_button_has_a_key_of_its_own():
    of_lists = {Verb.SHOW, Verb.RUN_NOW, Verb.REMOVE}  # of schedules, which a terminal has commands for
    every = replace(STEP, buttons=buttons(*(verb for verb in Verb if verb not in of_lists)))
    keys = [each[1] for each in legend(every, translator("zh"))]

    assert len(set(keys)) == len(keys)
    assert {"q", "?"} < set(keys)


def test_help_says_what_keys_do():
    assert len(help_lines(translator("en")).splitlines()) >= 8
    assert asks_for_words(QUESTION)
    assert not asks_for_words(STEP)
    assert not asks_for_words(None)
