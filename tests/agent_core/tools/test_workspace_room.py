"""The workspace's room: its ceilings, writers side by side, and a disk that is full."""

import errno
import fcntl
import os
import shutil
import subprocess
import sys
import textwrap
from concurrent.futures import ThreadPoolExecutor

import pytest

from agent_core.domain import digest_of
from agent_core.errors import BasisChanged, WorkspaceError
from agent_core.tools import workspace as workspace_module
from agent_core.tools.workspace import ABSENT, FILE_BYTES, Workspace, basis_of


def test_a_file_of_the_largest_size_passes_and_one_byte_more_does_not(workspace):
    assert workspace.write("big.bin", bytes(FILE_BYTES)).size == FILE_BYTES
    with pytest.raises(WorkspaceError, match="split it"):
        workspace.write("big.bin", bytes(FILE_BYTES + 1))
    assert workspace.size("big.bin") == FILE_BYTES


def test_a_file_over_the_limit_is_not_read_in_part(filled):
    assert filled.read("blog.md", 5) == b"hello"
    with pytest.raises(WorkspaceError, match="at most 4"):
        filled.read("blog.md", 4)


def test_the_workspace_holds_so_many_files_and_no_more(filled, monkeypatch):
    monkeypatch.setattr(workspace_module, "WORKSPACE_FILES", 3)
    filled.write("third.md", b"x")
    with pytest.raises(WorkspaceError, match="3 files"):
        filled.write("fourth.md", b"x")
    with pytest.raises(WorkspaceError, match="3 files"):
        filled.check("fourth.md", 1)
    assert filled.write("third.md", b"changed").size == 7


def test_the_workspace_holds_so_many_bytes_and_no_more(filled, monkeypatch):
    monkeypatch.setattr(workspace_module, "WORKSPACE_BYTES", 20)
    filled.write("third.md", b"x" * 11)  # beside hello and plan
    with pytest.raises(WorkspaceError, match="would have 21 bytes"):
        filled.write("fourth.md", b"x")
    assert filled.write("third.md", b"y" * 11).size == 11


def test_writers_side_by_side_do_not_pass_the_ceiling_together(workspace, monkeypatch):
    monkeypatch.setattr(workspace_module, "WORKSPACE_FILES", 5)

    def write(number):
        try:
            Workspace(workspace.root).write(f"{number}.md", b"x")
        except WorkspaceError:
            return 0
        return 1

    with ThreadPoolExecutor(8) as pool:
        assert sum(pool.map(write, range(20))) == 5
    assert len(workspace.paths()) == 5


@pytest.mark.parametrize("there", [b"old", None])
def test_of_writers_side_by_side_that_saw_the_same_one_writes(workspace, there):
    if there is not None:
        workspace.write("blog.md", there)

    def write(number):
        try:
            Workspace(workspace.root).write("blog.md", b"%d" % number, basis_of(there))
        except BasisChanged:
            return []
        return [b"%d" % number]

    with ThreadPoolExecutor(8) as pool:
        written = [content for contents in pool.map(write, range(20)) for content in contents]
    assert written == [workspace.read("blog.md")]


def test_a_basis_that_no_longer_holds_leaves_the_file_as_it_is(filled):
    basis = basis_of(filled.replaced("blog.md", 1))
    filled.write("blog.md", b"changed", basis)
    for path, seen in (("blog.md", basis), ("blog.md", ABSENT), ("new.md", basis)):
        with pytest.raises(BasisChanged):
            filled.write(path, b"again", seen)
    assert filled.read("blog.md") == b"changed"
    assert filled.paths() == ("blog.md", "notes/plan.md")


def test_listing_beside_writers_sees_whole_files_only(workspace):
    def write(number):
        workspace.write("blog.md", b"%d" % (number % 10) * 1000)

    workspace.write("blog.md", b"0" * 1000)
    whole = {digest_of(b"%d" % n * 1000) for n in range(10)}
    with ThreadPoolExecutor(4) as pool:
        writes = pool.map(write, range(40))
        seen = {ref.digest for _ in range(40) for ref in workspace.list()}
        list(writes)
    assert seen <= whole


def test_what_a_writer_that_died_left_is_cleared_away(filled):
    (filled.root / ".nod-0011").write_text("half of a fi")
    filled.write("blog.md", b"x")
    assert sorted(entry.name for entry in filled.root.iterdir()) == ["blog.md", "notes"]


def test_a_folder_that_another_program_keeps_locked_is_told(filled, monkeypatch):
    monkeypatch.setattr(workspace_module, "_LOCK_SECONDS", 0.0)
    holder = os.open(filled.root, os.O_RDONLY)
    try:
        fcntl.flock(holder, fcntl.LOCK_EX)
        with pytest.raises(WorkspaceError, match="locked"):
            filled.write("blog.md", b"x")
        assert filled.read("blog.md") == b"hello"
    finally:
        os.close(holder)
    assert filled.write("blog.md", b"x").size == 1


# --- a disk that is full -------------------------------------------------------------------------------------------

FILL = textwrap.dedent("""
    import os, resource, sys
    from pathlib import Path
    from agent_core.errors import WorkspaceError
    from agent_core.tools.workspace import Workspace

    root, size, limit = Path(sys.argv[1]), int(sys.argv[2]), int(sys.argv[3])
    workspace = Workspace(root / "run")
    workspace.write("blog.md", b"old")
    if limit:
        resource.setrlimit(resource.RLIMIT_FSIZE, (limit, limit))
    for path in ("blog.md", "notes/new.md"):
        try:
            workspace.write(path, b"x" * size)
        except WorkspaceError as error:
            print(error)
    assert workspace.read("blog.md") == b"old"
    assert os.listdir(workspace.root) == ["blog.md"], os.listdir(workspace.root)
    workspace.write("blog.md", b"new")
    assert workspace.read("blog.md") == b"new"
""")


def test_a_file_the_system_refuses_leaves_the_old_one_unchanged(tmp_path):
    done = subprocess.run(
        [sys.executable, "-c", FILL, str(tmp_path), "50000", "4096"], capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr
    assert done.stdout.count("What was there before is unchanged.") == 2


def test_a_full_disk_leaves_the_old_file_unchanged(tmp_path):
    unshare = shutil.which("unshare")
    mount = f'mount -t tmpfs -o size=64k tmpfs "{tmp_path}"'
    own_mounts = [unshare or "unshare", "--user", "--map-root-user", "--mount", "sh", "-c"]
    if not unshare or subprocess.run([*own_mounts, mount], capture_output=True, check=False).returncode:
        pytest.skip("this system lets nobody mount a small disk")
    command = f'{mount} && exec "{sys.executable}" -c "$0" "{tmp_path}" 200000 0'
    done = subprocess.run([*own_mounts, command, FILL], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    assert done.stdout.count("the disk is full") == 2
    assert os.strerror(errno.ENOSPC) not in done.stdout
