"""Settings: what the environment and `.env` say, checked once and frozen.

A setting's name in the environment is its field's name in capitals. `.env.example` explains them for people.
"""

import difflib
import getpass
import math
import os
import re
from collections.abc import Iterable, Iterator, Mapping
from datetime import timedelta
from pathlib import Path
from typing import Annotated, Any, Literal
from urllib.parse import urlsplit
from zoneinfo import ZoneInfo

from dotenv.parser import parse_stream
from pydantic import BeforeValidator, Field, SecretStr, ValidationError
from pydantic_settings import BaseSettings, NoDecode, SettingsConfigDict

from agent_core.domain import Actor, PolicyName
from agent_core.errors import SettingsError
from storage.opening import sqlite_path

PREFIX = "NOD_"  # a name that starts so is Nod's, or a mistake
UNUSED_KEY = "unused"  # local servers take any key, and the SDK wants one
ALIKE = 0.85  # of difflib's ratio: DATABSE_URL and PORTS are slips, DATABASE_HOST and POST are other names
LONGEST_SHOWN = 80  # characters of a bad value
SHORTEST_SECRET = 32  # characters; OWASP's floor for a signing key is 128 bits, this leaves room for words


def _owner() -> str:
    try:
        return getpass.getuser()
    except (OSError, KeyError, ImportError):  # a container's user need not have a name
        return "owner"


class _Said(ValueError):
    """What is wrong with a value, in a sentence that says more than one made of its field could."""


def _sqlite_url(text: str) -> str:
    try:
        sqlite_path(text)
    except SettingsError as error:
        raise _Said(error) from None
    return text


def _web_url(text: str) -> str:
    parts = urlsplit(text)
    # reading a port that is no number raises by itself
    if parts.scheme not in ("http", "https") or not parts.hostname or parts.query or parts.fragment or parts.port == 0:
        raise ValueError
    return text.rstrip("/")


def origin_url(text: str) -> str:
    """Return an http or https URL without a path, as it is kept. Raises ValueError."""
    url = _web_url(text)
    if urlsplit(url).path:
        raise ValueError
    return url


def _actors(text: object) -> object:
    if not isinstance(text, str):
        return text
    return tuple(dict.fromkeys(Actor.parse(part) for part in text.split(",") if part.strip()))


def _name(text: str) -> str:
    if not re.fullmatch(r"[^\s,:](?:[^\n\r\t\x00,:]{0,62}[^\s,:])?", text):
        raise ValueError
    return text


def _days(value: object) -> object:
    number = float(value) if isinstance(value, str) else value
    if not isinstance(number, int | float) or not math.isfinite(number):
        raise ValueError
    return number


def _zone(name: str) -> str:
    try:
        return ZoneInfo(name).key
    except (KeyError, OSError):
        raise ValueError from None


def _long_enough(secret: object) -> object:
    if isinstance(secret, str) and len(secret) < SHORTEST_SECRET:
        raise ValueError
    return secret


def _slack_secret(secret: object) -> object:
    if isinstance(secret, str) and not re.fullmatch(r"[!-~]{8,}", secret):
        raise ValueError
    return secret


def _bot_token(token: object) -> object:
    if isinstance(token, str) and not re.fullmatch(r"(?:xoxe\.)?xoxb-[!-~]+", token):
        raise ValueError
    return token


def _app_token(token: object) -> object:
    if isinstance(token, str) and not re.fullmatch(r"xapp-[!-~]+", token):
        raise ValueError
    return token


def _discord_token(token: object) -> object:
    # three parts with dots between; who pastes the line of the portal's page has the word before it, too
    if isinstance(token, str) and not re.fullmatch(r"[\w-]+\.[\w-]+\.[\w-]+", token):
        raise ValueError
    return token


def _lower(text: object) -> object:
    return text.lower() if isinstance(text, str) else text


def _setting(default: Any = None, *, must: str, example: str, **limits: Any) -> Any:
    """Return a field that can say what its value must be."""
    return Field(default, description=must, examples=[example], **limits)


