"""How code ends that would rather not: bombs, whatever stays behind, and a Nod that dies; and what it cannot leave."""

import json
import os
import selectors
import signal
import subprocess
import sys
import threading
import time
from dataclasses import replace
from pathlib import Path

import pytest

from agent_core.tools.code.finding import find_bubblewrap
from agent_core.tools.code.sandbox import Cut, Limits, Work
from tests.agent_core.tools.code.escaping import USERS, run_as, sandbox_of

pytestmark = pytest.mark.parametrize("user", USERS)


def run(user, code, given=(), **limits):
    work = Work(("python", "-c", code), given, replace(Limits(seconds=30.0), **limits))
    return run_as(user, sandbox_of(user), work)


def outside(code, folder, timeout=20):
    """Run the same code without a sandbox, in a folder of its own."""
    return subprocess.run([sys.executable, "-c", code], cwd=folder, check=False, timeout=timeout, capture_output=True)


SHARED_OUT = """
import os, time
for _ in range(6):
    if os.fork() == 0:
        held = b"x" * 30_000_000
        time.sleep(20)
        os._exit(0)
print("begun", flush=True)
{wait}
"""


def test_memory_of_many_processes_together_has_a_limit(user, tmp_path):
    ended = run(user, SHARED_OUT.format(wait="time.sleep(20)"), memory=100_000_000)
    assert ended.cut is Cut.MEMORY
    code = SHARED_OUT.format(wait="for _ in range(6): os.wait()").replace("time.sleep(20)", "pass")
    assert outside(code, tmp_path).stdout == b"begun\n"


def test_files_without_number_have_a_limit(user, tmp_path):
    code = "import sys\nfor n in range(int(sys.argv[1]) if sys.argv[1:] else 10**7): open(str(n), 'w').close()"
    ended = run(user, code, files=2_000)
    assert ended.cut is Cut.FILES
    done = subprocess.run([sys.executable, "-c", code, "3000"], cwd=tmp_path, check=True, timeout=60)
    assert (done.returncode, len(list(tmp_path.iterdir()))) == (0, 3000)


def test_time_on_the_processor_has_a_limit(user, tmp_path):
    ended = run(user, "while True: pass", cpu_seconds=1)
    assert (ended.code, ended.cut) == (128 + signal.SIGKILL, None)
    with pytest.raises(subprocess.TimeoutExpired):
        outside("while True: pass", tmp_path, timeout=1.5)


DAEMON = """
import os, signal, sys, time
begun, begins = os.pipe()
for number in (signal.SIGTERM, signal.SIGHUP, signal.SIGINT):
    signal.signal(number, signal.SIG_IGN)
if os.fork() == 0:
    os.setsid()
    if os.fork() == 0:
        os.closerange(0, 3)
        os.write(begins, b".")
        time.sleep(600)
        os._exit(0)
    os._exit(0)
os.read(begun, 1)
# {mark}
"""


def alive(mark):
    """Return the processes of this machine whose command holds the mark, this test's own left out."""
    found = []
    for process in Path("/proc").iterdir():
        if process.name.isdigit() and int(process.name) != os.getpid():
            try:
                words = (process / "cmdline").read_bytes()
            except OSError:
                continue
            if mark.encode() in words:
                found.append(int(process.name))
    return found


def test_nothing_of_it_stays_behind(user, tmp_path):
    mark = f"daemon-{user}-{os.getpid()}"
    assert run(user, DAEMON.format(mark=mark)).code == 0
    assert alive(mark) == []
    assert outside(DAEMON.format(mark=mark), tmp_path).returncode == 0
    stayed = alive(mark)
    assert stayed
    for process in stayed:
        os.kill(process, signal.SIGKILL)


def test_it_ends_when_nod_is_killed(user, tmp_path):
    mark = f"orphan-{user}-{os.getpid()}"
    nod = (
        "import json, os, sys, threading\n"
        "from agent_core.tools.code.sandbox import Limits, Work\n"
        "from tests.agent_core.tools.code.escaping import run_as, sandbox_of\n"
        f"work = Work(('python', '-c', 'import time\\ntime.sleep(600) # {mark}'), (), Limits(seconds=600.0))\n"
        f"print('ready', flush=True)\nrun_as({user!r}, sandbox_of({user!r}), work)\n"
    )
    root = Path(__file__).parents[4]
    process = subprocess.Popen([sys.executable, "-c", nod], cwd=root, stdout=subprocess.PIPE, start_new_session=True)
    assert process.stdout.readline() == b"ready\n"
    held = held_open(mark, process.pid)
    os.killpg(process.pid, signal.SIGKILL)
    process.communicate()
    wait_for(held)
    assert alive(f"time.sleep(600) # {mark}") == []


