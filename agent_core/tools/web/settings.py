"""What the connections say of the web: the sections [web] and [search]."""

from enum import StrEnum
from typing import Annotated, Self

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, SecretStr, model_validator
from pydantic_core import PydanticCustomError

from agent_core.errors import AddressRefused
from agent_core.tools.web.addresses import web_address
from agent_core.tools.web.guard import PORTS, Guard, Opening


def _opening(text: str) -> str:
    Opening.parse(text)
    return text


class WebSettings(BaseModel):
    """Section [web]: which pages may be read, and how."""

    model_config = ConfigDict(frozen=True, extra="forbid", hide_input_in_errors=True)

    #: whether there is a Tool that reads pages at all
    pages: bool = True
    #: ports that may be reached
    ports: tuple[Annotated[int, Field(ge=1, le=65535)], ...] = tuple(sorted(PORTS))
    #: hosts, host:port and networks that may be reached although they are private
    allowed: tuple[Annotated[str, AfterValidator(_opening)], ...] = ()
    #: whether a robots.txt is obeyed
    robots: bool = True
    #: whether a page that shows nothing without its scripts is read through a headless browser, if one is installed
    javascript: bool = False

    @property
    def guard(self) -> Guard:
        """The guard that these settings make."""
        return Guard.of(self.allowed, self.ports)


class EngineName(StrEnum):
    """Which search engine is asked."""

    DDGS = "ddgs"  #: DuckDuckGo, Brave and Mojeek, without a key
    SEARXNG = "searxng"  #: one of your own
    BRAVE = "brave"
    TAVILY = "tavily"
    SERPER = "serper"
    NONE = "none"  #: there is no Tool that searches


KEYED = frozenset({EngineName.BRAVE, EngineName.TAVILY, EngineName.SERPER})


def _address(text: str) -> str:
    try:
        return str(web_address(text)).rstrip("/")
    except AddressRefused as error:
        raise ValueError(str(error)) from None


class SearchSettings(BaseModel):
    """Section [search]: which engine finds pages. `url` is where it is, for SearXNG and for a gateway of your own."""

    model_config = ConfigDict(frozen=True, extra="forbid", hide_input_in_errors=True)

    engine: EngineName = EngineName.DDGS
    key: SecretStr | None = None
    url: Annotated[str, AfterValidator(_address)] = ""

    @model_validator(mode="after")
    def _complete(self) -> Self:
        if self.engine in KEYED and not (self.key and self.key.get_secret_value()):
            raise PydanticCustomError("nod", "{engine} needs a key", {"engine": self.engine.value})
        if self.engine is EngineName.SEARXNG and not self.url:
            raise PydanticCustomError("nod", "searxng needs the url of your instance", {})
        return self
