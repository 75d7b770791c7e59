"""What is taken of a folder that code left: plain files, and nothing is followed."""

import os
import socket

import pytest

from agent_core.domain import digest_of
from agent_core.tools.code.leftovers import TOLD, Ceilings, gather

SMALL = Ceilings(file=100, total=250, files=3, depth=3)


@pytest.fixture
def folder(tmp_path):
    inside = tmp_path / "work"
    inside.mkdir()
    return inside


def left(folder, given=None, ceilings=SMALL):
    descriptor = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
    try:
        return gather(descriptor, given or {}, ceilings)
    finally:
        os.close(descriptor)


def test_new_and_changed_files_are_taken_and_gone_ones_are_named(folder):
    (folder / "same.txt").write_bytes(b"same")
    (folder / "new").mkdir()
    (folder / "new" / "a.txt").write_bytes(b"a")
    (folder / "changed.txt").write_bytes(b"now")
    given = {
        name: digest_of(b"same" if name == "same.txt" else b"old") for name in ("same.txt", "changed.txt", "gone.txt")
    }
    found = left(folder, given)
    assert found.files == {"changed.txt": b"now", "new/a.txt": b"a"}
    assert (found.gone, found.refused) == (("gone.txt",), ())


def test_links_are_not_followed(folder, tmp_path):
    secret = tmp_path / "secret"
    secret.write_text("secret")
    (folder / "to-file").symlink_to(secret)
    (folder / "to-folder").symlink_to(tmp_path)
    (folder / "to-itself").symlink_to(folder / "to-itself")
    os.link(secret, folder / "hard")
    found = left(folder)
    assert found.files == {}
    assert sorted(error.fields["path"] for error in found.refused) == ["hard", "to-file", "to-folder", "to-itself"]


def test_what_is_no_plain_file_is_not_opened(folder):
    os.mkfifo(folder / "fifo")  # to open it would wait for ever
    with socket.socket(socket.AF_UNIX) as server:
        server.bind(str(folder / "s"))
        assert [error.fields["path"] for error in left(folder).refused] == ["fifo", "s"]


def test_huge_and_sparse_files_are_not_read(folder):
    with (folder / "sparse").open("wb") as file:
        file.truncate(10**12)
    (folder / "large").write_bytes(b"x" * 101)
    assert [error.fields["path"] for error in left(folder).refused] == ["large", "sparse"]


def test_names_that_no_path_of_a_workspace_has_are_refused_and_shown_safely(folder):
    names = ["line\nbreak", "..\u202etxt.exe", "a\\..\\b", " lead", "con", ".nod-part", "e\u0301"]
    for name in names:
        (folder / name).write_text("x")
    os.write(fd := os.open(bytes(folder) + b"/\xff\xfe", os.O_CREAT | os.O_WRONLY), b"x")
    os.close(fd)
    found = left(folder)
    assert found.files == {}
    assert len(found.refused) == len(names) + 1
    assert all(error.fields["path"].isprintable() for error in found.refused)


def test_what_is_too_deep_is_one_refusal(folder):
    folder.joinpath(*"abcdefgh").mkdir(parents=True)
    (folder / "a" / "b" / "c" / "d" / "deep.txt").write_text("x")
    (folder / "a" / "b" / "high.txt").write_text("x")
    found = left(folder)
    assert found.files == {"a/b/high.txt": b"x"}
    assert [error.fields["path"] for error in found.refused] == ["a/b/c"]


def test_ceilings_hold_for_all_files_together(folder):
    for name in "abcde":
        (folder / name).write_bytes(name.encode() * 90)
    found = left(folder)
    assert sorted(found.files) == ["a", "b"]
    assert [error.fields["path"] for error in found.refused] == ["c", "d", "e"]


def test_many_refusals_are_counted_and_not_told_one_by_one(folder):
    for number in range(TOLD + 5):
        (folder / f"link{number:02}").symlink_to("/")
    found = left(folder)
    assert (len(found.refused), found.more_refused) == (TOLD, 5)


def test_what_python_and_pytest_make_for_themselves_is_passed_over(folder):
    for name in ("__pycache__", ".pytest_cache"):
        (folder / name).mkdir()
        (folder / name / "x").write_text("x")
    assert left(folder).files == {}
