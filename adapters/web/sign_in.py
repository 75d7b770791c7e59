"""Who is at the web door: one-time links, and the cookie after them."""

import hashlib
from datetime import UTC, datetime, timedelta
from urllib.parse import quote, urlsplit

from itsdangerous import BadData, URLSafeTimedSerializer

from agent_core.sign_ins import SignIn, SignInStore

PLATFORM = "nod"  # the platform of Nod's own people
LINK_LASTS = timedelta(hours=24)
COOKIE_LASTS = timedelta(days=30)
API_TOKEN_LASTS = timedelta(days=90)


async def mint_link(store: SignInStore, name: str, public_url: str, *, lasts: timedelta = LINK_LASTS) -> str:
    """Return a link that signs the person of that name in, once. Raises StorageError."""
    now = datetime.now(UTC)
    token = await store.mint_once(name, now=now, expires_at=now + lasts)
    return f"{public_url.rstrip('/')}/sign-in?token={quote(token)}"


def token_in(text: str) -> str:
    """Return the token in what a person pasted: the token itself, or the whole link."""
    text = text.strip()
    _, found, token = text.partition("token=")
    return token.partition("&")[0].partition("#")[0] if found else text


def local_path(target: str) -> str:
    """Return where to go after signing in: a path of ours, or the front page when `target` could lead elsewhere."""
    parts = urlsplit(target)
    ours = target.startswith("/") and not target.startswith(("//", "/\\")) and not parts.scheme and not parts.netloc
    return target if ours and not any(char < " " for char in target) and "\\" not in target else "/"


class Signatures:
    """Signs who came in, for a cookie. A new secret key makes all cookies void, a new generation one person's."""

    def __init__(self, secret_key: str) -> None:
        self._cookies = URLSafeTimedSerializer(
            secret_key,
            salt="nod.web.sign-in",
            signer_kwargs={"key_derivation": "hmac", "digest_method": hashlib.sha256},
        )

    def cookie(self, sign_in: SignIn) -> str:
        """Return the cookie's value for a sign-in."""
        return str(self._cookies.dumps([sign_in.name, sign_in.generation]))

    def of_cookie(self, value: str) -> SignIn | None:
        """Return the sign-in a cookie's value is of; None if it was not signed here or is too old."""
        try:
            signed: object = self._cookies.loads(value, max_age=int(COOKIE_LASTS.total_seconds()))
        except BadData:
            return None
        match signed:
            case [str(name), int(generation)] if name:
                return SignIn(name, generation)
            case _:
                return None
