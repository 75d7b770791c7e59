"""Names of files. Discord keeps plain ones only, and tells another name as a title.

It treats them as Flask does (discord-api-docs, issues 7754 and 2102; discord.js, issue 11302): other letters than
ASCII's are left out, so of `博客.md` nothing remains, and it gets a name that nobody can know before.
"""

import re
import secrets
import unicodedata
from dataclasses import replace

from tests.peers.discord.messages import File


def plain_name(name: str) -> str:
    """What remains of a name; empty if only the extension does."""
    ascii_only = unicodedata.normalize("NFKD", name).encode("ascii", "ignore").decode()
    found = re.sub(r"[^A-Za-z0-9_.-]", "", re.sub(r"\s+", "_", ascii_only.strip()))
    stem, dot, extension = found.rpartition(".")
    stem = (stem if dot else extension).strip("._")
    if not stem:
        return ""
    return f"{stem}.{extension}" if dot and extension else stem


def stored(file: File) -> File:
    """The file under the name it is stored by, with its own as a title if that was lost."""
    plain = plain_name(file.name)
    if plain == file.name:
        return file
    extension = file.name.rpartition(".")[2]
    suffix = f".{extension}" if "." in file.name and extension.isascii() else ""
    title = file.title or file.name.removesuffix(suffix)
    return replace(file, name=plain or f"{secrets.token_hex(4)}{suffix}", title=title)
