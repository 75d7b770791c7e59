"""What an adapter remembers of its platform."""

from storage.note_store import SqlNoteStore
from storage.opening import open_database


async def test_a_note_is_kept_over_an_earlier_one_and_over_a_restart(tmp_path):
    url = f"sqlite:///{tmp_path}/nod.db"
    async with open_database(url) as database:
        notes = SqlNoteStore(database)
        assert await notes.note("discord", "commands:1") == ""
        await notes.keep("discord", "commands:1", "first")
        await notes.keep("discord", "commands:1", "second")
        await notes.keep("slack", "commands:1", "other")
    async with open_database(url) as database:
        notes = SqlNoteStore(database)
        assert await notes.note("discord", "commands:1") == "second"
        assert await notes.note("discord", "commands:2") == ""
