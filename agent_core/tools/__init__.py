"""The Tools every Run has, and the means to make more."""

from agent_core.tools.answer import answer
from agent_core.tools.files import list_files, read_file, write_file
from agent_core.tools.toolbox import Tool


def core_tools() -> tuple[Tool, ...]:
    """Return the Tools that need nothing but the run's workspace and its thread."""
    return (list_files, read_file, write_file, answer)
