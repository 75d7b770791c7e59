"""What the connections say of the web: the sections [web] and [search]."""

from typing import Annotated

from pydantic import AfterValidator, BaseModel, ConfigDict, Field

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

    @property
    def guard(self) -> Guard:
        """The guard that these settings make."""
        return Guard.of(self.allowed, self.ports)
