"""Discord is told of the commands when they have changed, and never otherwise."""

import pytest

from adapters.discord import commands_sync
from adapters.discord.commands_sync import commands
from tests.adapters.discord.listening import listening

TOLD = "PUT /applications/*/commands"


def told(peer):
    return [each for each in peer.requests if each.name == f"PUT /applications/{peer.app.id}/commands"]


async def test_the_commands_are_told_at_the_first_start_and_not_at_the_next(peer, tmp_path):
    async with listening(peer, tmp_path):
        await peer.until(lambda: peer.app.commands.get(None))
    assert [each["name"] for each in peer.app.commands[None]] == ["agent", "Ask Nod"]
    for _ in range(2):
        async with listening(peer, tmp_path) as nod:
            await nod.door.commands_told.wait()
    assert [each.status for each in told(peer)] == [200]


async def test_commands_that_changed_are_told(peer, tmp_path, monkeypatch):
    async with listening(peer, tmp_path) as nod:
        await nod.door.commands_told.wait()
    changed = [*commands(), {"type": 3, "name": "Another"}]
    monkeypatch.setattr(commands_sync, "commands", lambda: changed)
    async with listening(peer, tmp_path) as nod:
        await nod.door.commands_told.wait()
    assert [each["name"] for each in peer.app.commands[None]] == ["agent", "Ask Nod", "Another"]
    assert len(told(peer)) == 2


@pytest.mark.parametrize("after_commit", [True, False])
async def test_commands_that_discord_failed_on_are_told_again(peer, tmp_path, after_commit):
    peer.faults.answer(TOLD, 503, after_commit=after_commit)
    async with listening(peer, tmp_path) as nod:
        await nod.door.commands_told.wait()
    assert [each.status for each in told(peer)] == [503, 200]


def test_the_goal_is_all_there_is_to_type_and_people_read_it_in_their_language():
    agent, menu = commands()

    assert (agent["options"][0]["name"], agent["options"][0]["required"]) == ("goal", True)
    assert all(not option["required"] for option in agent["options"][1:])
    assert agent["description_localizations"]["zh-CN"] == "让 Nod 做一件事；每一步之前它都会先问你"
    assert menu["name_localizations"]["zh-CN"] == "问 Nod"
    texts = [agent["description"], *agent["description_localizations"].values()]
    texts += [option["description"] for option in agent["options"]]
    assert all(1 <= len(text) <= 100 for text in texts)
