"""The first program in a container: fills its folder from stdin, runs the code, and says on stdout what came of it.

It runs alone, by `python -I -c`, so it imports only what any Python has. Whatever it says is the code's word: the code
runs as the same user, and could say it in its place.
"""

import base64
import ctypes
import json
import os
import signal
import stat
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import suppress
from typing import BinaryIO

WORKSPACE = "/work"
NOT_FOUND, KILLED = 127, 137  # as a shell says it
_PASSED_OVER = {"__pycache__", ".pytest_cache"}
_NAMED = 20  # of what is not sent
_DEPTH = 16  # of folders; more than is kept, so that what is too deep is named
_NO_NEW_RIGHTS, _SET_FILTER, _BY_PROGRAM = 38, 22, 2  # prctl(2): PR_SET_NO_NEW_PRIVS, PR_SET_SECCOMP, its mode
_INSTRUCTION = 8  # bytes


def main() -> None:
    """Run `ROOT SECONDS FILE_BYTES OUTPUT_BYTES FILTERS COMMAND…`. FILTERS is JSON: by machine, the seccomp filter."""
    root, seconds, most, output = sys.argv[1], float(sys.argv[2]), int(sys.argv[3]), int(sys.argv[4])
    _shut_in(json.loads(sys.argv[5]))
    if _unpack(sys.stdin.buffer, root):
        code, timed_out, out, err = _ran(sys.argv[6:], root, seconds)
        said = {"code": code, "timed_out": timed_out, "out": _cut(out, output), "err": _cut(err, output)}
        paths = sorted(_files(root, "", 1))
        plain = [path for path in paths if _is_plain(root, path, most)]
        others = sorted({*paths} - {*plain})
        answer = sys.stdout.buffer
        _write(answer, "", json.dumps({**said, "others": others[:_NAMED], "more": len(others[_NAMED:])}).encode())
        for path in plain:
            with open(os.path.join(root, path), "rb") as file:  # noqa: PTH118, PTH123
                _write(answer, path, file.read())
        answer.flush()


def _shut_in(filters: dict[str, str]) -> None:
    """Let the kernel refuse this process, and all that it starts, what code has no need of.

    What an engine refuses by itself is less: Docker lets code trace, and make memory without a name.
    """
    machine = os.uname().machine
    if machine not in filters:
        sys.exit(f"the calls of {machine} are not known")
    program = base64.b64decode(filters[machine])
    held = ctypes.create_string_buffer(program)

    class Program(ctypes.Structure):
        _fields_ = (("length", ctypes.c_ushort), ("filter", ctypes.c_void_p))

    told = Program(len(program) // _INSTRUCTION, ctypes.addressof(held))
    libc = ctypes.CDLL(None, use_errno=True)
    nothing = ctypes.c_ulong(0)
    libc.prctl(_NO_NEW_RIGHTS, ctypes.c_ulong(1), nothing, nothing, nothing)
    if libc.prctl(_SET_FILTER, ctypes.c_ulong(_BY_PROGRAM), ctypes.byref(told)):
        sys.exit(f"its seccomp filter cannot be set: {os.strerror(ctypes.get_errno())}")


def _ran(command: list[str], root: str, seconds: float) -> tuple[int, bool, bytes, bytes]:
    timed_out = False
    with tempfile.TemporaryFile() as out, tempfile.TemporaryFile() as err:
        try:
            code = subprocess.run(  # noqa: S603
                command, cwd=root, stdin=subprocess.DEVNULL, stdout=out, stderr=err, timeout=seconds, check=False
            ).returncode
        except subprocess.TimeoutExpired:
            code, timed_out = KILLED, True
        except OSError as error:
            err.write(f"{command[0]}: {error.strerror}.\n".encode())
            code = NOT_FOUND
        if os.getpid() == 1:
            with suppress(ProcessLookupError):  # mostly, nobody is left
                os.kill(-1, signal.SIGKILL)  # all but ourselves
        out.seek(0)
        err.seek(0)
        return 128 - code if code < 0 else code, timed_out, out.read(), err.read()


def _unpack(stream: BinaryIO, root: str) -> bool:
    """Write the files; False if the stream ended before they were whole. An empty name ends them."""
    while line := stream.readline():
        size, _, path = line.decode().rstrip("\n").partition(" ")
        if not path:
            return True
        where = os.path.join(root, path)  # noqa: PTH118
        os.makedirs(os.path.dirname(where), exist_ok=True)  # noqa: PTH103, PTH120
        with open(where, "wb") as file:  # noqa: PTH123
            file.write(stream.read(int(size)))
    return False


def _files(folder: str, prefix: str, depth: int) -> Iterator[str]:
    for entry in os.scandir(folder):
        if entry.name in _PASSED_OVER:
            continue
        if not entry.is_dir(follow_symlinks=False):
            yield prefix + entry.name
        elif depth < _DEPTH:
            try:
                yield from _files(entry.path, f"{prefix}{entry.name}/", depth + 1)
            except OSError:  # the code may have closed it to itself
                yield prefix + entry.name
        else:
            yield prefix + entry.name


def _is_plain(root: str, path: str, most: int) -> bool:
    where = os.path.join(root, path)  # noqa: PTH118
    try:
        found = os.lstat(where)
    except OSError:
        return False
    plain = stat.S_ISREG(found.st_mode) and found.st_nlink == 1 and os.access(where, os.R_OK)
    return plain and found.st_size <= most and "\n" not in path


def _write(stream: BinaryIO, path: str, content: bytes) -> None:
    stream.write(f"{len(content)} {path}\n".encode("utf-8", "surrogateescape") + content)


def _cut(said: bytes, most: int) -> list[object]:
    """Return the beginning and the end of what was said, in base64, and how much is left out between."""
    half = most // 2
    if len(said) <= most:
        return [base64.b64encode(said).decode(), "", 0]
    return [base64.b64encode(said[:half]).decode(), base64.b64encode(said[-half:]).decode(), len(said) - 2 * half]


if __name__ == "__main__":
    main()
