"""What several Tools tell people in the same words before they act."""

from agent_core.i18n import translator


def file_words(path: str, size: int, digest: str, language: str) -> str:
    """Return which file a call uses, and as what content: `size` in bytes."""
    _ = translator(language)
    return _("{path} ({size:,} bytes, SHA-256 {digest})").format(path=path, size=size, digest=digest)
