"""Diffs: nothing that changes is left out."""

import shutil
import subprocess

import pytest
from hypothesis import given
from hypothesis import strategies as st

from agent_core.tools import diffs
from agent_core.tools.diffs import diff

LINES = st.text(alphabet="ab\n\r\f\u2028", max_size=12)


@pytest.mark.parametrize(
    ("old", "new", "body"),
    [
        (None, "", ""),
        ("", "a", "@@ -0,0 +1 @@\n+a\n\\ No newline at end of file"),
        ("a\n", "a", "@@ -1 +1 @@\n-a\n+a\n\\ No newline at end of file"),
        ("a\n", "", "@@ -1 +0,0 @@\n-a"),
        ("a\fb\n", "a\fc\n", "@@ -1 +1 @@\n-a\fb\n+a\fc"),
        ("a\r\n", "a\n", "@@ -1 +1 @@\n-a\r\n+a"),
        ("写\n", "写了\n", "@@ -1 +1 @@\n-写\n+写了"),
    ],
)
def test_the_difference_is_a_unified_diff(old, new, body):
    head = f"--- {'/dev/null' if old is None else 'a/f.md'}\n+++ b/f.md"
    assert diff("f.md", old, new) == (f"{head}\n{body}" if body else head)


def test_no_difference_is_an_empty_text():
    assert diff("f.md", "a", "a") == ""


@pytest.mark.skipif(not shutil.which("patch"), reason="needs patch")
@given(old=LINES, new=LINES)
def test_patch_makes_the_new_text_of_the_old_one(tmp_path_factory, old, new):
    if old == new:
        return
    folder = tmp_path_factory.mktemp("patch", numbered=True)
    (folder / "f.md").write_bytes(old.encode())
    run = ["patch", "--binary", "--silent", "--no-backup-if-mismatch", "-o", "out.md", "f.md"]
    subprocess.run(run, cwd=folder, input=(diff("f.md", old, new) + "\n").encode(), check=True, capture_output=True)
    assert (folder / "out.md").read_bytes() == new.encode()


def test_a_text_too_long_to_compare_is_shown_as_all_removed_and_all_added(monkeypatch):
    monkeypatch.setattr(diffs, "_COMPARISONS", 5)
    assert diff("f.md", "0\na\nb\nc\n", "0\nx\nb\nx") == (
        "--- a/f.md\n+++ b/f.md\n@@ -1,4 +1,4 @@\n 0\n-a\n-b\n-c\n+x\n+b\n+x\n\\ No newline at end of file"
    )


def test_one_change_in_a_very_long_text_is_one_hunk():
    lines = [f"{number}\n" for number in range(100_000)]
    changed = [*lines[:50_000], "new\n", *lines[50_001:]]
    assert diff("f.md", "".join(lines), "".join(changed)) == (
        "--- a/f.md\n+++ b/f.md\n@@ -49998,7 +49998,7 @@\n 49997\n 49998\n 49999\n-50000\n+new\n 50001\n 50002\n 50003"
    )
