"""What people write in Slack, as plain text."""

import pytest

from adapters.slack.reading import (
    bot_of,
    files_of,
    is_for_somebody_else,
    is_of_a_bot,
    mentioned,
    name_of_bot,
    plain,
    without_mention,
)


@pytest.mark.parametrize(
    ("text", "reads"),
    [
        ("a &lt;b&gt; &amp; c", "a <b> & c"),
        ("a &amp;lt; b", "a &lt; b"),
        ("<@U1> and <@U2|ben> and <@U3>", "@Ann and @ben and @U3"),
        ("<#C1|general> <#C2>", "#general #C2"),
        ("<!here> <!subteam^S1|@team> <!subteam^S2>", "@here @team @subteam"),
        ("<https://a.example/x?y=1&amp;z=2>", "https://a.example/x?y=1&z=2"),
        ("<https://a.example|the page>", "the page (https://a.example)"),
        ("<https://a.example|https://a.example>", "https://a.example"),
        ("<mailto:me@a.example|me@a.example>", "me@a.example"),
        ("  space  ", "space"),
        ("1 < 2", "1 < 2"),
    ],
)
def test_slacks_marks_are_read_as_people_see_them(text, reads):
    assert plain(text, {"U1": "Ann"}) == reads


@pytest.mark.parametrize(
    ("text", "asks"),
    [
        ("<@B1> write a blog", "write a blog"),
        ("<@B1>: write a blog", "write a blog"),
        ("please <@B1> write a blog", "please write a blog"),
        ("<@B1|nod>, write <@B1>", "write <@B1>"),
        ("<@B1>", ""),
        ("<@B12> hello", "<@B12> hello"),
    ],
)
def test_the_mention_that_calls_nod_is_no_part_of_what_is_asked(text, asks):
    assert " ".join(without_mention(text, "B1").split()) == asks


def test_who_is_mentioned_is_known_in_order():
    assert mentioned("<@U2> and <@U1|ann> in <#C1>") == ["U2", "U1"]


@pytest.mark.parametrize(
    ("text", "for_somebody_else"),
    [
        ("<@U1> what do you think?", True),
        ("<@B1> what do you think?", False),
        ("<@U1> <@B1> look", False),
        ("what does <@U1> think?", False),
        ("hello", False),
    ],
)
def test_a_message_that_begins_by_naming_another_is_for_them(text, for_somebody_else):
    assert is_for_somebody_else(text, "B1") is for_somebody_else


def test_programs_are_known_by_any_of_their_marks():
    assert is_of_a_bot({"bot_id": "B1"})
    assert is_of_a_bot({"subtype": "bot_message"})
    assert not is_of_a_bot({"user": "U1"})
    assert name_of_bot({"bot_profile": {"name": "CI"}}) == "CI"
    assert name_of_bot({}) == "bot"
    assert bot_of({"authorizations": [{"user_id": "U1"}, {"user_id": "B1", "is_bot": True}]}) == "B1"
    assert bot_of({}) == ""


def test_files_that_are_gone_are_no_files():
    assert files_of({"files": [{"id": "F1"}, {"id": "F2", "mode": "tombstone"}]}) == [{"id": "F1"}]
