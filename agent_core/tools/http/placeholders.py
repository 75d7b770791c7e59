"""`{{secret:NAME}}` in the arguments of a call: which are named, and their values in their place. Pure."""

import base64
import re
from collections.abc import Callable, Mapping
from urllib.parse import quote

NAMED = re.compile(r"\{\{\s*(?P<form>secret|basic)\s*:\s*(?P<name>[A-Za-z][A-Za-z0-9_-]{0,31})\s*\}\}")
ANY = re.compile(r"\{\{\s*(?:secret|basic)\b[^}]*\}?\}?")


def names_in(*texts: str) -> tuple[str, ...]:
    """Return the names of the secrets in texts, each once."""
    return tuple(dict.fromkeys(found["name"] for text in texts for found in NAMED.finditer(text)))


def malformed(*texts: str) -> str:
    """Return the first thing in texts that means a secret and names none; empty when there is none."""
    found = (each[0] for text in texts for each in ANY.finditer(text))
    return next((each for each in found if not NAMED.fullmatch(each)), "")


def filled(text: str, values: Mapping[str, str], written: Callable[[str], str] = str) -> str:
    """Return a text with its secrets, each as `written` writes it there. `basic` is of a user:password, in base64."""

    def value(found: re.Match[str]) -> str:
        secret = values[found["name"]]
        return written(base64.b64encode(secret.encode()).decode() if found["form"] == "basic" else secret)

    return NAMED.sub(value, text)


def in_url(value: str) -> str:
    """Return a value as it is written in an address."""
    return quote(value, safe="")


def in_json(value: str) -> str:
    """Return a value as it is written within a text of JSON."""
    escapes = {'"': '\\"', "\\": "\\\\", "\n": "\\n", "\r": "\\r", "\t": "\\t"}
    return "".join(escapes.get(letter, letter) for letter in value)
