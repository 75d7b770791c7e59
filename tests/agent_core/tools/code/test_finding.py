"""What bubblewrap needs of a machine, and what is told where that is missing."""

import os
import platform
import sys
from pathlib import Path

import pytest

from agent_core.errors import CodeRefused
from agent_core.tools.code import finding
from agent_core.tools.code.finding import find_bubblewrap, find_python, lesser_user, readable_by_all


@pytest.mark.parametrize(
    ("name", "told"),
    [("root", "code never runs as root; name another user"), ("no-such-user", "there is no user no-such-user to run")],
)
def test_root_finds_another_user_for_code_or_runs_none(name, told, monkeypatch):
    monkeypatch.setattr(os, "geteuid", lambda: 0)
    with pytest.raises(CodeRefused, match=told):
        find_bubblewrap(name, [])


def test_code_of_an_ordinary_user_is_that_user_s(monkeypatch):
    monkeypatch.setattr(os, "geteuid", lambda: 1000)
    assert find_bubblewrap("nobody", []).user is None
    assert lesser_user("nobody").uid != 0


@pytest.mark.parametrize(("system", "machine"), [("darwin", "arm64"), ("linux", "riscv64")])
def test_a_machine_that_bubblewrap_is_not_for_is_named(system, machine, monkeypatch):
    monkeypatch.setattr(sys, "platform", system)
    monkeypatch.setattr(platform, "machine", lambda: machine)
    with pytest.raises(CodeRefused, match=f"bubblewrap runs on Linux, on x86_64 and aarch64, and this is .* {machine}"):
        find_bubblewrap("nobody", [])


def test_a_python_that_the_code_s_user_cannot_read_is_replaced_by_the_system_s_or_missed(monkeypatch, tmp_path):
    monkeypatch.setattr(finding, "_needs", lambda _: [tmp_path])
    tmp_path.chmod(0o700)
    assert not readable_by_all(tmp_path)
    monkeypatch.setattr(finding, "SYSTEM_PYTHON", Path(sys.executable))
    assert find_python(lesser_user("nobody")) == (Path(sys.executable).resolve(), ())
    monkeypatch.setattr(finding, "SYSTEM_PYTHON", tmp_path / "none")
    with pytest.raises(CodeRefused, match="can be read by root alone; install the package python3"):
        find_python(lesser_user("nobody"))
