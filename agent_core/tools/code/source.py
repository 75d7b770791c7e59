"""The Tools that run code as a source of a Toolbox: the sandbox is tried out when a Run first needs to know of it."""

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

from agent_core.tools.late import Late
from agent_core.tools.toolbox import Tool

if TYPE_CHECKING:
    from agent_core.tools.code.opening import Code


class CodeTools:
    """A `ToolSource`. No Tool is there before `ready`, and none where nothing runs code; `nod doctor` says why."""

    def __init__(self, opening: "Late[Code]") -> None:
        self._opening = opening
        self._tools: Sequence[Tool] = ()

    @property
    def tools(self) -> Sequence[Tool]:
        """The Tools there are now."""
        return self._tools

    @property
    def troubles(self) -> Mapping[str, str]:
        """Nothing: that no code runs is how a machine may well be."""
        return {}

    async def ready(self) -> None:
        """Return when the sandbox was tried out."""
        self._tools = (await self._opening()).tools
