"""The command line of bubblewrap: what code sees of this machine, and that it can change none of it. Pure.

Source of the options: bwrap(1), version 0.8.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import PurePosixPath

from agent_core.tools.code.launcher import PROXY, PROXY_URL, SHARED, TEMPORARY, WORKSPACE
from agent_core.tools.code.sandbox import Limits

PACKAGES = "/packages"  #: inside, what Python finds beside its standard library
USER, NAME = 1000, "code"  #: inside; it is nobody's number outside
PROGRAMS = "/run/bin"  #: inside, where `python` is the interpreter for the code

#: what programs need of a system; /usr/local is left out, for people keep their own things there
SYSTEM = ("/usr/bin", "/usr/lib", "/usr/lib64", "/usr/lib32", "/usr/libexec", "/usr/share", "/usr/include")
_LINKS = {"/bin": "usr/bin", "/sbin": "usr/bin", "/lib": "usr/lib", "/lib64": "usr/lib64"}
_SETTINGS = ("/etc/ld.so.cache", "/etc/alternatives")
_CERTIFICATES = "/etc/ssl/certs"  # only where the network is allowed
_DEVICES = ("/dev/null", "/dev/urandom")  # not /dev/zero: what is shared of it, no size counts
_LINKED_DEVICES = {
    "/dev/random": "urandom",
    "/dev/fd": "/proc/self/fd",
    "/dev/stdin": "fd/0",
    "/dev/stdout": "fd/1",
    "/dev/stderr": "fd/2",
}
_PYTHON = ("python", "python3")
_SMALL = 64 * 1024  # bytes of a folder that need hold nothing


@dataclass(frozen=True, slots=True)
class Host:
    """What of this machine code may see. Every path is absolute, real, and there.

    `python` is the interpreter for the code; what it needs is among what is `shown`. `packages` are folders of
    packages, each with its name inside. `hidden` are folders that must not be seen, though what is shown holds them.
    """

    program: str
    python: str
    shown: tuple[str, ...] = SYSTEM
    hidden: tuple[str, ...] = ()
    packages: Mapping[str, str] = field(default_factory=dict[str, str])


@dataclass(frozen=True, slots=True)
class Descriptors:
    """The numbers of what is handed over opened: the filter, who the users are, and where to tell of the start."""

    seccomp: int
    info: int
    passwd: int
    group: int


PASSWD = f"{NAME}:x:{USER}:{USER}::{TEMPORARY}:/bin/sh\n".encode()
GROUP = f"{NAME}:x:{USER}:\n".encode()


def command_line(
    host: Host, limits: Limits, descriptors: Descriptors, inner: Sequence[str], proxy: str = ""
) -> list[str]:
    """Return the command that runs `inner` apart; `proxy` is the socket through which it may reach some hosts."""
    return [
        host.program,
        "--unshare-all",
        "--unshare-user",  # or bwrap would be content without, where there is none
        *("--uid", str(USER), "--gid", str(USER), "--hostname", "sandbox"),
        "--die-with-parent",
        "--new-session",
        "--clearenv",
        *_environment(host, proxy),
        *_system(host),
        *_folders(limits, proxy),
        *("--file", str(descriptors.passwd), "/etc/passwd"),  # each mount less is a part of a millisecond
        *("--file", str(descriptors.group), "/etc/group"),
        *("--remount-ro", "/dev", "--remount-ro", "/"),
        *("--chdir", WORKSPACE),
        *("--seccomp", str(descriptors.seccomp), "--info-fd", str(descriptors.info)),
        "--",
        *inner,
    ]


def environment(host: Host, proxy: str) -> Mapping[str, str]:
    """Return the environment of the code, whole."""
    programs = (f"{PACKAGES}/{name}/bin" for name in host.packages)
    variables = {
        "PATH": ":".join((PROGRAMS, *programs, "/usr/bin", "/bin")),
        "HOME": TEMPORARY,
        "USER": NAME,
        "LANG": "C.UTF-8",
        "TMPDIR": TEMPORARY,
        "PYTHONPATH": ":".join(f"{PACKAGES}/{name}" for name in host.packages),
        "PYTHONDONTWRITEBYTECODE": "1",
        "PYTHONUNBUFFERED": "1",  # what was printed before it was ended is known
        "PYTHONNOUSERSITE": "1",
        "PYTEST_ADDOPTS": "-p no:cacheprovider",
    }
    if proxy:
        variables |= dict.fromkeys(("http_proxy", "https_proxy", "HTTP_PROXY", "HTTPS_PROXY"), proxy)
    return variables


def _environment(host: Host, proxy: str) -> Iterator[str]:
    for name, value in environment(host, PROXY_URL if proxy else "").items():
        yield from ("--setenv", name, value)


def _system(host: Host) -> Iterator[str]:
    for path in host.shown:
        yield from ("--ro-bind-try", path, path)
    for path in host.hidden:
        if any(_inside(path, shown) for shown in host.shown):
            yield from ("--size", str(_SMALL), "--tmpfs", path, "--remount-ro", path)
    for link, target in _LINKS.items():
        yield from ("--symlink", target, link)
    for name in _PYTHON:
        yield from ("--symlink", host.python, f"{PROGRAMS}/{name}")
    for path in _SETTINGS:
        yield from ("--ro-bind-try", path, path)
    for name, folder in host.packages.items():
        yield from ("--ro-bind", folder, f"{PACKAGES}/{name}")


def _folders(limits: Limits, proxy: str) -> Iterator[str]:
    yield from ("--proc", "/proc", "--size", str(_SMALL), "--tmpfs", "/dev")
    for device in _DEVICES:
        yield from ("--dev-bind", device, device)
    for link, target in _LINKED_DEVICES.items():
        yield from ("--symlink", target, link)
    sizes = {SHARED: limits.temporary, TEMPORARY: limits.temporary, WORKSPACE: limits.workspace}
    for folder, size in sizes.items():
        yield from ("--size", str(size), "--tmpfs", folder)
    if proxy:
        yield from ("--ro-bind", proxy, PROXY, "--ro-bind-try", _CERTIFICATES, _CERTIFICATES)


def _inside(path: str, folder: str) -> bool:
    return PurePosixPath(path).is_relative_to(folder)
