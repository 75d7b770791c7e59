"""Whether Nod lives, and whether it can work: for the machines that watch it."""

from collections.abc import Awaitable, Callable, Mapping

from fastapi import APIRouter
from starlette.responses import JSONResponse, PlainTextResponse, Response

Ready = Callable[[], Awaitable[Mapping[str, str]]]
"""Looks at what Nod needs; returns by name (`storage`, `model`) an empty string, or what is wrong with it."""


def health_routes(ready: Ready) -> APIRouter:
    """Return `/healthz` and `/readyz`. Both tell the world what works, and only the log why it does not."""
    router = APIRouter(include_in_schema=False)

    @router.get("/healthz")
    async def alive() -> Response:  # pyright: ignore[reportUnusedFunction] - the router calls it
        return PlainTextResponse("ok")

    @router.get("/readyz")
    async def able() -> Response:  # pyright: ignore[reportUnusedFunction]
        checks = {name: "unavailable" if problem else "ok" for name, problem in (await ready()).items()}
        usable = all(state == "ok" for state in checks.values())
        return JSONResponse({"ready": usable, "checks": checks}, 200 if usable else 503)

    return router
