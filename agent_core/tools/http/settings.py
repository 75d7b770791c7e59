"""What the connections say of requests and secrets."""

from collections.abc import Mapping
from typing import Annotated, Any

from pydantic import AfterValidator, BaseModel, BeforeValidator, ConfigDict, Field, SecretStr
from pydantic_core import PydanticCustomError

from agent_core.errors import AddressRefused
from agent_core.tools.web.addresses import WebAddress, web_address


def host_of(text: str) -> str:
    """Return `host` or `host:port` in its one form. Raises PydanticCustomError when it is none."""
    try:
        address = web_address(f"https://{text}")
    except AddressRefused:
        address = None
    if address is None or address.target != "/" or "/" in text:
        raise PydanticCustomError("nod", "{host} is no host or host:port, such as api.example.com", {"host": text})
    return address.place


Host = Annotated[str, AfterValidator(host_of)]


class SecretSettings(BaseModel):
    """What `{{secret:NAME}}` stands for, and the hosts it may go to; without hosts it goes nowhere."""

    model_config = ConfigDict(frozen=True, extra="forbid", hide_input_in_errors=True)

    value: SecretStr
    hosts: tuple[Host, ...] = ()

    def may_go_to(self, address: WebAddress) -> bool:
        """Say whether a request to that address may hold it: over TLS, or to a host that is named with its port."""
        return any(_is_it(host, address) for host in self.hosts)


def _with_hosts(value: Any) -> Any:
    match value:
        case str() | SecretStr():
            return {"value": value}
        case _:
            return value


Secret = Annotated[SecretSettings, BeforeValidator(_with_hosts)]


class HttpSettings(BaseModel):
    """Section [http]: the hosts that requests may be sent to."""

    model_config = ConfigDict(frozen=True, extra="forbid", hide_input_in_errors=True)

    hosts: tuple[Host, ...] = Field(default=())

    def admits(self, address: WebAddress) -> bool:
        """Say whether requests may be sent to that address."""
        return any(_is_it(host, address) for host in self.hosts)


def _is_it(host: str, address: WebAddress) -> bool:
    """Say whether an address is at a host of a list: by https at its usual port, or at the very port that is named.

    Plain http is meant by nobody who wrote a host alone: what is sent there is read on the way.
    """
    if ":" in host.rpartition("]")[2]:
        name = f"[{address.host}]" if ":" in address.host else address.host
        return host == f"{name}:{address.port}"
    return address.scheme == "https" and host == address.place


Secrets = Mapping[str, SecretSettings]
