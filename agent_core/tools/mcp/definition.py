"""A tool as an MCP server describes it: untrusted text, made fit for a model and for people. Pure functions."""

import re
from collections.abc import Collection, Iterable
from dataclasses import dataclass, field
from typing import Any

from agent_core.characters import revealed
from agent_core.domain import canonical_json, digest_of

NAME_LENGTH = 64  # characters; OpenAI API reference, tools[].function.name
DESCRIPTION = 1_000  # characters; OpenAI takes 1,024, and a tool that needs more hides something in it
MOST_TOOLS = 100  # of one server; OpenAI takes 128 in all
_MARK = 8  # hexadecimal digits of a digest, which tell names apart
_UNFIT = re.compile(r"[^a-zA-Z0-9_-]")


@dataclass(frozen=True, slots=True)
class Definition:
    """What a server says of one of its tools. `hints` are its claims about what the tool does, nothing more."""

    name: str
    description: str
    schema: dict[str, Any]
    hints: tuple[tuple[str, bool], ...] = ()
    title: str = ""
    digest: str = field(init=False)

    def __post_init__(self) -> None:
        said = [self.name, self.title, self.description, self.schema, [list(hint) for hint in self.hints]]
        object.__setattr__(self, "digest", digest_of(canonical_json(said)))


def tool_name(server: str, tool: str, servers: Iterable[str], taken: Collection[str]) -> str:
    """Return what a server's tool is called in Nod: `SERVER_tool`, the same whatever other tools there are.

    A name that had to be changed or cut, that is `taken`, or that another of the `servers` (of a longer name)
    could give, too, has a digest of the server's and the tool's names after it.
    """
    plain = f"{server}_{tool}"
    fit = _UNFIT.sub("_", plain)
    ambiguous = any(other.startswith(f"{server}_") and plain.startswith(f"{other}_") for other in servers)
    if fit == plain and len(fit) <= NAME_LENGTH and tool and fit not in taken and not ambiguous:
        return fit
    mark = digest_of(canonical_json([server, tool]))[:_MARK]
    return f"{fit[: NAME_LENGTH - _MARK - 1]}_{mark}"


def told_description(server: str, definition: Definition) -> str:
    """Return a tool's description for a model: whose words it is, short, and with nothing in it that cannot be seen."""
    said = (definition.description or definition.title)[: 2 * DESCRIPTION]
    text = " ".join(revealed(said).split()) or "(it does not say)"
    return f"Tool of the MCP server {server}, in its own words: {shortened(text, DESCRIPTION)}"


def shortened(text: str, most: int) -> str:
    """Return `text` cut to `most` characters, with a mark where it was cut."""
    return text if len(text) <= most else f"{text[: most - 1]}…"
