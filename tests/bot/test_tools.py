"""Which Tools there are by the connections."""

import subprocess
import sys

import pytest

from agent_core.tools.toolbox import ToolContext
from agent_core.tools.workspace import Workspace
from bot.connections import load_connections
from bot.settings import load_settings
from bot.tools import open_toolbox


def opened(folder, connections=""):
    """Open the Tools that these connections name."""
    path = folder / "connections.toml"
    path.write_text(connections)
    return open_toolbox(load_settings(folder / ".env"), load_connections(path, folder / ".env"))


@pytest.mark.parametrize(
    ("connections", "there"),
    [
        ("", {"read_page", "search_web"}),
        ("[web]\npages = false\n", {"search_web"}),
        ('[search]\nengine = "none"\n', {"read_page"}),
        ('[web]\npages = false\n[search]\nengine = "none"\n', set()),
        ('[http]\nhosts = ["api.crm.example"]\n', {"read_page", "search_web", "http_request"}),
        (
            '[wordpress.blog]\nurl = "https://blog.example"\nuser = "nod"\npassword = "abcd efgh"\n',
            {"read_page", "search_web", "publish_post"},
        ),
    ],
)
async def test_what_the_connections_name_is_there_and_nothing_else(connections, there, tmp_path):
    async with opened(tmp_path, connections) as box:
        assert set(box) & {"read_page", "search_web", "http_request", "publish_post", "send_mail"} == there
        assert {"read_file", "write_file", "answer"} <= set(box)


async def test_what_they_need_is_opened_when_they_are_asked_for(tmp_path):
    context = ToolContext("r1", Workspace(tmp_path / "r1"), frozenset(), "en")

    async with opened(tmp_path) as box:
        searching = await box["search_web"].preview(context, {"query": "nods"})
        reading = await box["read_page"].preview(context, {"url": "https://paper.example/nods"})

    assert [fact.value for fact in searching.facts] == [
        "DuckDuckGo, Brave, Mojeek (duckduckgo.com, search.brave.com, mojeek.com)"
    ]
    assert [fact.value for fact in reading.facts] == ["paper.example", "/nods"]


async def test_the_sandbox_is_tried_out_when_a_run_first_needs_to_know_of_it(tmp_path):
    async with opened(tmp_path) as box:
        assert "run_python" not in box
        await box.ready()
        assert {"run_python", "run_command"} <= set(box)


def test_what_no_section_names_is_not_even_loaded():
    families = ["agent_core.tools.code.opening", "agent_core.tools.mail.opening", "agent_core.tools.http.opening"]
    code = f"import sys, bot.bootstrap; print([name for name in {families!r} if name in sys.modules])"

    loaded = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)

    assert loaded.stdout.strip() == "[]"
