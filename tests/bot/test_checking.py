"""What is found of connections when they are looked at."""

from pathlib import Path

import pytest

from agent_core.errors import SettingsError
from bot.checking import check_connections
from bot.connections import Connections, load_connections
from tests.peers.ghost.server import ADMIN_KEY, open_ghost_server
from tests.peers.mail import PASSWORD
from tests.peers.mail.smtp import open_smtp


def loaded(folder: Path, text: str) -> Connections:
    path = folder / "connections.toml"
    path.write_text(text, encoding="utf-8")
    return load_connections(path, folder / ".env")


async def test_each_connection_is_signed_in_to_and_told_apart(tmp_path: Path) -> None:
    async with open_ghost_server() as ghost, open_smtp() as smtp:
        mail = f'smtp = {{ host = "127.0.0.1", port = {smtp.port}, security = "none" }}\nsender = "nod@example.org"\n'
        connections = loaded(
            tmp_path,
            f'[ghost.news]\nurl = "{ghost.url}"\nadmin_key = "{ADMIN_KEY}"\n'
            f'[ghost.lost]\nurl = "{ghost.url}"\nadmin_key = "{ADMIN_KEY[:-2]}00"\n'
            f'[mail.well]\n{mail}user = "nod"\npassword = "{PASSWORD}"\n'
            f'[mail.wrong]\n{mail}user = "nod"\npassword = "of-nobody"\n'
            '[mail.empty]\nsender = "nod@example.org"\nuser = "nod"\npassword = "of-nobody"\n'
            '[secrets]\nbound_nowhere = "a value of its own"\n',
        )

        found = {each.name: each async for each in check_connections(connections)}

    assert {name for name, each in found.items() if each.well} == {"site news", "mail well"}
    assert found["site news"].text == f"127.0.0.1:{ghost.web.port} lets A Ghost publish"
    assert found["site lost"].text.startswith("lost: it does not accept the credentials of this connection")
    assert found["mail well"].text == "nod@example.org sends mail"
    assert found["mail wrong"].text == "wrong: it does not accept the user and password of this connection."
    assert found["mail empty"].text == "it has neither smtp nor imap; say where it sends or reads."
    assert "it goes nowhere" in found["secret bound_nowhere"].text


def test_two_sites_have_two_names(tmp_path: Path) -> None:
    text = '[wordpress.news]\nurl = "https://a.example"\nuser = "nod"\npassword = "of-a-test"\n'

    with pytest.raises(SettingsError, match="two sites are called news"):
        loaded(tmp_path, f'{text}[ghost.news]\nurl = "https://b.example"\nadmin_key = "{ADMIN_KEY}"\n')


@pytest.mark.parametrize(("url", "warned"), [("http://127.0.0.1:1", False), ("http://blog.invalid", True)])
async def test_a_password_that_would_go_to_another_machine_unencrypted_is_warned_of(tmp_path, url, warned) -> None:
    text = f'[wordpress.blog]\nurl = "{url}"\nuser = "nod"\npassword = "of-a-test"\n'
    told = [each.text async for each in check_connections(loaded(tmp_path, text)) if "is not https" in each.text]

    assert told == ([f"{url} is not https, so its password can be read on the way there; use https."] if warned else [])
