"""Which Tools there are by the connections."""

import pytest

from agent_core.tools.toolbox import ToolContext
from agent_core.tools.workspace import Workspace
from bot.settings import load_settings
from bot.tools import open_toolbox


@pytest.mark.parametrize(
    ("connections", "there"),
    [
        ("", {"read_page", "search_web"}),
        ("[web]\npages = false\n", {"search_web"}),
        ('[search]\nengine = "none"\n', {"read_page"}),
        ('[web]\npages = false\n[search]\nengine = "none"\n', set()),
    ],
)
async def test_the_web_is_read_and_searched_unless_the_connections_say_otherwise(
    connections, there, tmp_path, monkeypatch
):
    (tmp_path / "connections.toml").write_text(connections)
    monkeypatch.setenv("NOD_CONNECTIONS", str(tmp_path / "connections.toml"))

    async with open_toolbox(load_settings(tmp_path / ".env")) as box:
        assert set(box) & {"read_page", "search_web"} == there
        assert {"read_file", "write_file", "answer"} <= set(box)


async def test_what_they_need_is_opened_when_they_are_asked_for(tmp_path, monkeypatch):
    monkeypatch.setenv("NOD_CONNECTIONS", str(tmp_path / "none.toml"))
    context = ToolContext("r1", Workspace(tmp_path / "r1"), frozenset(), "en")

    async with open_toolbox(load_settings(tmp_path / ".env")) as box:
        searching = await box["search_web"].preview(context, {"query": "nods"})
        reading = await box["read_page"].preview(context, {"url": "https://paper.example/nods"})

    assert [fact.value for fact in searching.facts] == ["DuckDuckGo (duckduckgo.com)"]
    assert [fact.value for fact in reading.facts] == ["paper.example", "/nods"]
