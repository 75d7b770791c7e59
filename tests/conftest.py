"""What holds for every test: Nod's settings come from the test alone, and nothing leaves the machine."""

import gc
import ipaddress
import os
import signal
import socket
from collections.abc import Generator, Iterator
from typing import Any

import pytest
import structlog

from bot.settings import setting_names

real_connect = socket.socket.connect
real_connect_ex = socket.socket.connect_ex

MEMORY = "/dev/shm"
ROOM = 2_000_000_000  # bytes, several times of what the tests need at once


def pytest_configure() -> None:
    """Have `tmp_path` in memory where that has room: on a disk, tests wait for each commit of a database."""
    if "PYTEST_DEBUG_TEMPROOT" not in os.environ and _has_room(MEMORY):
        os.environ["PYTEST_DEBUG_TEMPROOT"] = MEMORY


@pytest.hookimpl(wrapper=True, optionalhook=True)
def pytest_xdist_auto_num_workers() -> Generator[None, int, int]:
    """Have two processes for each processor: tests often wait for programs that they started, or a clock."""
    return 2 * (yield)


def _has_room(folder: str) -> bool:
    try:
        found = os.statvfs(folder)
    except OSError:
        return False
    allowed = os.access(folder, os.W_OK) and not found.f_flag & os.ST_NOEXEC  # some tests put programs there
    return allowed and found.f_bavail * found.f_frsize >= ROOM


def pytest_collection() -> None:
    """Look for no garbage while modules are imported: nearly all that they make stays."""
    gc.disable()


def pytest_collection_finish() -> None:
    """Look for it from now on, and not among what was there before."""
    gc.freeze()
    gc.enable()


@pytest.fixture(scope="session", autouse=True)
def own_settings() -> Iterator[None]:
    """Take the machine's settings away, from this process and from those it starts."""
    with pytest.MonkeyPatch.context() as patch:
        for name in [*os.environ]:
            if name.upper() in setting_names() or name.upper().startswith("NOD_"):
                patch.delenv(name)
        yield


def _drop(_logger: Any, _method: str, _event: Any) -> Any:
    raise structlog.DropEvent


@pytest.fixture(scope="session", autouse=True)
def ctrl_c_counts() -> None:
    """Have Ctrl-C count in the programs that tests start: whatever a shell starts beside itself ignores it."""
    if signal.getsignal(signal.SIGINT) is signal.SIG_IGN:
        signal.signal(signal.SIGINT, signal.default_int_handler)


@pytest.fixture(autouse=True)
def quiet_logs() -> None:
    """Keep the log out of the tests' output; its default shows whole tracebacks with locals, which takes seconds."""
    structlog.configure(processors=[_drop])


@pytest.fixture(scope="session", autouse=True)
def only_this_machine() -> Iterator[None]:
    """Refuse every connection that is not to this machine."""

    def connect(connection: socket.socket, address: Any) -> None:
        _refuse_far(address)
        return real_connect(connection, address)

    def connect_ex(connection: socket.socket, address: Any) -> int:
        _refuse_far(address)
        return real_connect_ex(connection, address)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(socket.socket, "connect", connect)
        patch.setattr(socket.socket, "connect_ex", connect_ex)
        yield


def _refuse_far(address: Any) -> None:
    # the addresses of Unix sockets are no tuples
    if isinstance(address, tuple) and not _is_near(str(address[0])):
        raise PermissionError(f"A test tried to reach {address[0]}; use a server in tests/peers.")


def _is_near(host: str) -> bool:
    if host in ("", "localhost"):
        return True
    try:
        address = ipaddress.ip_address(host.partition("%")[0])
    except ValueError:
        return False
    return address.is_loopback or address.is_unspecified
