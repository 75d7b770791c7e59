"""Folders by descriptors: what is opened is what was asked for, even if it was swapped after a look at it."""

import os

import pytest

from agent_core.errors import FileMissing, WorkspaceError
from agent_core.tools import folders
from agent_core.tools.folders import empty, inner_folder, plain_file, told, write_new


@pytest.fixture
def root(tmp_path):
    descriptor = os.open(tmp_path, os.O_RDONLY)
    yield descriptor
    os.close(descriptor)


@pytest.fixture
def swapped(monkeypatch):
    """Every look was taken before the swap: it saw nothing wrong."""
    monkeypatch.setattr(folders, "look", lambda folder, name, path: os.stat(name, dir_fd=folder))


def open_folder(root):
    with inner_folder(root, ["trick"], "trick/x"):
        pass


def open_file(root):
    with plain_file(root, "trick", "trick"):
        pass


@pytest.mark.usefixtures("swapped")
def test_a_folder_swapped_for_a_link_is_not_entered(tmp_path, root):
    (tmp_path / "real").mkdir()
    (tmp_path / "trick").symlink_to(tmp_path / "real")
    with pytest.raises(WorkspaceError), told("trick/x"):
        open_folder(root)
    (tmp_path / "trick").unlink()
    (tmp_path / "trick").mkdir()
    open_folder(root)


@pytest.mark.parametrize(
    "swap",
    [
        lambda trick, other: trick.symlink_to(other),
        lambda trick, other: trick.hardlink_to(other),
        lambda trick, other: os.mkfifo(trick),
        lambda trick, other: trick.mkdir(),
    ],
    ids=["link", "hard link", "fifo", "folder"],
)
def test_a_file_swapped_for_something_else_is_not_opened(tmp_path, root, swap):
    (tmp_path / "other").write_text("secret")
    swap(tmp_path / "trick", tmp_path / "other")
    with pytest.raises(WorkspaceError), told("trick"):
        open_file(root)


def test_a_plain_file_is_opened_with_its_size(tmp_path, root):
    (tmp_path / "trick").write_text("plain")
    with plain_file(root, "trick", "trick") as (descriptor, size):
        assert os.read(descriptor, 10) == b"plain"
    assert size == 5


def test_a_new_file_never_takes_the_place_of_anything(tmp_path, root):
    (tmp_path / "there").write_text("old")
    (tmp_path / "link").symlink_to(tmp_path / "elsewhere")
    for name in ("there", "link"):
        with pytest.raises(WorkspaceError), told(name):
            write_new(root, name, b"new")
    assert (tmp_path / "there").read_text() == "old"
    assert not (tmp_path / "elsewhere").exists()


@pytest.mark.parametrize("number", [*folders._REASONS, 5, 2])
def test_what_the_system_says_becomes_a_sentence_that_says_what_to_do(number):
    with pytest.raises(WorkspaceError) as refused, told("a.md"):
        raise OSError(number, os.strerror(number))
    assert "a.md" in str(refused.value)
    assert str(refused.value).endswith(".")
    assert isinstance(refused.value, FileMissing) == (number == 2)


def test_a_folder_is_emptied_however_deep_it_is_and_no_link_is_followed(tmp_path):
    root, kept = tmp_path / "root", tmp_path / "kept"
    root.mkdir()
    kept.mkdir()
    (kept / "file").write_text("kept")
    (root / "link").symlink_to(kept)
    deepest = os.open(root, os.O_RDONLY)
    for _ in range(5000):
        os.mkdir("d", dir_fd=deepest)
        inner = os.open("d", os.O_RDONLY, dir_fd=deepest)
        os.symlink(kept, "link", dir_fd=inner)
        os.close(deepest)
        deepest = inner
    os.close(deepest)
    descriptor = os.open(root, os.O_RDONLY)
    empty(descriptor)
    os.close(descriptor)
    assert list(root.iterdir()) == []
    assert (kept / "file").read_text() == "kept"
