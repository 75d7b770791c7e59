"""A server of the OpenAI protocol for tests: scripted, faulty on demand, on loopback, recording what it was asked."""

from tests.peers.openai_server.replies import (
    CutStream,
    Drop,
    Hang,
    Raw,
    Reply,
    Say,
    Status,
    ToolUse,
    as_json,
)
from tests.peers.openai_server.server import OpenAIServer, open_openai_server, openai_server_in_thread

__all__ = [
    "CutStream",
    "Drop",
    "Hang",
    "OpenAIServer",
    "Raw",
    "Reply",
    "Say",
    "Status",
    "ToolUse",
    "as_json",
    "open_openai_server",
    "openai_server_in_thread",
]
