import pytest
from hypothesis import given
from hypothesis import strategies as st

from adapters.commands import (
    Approve,
    ApproveRest,
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
    parse_goal_command,
    parse_reply,
    verb_of_emoji,
)
from agent_core.cards import Verb
from agent_core.domain import PolicyName

REPLIES = [
    ("approve", Approve()),
    ("Approved.", Approve()),
    ("yes", Approve()),
    ("YES!", Approve()),
    ("  yes  ", Approve()),
    ("y", Approve()),
    ("ok", Approve()),
    ("ＯＫ", Approve()),
    ("Okay!!", Approve()),
    ("👍", Approve()),
    ("👍🏽", Approve()),
    ("✅", Approve()),
    ("同意", Approve()),
    ("同意！", Approve()),
    ("批准。", Approve()),
    ("可以", Approve()),
    ("n", Reject()),
    ("no", Reject()),
    ("No.", Reject()),
    ("reject", Reject()),
    ("👎", Reject()),
    ("不同意", Reject()),
    ("拒绝", Reject()),
    ("reject because it is too long", Reject("it is too long")),
    ("Reject: too long", Reject("too long")),
    ("reject, because it lies", Reject("it lies")),
    ("reject because of the tone", Reject("of the tone")),
    ("rejected - too long", Reject("too long")),
    ("no, make it shorter", Reject("make it shorter")),
    ("No. Make it shorter.", Reject("Make it shorter.")),
    ("no\nmake it shorter", Reject("make it shorter")),
    ("no, because yes is wrong", Reject("yes is wrong")),
    ("👎 because it is ugly", Reject("it is ugly")),
    ("拒绝：太长了", Reject("太长了")),
    ("不同意，因为太长", Reject("太长")),
    ("不同意因为太长", Reject("太长")),
    ("approve the rest", ApproveRest()),
    ("Approve all!", ApproveRest()),
    ("yes to all", ApproveRest()),
    ("全部同意", ApproveRest()),
    ("pause", Pause()),
    ("!pause", Pause()),
    ("暂停", Pause()),
    ("resume", Resume()),
    ("Continue.", Resume()),
    ("继续", Resume()),
    ("stop", Stop()),
    ("!stop", Stop()),
    ("Stop!", Stop()),
    ("停止", Stop()),
    ("stop: this is wrong", Stop("this is wrong")),
    ("stop because it is late", Stop("it is late")),
    ("停止：不需要了", Stop("不需要了")),
    ("?", Help()),
    ("？", Help()),
    ("help", Help()),
    ("帮助", Help()),
]
SAID = [
    "yes but make it shorter",
    "yes?",
    "oh yes",
    "yes yes",
    "yes\nand mention cats",
    '"yes"',
    "I would not say yes to this",
    "is it ok",
    "not ok",
    "no problem",
    "no-one will read this",
    "No. 5 is wrong",
    "nobody",
    "know",
    "nothing, really",
    "reject the second paragraph's tone",
    "stop the car in the story",
    "stopping early",
    "pause between the lines",
    "continue with the second part",
    "help me find a title",
    "approve nothing yet",
    "同意这一点，但是太长",
    "不同意见都写上",
    "继续写下一段",
    "👍👎",
]


@pytest.mark.parametrize(("text", "reply"), REPLIES)
def test_short_phrases_decide(text, reply):
    assert parse_reply(text) == reply


@pytest.mark.parametrize("text", SAID)
def test_a_sentence_that_merely_contains_a_phrase_decides_nothing(text):
    assert parse_reply(f" {text} ") == Say(text)


@given(st.text())
def test_whatever_is_typed_is_read(text):
    reply = parse_reply(text)
    assert not isinstance(reply, Say) or reply.text == text.strip()
    parse_goal_command(text)


@given(st.sampled_from(["yes", "ok", "approve", "同意", "批准", "👍"]), st.text(alphabet="abc 好的,，?", min_size=2))
def test_words_beside_a_yes_never_approve(phrase, more):
    typed = f"{phrase} {more}"
    if more.split():
        assert parse_reply(typed) not in (Approve(), ApproveRest())


