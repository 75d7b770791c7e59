"""What the tests of the language model share: how one is opened, and what it is asked."""

from dataclasses import replace
from typing import Any

from pydantic import BaseModel, SecretStr

from agent_core.language_model import Patience, open_language_model
from agent_core.ports import Message, ToolSpec
from tests.peers.openai_server import OpenAIServer

KEY = "sk-very-secret-0123456789"
AT_ONCE = Patience(tries=4, repairs=2, first_delay=0.0, longest_delay=0.0, silence=20.0, call=20.0, total=30.0)

PROMPT = [Message("system", "You are Nod."), Message("user", "Say hello.")]
WRITE = ToolSpec("write_file", "Writes.", {"type": "object", "properties": {"path": {"type": "string"}}})
READ = ToolSpec("read_file", "Reads.", {"type": "object", "properties": {"path": {"type": "string"}}})


class Outline(BaseModel):
    """A form with something nested and something optional."""

    title: str
    parts: list[str]
    note: str | None = None


OUTLINE = {"title": "AI", "parts": ["what", "why"], "note": None}


def opened(server: OpenAIServer | None = None, *, key: str = KEY, model: str = "gpt-4o", **given: Any) -> Any:
    """Open the language model of a server; `given` are more arguments, or limits of patience."""
    limits = {name: given.pop(name) for name in list(given) if hasattr(AT_ONCE, name)}
    base_url = given.pop("base_url", server.base_url if server else "")
    return open_language_model(
        api_key=SecretStr(key), base_url=base_url, model=model, patience=replace(AT_ONCE, **limits), **given
    )