def held_open(mark, nod):
    """Wait until the code runs, and return descriptors of its processes."""
    end = time.monotonic() + 30
    while time.monotonic() < end:
        for process in alive(f"time.sleep(600) # {mark}"):
            try:
                words = Path(f"/proc/{process}/cmdline").read_bytes().split(b"\0")
            except OSError:
                continue
            if words[:2] == [b"python", b"-c"] and process != nod:
                return [os.pidfd_open(process)]
    raise AssertionError("the code did not begin")


def wait_for(descriptors):
    with selectors.DefaultSelector() as selector:
        for descriptor in descriptors:
            selector.register(descriptor, selectors.EVENT_READ)
        assert selector.select(30)
    for descriptor in descriptors:
        os.close(descriptor)


def test_it_ends_when_it_is_told_to_stop(user):
    stop = threading.Event()
    stop.set()
    work = Work(("python", "-c", "import time\ntime.sleep(600)"), (), Limits(seconds=600.0))
    assert run_as(user, sandbox_of(user), work, stop).cut is Cut.STOPPED


TRICKS = """
import os
os.symlink({secret!r}, "file")
os.symlink(os.path.dirname({secret!r}), "folder")
os.remove("given.txt")
os.symlink({secret!r}, "given.txt")
os.mkfifo("fifo")
os.mkdir("sub")
os.symlink("../../../../../../../..{secret}", "sub/relative")
open("plain.txt", "w").write("plain")
os.chmod("plain.txt", 0)
os.chmod("sub", 0)
"""


def test_links_that_it_leaves_are_not_followed(user, tmp_path):
    secret = tmp_path / "secret"
    secret.write_text("secret")
    work = tmp_path / "work"
    work.mkdir()
    (work / "given.txt").write_text("given")
    code = TRICKS.format(secret=str(secret))
    left = run(user, code, [("given.txt", b"given")]).left
    assert all(b"secret" not in content for content in left.files.values())
    assert not {"file", "given.txt", "fifo"} & set(left.files)
    assert not any(path.startswith(("folder/", "sub/")) for path in left.files)
    assert outside(code, work).returncode == 0
    assert [(work / name).read_text() for name in ("file", "given.txt", "folder/secret")] == ["secret"] * 3


def test_a_tree_of_five_thousand_folders_breaks_nothing(user):
    code = (
        "import os\nopen('kept.txt', 'w').write('kept')\n"
        "for _ in range(5000):\n    os.mkdir('d')\n    os.chdir('d')\nprint('deep')\n"
    )
    ended = run(user, code)
    assert ended.out.text == "deep\n"
    assert ended.left.files == {"kept.txt": b"kept"}
    assert [error.fields["path"] for error in ended.left.refused] == ["d/" * 7 + "d"]


def test_neither_bwrap_nor_the_code_has_a_variable_of_nod_s(user, monkeypatch):
    monkeypatch.setenv("CANARY_OF_NOD", "canary")
    code = "import json, os\nprint(json.dumps([*os.environ]))"
    ended = run(user, code)
    assert "CANARY_OF_NOD" not in json.loads(ended.out.text)
    assert {"PATH", "HOME", "LANG"} <= set(json.loads(ended.out.text))


def test_neither_nod_nor_what_is_installed_beside_it_can_be_imported(user):
    code = (
        "import importlib.util, json\n"
        "names = ('agent_core', 'bot', 'pydantic', 'openai', 'pip')\n"
        "print(json.dumps([name for name in names if importlib.util.find_spec(name)]))"
    )
    assert json.loads(run(user, code).out.text) == []


def test_a_folder_that_is_hidden_is_empty_though_what_holds_it_is_shown(user):
    folder = "/usr/share/doc" if Path("/usr/share/doc").is_dir() else "/usr/share"
    sandbox = sandbox_of(user)
    hidden = replace(sandbox, host=replace(sandbox.host, hidden=(*sandbox.host.hidden, folder)))
    work = Work(("python", "-c", f"import os\nprint(os.listdir({folder!r}))"), (), Limits(seconds=30.0))
    assert run_as(user, hidden, work).out.text == "[]\n"
    assert run_as(user, sandbox, work).out.text != "[]\n"


def test_what_nod_keeps_is_hidden_wherever_it_lies(user):
    found = find_bubblewrap("nobody", [Path("/usr/share/nod")])
    assert "/usr/share/nod" in found.host.hidden
    assert sandbox_of(user).host.hidden == found.host.hidden[:-1]
