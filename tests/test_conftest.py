import os
import socket

import pytest


def test_connections_to_elsewhere_are_refused() -> None:
    with socket.socket() as connection, pytest.raises(PermissionError, match=r"use a server in tests/peers"):
        connection.connect(("192.0.2.1", 80))  # an address for documentation, RFC 5737


def test_connections_to_this_machine_are_not() -> None:
    with socket.create_server(("127.0.0.1", 0)) as server, socket.create_connection(server.getsockname()) as connection:
        assert connection.getpeername() == server.getsockname()


def test_settings_of_the_machine_are_gone() -> None:
    assert not [name for name in os.environ if name.startswith(("NOD_", "OPENAI_"))]
