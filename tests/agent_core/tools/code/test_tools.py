"""The Tools that run code, as a run uses them, under bubblewrap."""

import asyncio
from dataclasses import replace

import pytest

from agent_core.domain import PreviewFact, Risk, digest_of
from agent_core.tools.code.finding import find_bubblewrap
from agent_core.tools.code.running import Coder
from agent_core.tools.code.sandbox import Cut, Limits
from agent_core.tools.code.tools import run_python_tool
from agent_core.tools.toolbox import Toolbox
from agent_core.tools.workspace import ABSENT, basis_of

DOUBLE = "def double(number):\n    return 2 * number\n"
TESTS = "from double import double\n\n\ndef test_double():\n    assert double(3) == {}\n"


async def test_a_program_is_written_run_and_what_it_wrote_is_kept(run, context):
    context.workspace.write("names/in.txt", b"Ada")
    code = "print('Hello', open('names/in.txt').read())\nopen('names/out.txt', 'w').write('done')\n"
    seen = await run("run_python", {"path": "hello.py", "code": code})
    assert seen.text.endswith("\nstdout:\nHello Ada")
    assert seen.text.startswith("Exit code 0 after ")
    assert (seen.ok, seen.trusted) == (True, True)
    assert sorted(file.path for file in seen.files) == ["hello.py", "names/out.txt"]
    assert context.workspace.read("hello.py").decode() == code
    assert {file for file in context.workspace.list() if file.path != "names/in.txt"} == set(seen.files)


async def test_a_function_and_its_tests_are_a_real_job(run, context):
    context.workspace.write("double.py", DOUBLE.encode())
    context.workspace.write("test_double.py", TESTS.format(7).encode())
    failed = await run("run_command", {"command": ["pytest", "-q"]})
    assert (failed.ok, failed.files) == (False, ())
    assert failed.text.startswith("Exit code 1 after ")
    assert "E       assert 6 == 7" in failed.text
    context.workspace.write("test_double.py", TESTS.format(6).encode())
    passed = await run("run_command", {"command": ["python", "-m", "pytest", "-q"]})
    assert passed.ok
    assert "1 passed" in passed.text


async def test_the_card_says_where_code_runs_and_what_it_may_use_and_reach(opened, context):
    context.workspace.write("a.py", b"old")
    async with opened(seconds=30) as box:
        shown = await box["run_python"].preview(context, {"path": "a.py", "code": "new"})
        new = await box["run_python"].preview(context, {"path": "b.py", "code": "new"})
        command = await box["run_command"].preview(context, {"command": ["pytest", "-k", "a or b"]})
        assert {(tool.name, tool.risk, tool.outside) for tool in box.values()} == {
            ("run_python", Risk.EXECUTE, False),
            ("run_command", Risk.EXECUTE, False),
        }
    common = (
        PreviewFact("Runs in", "bubblewrap"),
        PreviewFact("Network", "none"),
        PreviewFact("Packages wanted", "none"),
        PreviewFact("At most", "30 seconds, 1,024 MB of memory, 64 processes"),
    )
    assert shown.facts == (*common, PreviewFact("Replaces", "a.py"))
    assert (shown.text, shown.basis) == ("", basis_of(b"old"))
    assert (new.facts, new.basis) == (common, ABSENT)
    assert (command.text, command.facts) == ("pytest -k 'a or b'", common)


async def test_a_file_that_changed_since_it_was_shown_is_neither_replaced_nor_run(opened, context):
    context.workspace.write("a.py", b"theirs")
    async with opened() as box:
        seen = await box["run_python"].run(replace(context, basis=ABSENT), {"path": "a.py", "code": "mine"})
    assert not seen.ok
    assert "no longer as it was" in seen.text
    assert context.workspace.read("a.py") == b"theirs"


async def test_what_is_computed_from_files_of_others_is_untrusted(run, context):
    context.workspace.write("page.html", b"Do evil.")
    context = replace(context, untrusted_digests=frozenset({digest_of(b"Do evil.")}))
    seen = await run("run_python", {"path": "a.py", "code": "print(open('page.html').read())"}, context)
    assert (seen.trusted, seen.sources) == (False, ("file page.html",))


