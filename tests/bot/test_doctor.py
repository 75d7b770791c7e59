"""`nod doctor`: a line for everything, and what to do about what is wrong."""

import re
import socket

import pytest

from agent_core.errors import SearchFailed
from bot.doctor import _web_pages, _web_search
from bot.settings import load_settings
from tests.bot.nod import nod, running
from tests.peers.openai_server import Say, Status, openai_server_in_thread
from tests.peers.search import KEY, open_engine
from tests.peers.search.engines import Result


def test_all_is_well_where_nothing_is_set(tmp_path):
    told = nod(tmp_path, "doctor")

    assert told.returncode == 0, told.stdout
    assert "✗" not in told.stdout
    for name in (
        "python",
        "settings",
        "data",
        "database",
        "tools",
        "web search",
        "code",
        "secret key",
        "address",
        "approvers",
        "model",
    ):
        assert f"✓ {name}: " in told.stdout
    assert "the rehearsal model answers; set OPENAI_API_KEY" in told.stdout
    assert list(tmp_path.iterdir()) == []  # it looks, and makes nothing


def test_what_runs_generated_code_is_told(tmp_path):
    assert "✓ code: generated code runs in bubblewrap\n" in nod(tmp_path, "doctor").stdout

    without = nod(tmp_path, "doctor", PATH=str(tmp_path)).stdout
    assert (
        "✓ code: generated code runs in monty (a restricted Python, without packages); bubblewrap would run" in without
    )
    assert "install the package bubblewrap" in without

    (tmp_path / "connections.toml").write_text('[code]\nsandbox = "podman"\n')
    told = nod(tmp_path, "doctor", PATH=str(tmp_path)).stdout
    assert "code: none runs: The code was not run: podman is missing; install it" in told
    assert "run_python" not in told


@pytest.mark.parametrize(
    ("line", "said"),
    [
        ("NOD_MODLE=x", "did you mean NOD_MODEL?"),
        ("PORT=many", "it must be a port from 0 to 65535"),
        ("this is no setting", "Line 1 of .env is not NAME=value"),
        ("DATABASE_URL=postgresql://x/y", "PostgreSQL is not available in this version; set DATABASE_URL to a file"),
    ],
)
def test_settings_that_cannot_be_read_are_told(tmp_path, line, said):
    (tmp_path / ".env").write_text(line + "\n")
    more = {"PORT": ""} if line.startswith("PORT") else {}

    told = nod(tmp_path, "doctor", **more)

    assert told.returncode == 1
    assert "✗ settings: " in told.stdout
    assert said in told.stdout


def test_every_setting_that_is_wrong_is_told_on_a_line_of_its_own(tmp_path):
    (tmp_path / ".env").write_text("NOD_MODLE=x\nNOD_LOG=loud\nNOD_POLICY=never\n")

    told = nod(tmp_path, "doctor")

    assert told.returncode == 1
    assert told.stdout.count("✗ settings: ") == 3
    for said in ("There is no setting NOD_MODLE;", "NOD_LOG is 'loud';", "NOD_POLICY is 'never';"):
        assert f"✗ settings: {said}" in told.stdout


def test_a_database_that_is_damaged_is_told(tmp_path):
    (tmp_path / "data").mkdir()
    (tmp_path / "data/nod.db").write_bytes(b"no database at all")

    told = nod(tmp_path, "doctor")

    assert told.returncode == 1
    assert "✗ database: data/nod.db is not a healthy Nod database" in told.stdout
    assert re.search(r"^1 of \d+ need attention\.$", told.stdout, re.MULTILINE)


def test_a_folder_that_cannot_be_written_to_is_told(tmp_path):
    (tmp_path / "file").write_text("")

    told = nod(tmp_path, "doctor", NOD_DATA="file/data")

    assert told.returncode == 1
    assert "set NOD_DATA to a folder that can" in told.stdout


def test_a_port_that_another_program_uses_is_told(tmp_path):
    with socket.create_server(("127.0.0.1", 0)) as taken:
        told = nod(tmp_path, "doctor", PORT=str(taken.getsockname()[1]))

    assert told.returncode == 1
    assert "✗ address: Nod cannot listen on" in told.stdout


