"""Texts that must share one message: each whole where they fit, else begun there and whole in a file. Pure."""

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace

from adapters.discord.limits import TEXT_BYTES, TEXT_OVERHEAD, TEXT_TOTAL
from adapters.discord.markup import chunks, weight
from agent_core.cards import Button

BEGINNING = 600, 1_500  # characters and bytes of a text that is whole in a file
_NOT_PLAIN = re.compile(r"[^A-Za-z0-9_.-]+")


@dataclass(frozen=True, slots=True)
class Upload:
    """A file to attach. Its name has only characters that Discord keeps, so that a message can show it by name."""

    name: str
    content: bytes


@dataclass(frozen=True, slots=True)
class Block:
    """A text of a message, as markup. `raw` is what a file would hold; `brief` what is left when it is in one.

    An empty `name` means that it cannot go into a file; what is `apart` goes there whatever room there is.
    """

    text: str
    name: str = ""
    raw: str = ""
    brief: str = ""
    apart: bool = False
    file: str = ""  #: the file that holds it whole
    row: tuple[Button, ...] = ()  #: what stands below it to be clicked


def fitted(blocks: Sequence[Block], told: str, most_files: int) -> tuple[list[Block], list[Upload]]:
    """Return the blocks as they fit into one message, and the files of those that did not, the longest first to go.

    `told` says, with `{file}` in it, where the whole is.
    """
    kept, uploads = list(blocks), list[Upload]()
    while any(each.apart and not each.file for each in kept) or not _fit(kept):
        at = max(range(len(kept)), key=lambda place: _first_to_go(kept[place]))
        if not _movable(kept[at]) or len(uploads) == most_files:
            raise ValueError("There is more text than one message holds.")
        name = _unused(kept[at].name, {each.name for each in uploads})
        uploads.append(Upload(name, kept[at].raw.encode("utf-8", "replace")))
        kept[at] = replace(kept[at], text=_begun(kept[at], told.replace("{file}", name)), file=name)
    return kept, uploads


def plain_name(name: str, otherwise: str = "file") -> str:
    """Return a file's name as Discord keeps it: of other characters than ASCII's it would make a name of its own."""
    stem, dot, extension = name.rpartition("/")[2].rpartition(".")
    stem, extension = (stem, extension) if dot else (extension, "")
    stem = _NOT_PLAIN.sub("_", stem).strip("._") or otherwise
    extension = _NOT_PLAIN.sub("", extension)
    return f"{stem[:80]}.{extension[:16]}" if extension else stem[:80]


def unused_name(name: str, taken: set[str]) -> str:
    """Return a name that no other file of the message has."""
    return _unused(name, taken)


def _unused(name: str, taken: set[str]) -> str:
    stem, dot, extension = name.rpartition(".")
    number, found = 1, name
    while found in taken:
        number += 1
        found = f"{stem}-{number}.{extension}" if dot else f"{name}-{number}"
    return found


def _movable(block: Block) -> bool:
    return bool(block.name) and not block.file


def _begun(block: Block, told: str) -> str:
    begun = block.brief or next(chunks(block.text, *BEGINNING)) + "\n…"
    return f"{begun}\n-# {told}"


def _first_to_go(block: Block) -> tuple[bool, int]:
    return (block.apart, _load(block)) if _movable(block) else (False, -1)


def _load(block: Block) -> int:
    """Return how much of the room a text takes, by whichever of the two limits is nearer."""
    characters, size = weight(block.text)
    return max(characters * TEXT_BYTES, (size + TEXT_OVERHEAD) * TEXT_TOTAL)


def _fit(blocks: Sequence[Block]) -> bool:
    weights = [weight(block.text) for block in blocks]
    characters = sum(each for each, _ in weights)
    size = sum(each + TEXT_OVERHEAD for _, each in weights)
    return characters <= TEXT_TOTAL and size <= TEXT_BYTES
