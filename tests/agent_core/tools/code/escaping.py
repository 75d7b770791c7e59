"""What the escape suite needs: users to be, a world outside to find, and ways to run attempts inside and outside."""

import contextlib
import ctypes
import json
import os
import pickle
import secrets
import socket
import subprocess
import tempfile
import threading
import warnings
from dataclasses import replace
from pathlib import Path

from agent_core.tools.code.finding import find_bubblewrap
from agent_core.tools.code.sandbox import Limits, Work
from tests.agent_core.tools.code import ways

NOBODY = 65534
IS_ROOT = os.geteuid() == 0
USERS = ("root", "ordinary") if IS_ROOT else ("ordinary",)
CONTROLS = {name: how for name, how in ways.CONTROLS.items() if IS_ROOT or how != "root"}
SOURCE = [(f"ways/{path.name}", path.read_bytes()) for path in sorted(Path(ways.__file__).parent.glob("*.py"))]
LIMITS = Limits(
    seconds=90.0,
    cpu_seconds=60,
    memory=256_000_000,
    processes=32,
    workspace=24_000_000,
    temporary=24_000_000,
    file=16_000_000,
)
IPC_CREATE, IPC_REMOVE = 0o1000, 0
NAMESPACE = ("unshare", "--user", "--map-root-user", "--mount", "--uts", "--pid", "--fork", "--mount-proc")


def uid_of(user):
    """Return whom processes of that user run as: None for as whom the tests run."""
    return NOBODY if IS_ROOT and user == "ordinary" else None


def sandbox_of(user, **host):
    """Return the sandbox, as Nod finds it when it is that user."""
    found = find_bubblewrap("nobody", [])
    found = replace(found, host=replace(found.host, **host))
    return replace(found, user=None) if user == "ordinary" else found


def run_as(user, sandbox, work, stop=None):
    """Run work in the sandbox, by a process of that user."""
    stop = stop or threading.Event()
    if uid_of(user) is None:
        return sandbox.run(work, stop)
    out, into = os.pipe()
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", DeprecationWarning)  # from 3.12 on, of forks beside threads
        child = os.fork()
    if child == 0:
        try:
            os.close(out)
            os.setgroups([])
            os.setresgid(NOBODY, NOBODY, NOBODY)
            os.setresuid(NOBODY, NOBODY, NOBODY)
            with os.fdopen(into, "wb") as stream:
                stream.write(pickle.dumps(sandbox.run(work, stop)))
        finally:
            os._exit(0)
    os.close(into)
    with os.fdopen(out, "rb") as stream:
        said = stream.read()
    os.waitpid(child, 0)
    return pickle.loads(said)


def run_outside(user, how, world, names):
    """Make attempts without a sandbox, in a folder of their own; return what came of each."""
    python = find_bubblewrap("nobody", []).host.python
    uid = None if how == "root" else uid_of(user)
    with tempfile.TemporaryDirectory() as folder:
        Path(folder).chmod(0o777)
        Path(folder, "ways").mkdir(mode=0o755)
        for path, content in SOURCE:
            Path(folder, path).write_bytes(content)
        command = [python, "-m", "ways", json.dumps(world), *names]
        done = subprocess.run(
            [*NAMESPACE, *command] if how == "namespace" else command,
            cwd=folder,
            user=uid,
            group=uid,
            extra_groups=None if uid is None else [],
            env={**os.environ, "MARK": world["mark"]},
            capture_output=True,
            check=False,
            timeout=120,
        )
    assert done.stdout, done.stderr.decode()
    return json.loads(done.stdout)


def run_inside(user, world, names):
    """Make attempts in the sandbox; return what came of each."""
    with tempfile.TemporaryDirectory() as folder:
        Path(folder).chmod(0o777)  # so that nothing but the sandbox keeps it from being written to
        sandbox = sandbox_of(user, packages={"tests": folder})
        command = ("python", "-m", "ways", json.dumps({**world, **INSIDE}), *names)
        ended = run_as(user, sandbox, Work(command, SOURCE, LIMITS))
    assert ended.cut is None, ended.cut
    assert ended.out.text, ended.err.text
    return json.loads(ended.out.text)


