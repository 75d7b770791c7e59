"""Credentials of installations: kept sealed, and useless to whoever reads the database alone."""

from datetime import UTC, datetime

import pytest

from agent_core.errors import InstallationUnreadable
from agent_core.platform_ports import Installation
from storage.database import Statement
from storage.installation_store import SqlInstallationStore

NOW = datetime(2026, 7, 1, tzinfo=UTC)
KEY = "a key of thirty-two characters or more"
ACME = Installation("slack", "T1", '{"token": "xoxb-1-secret"}')


@pytest.fixture
def store(database):
    return SqlInstallationStore(database, KEY)


async def test_an_installation_is_kept_and_found(store):
    await store.keep(ACME, NOW)
    assert await store.of("slack", "T1") == ACME
    assert await store.of("slack", "T2") is None
    assert await store.of("discord", "T1") is None


async def test_installing_again_replaces_the_credentials(store):
    await store.keep(ACME, NOW)
    again = Installation("slack", "T1", '{"token": "xoxb-2-secret"}')
    await store.keep(again, NOW)
    assert await store.of("slack", "T1") == again
    assert await store.workspaces("slack") == ["T1"]


async def test_an_installation_that_is_forgotten_is_gone(store):
    await store.keep(ACME, NOW)
    await store.keep(Installation("slack", "T2", "{}"), NOW)
    await store.forget("slack", "T1")
    assert await store.of("slack", "T1") is None
    assert await store.workspaces("slack") == ["T2"]


async def test_who_reads_the_database_reads_no_credentials(store, database):
    await store.keep(ACME, NOW)
    [(sealed,)] = await database.read("SELECT sealed FROM installations")
    assert "xoxb" not in sealed
    assert "xoxb" not in repr(await store.of("slack", "T1"))


async def test_another_key_does_not_open_it_and_says_what_to_do(store, database):
    await store.keep(ACME, NOW)
    with pytest.raises(InstallationUnreadable, match="NOD_SECRET_KEY"):
        await SqlInstallationStore(database, KEY + "!").of("slack", "T1")


async def test_credentials_moved_to_another_workspace_do_not_open_there(store, database):
    await store.keep(ACME, NOW)
    await database.write(Statement("UPDATE installations SET workspace = 'T2'"))
    with pytest.raises(InstallationUnreadable):
        await store.of("slack", "T2")


async def test_credentials_that_were_tampered_with_do_not_open(store, database):
    await store.keep(ACME, NOW)
    await database.write(Statement("UPDATE installations SET sealed = 'A' || substr(sealed, 2)"))
    with pytest.raises(InstallationUnreadable):
        await store.of("slack", "T1")
