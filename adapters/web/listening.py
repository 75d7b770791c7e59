"""The port that the web door listens on; one that cannot be had is told, with what to set instead."""

import errno
import os
import socket

from agent_core.errors import SettingsError

_HOST = "HOST must be an address of this machine, for example 127.0.0.1."
_PORT = "end what uses that port, or set PORT to another."
BACKLOG = 2048  # connections the system keeps waiting; uvicorn's own default


def listen(host: str, port: int) -> socket.socket:
    """Return a socket that listens, `port` 0 for a free one. Raises SettingsError when it cannot be had."""
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    try:
        socket.getaddrinfo(host or None, 0, family)  # `create_server` does not say when it is the name that fails
        listening = socket.create_server((host, port), family=family, backlog=BACKLOG)
    except (OSError, OverflowError, UnicodeError) as error:  # UnicodeError: of names that no host can have
        raise SettingsError(reason=f"Nod cannot listen on {host}:{port} {why_not(error)}") from None
    # asyncio does this for sockets of its own alone; without it an answer in two pieces waits 40 ms for the second
    listening.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
    return listening


def why_not(error: Exception) -> str:
    """Return the end of a sentence: why a socket cannot listen, and what to set instead."""
    match error:
        case socket.gaierror():
            return f"({error.strerror}); {_HOST}"
        case UnicodeError():
            return f"(no host can have this name); {_HOST}"
        case OSError(errno=int(number)):
            ways = dict.fromkeys((errno.EADDRNOTAVAIL, errno.EAFNOSUPPORT, errno.EINVAL), _HOST)
            ways |= {errno.EACCES: "choose a PORT of 1024 or more."}
            # not the error's own words: `create_server` adds the address to them
            return f"({os.strerror(number)}); {ways.get(number, _PORT)}"
        case _:
            return f"({error}); {_PORT}"
