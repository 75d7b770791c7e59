"""The web door for tests: an application, its sign-ins, and a browser's manners without a browser."""

import itertools
from contextlib import asynccontextmanager

import httpx

from adapters.web.application import create_app
from adapters.web.sign_in import Signatures
from agent_core.sign_ins import SignIn

HOST = "http://nod.test"
SECRET = "a key for tests that nobody needs to guess"


class MemorySignIns:
    """A SignInStore in memory."""

    def __init__(self) -> None:
        self._once = {}
        self._api = {}
        self._generations = {}
        self._numbers = itertools.count(1)

    async def mint_once(self, name, *, now, expires_at):
        token = f"once-{next(self._numbers)}"
        self._once[token] = (name, expires_at)
        return token

    async def mint_api(self, name, *, now, expires_at=None):
        token = f"api-{next(self._numbers)}"
        self._api[token] = name
        return token

    async def redeem(self, token, now):
        name, expires_at = self._once.pop(token, (None, now))
        return SignIn(name, await self.generation(name)) if now < expires_at else None

    async def generation(self, name):
        return self._generations.get(name, 0)

    async def sign_out(self, name):
        self._generations[name] = await self.generation(name) + 1

    async def api_name(self, token, now):
        return self._api.get(token)

    async def revoke(self, name, now):
        self._api = {token: who for token, who in self._api.items() if who != name}
        await self.sign_out(name)
        return 0


def app_of(service, sign_ins=None, *, public_url=HOST, **more):
    if hasattr(service, "cards_of"):  # one in memory, which may have Cards of its own
        more["cards_of"] = service.cards_of
    return create_app(service, sign_ins or MemorySignIns(), secret_key=SECRET, public_url=public_url, **more)


@asynccontextmanager
async def visiting(app, name="ada", *, script=False, **headers):
    """A client that is signed in as `name`, or as nobody, and sends what a browser sends from our own pages.

    `script`: requests come from the page's script, which wants fragments.
    """
    sends = {"sec-fetch-site": "same-origin", **({"hx-request": "true"} if script else {}), **headers}
    cookies = {"nod": Signatures(SECRET).cookie(SignIn(name, 0))} if name else {}
    transport = httpx.ASGITransport(app, raise_app_exceptions=False)
    async with httpx.AsyncClient(transport=transport, base_url=HOST, headers=sends, cookies=cookies) as client:
        yield client
