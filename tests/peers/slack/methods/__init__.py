"""The methods of the Web API. Importing this registers them."""

from tests.peers.slack.methods import assistant, auth, chat, conversations, files, people, streams, views
from tests.peers.slack.methods.registry import METHODS, UNSIGNED, Asked

__all__ = [
    "METHODS",
    "UNSIGNED",
    "Asked",
    "assistant",
    "auth",
    "chat",
    "conversations",
    "files",
    "people",
    "streams",
    "views",
]
