"""The workspace: files in, files out, and no way to leave the folder."""

import os
import socket
import sys
import threading

import pytest

from agent_core.domain import FileRef, digest_of
from agent_core.errors import FileMissing, WorkspaceError
from agent_core.tools.workspace import Workspace


def names_in(folder):
    return sorted(entry.name for entry in folder.iterdir())


def test_what_is_written_is_read_again(workspace):
    ref = workspace.write("notes/a/blog.md", b"hello")
    assert ref == FileRef("notes/a/blog.md", digest_of(b"hello"), 5)
    assert workspace.read("notes/a/blog.md") == b"hello"
    assert workspace.digest("notes/a/blog.md") == ref.digest
    assert workspace.size("notes/a/blog.md") == 5
    assert workspace.exists("notes/a/blog.md")


def test_a_write_replaces_the_whole_file_and_leaves_nothing_beside_it(filled):
    filled.write("blog.md", b"hi")
    assert filled.read("blog.md") == b"hi"
    assert names_in(filled.root) == ["blog.md", "notes"]


def test_files_are_listed_sorted_with_their_digests(filled):
    filled.write("abc.md", b"")
    assert filled.list() == (
        FileRef("abc.md", digest_of(b""), 0),
        FileRef("blog.md", digest_of(b"hello"), 5),
        FileRef("notes/plan.md", digest_of(b"plan"), 4),
    )
    assert filled.paths() == ("abc.md", "blog.md", "notes/plan.md")


def test_a_workspace_without_a_folder_is_empty(workspace):
    assert workspace.list() == workspace.paths() == ()
    assert not workspace.exists("blog.md")
    workspace.check("blog.md", 10)
    assert not workspace.root.exists()
    with pytest.raises(FileMissing, match=r"no file blog\.md"):
        workspace.read("blog.md")


@pytest.mark.parametrize("path", ["no.md", "no/blog.md", "notes/no.md"])
def test_a_missing_file_is_told(filled, path):
    assert not filled.exists(path)
    for look in (filled.read, filled.size, filled.digest):
        with pytest.raises(FileMissing):
            look(path)


def test_a_decomposed_path_names_the_composed_file(workspace):
    assert workspace.write("cafe\u0301.md", b"x").path == "café.md"
    assert workspace.read("café.md") == b"x"


# --- no way out ----------------------------------------------------------------------------------------------------


def a_link_to_a_file(root, outside):
    (root / "trick").symlink_to(outside / "secret.txt")
    return "trick"


def a_link_to_nothing(root, outside):
    (root / "trick").symlink_to(outside / "new.txt")
    return "trick"


def a_link_within_the_folder(root, outside):
    (root / "trick").symlink_to("blog.md")
    return "trick"


def a_folder_that_is_a_link(root, outside):
    (root / "trick").symlink_to(outside)
    return "trick/secret.txt"


def a_deeper_folder_that_is_a_link(root, outside):
    (root / "notes" / "trick").symlink_to(outside)
    return "notes/trick/secret.txt"


def a_hard_link(root, outside):
    (root / "trick").hardlink_to(outside / "secret.txt")
    return "trick"


def a_fifo(root, outside):
    os.mkfifo(root / "trick")
    return "trick"


def a_socket(root, outside):
    with socket.socket(socket.AF_UNIX) as listener:
        here = os.open(root, os.O_RDONLY)
        try:
            listener.bind(f"/proc/self/fd/{here}/trick" if sys.platform == "linux" else str(root / "trick"))
        finally:
            os.close(here)
    return "trick"


def a_folder(root, outside):
    (root / "trick").mkdir()
    return "trick"


def a_file_as_a_folder(root, outside):
    return "blog.md/trick"


def another_case(root, outside):
    return "BLOG.md"


def another_case_of_the_folder(root, outside):
    return "Notes/plan.md"


def another_normalisation(root, outside):
    (root / "cafe\u0301.md").write_text("x")
    return "café.md"


def parents(root, outside):
    return "../../outside/secret.txt"


def an_absolute_path(root, outside):
    return str(outside / "secret.txt")


TRICKS = [
    a_link_to_a_file,
    a_link_to_nothing,
    a_link_within_the_folder,
    a_folder_that_is_a_link,
    a_deeper_folder_that_is_a_link,
    a_hard_link,
    a_fifo,
    a_socket,
    a_folder,
    a_file_as_a_folder,
    another_case,
    another_case_of_the_folder,
    another_normalisation,
    parents,
    an_absolute_path,
]


@pytest.mark.parametrize("trick", TRICKS)
def test_no_trick_leaves_the_folder(filled, outside, trick):
    path = trick(filled.root, outside)
    before = filled.list()
    uses = (filled.read, filled.exists, filled.size, lambda p: filled.write(p, b"stolen"), lambda p: filled.check(p, 6))
    for use in uses:
        with pytest.raises(WorkspaceError) as refused:
            use(path)
        assert not isinstance(refused.value, FileMissing)
    assert filled.list() == before
    assert names_in(outside) == ["secret.txt"]
    assert (outside / "secret.txt").read_text() == "secret"


@pytest.mark.parametrize("trick", TRICKS[:9])
def test_what_is_no_plain_file_is_not_listed(filled, outside, trick):
    before = filled.list()
    trick(filled.root, outside)
    assert filled.list() == before
    assert filled.paths() == ("blog.md", "notes/plan.md")


def test_the_same_use_of_plain_names_is_granted(filled):
    """The control of the tricks: it is the trick that is refused, not the use."""
    filled.check("notes/trick/secret.txt", 6)
    filled.write("notes/trick/secret.txt", b"mine")
    assert filled.read("notes/trick/secret.txt") == b"mine"
    assert filled.write("blog.md", b"again").path == "blog.md"


def test_a_workspace_that_is_itself_a_link_is_refused(tmp_path, outside):
    (tmp_path / "run").symlink_to(outside)
    with pytest.raises(WorkspaceError):
        Workspace(tmp_path / "run").read("secret.txt")
    with pytest.raises(WorkspaceError):
        Workspace(tmp_path / "run").write("new.txt", b"x")
    assert names_in(outside) == ["secret.txt"]


def test_a_folder_swapped_for_a_link_while_it_is_used_leads_nowhere(filled, outside):
    """Reads race against a folder that keeps turning into a link; not one of them may see what lies outside."""
    (filled.root / "trap").mkdir()
    (filled.root / "trap" / "secret.txt").write_text("plain")
    (filled.root / "link").symlink_to(outside)
    over = threading.Event()

    def swap():
        while not over.is_set():
            (filled.root / "trap").rename(filled.root / "aside")
            (filled.root / "link").rename(filled.root / "trap")
            (filled.root / "trap").rename(filled.root / "link")
            (filled.root / "aside").rename(filled.root / "trap")

    seen = set()
    swapping = threading.Thread(target=swap)
    swapping.start()
    try:
        for _ in range(400):
            try:
                seen.add(filled.read("trap/secret.txt"))
            except WorkspaceError as error:
                seen.add(type(error))
    finally:
        over.set()
        swapping.join()
    assert filled.read("trap/secret.txt") == b"plain"
    assert seen <= {b"plain", WorkspaceError, FileMissing}


def test_names_no_path_of_ours_can_name_are_not_listed(filled):
    for name in ("a\\b", "line\nbreak", "CON", os.fsdecode(b"\xff\xfe"), ".nod-left"):
        (filled.root / name).write_text("x")
    deep = filled.root.joinpath(*"abcdefgh")
    deep.mkdir(parents=True)
    (deep / "ninth").write_text("x")
    assert filled.paths() == ("blog.md", "notes/plan.md")