class Settings(BaseSettings):
    """Everything that can be set. Each field's description ends the sentence "NAME must be …"."""

    model_config = SettingsConfigDict(
        frozen=True, extra="ignore", env_ignore_empty=True, str_strip_whitespace=True, hide_input_in_errors=True
    )

    host: str = _setting(
        "127.0.0.1", must="an address or host name of this machine", example="127.0.0.1", pattern=r"^\S+$"
    )
    port: int = _setting(8321, must="a port from 0 to 65535, 0 for a free one", example="8321", ge=0, le=65535)
    database_url: Annotated[str, BeforeValidator(_sqlite_url)] = _setting(
        "sqlite:///data/nod.db", must="sqlite:/// and a path", example="sqlite:///data/nod.db"
    )
    nod_data: Path = _setting(Path("data"), must="a folder", example="data")
    nod_connections: Path = _setting(Path("connections.toml"), must="a file", example="connections.toml")
    nod_skills: Path = _setting(Path("skills"), must="a folder", example="skills")
    nod_owner: Annotated[str, BeforeValidator(_name)] = Field(
        default_factory=_owner,
        description="a name of 1 to 64 characters without a comma or colon",
        examples=["alice"],
    )
    nod_approvers: Annotated[tuple[Actor, ...], NoDecode, BeforeValidator(_actors)] = _setting(
        (), must="platform:user, several with commas between", example="nod:alice,slack:U024BE7LH"
    )
    nod_policy: Annotated[PolicyName, BeforeValidator(_lower)] = _setting(
        PolicyName.EVERY_STEP, must="every-step, side-effects or observe", example="every-step"
    )
    nod_zone: Annotated[str, BeforeValidator(_zone)] = _setting("UTC", must="a time zone", example="Europe/Berlin")
    nod_least_seconds: int = _setting(60, must="a number of seconds from 1 to 60", example="60", ge=1, le=60)
    nod_guests_may_ask: bool = _setting(default=False, must="true or false", example="false")
    openai_api_key: SecretStr | None = _setting(must="a key", example="sk-…")
    openai_base_url: Annotated[str, BeforeValidator(_web_url)] | None = _setting(
        must="a URL that starts with http:// or https://", example="http://127.0.0.1:11434/v1"
    )
    nod_model: str = _setting(
        "gpt-5.4-mini", must="a model's name without spaces", example="gpt-5.4-mini", pattern=r"^\S+$"
    )
    nod_secret_key: Annotated[SecretStr, BeforeValidator(_long_enough)] | None = _setting(
        must=f"at least {SHORTEST_SECRET} characters that nobody can guess",
        example="<what openssl rand -hex 32 prints>",
    )
    nod_public_url: Annotated[str, BeforeValidator(origin_url)] | None = _setting(
        must="a URL that starts with http:// or https:// and has no path", example="https://nod.example.com"
    )
    nod_approval_days: Annotated[float, BeforeValidator(_days)] = _setting(
        7.0, must="a number of days above 0 and up to 3650", example="7", gt=0, le=3650
    )
    slack_bot_token: Annotated[SecretStr, BeforeValidator(_bot_token)] | None = _setting(
        must="the Bot User OAuth Token that starts with xoxb-, from Install App", example="xoxb-1234-5678-abcd"
    )
    slack_signing_secret: Annotated[SecretStr, BeforeValidator(_slack_secret)] | None = _setting(
        must="the signing secret from Basic Information, 8 or more characters without spaces",
        example="8f742231b10e8888abcd99yyyzzz85a5",
    )
    slack_app_token: Annotated[SecretStr, BeforeValidator(_app_token)] | None = _setting(
        must="the app-level token that starts with xapp-, from Basic Information", example="xapp-1-A0123-4567-abcd"
    )
    slack_api_url: Annotated[str, BeforeValidator(_web_url)] = _setting(
        "https://slack.com/api", must="a URL that starts with http:// or https://", example="https://slack-gov.com/api"
    )
    slack_client_id: str | None = _setting(
        must="the client id from Basic Information, two numbers with a dot between",
        example="123456789012.345678901234",
        pattern=r"^\d+\.\d+$",
    )
    slack_client_secret: Annotated[SecretStr, BeforeValidator(_slack_secret)] | None = _setting(
        must="the client secret from Basic Information, 8 or more characters without spaces",
        example="a1b2c3d4e5f6a1b2c3d4e5f6a1b2c3d4",
    )
    discord_token: Annotated[SecretStr, BeforeValidator(_discord_token)] | None = _setting(
        must="the bot's token, three parts with dots between, from Bot in the developer portal",
        example="MTk4NjIyNDgz.G4bYxs.a1b2c3d4e5f6",
    )
    discord_api_url: Annotated[str, BeforeValidator(_web_url)] = _setting(
        "https://discord.com/api/v10", must="a URL that starts with http:// or https://", example="http://proxy/v10"
    )
    discord_quiet_seconds: float = _setting(300.0, must="a number from 1 to 3600", example="300", ge=1, le=3600)
    nod_log: Annotated[Literal["debug", "info", "warning", "error"], BeforeValidator(_lower)] = _setting(
        "info", must="debug, info, warning or error", example="info"
    )
    nod_log_format: Annotated[Literal["json", "text"], BeforeValidator(_lower)] = _setting(
        "text", must="json or text", example="json"
    )

    @property
    def rehearsal(self) -> bool:
        """Whether no model is set, so that the rehearsal model answers."""
        return self.openai_api_key is None and self.openai_base_url is None

    @property
    def model_key(self) -> str:
        """The key to send to the model's server; local servers need none, and get a word."""
        return self.openai_api_key.get_secret_value() if self.openai_api_key else UNUSED_KEY

    @property
    def owner(self) -> Actor:
        """The person who starts Nod."""
        return Actor("nod", self.nod_owner)

    @property
    def expires_after(self) -> timedelta:
        """For how long an Approval stays open."""
        return timedelta(days=self.nod_approval_days)

    @property
    def names_slack(self) -> bool:
        """Whether Slack is set at all; `bot.slack` says whether it is set whole."""
        return any(
            (
                self.slack_bot_token,
                self.slack_app_token,
                self.slack_signing_secret,
                self.slack_client_id,
                self.slack_client_secret,
            )
        )

    def secrets(self) -> Iterator[str]:
        """Yield every value that must never be shown."""
        for name in type(self).model_fields:
            value = getattr(self, name)
            if isinstance(value, SecretStr):
                yield value.get_secret_value()


