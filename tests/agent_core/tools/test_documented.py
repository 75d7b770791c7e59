"""The tool in docs/tools.md is a tool."""

import re
from pathlib import Path

from agent_core.domain import Risk
from agent_core.tools.toolbox import Toolbox, ToolContext
from agent_core.tools.workspace import Workspace

PAGE = Path(__file__).parents[3] / "docs" / "tools.md"


async def test_the_documented_tool_works_as_written(tmp_path):
    written: dict[str, object] = {}
    exec(re.findall(r"```python\n(.*?)```", PAGE.read_text(encoding="utf-8"), re.DOTALL)[0], written)
    tool = Toolbox.of([written["forecast"]]).named("forecast")
    assert (tool.risk, tool.outside) == (Risk.READ, True)
    seen = await tool.run(ToolContext("r", Workspace(tmp_path), frozenset(), "en"), {"city": "Oslo"})
    assert seen.text == "It will rain in Oslo."
    assert not seen.trusted
