"""Connections: the systems beyond this machine that Tools use, as one TOML file names them, checked once and frozen.

A section's form stands beside the Tools that use it. A text `env:NAME` anywhere in the file is what the environment
(or `.env`) holds under that name, so that the file itself need hold no secret. `connections.example.toml` explains
every section for people.
"""

import os
import re
import tomllib
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Annotated, Any, Self, cast

from pydantic import BaseModel, ConfigDict, Field, SecretStr, StringConstraints, ValidationError, model_validator
from pydantic_core import PydanticCustomError

from agent_core.errors import SettingsError
from agent_core.tools.code.options import CodeOptions
from agent_core.tools.http.settings import HttpSettings, Secret
from agent_core.tools.mail.settings import MailSettings
from agent_core.tools.mcp import McpConnection
from agent_core.tools.publishing.settings import GhostSettings, WordPressSettings
from agent_core.tools.web.settings import SearchSettings, WebSettings
from bot.settings import read_env_file

FROM_ENVIRONMENT = "env:"

#: what a connection is called in the arguments of a Tool, in `{{secret:NAME}}`, and as the prefix of a server's Tools
Name = Annotated[str, StringConstraints(pattern=r"^[A-Za-z][A-Za-z0-9_-]{0,31}$")]


class Connections(BaseModel):
    """Every section there can be. No Tool reaches a system that this does not name, but for the public web."""

    model_config = ConfigDict(frozen=True, extra="forbid", hide_input_in_errors=True)

    #: which sandbox runs generated code, and what it may use and reach
    code: CodeOptions = Field(default_factory=CodeOptions)
    #: what `{{secret:NAME}}` stands for in the arguments of a Tool that fills it in
    secrets: dict[Name, Secret] = Field(default_factory=dict)
    #: hosts that requests may be sent to
    http: HttpSettings = Field(default_factory=HttpSettings)
    #: which pages of the web may be read; there is a Tool for those of the public web unless this says otherwise
    web: WebSettings = Field(default_factory=WebSettings)
    #: which search engine finds pages; one without a key unless this says otherwise
    search: SearchSettings = Field(default_factory=SearchSettings)

    #: sites of WordPress to publish on
    wordpress: dict[Name, WordPressSettings] = Field(default_factory=dict)
    #: sites of Ghost to publish on
    ghost: dict[Name, GhostSettings] = Field(default_factory=dict)
    #: addresses to send mail from, and mail to read
    mail: dict[Name, MailSettings] = Field(default_factory=dict)
    #: MCP servers, whose tools are called NAME_tool
    mcp: dict[Name, McpConnection] = Field(default_factory=dict)

    @model_validator(mode="after")
    def _told_apart(self) -> Self:
        if twice := self.wordpress.keys() & self.ghost.keys():
            raise PydanticCustomError("nod", "two sites are called {name}", {"name": min(twice)})
        return self

    def secret_values(self) -> Iterator[str]:
        """Yield every value that must never be shown, of whatever section."""
        yield from _secrets_in(self)


def load_connections(path: Path, env_file: str | Path = ".env") -> Connections:
    """Return the Connections of a TOML file; none if there is no file.

    Raises:
        SettingsError: the file cannot be read, or what it says cannot be used, each in a sentence on a line of its own.
    """
    if not path.exists():
        return Connections()
    try:
        said = tomllib.loads(path.read_text(encoding="utf-8"))
    except OSError as error:
        raise SettingsError(reason=f"{path} cannot be read ({error.strerror}); mend it or move it away.") from None
    except UnicodeDecodeError:
        raise SettingsError(reason=f"{path} is not UTF-8 text; save it as that.") from None
    except tomllib.TOMLDecodeError as error:
        raise SettingsError(reason=f"{path} is not TOML: {error}.") from None
    environment = {**read_env_file(Path(env_file)), **os.environ}
    missing: list[str] = []
    filled = _filled(said, environment, missing)
    if missing:
        raise SettingsError(reason="\n".join(f"{path} names {name}, which the environment lacks." for name in missing))
    try:
        return Connections.model_validate(filled)
    except ValidationError as error:
        problems = [f"{path}, {_place(each['loc'])}: {_lower_first(each['msg'])}." for each in error.errors()]
    raise SettingsError(reason="\n".join(problems))  # out here, so that no chained error shows the values


def _filled(value: Any, environment: Mapping[str, str], missing: list[str]) -> Any:
    """Return a value of the file with what `env:NAME` stands for; names that stand for nothing go to `missing`."""
    match value:
        case dict():
            pairs = cast("dict[str, Any]", value).items()
            return {name: _filled(each, environment, missing) for name, each in pairs}
        case list():
            return [_filled(each, environment, missing) for each in cast("list[Any]", value)]
        case str() if value.startswith(FROM_ENVIRONMENT):
            name = value.removeprefix(FROM_ENVIRONMENT)
            if not environment.get(name):
                missing.append(name)
            return environment.get(name, "")
        case _:
            return value


def _place(parts: tuple[int | str, ...]) -> str:
    return ".".join(str(part) for part in parts if part != "[key]") or "the file"


def _lower_first(text: str) -> str:
    return re.sub(r"^[A-Z](?=[a-z ])", lambda match: match[0].lower(), text).rstrip(".")


def _secrets_in(value: object) -> Iterator[str]:
    match value:
        case SecretStr():
            yield value.get_secret_value()
        case BaseModel():
            for name in type(value).model_fields:
                yield from _secrets_in(getattr(value, name))
        case dict():
            for each in cast("dict[str, object]", value).values():
                yield from _secrets_in(each)
        case list() | tuple():
            for each in cast("list[object]", value):
                yield from _secrets_in(each)
        case _:
            pass
