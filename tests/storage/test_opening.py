"""DATABASE_URL in all the forms that people write it."""

from pathlib import Path

import pytest

from agent_core.errors import SettingsError
from storage.opening import open_database, sqlite_path


@pytest.mark.parametrize(
    ("url", "path"),
    [
        ("sqlite:///data/nod.db", "data/nod.db"),
        ("sqlite:////srv/nod/nod.db", "/srv/nod/nod.db"),
        ("sqlite:///my data/100%.db", "my data/100%.db"),
    ],
)
def test_a_url_names_a_file(url, path):
    assert sqlite_path(url) == Path(path)


@pytest.mark.parametrize(
    ("url", "told"),
    [
        ("postgresql://nod@db/nod", "PostgreSQL is not available in this version"),
        ("postgres://nod@db/nod", "PostgreSQL is not available in this version"),
        ("postgresql+asyncpg://nod@db/nod", "PostgreSQL is not available in this version"),
        ("sqlite:///:memory:", "would forget what people decided"),
        ("sqlite:///", "must name a file"),
        ("sqlite:///nod.db?mode=ro", "must name a file"),
        ("sqlite:///nod.db#1", "must name a file"),
        ("sqlite://data/nod.db", "must name a file"),
        ("mysql://nod@db/nod", "must name a file"),
        ("data/nod.db", "must name a file"),
        ("", "must name a file"),
    ],
)
async def test_any_other_url_is_told_what_to_write(url, told):
    with pytest.raises(SettingsError, match=told) as refused:
        async with open_database(url):
            pass
    assert "for example sqlite:///data/nod.db." in str(refused.value)


async def test_a_database_is_opened_by_its_url(tmp_path):
    async with open_database(f"sqlite:///{tmp_path / 'nod.db'}") as database:
        assert await database.read("SELECT COUNT(*) FROM runs") == [(0,)]
    assert (tmp_path / "nod.db").exists()
