"""What the description of the HTTP API says beside its paths: how programs sign in, and what every error looks like."""

from collections.abc import Mapping

from fastapi.security import APIKeyCookie, HTTPBearer

from adapters.web.api_values import Failure
from adapters.web.web import COOKIE

# they only describe: `api_actor` looks at what was sent
TOKEN = HTTPBearer(
    scheme_name="token",
    description="A token from the account page, or of `nod signin NAME --api`. Where one is sent, no cookie counts.",
    auto_error=False,
)
COOKIE_OF_PAGES = APIKeyCookie(
    name=COOKIE,
    scheme_name="cookie",
    description="The cookie of a browser that is signed in; over HTTPS it is called `__Host-nod`.",
    auto_error=False,
)

_TOLD: Mapping[int | str, str] = {
    400: "It is not for this address, or something that belongs to it is missing",
    401: "Not signed in",
    403: "Signed in, but this person's decisions do not count here; the message says whose do",
    404: "No such run, card or file",
    409: "Too late: decided already, over, or another digest than what is asked now; look at the run again",
    410: "The approval expired; nothing was done",
    413: "More at once than Nod takes",
    422: "What was sent cannot be used; the message says which part, and why",
    500: "An error of Nod's own; it is in its log",
    503: "The database cannot be used now; nothing was done, so the same may be sent again",
}
ERRORS: dict[int | str, dict[str, object]] = {
    status: {"model": Failure, "description": told} for status, told in _TOLD.items()
}
