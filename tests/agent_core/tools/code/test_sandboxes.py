"""Which sandbox runs the code, what it is tried with first, and what the others than bubblewrap can do."""

import asyncio
import json
import os
import socket
import subprocess
import sys
import tempfile
import threading
from itertools import pairwise

import pytest

from agent_core.domain import PreviewFact
from agent_core.errors import CodeRefused, SandboxOpen
from agent_core.tools.code import opening
from agent_core.tools.code.containers import Container, command_line, find_engine
from agent_core.tools.code.finding import find_bubblewrap
from agent_core.tools.code.monty import Monty
from agent_core.tools.code.opening import open_code
from agent_core.tools.code.options import CodeOptions
from agent_core.tools.code.running import Coder
from agent_core.tools.code.sandbox import MEGABYTE, Cut, Ended, Limits, Said, Work
from agent_core.tools.code.self_test import self_test
from agent_core.tools.code.tools import run_python_tool
from agent_core.tools.toolbox import Toolbox


def run(sandbox, code, *arguments, stop=None, **limits):
    work = Work(("python", "a.py", *arguments), [("a.py", code.encode()), ("in.txt", b"Ada")], Limits(**limits))
    return sandbox.run(work, stop or threading.Event())


class Bare:
    """No sandbox at all, for the self-test to find out; where it would write, nothing is writable."""

    name = "bare"

    def run(self, work, stop):
        script = work.command[3].replace('("/", "/dev", "/etc", "/usr/bin", "/run")', '("/proc",)')
        done = subprocess.run([sys.executable, "-I", "-c", script, *work.command[4:]], capture_output=True, check=False)
        return Ended(done.returncode, Said(done.stdout), Said(done.stderr))


def test_where_nothing_holds_the_self_test_names_the_ways_out():
    with pytest.raises(SandboxOpen) as caught:
        self_test(Bare())
    for way in ("reads a file of the host", "sees the environment", "reaches the host", "signals the host"):
        assert way in str(caught.value)


def test_bubblewrap_holds_here():
    self_test(find_bubblewrap("nobody", []))


def test_a_sandbox_that_cannot_run_the_self_test_runs_nothing():
    class Broken(Bare):
        def run(self, work, stop):
            return Ended(1, err=Said(b"setting up uid map: Permission denied\n"))

    with pytest.raises(CodeRefused, match="could not be made .setting up uid map: Permission denied"):
        self_test(Broken())


@pytest.mark.parametrize(("system", "there"), [("linux", True), ("darwin", False)])
def test_what_there_is_to_find_outside_is_put_up_on_every_system(system, there, monkeypatch):
    """A socket without a file is for Linux alone; a container engine may run elsewhere."""

    class Looking(Bare):
        def run(self, work, stop):
            with socket.socket(socket.AF_UNIX) as client:
                found = client.connect_ex("\0" + json.loads(work.command[4])["socket"]) == 0
            return Ended(0, Said(b"[]" if found is there else b'["the socket"]'))

    monkeypatch.setattr(sys, "platform", system)
    self_test(Looking())


async def test_a_way_out_turns_all_code_off(tmp_path, monkeypatch):
    monkeypatch.setattr(opening, "find_bubblewrap", lambda *_: Bare())
    async with open_code(CodeOptions(), tmp_path, []) as code:
        assert (code.tools, type(code.problem)) == ((), SandboxOpen)


async def test_without_bubblewrap_monty_runs_what_it_can_and_the_card_says_so(tmp_path, monkeypatch, context):
    monkeypatch.setenv("PATH", str(tmp_path))
    async with open_code(CodeOptions(), tmp_path, []) as code:
        assert "install the package bubblewrap" in str(code.problem)
        python, command = code.tools
        shown = await python.preview(context, {"path": "a.py", "code": "print(1)"})
        assert shown.facts[0].value == "monty (a restricted Python, without packages)"
        seen = await python.run(context, {"path": "a.py", "code": "print(sum(range(5)))"})
        assert (seen.ok, seen.text.rpartition("\n")[2]) == (True, "10")
        lacking = await python.run(context, {"path": "b.py", "code": "import socket"})
        assert not lacking.ok
        assert lacking.text.endswith("With bubblewrap installed, all of it runs here.")
        with pytest.raises(CodeRefused, match="install bubblewrap"):
            await command.preview(context, {"command": ["pytest"]})


