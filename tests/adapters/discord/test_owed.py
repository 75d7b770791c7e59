"""What is owed to people is known after a restart, for as long as it is of use."""

import asyncio
from dataclasses import replace

from adapters.discord.owed import MOST, Owed, Sentence
from tests.adapters.discord.notes import Notes

HELLO = Sentence("1", "Hello", "message:1", to="2", person="3", until=100.0)


def at(now):
    return lambda: now


async def test_a_sentence_is_owed_until_it_is_said():
    notes = Notes()
    owed = Owed(notes, at(0))
    await owed.keep(HELLO)
    assert await Owed(notes, at(99)).all() == [HELLO]
    await owed.drop("message:1")
    await owed.drop("message:1")
    assert await Owed(notes, at(99)).all() == []


async def test_what_helps_nobody_any_more_is_not_said():
    notes = Notes()
    await Owed(notes, at(0)).keep(HELLO)
    assert await Owed(notes, at(100)).all() == []


async def test_of_too_many_the_first_is_given_up():
    owed = Owed(Notes(), at(0))
    for number in range(MOST + 1):
        await owed.keep(replace(HELLO, key=str(number)))
    assert [each.key for each in await owed.all()] == [str(number) for number in range(1, MOST + 1)]


async def test_of_two_that_are_kept_at_once_none_is_lost():
    notes = Notes()
    owed = Owed(notes, at(0))
    await asyncio.gather(owed.keep(HELLO), owed.keep(replace(HELLO, key="2")))
    assert [each.key for each in await Owed(notes, at(0)).all()] == ["message:1", "2"]
