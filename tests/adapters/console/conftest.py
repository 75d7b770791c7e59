import stat

import pytest

from tests.agent_core.scripted import ScriptedModel
from tests.agent_core.team import open_team


@pytest.fixture
def model():
    return ScriptedModel()


@pytest.fixture
async def team(tmp_path, model):
    async with open_team(tmp_path, model) as team:
        yield team


@pytest.fixture
def editor(tmp_path, monkeypatch):
    """Make $EDITOR a command that runs this Python on the file `path` it is given."""

    def make(code: str) -> None:
        program = tmp_path / "editor"
        program.write_text(
            "#!/usr/bin/env python3\nimport pathlib, sys\n"
            f"path = pathlib.Path(sys.argv[1])\ntext = path.read_text()\n{code}\n"
        )
        program.chmod(program.stat().st_mode | stat.S_IXUSR)
        monkeypatch.setenv("EDITOR", str(program))
        monkeypatch.delenv("VISUAL", raising=False)

    return make