async def test_code_can_be_switched_off(tmp_path):
    async with open_code(CodeOptions(sandbox="off"), tmp_path, []) as code:
        assert code.tools == ()
        assert "says off" in str(code.problem)


def test_monty_gives_code_its_files_and_no_others(tmp_path):
    secret = tmp_path / "secret"
    secret.write_text("secret")
    code = "print(open('in.txt').read())\nopen('out.txt', 'w').write('done')\n"
    ended = run(Monty(), code)
    assert (ended.code, ended.out.text) == (0, "Ada\n")
    assert ended.left.files == {"out.txt": b"done"}
    for way in (
        f"open({str(secret)!r}).read()",
        f"open('../../..{secret}').read()",
        "import subprocess",
        "import socket",
    ):
        assert run(Monty(), way).code == 1


def test_monty_refuses_what_it_cannot_run():
    for command in (["pytest"], ["python", "-c", "1"], ["python", "a.py", "x"]):
        with pytest.raises(CodeRefused, match="install bubblewrap"):
            Monty().run(Work(tuple(command), [("a.py", b"")]), threading.Event())


def test_monty_is_ended_by_the_clock_and_by_who_gives_up():
    assert run(Monty(), "while True: pass", seconds=0.2).cut is Cut.TIME
    stop = threading.Event()
    stop.set()
    assert run(Monty(), "while True: pass", stop=stop, seconds=20).cut is Cut.STOPPED


def test_monty_makes_no_endless_files():
    ended = run(Monty(), "for n in range(100_000): open(str(n), 'w').write('')")
    assert ended.code == 1
    assert len(ended.left.files) <= 5_000


NESTED = """
from pathlib import Path

def deep(name):
    for _ in range(40):
        Path(name).mkdir()
        name += "/d"
    return name

deep("a")
for number in range(40):
    Path("a").rename(deep(f"b{number}"))
    Path(f"b{number}").rename("a")
Path("kept.txt").write_text("kept")
"""


def test_monty_leaves_no_folder_however_deep_it_was_made(monkeypatch, tmp_path):
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))
    ended = run(Monty(), NESTED)
    assert (ended.code, ended.left.files) == (0, {"kept.txt": b"kept"})
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("named", ["{secret}", "../../..{secret}", "no.py", ""])
def test_monty_runs_files_of_the_workspace_and_shows_no_others(named, tmp_path):
    secret = tmp_path / "secret"
    secret.write_text("this = is a secret")
    ended = Monty().run(Work(("python", named.format(secret=secret)), [("a.py", b"")]), threading.Event())
    assert ended.code == 2
    assert "is a secret" not in ended.err.text


# --- containers: the command is looked at, the program inside is run by itself, and engines that are here are used ---


