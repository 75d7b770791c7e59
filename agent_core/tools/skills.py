"""Skills: instructions and scripts that the team lead put into a folder, read by a Run when it needs them.

A skill is `NAME/SKILL.md`: YAML front matter with `name` and `description`, then instructions. They are trusted, so
people see them whole before a Run reads them, and what they saw is what it reads.
"""

import asyncio
import os
import stat
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Annotated, Any, cast

import structlog
import yaml
from pydantic import Field

from agent_core.domain import FileRef, Observation, Preview, PreviewFact, Risk, canonical_json, digest_of
from agent_core.errors import BasisChanged, NodError
from agent_core.i18n import listed, translator
from agent_core.tools.toolbox import TOOL_NAME, Tool, ToolContext, tool

MAIN = "SKILL.md"
MOST_SKILLS = 50
MOST_FILES = 100  # of one skill
MOST_BYTES = 5 * 1024 * 1024  # of one skill
TOLD = 200  # characters of a skill's description where the model chooses one
SHARED = 800  # characters of all descriptions in the Tool's own, which OpenAI cuts off at 1,024
_FENCE = "---"

log = structlog.get_logger(__name__)


class SkillUnknown(NodError):
    """There is no skill called {name}; the skills are {known}."""


class SkillUnfit(NodError):
    """The skill {name} cannot be used: {reason}."""


@dataclass(frozen=True, slots=True)
class Skill:
    """A skill as it lies in its folder: `files` are those beside its instructions, by their paths in it."""

    name: str
    description: str
    text: str = field(repr=False)
    files: Mapping[str, bytes] = field(repr=False)

    @property
    def digest(self) -> str:
        """The digest of everything in it."""
        files = {path: digest_of(content) for path, content in sorted(self.files.items())}
        return digest_of(canonical_json([self.name, self.description, self.text, files]))


def read_skill_in(folder: Path, name: str) -> Skill:
    """Read a skill whole. Blocks.

    Raises:
        SkillUnfit: it is not in the form of one, is too large, or cannot be read.
    """
    try:
        found = dict(_files(folder / name, name))
    except OSError as error:
        raise SkillUnfit(name=name, reason=f"{error.strerror}") from None
    if MAIN not in found:
        raise SkillUnfit(name=name, reason=f"it has no {MAIN}")
    try:
        whole = found.pop(MAIN).decode("utf-8")
    except UnicodeDecodeError:
        raise SkillUnfit(name=name, reason=f"{MAIN} is not UTF-8 text") from None
    head, text = _parted(name, whole)
    said, description = head.get("name"), head.get("description")
    if said != name:
        raise SkillUnfit(name=name, reason=f"{MAIN} must say name: {name}, as its folder is called")
    if not isinstance(description, str) or not description.strip():
        raise SkillUnfit(name=name, reason=f"{MAIN} must say in description: what it is for")
    return Skill(name, " ".join(description.split()), text, found)


def _parted(name: str, whole: str) -> tuple[Mapping[str, Any], str]:
    first, _, rest = whole.lstrip("\ufeff").partition("\n")
    head, fence, text = rest.partition(f"\n{_FENCE}")
    if first.rstrip() != _FENCE or not fence:
        raise SkillUnfit(name=name, reason=f"{MAIN} must begin with front matter between two lines of {_FENCE}")
    try:
        said: object = yaml.safe_load(head)
    except yaml.YAMLError:
        said = None
    if not isinstance(said, dict):
        raise SkillUnfit(name=name, reason=f"the front matter of {MAIN} is not YAML with a name and a description")
    return cast("Mapping[str, Any]", said), text.partition("\n")[2].strip()


def _files(folder: Path, name: str) -> Iterator[tuple[str, bytes]]:
    """Yield the plain files of a folder. Links are passed over: they could lead anywhere."""
    count = size = 0
    for here, folders, names in os.walk(folder):
        folders[:] = sorted(each for each in folders if not each.startswith((".", "__pycache__")))
        for each in sorted(each for each in names if not each.startswith(".")):
            path = Path(here) / each
            found = path.lstat()
            if not stat.S_ISREG(found.st_mode):
                continue
            count, size = count + 1, size + found.st_size
            if count > MOST_FILES or size > MOST_BYTES:
                reason = f"it has more than {MOST_FILES} files or {MOST_BYTES:,} bytes"
                raise SkillUnfit(name=name, reason=reason)
            yield path.relative_to(folder).as_posix(), path.read_bytes()