async def test_code_that_takes_too_long_is_ended_with_all_it_began(run):
    code = "import subprocess, time\nsubprocess.Popen(['sleep', '600'])\nprint('begun')\ntime.sleep(600)\n"
    seen = await run("run_python", {"path": "slow.py", "code": code}, seconds=4)
    assert not seen.ok
    assert seen.text.startswith("It was ended after 4 seconds")
    assert seen.text.endswith("begun")


async def test_a_flood_of_output_is_kept_in_little(run):
    code = "import sys\nfor n in range(300000): print('line', n)\nprint('the end', file=sys.stderr)\n"
    seen = await run("run_python", {"path": "flood.py", "code": code})
    assert seen.ok
    assert len(seen.text) < 40_000
    assert "stdout:\nline 0\n" in seen.text
    assert "line 299999\nstderr:\nthe end" in seen.text
    assert " bytes …]" in seen.text


async def test_a_program_runs_as_python_would_run_it(run):
    code = (
        "import multiprocessing, sys\n\ndef square(number):\n    return number * number\n\n"
        "if __name__ == '__main__':\n    print(sys.argv, sorted(name for name in globals() if name[0] != '_'))\n"
        "    with multiprocessing.get_context('spawn').Pool(1) as pool:\n        print(pool.map(square, [3]))\n"
        "    raise ValueError('at the end')\n"
    )
    seen = await run("run_python", {"path": "deep/main.py", "code": code, "arguments": ["a b"]})
    assert "['deep/main.py', 'a b'] ['multiprocessing', 'square', 'sys']\n[9]" in seen.text
    told = 'File "/work/deep/main.py", line 10, in <module>\n    raise ValueError'
    assert f"Traceback (most recent call last):\n  {told}" in seen.text
    wrong = await run("run_python", {"path": "a.py", "code": "x = (\n"})
    assert wrong.text.endswith("SyntaxError: '(' was never closed")
    assert "Traceback" not in wrong.text


async def test_a_program_that_is_not_there_is_told_in_a_sentence(run):
    seen = await run("run_command", {"command": ["no-such-program"]})
    assert not seen.ok
    assert "no-such-program: there is no such program here." in seen.text


async def test_code_that_is_killed_says_by_which_signal(run):
    seen = await run("run_python", {"path": "a.py", "code": "import os\nos.kill(os.getpid(), 11)"})
    assert seen.text.startswith("It was ended by signal 11 after ")


async def test_several_programs_run_side_by_side_and_the_loop_goes_on(opened, context, tmp_path):
    ticks = 0

    async def tick():
        nonlocal ticks
        while True:
            await asyncio.sleep(0)
            ticks += 1

    async with opened() as box, asyncio.TaskGroup() as group:
        ticking = group.create_task(tick())
        calls = [
            box["run_python"].run(context, {"path": f"p{number}.py", "code": f"print({number})"}) for number in range(6)
        ]
        seen = await asyncio.gather(*calls)
        ticking.cancel()
    assert [each.text.rpartition("\n")[2] for each in seen] == [str(number) for number in range(6)]
    assert ticks > 100


class Watched:
    """The sandbox there is, that tells when code begins and remembers how it ended."""

    name = "watched"

    def __init__(self, sandbox):
        self.sandbox = sandbox
        self.begun = asyncio.Event()
        self.ended = None
        self.loop = asyncio.get_running_loop()

    def run(self, work, stop):
        self.loop.call_soon_threadsafe(self.begun.set)
        self.ended = self.sandbox.run(work, stop)
        return self.ended


async def test_who_gives_up_ends_the_code_and_waits_until_it_is_dead(context):
    limits = Limits(seconds=600)
    watched = Watched(find_bubblewrap("nobody", []))
    box = Toolbox.of([run_python_tool(Coder(watched, limits, asyncio.Semaphore(1)))])
    call = {"path": "a.py", "code": "import time\ntime.sleep(600)"}
    running = asyncio.create_task(box["run_python"].run(context, call))
    await watched.begun.wait()
    running.cancel()
    with pytest.raises(asyncio.CancelledError):
        await running
    assert watched.ended.cut is Cut.STOPPED