def test_the_command_of_a_container_lets_code_have_nothing():
    limits = Limits(seconds=9, cpu_seconds=10, memory=512 * MEGABYTE, processes=20)
    container = Container("podman", "/usr/bin/podman", "python:3.13-slim")
    command = command_line(container, "nod-code-1", Work(("pytest", "-q"), limits=limits))
    assert command[:5] == ("/usr/bin/podman", "run", "--rm", "--interactive", "--name")
    assert command[-7:-3] == ("/work", "9", str(10 * MEGABYTE), str(limits.output))
    assert sorted(json.loads(command[-3])) == ["aarch64", "x86_64"]
    assert command[-2:] == ("pytest", "-q")
    image = command.index("python:3.13-slim")
    options = command[:image]
    for name, value in (
        ("--network", "none"),
        ("--cap-drop", "ALL"),
        ("--security-opt", "no-new-privileges"),
        ("--user", "65534:65534"),
        ("--pids-limit", "20"),
        ("--memory", str(512 * MEGABYTE)),
        ("--memory-swap", str(512 * MEGABYTE)),
        ("--ulimit", "nofile=256"),
        ("--tmpfs", f"/work:rw,exec,nosuid,nodev,size={limits.workspace},mode=1777"),
        ("--entrypoint", "python"),
    ):
        assert (name, value) in pairwise(options)
    assert "--read-only" in options
    assert not {"--privileged", "--volume", "-v", "--mount", "--device"} & set(options)
    assert not [option for option in options if "docker.sock" in option]


def test_only_docker_can_be_told_how_many_names_a_disk_may_hold():
    work = Work(("true",), limits=Limits(files=123))
    assert "nr_inodes=123" in " ".join(command_line(Container("docker", "docker", "image"), "x", work))
    assert "nr_inodes" not in " ".join(command_line(Container("podman", "podman", "image"), "x", work))


@pytest.fixture
def engine(tmp_path):
    """An engine that runs what follows the image on this machine, as the first process, in a folder of its own."""
    folder = tmp_path / "container"
    folder.mkdir()
    return Container("docker", engine_in(tmp_path), "image", root=str(folder))


def engine_in(folder, change=""):
    """Make a program `docker` that shuts nothing in but processes; `change` are words of Python on its arguments."""
    program = folder / "docker"
    first = ("unshare", "--user", "--map-root-user", "--pid", "--fork", "--kill-child", "--mount-proc")
    program.write_text(
        f"#!{sys.executable}\n"
        "import os, sys\n"
        "rest = sys.argv[sys.argv.index('image') + 1:] if 'image' in sys.argv else sys.exit(0)\n"
        f"{change}\n"
        f"os.execvp('unshare', [*{first!r}, {sys.executable!r}, *rest])\n"
    )
    program.chmod(0o755)
    return str(program)


def test_files_go_into_a_container_and_what_is_new_comes_back(engine):
    code = (
        "import os, sys\nprint(open('in.txt').read())\nprint('wrong', file=sys.stderr)\n"
        "os.mkdir('new')\nopen('new/out.txt', 'w').write('done')\nos.symlink('/etc/passwd', 'link')\n"
        "os.remove('in.txt')\nopen('bad\\nname', 'w')\nopen('large', 'wb').truncate(10**8)\n"
        "open(b'\\xff.txt', 'w').write('x')\n"
        "os.mkdir('shut')\nos.chmod('shut', 0)\nsys.exit(3)\n"
    )
    ended = run(engine, code)
    assert (ended.code, ended.out.text, ended.err.text) == (3, "Ada\n", "wrong\n")
    assert ended.left.files == {"new/out.txt": b"done"}
    assert ended.left.gone == ("in.txt",)
    refused = [error.fields["path"] for error in ended.left.refused]
    assert (refused[1:3], refused[-1]) == (["large", "link"], "\\udcff.txt")
    assert "bad" in refused[0]


@pytest.mark.parametrize(
    ("sandbox", "named"),
    [
        (Container("podman", "podman", "python:3.13-slim"), "podman (python:3.13-slim)"),
        (Monty(), "monty (a restricted Python, without packages)"),
    ],
)
async def test_the_card_names_the_sandbox_and_what_it_cannot_give_is_refused(sandbox, named, context):
    coder = Coder(sandbox, Limits(), asyncio.Semaphore(1), hosts=("api.example",))
    (tool,) = Toolbox.of([run_python_tool(coder)]).values()
    call = {"path": "a.py", "code": "print(1)"}
    assert (await tool.preview(context, call)).facts[0] == PreviewFact("Runs in", named)
    for wish, told in (
        ({"packages": ["requests"]}, "no packages are installed here; install bubblewrap for that"),
        ({"hosts": ["api.example"]}, "code has no network here; install bubblewrap for that"),
    ):
        with pytest.raises(CodeRefused, match=told):
            await tool.preview(context, {**call, **wish})