INSIDE = {
    "inside": True,
    "temporary": "/tmp",
    "shared": "/dev/shm",
    "folders": {
        "root": "/",
        "devices": "/dev",
        "settings": "/etc",
        "programs": "/usr/bin",
        "packages": "/packages/tests",
        "run": "/run",
    },
}


@contextlib.contextmanager
def world_of(user):
    """Put up what there is to find outside, all of it open to this user."""
    mark = f"nod{secrets.token_hex(8)}"
    uid = uid_of(user)
    with contextlib.ExitStack() as stack:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory()))
        folder.chmod(0o777)
        for name in ("secret", "linkable"):
            (folder / name).write_text(mark)
            (folder / name).chmod(0o666)
            if uid is not None:
                os.chown(folder / name, uid, uid)
        for name in (mark, "open"):
            (folder / name).mkdir()
            (folder / name).chmod(0o777)
        (folder / mark / mark).touch()
        shared = Path("/dev/shm", mark)
        shared.write_text(mark)
        shared.chmod(0o644)
        stack.callback(shared.unlink)
        segment = ways.LIBC.shmget(key := secrets.randbelow(2**30) + 1, 4096, IPC_CREATE | 0o666)
        stack.callback(ways.LIBC.shmctl, segment, IPC_REMOVE, None)
        yield {
            "inside": False,
            "mark": mark,
            "secret": str(folder / "secret"),
            "linkable": str(folder / "linkable"),
            "beside": "",
            "folders": dict.fromkeys(INSIDE["folders"], str(folder / "open")),
            "temporary": ".",
            "shared": ".",
            "shm": key,
            "processes": LIMITS.processes,
            "memory": LIMITS.memory,
            "disk": LIMITS.workspace,
            "file": LIMITS.file,
            "victim": stack.enter_context(victim(mark, folder / mark, uid)),
            **stack.enter_context(servers(mark, folder / "socket")),
        }


@contextlib.contextmanager
def victim(mark, folder, uid):
    """Run a process that waits, whose command, environment and folder hold the mark."""
    process = subprocess.Popen(
        ["/bin/sh", "-c", f"sleep 600 # {mark}\n:"],
        env={"MARK": mark},
        cwd=folder,
        user=uid,
        group=uid,
        extra_groups=None if uid is None else [],
        start_new_session=True,
    )
    try:
        yield process.pid
    finally:
        os.killpg(process.pid, 9)
        process.wait()


@contextlib.contextmanager
def servers(mark, path):
    """Listen: by TCP, by UDP with an answer, and on sockets with and without a file."""
    with contextlib.ExitStack() as stack:
        tcp = stack.enter_context(socket.create_server(("127.0.0.1", 0)))
        udp = stack.enter_context(socket.socket(socket.AF_INET, socket.SOCK_DGRAM))
        udp.bind(("127.0.0.1", 0))
        for address in (f"\0{mark}", str(path)):
            server = stack.enter_context(socket.socket(socket.AF_UNIX))
            server.bind(address)
            server.listen()
        path.chmod(0o777)

        def answer():
            while True:
                said, sender = udp.recvfrom(16)
                if said == b"end":
                    return
                udp.sendto(b"pong", sender)

        answering = threading.Thread(target=answer)
        answering.start()
        try:
            yield {"tcp": tcp.getsockname()[1], "udp": udp.getsockname()[1], "unix": str(path)}
        finally:
            with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as last:
                last.sendto(b"end", udp.getsockname())
            answering.join()


assert ctypes.sizeof(ctypes.c_void_p) == 8  # the attempts' structures are those of 64 bits