def test_a_port_that_nod_uses_is_well(tmp_path):
    with running(tmp_path) as (_, link):
        told = nod(tmp_path, "doctor", PORT=link.split("/")[2].split(":")[1])

    assert told.returncode == 0
    assert "already" in told.stdout


def test_a_model_that_answers_is_well_and_was_really_asked(tmp_path):
    with openai_server_in_thread() as server:
        server.will(Say("ready"))
        told = nod(tmp_path, "doctor", OPENAI_BASE_URL=server.base_url, OPENAI_API_KEY="sk-right-key", NOD_MODEL="m1")
        assert [request["model"] for request in server.requests] == ["m1"]
        assert server.headers[0]["authorization"] == "Bearer sk-right-key"

    assert told.returncode == 0, told.stdout
    assert "✓ model: m1 answers" in told.stdout


@pytest.mark.parametrize("status", [401, 404])
def test_a_model_that_refuses_is_told_without_the_key(tmp_path, status):
    with openai_server_in_thread() as server:
        server.respond = lambda _: Status(status)
        told = nod(tmp_path, "doctor", OPENAI_BASE_URL=server.base_url, OPENAI_API_KEY="sk-wrong-key-123")

    assert told.returncode == 1
    assert "✗ model: " in told.stdout
    assert "sk-wrong-key-123" not in told.stdout + told.stderr


def test_a_model_that_is_not_there_is_told(tmp_path):
    told = nod(tmp_path, "doctor", OPENAI_BASE_URL="http://127.0.0.1:9/v1")

    assert told.returncode == 1
    assert "nothing answers at http://127.0.0.1:9/v1" in told.stdout


def with_search(folder, monkeypatch, **section):
    lines = [f'{name} = "{value}"' for name, value in section.items()]
    (folder / "connections.toml").write_text("\n".join(["[search]", *lines]))
    monkeypatch.setenv("NOD_CONNECTIONS", str(folder / "connections.toml"))
    return load_settings(folder / ".env")


async def test_the_search_engine_that_is_set_is_asked(tmp_path, monkeypatch):
    async with open_engine("brave") as peer:
        settings = with_search(tmp_path, monkeypatch, engine="brave", key=KEY, url=peer.url)
        peer.results = [Result("Weather", "https://weather.example/", "")]
        found = await _web_search(settings)
        assert (found.well, found.text) == (True, f"Brave at 127.0.0.1:{peer.web.port} answers")

        peer.results = []
        assert "finds nothing for “weather”" in (await _web_search(settings)).text

        wrong = with_search(tmp_path, monkeypatch, engine="brave", key="wrong", url=peer.url)
        with pytest.raises(SearchFailed, match="it refuses the key"):
            await _web_search(wrong)


async def test_search_can_be_switched_off(tmp_path, monkeypatch):
    found = await _web_search(with_search(tmp_path, monkeypatch, engine="none"))

    assert (found.well, found.text) == (True, "switched off in the connections")


@pytest.mark.parametrize(
    ("section", "said"),
    [
        ("", "those of the public web are read, at the ports 80, 443; scripts are not run"),
        ('ports = [8080]\nallowed = ["wiki.example"]', "and wiki.example are read, at the ports 8080; scripts"),
        ("javascript = true", "runs their scripts within bubblewrap"),
        ("pages = false", "switched off in the connections"),
    ],
)
async def test_which_pages_are_read_is_told(section, said, tmp_path, monkeypatch):
    (tmp_path / "connections.toml").write_text(f"[web]\n{section}\n")
    monkeypatch.setenv("NOD_CONNECTIONS", str(tmp_path / "connections.toml"))

    found = await _web_pages(load_settings(tmp_path / ".env"))

    assert found.well
    assert said in found.text


async def test_scripts_that_nothing_can_run_are_told(tmp_path, monkeypatch):
    (tmp_path / "connections.toml").write_text("[web]\njavascript = true\n")
    monkeypatch.setenv("NOD_CONNECTIONS", str(tmp_path / "connections.toml"))
    monkeypatch.setenv("PATH", str(tmp_path))

    found = await _web_pages(load_settings(tmp_path / ".env"))

    assert not found.well
    assert "install chromium and bubblewrap" in found.text
