"""Paths: what may name a file, and what may not."""

import pytest

from agent_core.errors import WorkspaceError
from agent_core.tools.paths import DEPTH, NAME_BYTES, checked_path, folded, is_checked, shown

ACCEPTED = [
    "blog.md",
    "notes/2024/plan.md",
    "博客文章.md",
    "my file (1).md",
    ".env.example",
    "console.log",
    "nullable.py",
    "a" * NAME_BYTES,
    "/".join("d" * DEPTH),
    "\u0645\u06cc\u200c\u062e\u0648\u0627\u0647\u0645.txt",  # Persian needs its joiner
    "👩\u200d💻.md",
    "x..y",
    "...gitkeep",
]

REFUSED = {
    "": "needs a name",
    "   ": "needs a name",
    "/etc/passwd": "must be relative",
    "//server/share": "must be relative",
    "..": "lead out",
    "../blog.md": "lead out",
    "a/../../b": "lead out",
    "./../b": "lead out",
    "a\\b": "write / between",
    "..\\b": "write / between",
    "a//b": "no name",
    "a/./b": "no name",
    "a/": "no name",
    ".": "no name",
    "././a": "no name",
    "a\0b": "cannot be seen",
    "a\nb": "cannot be seen",
    "a\x7fb": "cannot be seen",
    "a\u202egpj.exe": "cannot be seen",
    "a\u200bb": "cannot be seen",
    "a\u2028b": "cannot be seen",
    "a\ud800b": "cannot be seen",
    "C:blog.md": "colon",
    "blog.md:stream": "colon",
    "blog.md.": "end with a dot",
    "blog.md ": "space",
    " blog.md": "space",
    "folder /blog.md": "space",
    "folder./blog.md": "end with a dot",
    "...": "end with a dot",
    "CON": "device",
    "con.txt": "device",
    "notes/Nul.md": "device",
    "COM1": "device",
    "lpt¹.txt": "device",
    "aux .txt": "device",
    ".nod-0123": "kept for Nod",
    "notes/.NOD-x": "kept for Nod",
    "a" * (NAME_BYTES + 1): "bytes",
    "博" * 86: "bytes",
    "/".join("d" * (DEPTH + 1)): "nested",
}


@pytest.mark.parametrize("path", ACCEPTED)
def test_an_ordinary_path_is_taken_as_it_is(path):
    assert checked_path(path) == path
    assert is_checked(path)


@pytest.mark.parametrize(("path", "why"), REFUSED.items(), ids=ascii)
def test_a_deceiving_path_is_refused_with_what_to_do(path, why):
    with pytest.raises(WorkspaceError, match=why) as refused:
        checked_path(path)
    assert str(refused.value).isprintable()
    assert not is_checked(path)


def test_a_path_gets_its_one_form():
    assert checked_path("cafe\u0301.md") == "café.md"
    assert checked_path("./blog.md") == "blog.md"
    assert not is_checked("cafe\u0301.md")


@pytest.mark.parametrize(
    ("one", "other"),
    [("Blog.md", "bLOG.MD"), ("café", "CAFE\u0301"), ("straße", "STRASSE"), ("a\u200cb", "ab"), ("ﬁle", "FILE")],
)
def test_names_that_some_disks_take_for_the_same_fold_alike(one, other):
    assert folded(one) == folded(other)


def test_names_that_differ_fold_apart():
    assert len({folded(name) for name in ("blog.md", "blogs.md", "blög.md", "博客.md")}) == 4


def test_a_path_is_shown_short_and_without_what_cannot_be_seen():
    assert shown("a\u202eb\n") == "a\\u202eb\\n"
    assert len(shown("x" * 100_000)) < 130
    assert shown("") == "(no name)"
