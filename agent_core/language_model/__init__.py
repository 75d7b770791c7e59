"""The language model: ports.LanguageModel over Chat Completions, for OpenAI and servers that speak its protocol."""

from agent_core.language_model.model import open_language_model
from agent_core.language_model.patience import Patience

__all__ = ["Patience", "open_language_model"]
