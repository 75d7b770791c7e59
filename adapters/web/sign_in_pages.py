"""The pages on which people come and go: sign in with a one-time link, sign out, make tokens for programs."""

from datetime import UTC, datetime

from fastapi import APIRouter
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from adapters.web.failures import LinkSpent
from adapters.web.forms import sent
from adapters.web.sign_in import API_TOKEN_LASTS, COOKIE_LASTS, local_path, token_in
from adapters.web.web import COOKIE, SECURE_COOKIE, Web, is_secure, page, signed_in, told, visitor
from agent_core.sign_ins import SignIn

router = APIRouter(include_in_schema=False)


@router.get("/sign-in")
async def ask(request: Request, token: str = "", next: str = "/") -> Response:  # noqa: A002 - the parameter's name in links
    """Show a button that signs in. Looking at the page, as link previews do, leaves the token good."""
    if visitor(request) is not None and not token:
        return RedirectResponse(local_path(next), 303)
    return page(request, "sign_in.html", token=token, next=local_path(next), problem="")


@router.post("/sign-in")
async def come(request: Request) -> Response:
    """Redeem a one-time token for a cookie."""
    form = await sent(request)
    web = Web.of(request)
    sign_in = await web.sign_ins.redeem(token_in(form.text("token")), datetime.now(UTC))
    target = local_path(form.text("next") or "/")
    if sign_in is None:
        spent = LinkSpent()
        return page(request, "sign_in.html", LinkSpent.status, token="", next=target, problem=told(request, spent))
    return _with_cookie(request, RedirectResponse(target, 303), sign_in)


def _with_cookie(request: Request, answer: Response, sign_in: SignIn) -> Response:
    """Return the answer with the cookie of a sign-in."""
    secure = is_secure(request)
    answer.set_cookie(
        SECURE_COOKIE if secure else COOKIE,
        Web.of(request).signatures.cookie(sign_in),
        max_age=int(COOKIE_LASTS.total_seconds()),
        secure=secure,
        httponly=True,
        samesite="lax",  # links to a run, in a chat or a mail, lead to it and not to the sign-in page
    )
    return answer


@router.post("/sign-out")
async def go(request: Request) -> Response:
    """End every sign-in of the person, so that a copy of the cookie is worth nothing, and take the cookie away."""
    actor = visitor(request)
    if actor is not None:
        await Web.of(request).sign_ins.sign_out(actor.user)
    answer = RedirectResponse("/sign-in", 303)
    secure = is_secure(request)
    answer.delete_cookie(SECURE_COOKIE if secure else COOKIE, secure=secure, httponly=True, samesite="lax")
    answer.headers["clear-site-data"] = '"cache"'
    return answer


@router.get("/account")
async def account(request: Request) -> Response:
    """Show who is signed in."""
    signed_in(request)
    return page(request, "account.html", token="", until=None)


@router.post("/account/token")
async def token(request: Request) -> Response:
    """Make a token for a program and show it, this once."""
    actor = signed_in(request)
    now = datetime.now(UTC)
    until = now + API_TOKEN_LASTS
    made = await Web.of(request).sign_ins.mint_api(actor.user, now=now, expires_at=until)
    return page(request, "account.html", token=made, until=until)


@router.post("/account/revoke")
async def revoke(request: Request) -> Response:
    """Void the person's tokens, unused sign-in links and sign-ins, except the one that asks."""
    actor = signed_in(request)
    sign_ins = Web.of(request).sign_ins
    await sign_ins.revoke(actor.user, datetime.now(UTC))
    now = SignIn(actor.user, await sign_ins.generation(actor.user))
    return _with_cookie(request, RedirectResponse("/account", 303), now)
