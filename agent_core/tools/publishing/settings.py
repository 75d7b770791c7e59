"""What the connections say of sites to publish on."""

import re
from typing import Annotated

from pydantic import AfterValidator, BaseModel, ConfigDict, SecretStr
from pydantic_core import PydanticCustomError

from agent_core.errors import AddressRefused
from agent_core.tools.web.addresses import is_here, web_address

_ADMIN_KEY = re.compile(r"[0-9a-f]{24}:[0-9a-f]{64}")  # Ghost Admin API, token authentication: ID:SECRET


def _site_address(text: str) -> str:
    try:
        return str(web_address(text)).rstrip("/")
    except AddressRefused as error:
        raise PydanticCustomError("nod", "{reason}", {"reason": str(error)}) from None


def _admin_key(key: SecretStr) -> SecretStr:
    if not _ADMIN_KEY.fullmatch(key.get_secret_value()):
        raise PydanticCustomError("nod", "it is no Admin API key, which is ID:SECRET in hexadecimal digits", {})
    return key


SiteAddress = Annotated[str, AfterValidator(_site_address)]


class WordPressSettings(BaseModel):
    """Section [wordpress.NAME]: a site, and a user's application password on it."""

    model_config = ConfigDict(frozen=True, extra="forbid", hide_input_in_errors=True)

    url: SiteAddress
    user: str
    password: SecretStr

    @property
    def is_open_to_others(self) -> bool:
        """Whether what goes there can be read on the way: plain http, to another machine."""
        address = web_address(self.url)
        return address.scheme == "http" and not is_here(address.host)


class GhostSettings(BaseModel):
    """Section [ghost.NAME]: a site, and the Admin API key of a custom integration on it."""

    model_config = ConfigDict(frozen=True, extra="forbid", hide_input_in_errors=True)

    url: SiteAddress
    admin_key: Annotated[SecretStr, AfterValidator(_admin_key)]
