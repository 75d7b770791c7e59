"""Workspaces to test with."""

import pytest

from agent_core.tools.workspace import Workspace


@pytest.fixture
def outside(tmp_path):
    """A folder beside the workspace, with a secret in it."""
    folder = tmp_path / "outside"
    folder.mkdir()
    (folder / "secret.txt").write_text("secret")
    return folder


@pytest.fixture
def workspace(tmp_path):
    return Workspace(tmp_path / "runs" / "r1")


@pytest.fixture
def filled(workspace):
    workspace.write("blog.md", b"hello")
    workspace.write("notes/plan.md", b"plan")
    return workspace
