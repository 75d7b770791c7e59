"""A handful of ways out, tried inside the sandbox before any other code runs there: `self_test` sends this text in.

It runs alone, so it imports only what any Python has. Each function returns True when its way out was open.
"""

import ctypes
import json
import os
import socket
import sys
from collections.abc import Callable
from typing import Any

Outside = dict[str, Any]
Way = Callable[[Outside], bool]

_ARCHITECTURE = {"x86_64": 0, "aarch64": 1}
# numbers of unshare, memfd_create, keyctl and ptrace
_CALLS = {"unshare": (272, 97), "memfd_create": (319, 279), "keyctl": (250, 219), "ptrace": (101, 117)}
_NEW_USER, _TRACE_ME, _JOIN_SESSION = 0x10000000, 0, 1


def main() -> None:
    """Print the names of the ways that were open, as JSON. The argument says what there is to find outside."""
    outside = json.loads(sys.argv[1])
    print(json.dumps([name for name, way in WAYS.items() if _tried(way, outside)]))  # noqa: T201


def _tried(way: Way, outside: Outside) -> bool:
    try:
        return way(outside)
    except OSError:
        return False


def reads_a_file_of_the_host(outside: Outside) -> bool:
    """A file that lies in Nod's own folder of temporary files."""
    with open(outside["file"], encoding="ascii") as file:  # noqa: PTH123
        return bool(file.read())


def sees_the_environment(outside: Outside) -> bool:
    """A variable of Nod's, in the environment of any process that can be seen."""
    seen = (_contents(f"/proc/{name}/environ") for name in os.listdir("/proc") if name.isdigit())  # noqa: PTH208
    return outside["variable"].encode() in b"".join(seen)


def reaches_the_host(outside: Outside) -> bool:
    """A port that Nod listens on."""
    with socket.create_connection(("127.0.0.1", outside["port"]), timeout=1):
        return True


def reaches_an_abstract_socket(outside: Outside) -> bool:
    """A socket without a file, that Nod listens on."""
    with socket.socket(socket.AF_UNIX) as client:
        client.connect("\0" + outside["socket"])
        return True


def signals_the_host(outside: Outside) -> bool:
    """The process of Nod, if its number means anything here."""
    os.kill(outside["pid"], 0)
    return outside["command"] in _contents(f"/proc/{outside['pid']}/cmdline").decode("utf-8", "replace")


def writes_beside_the_workspace(_: Outside) -> bool:
    """Any place but those three that are there to be written to."""
    opened = False
    for folder in ("/", "/dev", "/etc", "/usr/bin", "/run"):
        try:
            os.close(os.open(f"{folder}/escaped", os.O_CREAT | os.O_WRONLY, 0o600))
            opened = True
        except OSError:
            continue
    return opened


def makes_a_namespace(_: Outside) -> bool:
    """A user namespace, where it would be root."""
    return _called("unshare", _NEW_USER) == 0


def makes_memory_without_a_name(_: Outside) -> bool:
    """Memory that no limit of a folder counts."""
    return _called("memfd_create", ctypes.c_char_p(b"x"), 0) >= 0


def joins_a_keyring(_: Outside) -> bool:
    """Keys of the user, which are in no namespace."""
    return _called("keyctl", _JOIN_SESSION, None) >= 0


def traces(_: Outside) -> bool:
    """Looking into other processes."""
    return _called("ptrace", _TRACE_ME, 0, None, None) == 0


def becomes_root(_: Outside) -> bool:
    """Root inside, which no user is."""
    os.setuid(0)
    return os.getuid() == 0


def reaches_a_machine_below(_: Outside) -> bool:
    """The host of a virtual machine, past every network namespace."""
    socket.socket(getattr(socket, "AF_VSOCK", 40), socket.SOCK_STREAM).close()
    return True


def _called(name: str, *arguments: object) -> int:
    number = _CALLS[name][_ARCHITECTURE[os.uname().machine]]
    return int(ctypes.CDLL(None, use_errno=True).syscall(number, *arguments))


def _contents(path: str) -> bytes:
    try:
        with open(path, "rb") as file:  # noqa: PTH123
            return file.read()
    except OSError:
        return b""


WAYS = {
    way.__name__.replace("_", " "): way
    for way in (
        reads_a_file_of_the_host,
        sees_the_environment,
        reaches_the_host,
        reaches_an_abstract_socket,
        signals_the_host,
        writes_beside_the_workspace,
        makes_a_namespace,
        makes_memory_without_a_name,
        joins_a_keyring,
        traces,
        becomes_root,
        reaches_a_machine_below,
    )
}

if __name__ == "__main__":
    main()