class SkillTools:
    """The Tool `read_skill` while the folder holds skills; a `ToolSource`. The folder is looked at before each turn."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._known: Mapping[str, str] = {}
        self._tools: tuple[Tool, ...] = ()
        self._troubles: Mapping[str, str] = {}

    @property
    def tools(self) -> Sequence[Tool]:
        """The Tool, or none where there are no skills."""
        return self._tools

    @property
    def troubles(self) -> Mapping[str, str]:
        """What is wrong with each skill that cannot be used."""
        return self._troubles

    async def ready(self) -> None:
        """Look at the folder."""
        known, self._troubles = await asyncio.to_thread(self._look)
        if known != self._known:
            self._known = known
            self._tools = (_reader(self._folder, known),) if known else ()
            log.info("skills", names=list(known))

    def _look(self) -> tuple[Mapping[str, str], Mapping[str, str]]:
        """Return the descriptions of the skills by name, and what is wrong with others."""
        known: dict[str, str] = {}
        troubles: dict[str, str] = {}
        for name in _names(self._folder)[:MOST_SKILLS]:
            try:
                known[name] = read_skill_in(self._folder, name).description
            except SkillUnfit as error:
                troubles[f"skill {name}"] = str(error)
        return known, troubles


def _names(folder: Path) -> list[str]:
    try:
        return sorted(each.name for each in folder.iterdir() if each.is_dir() and TOOL_NAME.fullmatch(each.name))
    except OSError:
        return []


def _reader(folder: Path, known: Mapping[str, str]) -> Tool:
    """Return the Tool that reads one of the skills."""
    choice = "\n".join(f"{name}: {_short(description, TOLD)}" for name, description in known.items())

    async def skill_of(name: str) -> Skill:
        if name not in known:
            raise SkillUnknown(name=name, known=", ".join(known))
        return await asyncio.to_thread(read_skill_in, folder, name)

    async def read_skill(
        context: ToolContext, name: Annotated[str, Field(description=f"The skill, one of:\n{choice}")]
    ) -> Observation:
        """Return a skill's instructions."""
        skill = await skill_of(name)
        if context.basis and context.basis != skill.digest:
            raise BasisChanged
        files = await asyncio.to_thread(_copied, skill, context)
        _ = translator(context.language)
        lines = [skill.text]
        if files:
            lines.append(_("Its files are in the workspace:") + "\n" + "\n".join(file.path for file in files))
        return Observation("\n\n".join(lines), files=files)

    async def preview(context: ToolContext, name: str) -> Preview:
        skill, _ = await skill_of(name), translator(context.language)
        facts = [PreviewFact(_("Skill"), skill.name), PreviewFact(_("Digest of the skill"), skill.digest)]
        if skill.files:
            paths = [f"{_path(skill, path)} ({digest_of(content)[:12]})" for path, content in skill.files.items()]
            facts.append(PreviewFact(_("Files it brings into the workspace"), listed(paths, context.language)))
        return Preview(skill.text, skill.digest, tuple(facts), markdown=True, basis_of=f"skill {skill.name}")

    read_skill.__doc__ = _told(known)
    return tool(risk=Risk.WRITE, outside=False, preview=preview, keeps_basis=True)(read_skill)


def _told(known: Mapping[str, str]) -> str:
    share = SHARED // len(known)
    skills = "; ".join(_short(f"{name}: {description}", share) for name, description in known.items())
    return f"Read a skill, instructions of this team for one kind of work, before such work. Skills: {skills}"


def _copied(skill: Skill, context: ToolContext) -> tuple[FileRef, ...]:
    """Copy what lies beside the instructions into the workspace. Blocks. Raises WorkspaceError."""
    return tuple(context.workspace.write(_path(skill, path), content) for path, content in skill.files.items())


def _path(skill: Skill, path: str) -> str:
    return f"skills/{skill.name}/{path}"


def _short(text: str, most: int) -> str:
    return text if len(text) <= most else f"{text[: most - 1]}…"
