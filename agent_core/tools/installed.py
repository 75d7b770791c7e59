"""Tools of other installed distributions, which name them in the entry point group `nod.tools`."""

from collections.abc import Iterable
from importlib.metadata import EntryPoint, entry_points
from typing import cast

import structlog

from agent_core.errors import ToolRefused
from agent_core.tools.toolbox import Tool, Toolbox

ENTRY_POINTS = "nod.tools"  # the group in which other distributions name theirs

log = structlog.get_logger(__name__)


def with_installed(box: Toolbox) -> Toolbox:
    """Return the box with the Tools that installed distributions name.

    Raises:
        ToolRefused: naming the distribution whose Tools cannot be loaded or take a name that is taken.
    """
    for point in sorted(entry_points(group=ENTRY_POINTS), key=lambda point: (_owner(point), point.name)):
        box = box.with_tools(_loaded(point), _owner(point))
    return box


def _owner(point: EntryPoint) -> str:
    return point.dist.name if point.dist else point.module


def _loaded(point: EntryPoint) -> tuple[Tool, ...]:
    try:
        loaded: object = point.load()
        found = tuple(cast("Iterable[object]", loaded)) if isinstance(loaded, Iterable) else (loaded,)
    except Exception as error:  # a distribution can raise anything when it is imported
        reason = f"loading {point.value} raised {type(error).__name__}: {' '.join(str(error).split()).rstrip('.')}."
        raise ToolRefused(distribution=_owner(point), reason=reason) from error
    tools = tuple(each for each in found if isinstance(each, Tool))
    if len(tools) != len(found) or not tools:
        reason = f"{point.value} is neither a tool nor several; make one with agent_core.tools.toolbox.tool."
        raise ToolRefused(distribution=_owner(point), reason=reason)
    log.info("tools_loaded", distribution=_owner(point), tools=[each.name for each in tools])
    return tools
