"""Nod's core: plan, approve, execute, evaluate, remember."""

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from agent_core.autogpt import AutoGPT

__all__ = ["AutoGPT"]


def __getattr__(name: str) -> Any:
    """Import AutoGPT when it is asked for, so that importing a part of the core imports no more than that part."""
    if name == "AutoGPT":
        from agent_core.autogpt import AutoGPT  # noqa: PLC0415

        return AutoGPT
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
