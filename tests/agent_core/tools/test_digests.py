"""Digests that are remembered: only while a file looks as it did, and only when a change would show."""

import os
import time

import pytest

from agent_core.domain import digest_of
from agent_core.tools import digests as digests_module
from agent_core.tools.digests import Digests

YEAR = 365 * 24 * 3600 * 10**9


@pytest.fixture
def digests():
    return Digests()


@pytest.fixture
def read(monkeypatch):
    """How often a file was really read."""
    reads, real = [], digests_module._read
    monkeypatch.setattr(digests_module, "_read", lambda descriptor: reads.append(1) or real(descriptor))
    return reads


def seen(digests, path):
    descriptor = os.open(path, os.O_RDONLY)
    try:
        return digests.of(descriptor)
    finally:
        os.close(descriptor)


@pytest.fixture
def later(monkeypatch):
    """A clock by which every change is long ago."""
    now = time.time_ns() + YEAR
    monkeypatch.setattr(digests_module.time, "time_ns", lambda: now)


@pytest.mark.usefixtures("later")
def test_a_file_that_stays_as_it_was_is_read_once(digests, read, tmp_path):
    path = tmp_path / "a.md"
    path.write_bytes(b"hello")
    assert seen(digests, path) == seen(digests, path) == (digest_of(b"hello"), 5)
    assert len(read) == 1


@pytest.mark.usefixtures("later")
def test_a_file_of_another_inode_size_or_time_is_read_again(digests, read, tmp_path):
    path = tmp_path / "a.md"
    path.write_bytes(b"hello")
    seen(digests, path)
    (tmp_path / "b.md").write_bytes(b"HELLO")
    (tmp_path / "b.md").replace(path)
    assert seen(digests, path) == (digest_of(b"HELLO"), 5)
    path.write_bytes(b"longer")
    assert seen(digests, path) == (digest_of(b"longer"), 6)
    os.utime(path, ns=(0, 0))
    assert seen(digests, path) == (digest_of(b"longer"), 6)
    assert len(read) == 4


def test_a_file_that_was_changed_just_now_is_not_remembered(digests, read, tmp_path):
    path = tmp_path / "a.md"
    path.write_bytes(b"hello")
    seen(digests, path)
    seen(digests, path)
    assert len(read) == 2


@pytest.mark.usefixtures("later")
def test_a_file_that_changes_while_it_is_read_is_not_remembered(digests, monkeypatch, tmp_path):
    path, real = tmp_path / "a.md", digests_module._read
    path.write_bytes(b"hello")

    def changing(descriptor):
        found = real(descriptor)
        os.utime(path, ns=(1, 1))
        return found

    monkeypatch.setattr(digests_module, "_read", changing)
    seen(digests, path)
    assert digests._known == {}


@pytest.mark.usefixtures("later")
def test_no_more_than_so_many_are_remembered(digests, read, monkeypatch, tmp_path):
    monkeypatch.setattr(digests_module, "_KEPT", 2)
    paths = [tmp_path / name for name in "abc"]
    for path in paths:
        path.write_text(path.name)
        seen(digests, path)
    seen(digests, paths[2])
    assert len(read) == 3
    seen(digests, paths[0])
    assert len(read) == 4
