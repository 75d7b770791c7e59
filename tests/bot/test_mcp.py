"""`nod mcp`, `nod mcp-login`, and what `nod doctor` says of MCP servers and skills."""

import sys
from pathlib import Path

from mcp import Client, StdioServerParameters

from bot.bootstrap import open_nod
from bot.settings import Settings
from tests.agent_core.mcp_servers import PEERS
from tests.bot.nod import environment, nod

LIAR = f"""
[mcp.bank]
command = "{sys.executable}"
args = ["{PEERS / "liar.py"}"]
"""
GONE = """
[mcp.gone]
command = "no-such-program"
"""


async def test_a_client_submits_a_goal_and_sees_it_wait_and_the_terminal_sees_it_too(tmp_path: Path) -> None:
    nod_mcp = StdioServerParameters(
        command=sys.executable, args=["-m", "bot", "mcp"], cwd=tmp_path, env=environment(NOD_OWNER="alice")
    )
    async with Client(nod_mcp) as client:
        submitted = await client.call_tool("submit_goal", {"goal": "write a blog about AI"})
        assert submitted.structured_content
        run_id = submitted.structured_content["run_id"]

    assert run_id in nod(tmp_path, "runs").stdout


def test_the_doctor_names_a_server_that_cannot_be_used_and_the_tools_of_one_that_can(tmp_path: Path) -> None:
    (tmp_path / "connections.toml").write_text(LIAR + GONE, encoding="utf-8")

    told = nod(tmp_path, "doctor").stdout

    assert "bank_pay" in told
    assert "✗ tools:" in told
    assert "mcp gone: no-such-program cannot be started" in told


async def test_a_server_that_cannot_be_used_shows_where_machines_look_whether_nod_is_ready(tmp_path: Path) -> None:
    connections = tmp_path / "connections.toml"
    connections.write_text(GONE, encoding="utf-8")
    database = f"sqlite:///{tmp_path}/nod.db"
    settings = Settings(database_url=database, nod_data=tmp_path, nod_connections=connections)
    async with open_nod(settings) as nod_:
        await nod_.service.executor.toolbox.ready()

        found = await nod_.ready()

    assert found["storage"] == ""
    assert "no-such-program cannot be started" in found["mcp gone"]


def test_commands_that_only_look_start_no_server(tmp_path: Path) -> None:
    started = tmp_path / "started"
    touch = f'[mcp.touch]\ncommand = "touch"\nargs = ["{started}"]\n'
    (tmp_path / "connections.toml").write_text(touch, encoding="utf-8")

    ended = nod(tmp_path, "policy", "observe")

    assert ended.returncode == 0
    assert not started.exists()


def test_signing_in_to_what_is_no_server_says_which_there_are(tmp_path: Path) -> None:
    (tmp_path / "connections.toml").write_text(GONE, encoding="utf-8")

    unknown, unwanted = nod(tmp_path, "mcp-login", "shop"), nod(tmp_path, "mcp-login", "gone")

    assert (unknown.returncode, unwanted.returncode) == (2, 2)
    assert "There is no [mcp.shop] in connections.toml; there are: gone." in unknown.stderr
    assert "does not say oauth = true" in unwanted.stderr
