"""The page of Schedules: those there are, one whole, and what can be done with each."""

import secrets
from typing import Any

from fastapi import APIRouter
from starlette.requests import Request
from starlette.responses import Response

from adapters.commands import edited_terms
from adapters.web.forms import sent, verb_of
from adapters.web.web import Web, moved, page, page_language, signed_in
from agent_core.cards import Card, Verb
from agent_core.presenter.schedules import schedule_card, schedules_card
from agent_core.scheduling import Schedules

MOST_LISTED = 200
VERBS = (Verb.PAUSE, Verb.RESUME, Verb.RUN_NOW, Verb.EDIT, Verb.REMOVE)

router = APIRouter(include_in_schema=False)


@router.get("/schedules")
async def listed(request: Request) -> Response:
    """List every Schedule, the next to fire first."""
    signed_in(request)
    schedules = _schedules(request)
    found = await schedules.list(limit=MOST_LISTED)
    return _page(request, schedules_card(found, schedules.zone, page_language(request), everywhere=True), "")


@router.get("/schedules/{schedule_id}")
async def one(request: Request, schedule_id: str) -> Response:
    """Show a Schedule: its terms, what became of its newest times, who changed it."""
    signed_in(request)
    schedules = _schedules(request)
    schedule = await schedules.named(schedule_id)
    listed, changes = await schedules.listed(schedule), await schedules.changes(schedule)
    return _page(request, schedule_card(listed, changes, schedules.zone, page_language(request)), schedule.schedule_id)


@router.post("/schedules/{schedule_id}")
async def done(request: Request, schedule_id: str) -> Response:
    """Pause, resume, run now, edit or remove a Schedule."""
    actor, schedules = signed_in(request), _schedules(request)
    form = await sent(request)
    schedule, verb = await schedules.named(schedule_id), verb_of(form.text("verb"), VERBS)
    match verb:
        case Verb.PAUSE:
            await schedules.pause(schedule, actor)
        case Verb.RESUME:
            await schedules.resume(schedule, actor)
        case Verb.REMOVE:
            await schedules.remove(schedule, actor)
            return moved(request, "/schedules")
        case Verb.RUN_NOW:
            run_id = await schedules.run_now(schedule, actor, form.text("key") or secrets.token_urlsafe(12))
            return moved(request, f"/runs/{run_id}")
        case _:
            text = form.text("text").strip()
            terms = edited_terms(schedule.terms, text, schedules.least) if text else schedule.terms
            run_id = await schedules.propose_change(schedule, terms, actor=actor, key=form.text("key"))
            return moved(request, f"/runs/{run_id}")
    return moved(request, f"/schedules/{schedule.schedule_id}")


def _page(request: Request, card: Card, schedule_id: str) -> Response:
    context: dict[str, Any] = {"card": card, "schedule_id": schedule_id, "key": secrets.token_urlsafe(12)}
    return page(request, "schedules.html", **context)


def _schedules(request: Request) -> Schedules:
    return Web.of(request).service.schedules