@pytest.mark.parametrize(
    ("text", "command"),
    [
        ("", Help()),
        ("  ", Help()),
        ("help", Help()),
        ("Help!", Help()),
        ("帮助", Help()),
        ("runs", ListRuns()),
        ("stop", Stop()),
        ("stop 1a2b3c", Stop(run="1a2b3c")),
        ("policy", ShowPolicy()),
        ("策略", ShowPolicy()),
        ("policy side-effects", SetPolicy(PolicyName.SIDE_EFFECTS)),
        ("policy Observe", SetPolicy(PolicyName.OBSERVE)),
        ("policy default", SetPolicy(None)),
        ("schedules", ListSchedules()),
        ("memory", NotYet("memory")),
        ("记忆", NotYet("memory")),
        ("write a blog about AI", SubmitGoal("write a blog about AI")),
        (" write a blog \n about AI ", SubmitGoal("write a blog \n about AI")),
        ("help me write a letter", SubmitGoal("help me write a letter")),
        ("stop the noise in this recording", SubmitGoal("stop the noise in this recording")),
        ("policy for remote work: draft one", SubmitGoal("policy for remote work: draft one")),
        ("policy everything", SubmitGoal("policy everything")),
        ("memory leaks in C: explain", SubmitGoal("memory leaks in C: explain")),
        ("runs of the Boston marathon, as a table", SubmitGoal("runs of the Boston marathon, as a table")),
        ("yes", SubmitGoal("yes")),
    ],
)
def test_a_sub_word_counts_alone_and_all_else_is_a_goal(text, command):
    assert parse_goal_command(text) == command


@pytest.mark.parametrize(
    ("emoji", "verb"),
    [
        ("✅", Verb.APPROVE),
        ("👍🏿", Verb.APPROVE),
        ("❌", Verb.REJECT),
        ("👎🏻", Verb.REJECT),
        ("⏩", Verb.APPROVE_REST),
        ("⏩\ufe0f", Verb.APPROVE_REST),
        ("🛑", Verb.STOP),
        ("🎉", None),
        ("", None),
    ],
)
def test_a_reaction_stands_for_its_verb_in_every_skin(emoji, verb):
    assert verb_of_emoji(emoji) is verb


@pytest.mark.parametrize(
    ("text", "reply"),
    [("!approve", Approve()), ("!Reject: too long", Reject("too long")), ("!stop", Stop()), ("!pause", Pause())],
)
def test_commands_with_a_bang_are_replies_where_a_slash_is_not_to_be_had(text, reply):
    assert parse_reply(text) == reply


@pytest.mark.parametrize(
    ("text", "command"),
    [
        (
            "every weekday at 9:00 summarise what happened",
            ProposeSchedule("every weekday at 9:00 summarise what happened"),
        ),
        ('schedule "0 9 * * 1-5" summarise it', ProposeSchedule('"0 9 * * 1-5" summarise it')),
        (
            "schedule every third business day of May tidy up",
            ProposeSchedule("every third business day of May tidy up"),
        ),
        ("每周一上午九点 写一篇周报", ProposeSchedule("每周一上午九点 写一篇周报")),
        ("定时 每周一上午九点 写一篇周报", ProposeSchedule("每周一上午九点 写一篇周报")),
        ("twice a day summarise it", ProposeSchedule("twice a day summarise it")),
        ("schedule a meeting with Bob", SubmitGoal("schedule a meeting with Bob")),
        ("write a poem about every day of the week", SubmitGoal("write a poem about every day of the week")),
        ("schedules", ListSchedules()),
        ("Schedules 3", ListSchedules(3)),
        ("定时", ListSchedules()),
        ("schedule pause 1a2b3c", ChangeSchedule(Verb.PAUSE, "1a2b3c")),
        ("schedules run 1A2B", ChangeSchedule(Verb.RUN_NOW, "1a2b")),
        ("schedule edit 1a2b3c every day at 8", ChangeSchedule(Verb.EDIT, "1a2b3c", "every day at 8")),
        ("定时 删除 1a2b3c", ChangeSchedule(Verb.REMOVE, "1a2b3c")),
    ],
)
def test_what_is_said_of_schedules(text, command):
    assert parse_goal_command(text) == command