def test_a_container_is_ended_by_the_clock(engine):
    assert run(engine, "import time\ntime.sleep(60)", seconds=0.2).cut is Cut.TIME
    ended = run(engine, "import sys\nsys.exit(124)")  # as `timeout` ends, a program that code may well run
    assert (ended.code, ended.cut) == (124, None)


def test_the_kernel_refuses_code_in_a_container_what_engines_let_it_do(engine):
    code = (
        "import ctypes, os, socket, subprocess, sys\nlibc = ctypes.CDLL(None, use_errno=True)\n"
        "print(libc.memfd_create(b'x', 0), libc.ptrace(0, 0, None, None), libc.unshare(0x10000000))\n"
        "try:\n    socket.socket(40, socket.SOCK_STREAM)\nexcept OSError as error:\n    print(error.errno)\n"
        "print(subprocess.run([sys.executable, '-c', 'print(1)'], capture_output=True).stdout)\n"
    )
    assert run(engine, code).out.text.splitlines() == ["-1 -1 -1", "97", "b'1\\n'"]


async def test_an_engine_that_shuts_nothing_in_runs_no_code(tmp_path, monkeypatch):
    folder = tmp_path / "container"
    folder.mkdir()
    # what the attempts would write on this machine, they write nowhere
    harmless = 'rest = [each.replace(\'("/", "/dev", "/etc", "/usr/bin", "/run")\', \'("/proc",)\') for each in rest]'
    moved = f"rest = [{str(folder)!r} if each == '/work' else each for each in rest]"
    engine_in(tmp_path, f"{harmless}\n{moved}")
    monkeypatch.setenv("PATH", str(tmp_path), prepend=os.pathsep)
    async with open_code(CodeOptions(sandbox="docker", image="image"), tmp_path, []) as code:
        assert (code.tools, type(code.problem)) == ((), SandboxOpen)
        assert "docker (image) does not hold" in str(code.problem)
        assert "reads a file of the host" in str(code.problem)


def test_an_engine_that_does_not_start_the_container_is_quoted(tmp_path):
    program = tmp_path / "docker"
    program.write_text("#!/bin/sh\necho 'Cannot connect to the Docker daemon.' >&2\nexit 125\n")
    program.chmod(0o755)
    with pytest.raises(CodeRefused, match="docker says: Cannot connect to the Docker daemon."):
        run(Container("docker", str(program), "image"), "print(1)")


def test_an_engine_that_is_missing_is_named(monkeypatch, tmp_path):
    monkeypatch.setenv("PATH", str(tmp_path))
    with pytest.raises(CodeRefused, match="podman is missing"):
        find_engine("podman", "image")


def test_what_a_container_says_is_taken_for_no_more_than_the_code_s_word(tmp_path):
    program = tmp_path / "docker"
    said = b'{"code": 0, "timed_out": false, "out": ["", "", 0], "err": ["", "", 0], "others": ["a\\nb"], "more": 3}'
    records = [b"%d \n%s" % (len(said), said), b"1 ../out\nx", b"1 ok.txt\nx", b"1 .nod-x\nx", b"-5 neg\n"]
    (tmp_path / "answer").write_bytes(b"".join(records))
    program.write_text(f"#!/bin/sh\n[ $1 = run ] && cat {tmp_path}/answer\n")
    program.chmod(0o755)
    ended = run(Container("docker", str(program), "image"), "print(1)")
    assert ended.left.files == {"ok.txt": b"x"}
    assert [error.fields["path"] for error in ended.left.refused][1:] == ["../out", ".nod-x"]
    assert ended.left.more_refused == 3