def setting_names() -> tuple[str, ...]:
    """Return every setting's name as the environment has it, in the order of `Settings`."""
    return tuple(name.upper() for name in Settings.model_fields)


def load_settings(env_file: str | Path = ".env") -> Settings:
    """Return the Settings of the environment and, where that is silent, of `env_file` (need not exist).

    Raises:
        SettingsError: values cannot be used, names that start with NOD_ are unknown, each in a sentence on a line of
            its own; or the file cannot be read.
    """
    in_file = read_env_file(Path(env_file))
    problems = [*_unknown(dict.fromkeys((*in_file, *os.environ))), *_misspelt(in_file)]
    settings = None
    try:
        # pyright takes a field's name for the only parameters there are
        settings = Settings(_env_file=env_file if in_file else None, _env_file_encoding="utf-8")  # pyright: ignore[reportCallIssue]
    except ValidationError as error:
        problems.extend(_invalid(error, in_file))
    if settings is None or problems:
        raise SettingsError(reason="\n".join(problems))  # out here, so that no chained error shows the values
    return settings


def _invalid(error: ValidationError, in_file: Mapping[str, str]) -> Iterator[str]:
    """Yield a sentence for each value that cannot be used, in the order of `Settings`."""
    wrong = {str(each["loc"][0]): each.get("ctx", {}).get("error") for each in error.errors() if each["loc"]}
    for field in (name for name in Settings.model_fields if name in wrong):
        name, said = field.upper(), wrong[field]
        raw = _case_blind(os.environ, name) or _case_blind(in_file, name)
        yield str(said) if isinstance(said, _Said) else _sentence(name, raw)


def read_env_file(path: Path) -> dict[str, str]:
    """Return what a file of NAME=value lines says; nothing if there is none. Raises SettingsError."""
    if path.is_dir():  # as a container's mount of a file that is not there makes one
        raise SettingsError(reason=f"{path} is a folder; put a file in its place, or remove it.")
    if not path.is_file():
        return {}
    try:
        with path.open(encoding="utf-8") as stream:
            bindings = list(parse_stream(stream))
    except (OSError, UnicodeDecodeError) as error:
        why = error.strerror if isinstance(error, OSError) else "it is not UTF-8 text"
        raise SettingsError(reason=f"{path} cannot be read ({why}); mend it or move it away.") from None
    for binding in bindings:
        if binding.error or (binding.key and binding.value is None):
            number = binding.original.line
            raise SettingsError(reason=f"Line {number} of {path} is not NAME=value; mend it or put # before it.")
    return {binding.key: binding.value or "" for binding in bindings if binding.key}


def _unknown(names: Iterable[str]) -> Iterator[str]:
    """Yield a sentence for each name that looks like a setting and is none."""
    known = setting_names()
    for name in names:
        if name.upper().startswith(PREFIX) and name.upper() not in known:
            bare = name.upper().removeprefix(PREFIX)  # NOD_SLACK_BOT_TOKEN is a setting but for its first letters
            near = bare if bare in known else difflib.get_close_matches(name.upper(), known, n=1, cutoff=0)[0]
            yield f"There is no setting {name}; did you mean {near}? .env.example lists them all."


def _misspelt(names: Iterable[str]) -> Iterator[str]:
    """Yield a sentence for each name a letter or so away from a setting's; others may be there for other programs."""
    known = setting_names()
    for name in (name for name in names if not name.upper().startswith(PREFIX)):
        near = difflib.get_close_matches(name.upper(), known, n=1, cutoff=ALIKE)
        if near and name.upper() not in known:
            yield f"There is no setting {name}; write {near[0]} if you mean that, else put # before the line."


def _case_blind(values: Mapping[str, str], name: str) -> str:
    return next((value for key, value in values.items() if key.upper() == name and value), "")


def _sentence(name: str, raw: str) -> str:
    field = Settings.model_fields[name.lower()]
    example = (field.examples or [""])[0]
    secret = "SecretStr" in str(field.annotation)
    shown = "cannot be used" if secret else f"is '{_shown(raw)}'"
    return f"{name} {shown}; it must be {field.description}, for example {name}={example}."


def _shown(raw: str) -> str:
    """Return the value fit for a terminal and a log: no password, no key put in the wrong place, one short line."""
    clean = re.sub(
        r"(?<=://)[^/@]*(?=@)|(?<=\?).*|\b(?:sk|xox[a-z]|xapp)[-.]\S+|[\w-]{8,}\.[\w-]{4,}\.[\w-]{8,}", "***", raw
    )
    clean = "".join(character if character.isprintable() else "�" for character in clean)
    return clean if len(clean) <= LONGEST_SHOWN else f"{clean[:LONGEST_SHOWN]}…"
