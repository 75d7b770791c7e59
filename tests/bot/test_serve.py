"""`nod run`: it starts with one line, and ends when it is told to."""

import re
import signal
import socket
from urllib.parse import urljoin

import httpx
import pytest

from bot.addresses import address
from tests.bot.nod import SECONDS, at_terminal, code, ended, nod, running, settings_in


def answer(link, path=""):
    return httpx.get(urljoin(link, path), trust_env=False, timeout=SECONDS)


def test_the_link_it_prints_opens_the_page(tmp_path):
    with running(tmp_path) as (process, link):
        assert answer(link).status_code == 200
        assert answer(link, "/readyz").json() == {"ready": True, "checks": {"storage": "ok"}}
        assert ended(process, signal.SIGTERM) == 0
        assert process.stderr.read() == ""


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_it_ends_though_readers_of_a_stream_are_connected(tmp_path, number):
    nod(tmp_path, "goal", "write a poem about tea")
    token = nod(tmp_path, "signin", "--api").stdout.strip()
    run_id = nod(tmp_path, "runs").stdout.splitlines()[1].split()[0]
    with running(tmp_path) as (process, link):
        client = httpx.Client(trust_env=False, timeout=SECONDS, headers={"authorization": f"Bearer {token}"})
        with client, client.stream("GET", urljoin(link, f"/api/runs/{run_id}/watch")) as stream:
            assert next(stream.iter_text()).startswith("retry:")
            assert ended(process, number) == 0  # a stream has no end of its own to wait for
        assert "Traceback" not in process.stderr.read()


def test_in_a_terminal_the_link_is_what_one_sees(tmp_path):
    with at_terminal(tmp_path, "run", PORT="0") as child:
        child.expect("Ctrl-C; what waits is kept.")
        assert re.fullmatch(r"Nod runs\. Sign in once with this link: http://\S+\s+For another link: .*", child.before)
        child.sendintr()
        assert code(child) == 0
        assert child.before.strip() in ("", "^C")


def test_a_port_in_use_is_one_sentence(tmp_path):
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = str(taken.getsockname()[1])
        told = nod(tmp_path, "run", PORT=port)

    assert told.returncode == 2
    assert f"Nod cannot listen on 127.0.0.1:{port}" in told.stderr
    assert "set PORT to another" in told.stderr
    assert len(told.stderr.splitlines()) == 1
    assert not (tmp_path / "data").exists()


def test_a_run_of_the_terminal_goes_on_beside_the_page(tmp_path):
    with running(tmp_path) as (process, _):
        assert nod(tmp_path, "goal", "write a blog about AI", typed="y\n" * 6).returncode == 0
        assert ended(process, signal.SIGTERM) == 0


def test_after_kill_9_it_starts_again_and_goes_on(tmp_path):
    assert nod(tmp_path, "goal", "write a poem about tea").returncode == 4
    with running(tmp_path) as (process, _):
        process.kill()
        process.wait()
    with running(tmp_path) as (process, link):
        assert answer(link, "/healthz").text == "ok"
        assert ended(process, signal.SIGINT) == 0
    assert "Waiting" in nod(tmp_path, "runs").stdout


def test_somebody_who_left_is_signed_out(tmp_path):
    with running(tmp_path) as (process, link):
        token = nod(tmp_path, "signin", "bob", "--api").stdout.strip()
        ask = {"headers": {"authorization": f"Bearer {token}"}, "trust_env": False, "timeout": SECONDS}
        assert httpx.get(urljoin(link, "/api/me"), **ask).json() == {"actor": "nod:bob"}
        nod(tmp_path, "signin", "bob", PORT="8400")

        told = nod(tmp_path, "signout", "bob")

        assert told.stdout == "bob is signed out everywhere; sign-in links and API tokens that are void with it: 2.\n"
        assert httpx.get(urljoin(link, "/api/me"), **ask).status_code == 401
        assert ended(process, signal.SIGTERM) == 0


@pytest.mark.parametrize(
    ("settings", "expected"),
    [
        ({}, "http://127.0.0.1:8321"),
        ({"HOST": "::1"}, "http://[::1]:8321"),
        ({"HOST": "0.0.0.0"}, "http://localhost:8321"),
        ({"HOST": "nod.lan"}, "http://nod.lan:8321"),
        ({"HOST": "0.0.0.0", "NOD_PUBLIC_URL": "https://nod.example.com"}, "https://nod.example.com"),
    ],
)
def test_people_are_sent_where_they_can_open_it(tmp_path, settings, expected):
    assert address(settings_in(tmp_path, **settings), 8321) == expected
