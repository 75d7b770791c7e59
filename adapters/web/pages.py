"""The pages people read: the front page with its list of runs, and a run's thread."""

import secrets
from collections.abc import Mapping, Sequence
from typing import Any

from fastapi import APIRouter
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from adapters.commands import ProposeSchedule, asked_for, known_zone
from adapters.web.failures import status_of
from adapters.web.forms import Sent, moment_of, policy_of, sent
from adapters.web.live import EventStream
from adapters.web.thread import Problem, changes, thread
from adapters.web.views import dom_id
from adapters.web.web import Web, fragment, is_htmx, moved, page, refuse, signed_in, told, visitor
from agent_core.domain import Actor, Origin, digest_of
from agent_core.errors import NodError
from agent_core.ports import RunSummary
from agent_core.service import Service

ORIGIN = Origin("web")
ROWS = 30  # runs on a page

router = APIRouter(include_in_schema=False)


@router.get("/")
async def front(request: Request, before: str = "", goal: str = "") -> Response:
    """Show the composer and the newest runs, or those created before a time."""
    signed_in(request)
    runs, older = await _runs(request, before)
    rows = _rows(request, runs, older, before)
    return await _front(request, rows, {"goal": goal})


async def _front(
    request: Request,
    rows: str,
    typed: Mapping[str, str],
    *,
    problem: str = "",
    wrong_policy: str = "",
    status: int = 200,
) -> Response:
    service = Web.of(request).service
    context: dict[str, Any] = {
        "rows": rows,
        "typed": typed,
        "problem": problem,
        "key": secrets.token_urlsafe(12),  # makes sending the same form twice submit one Goal
        "usual": await service.usual_policy(ORIGIN),
        "chosen": await service.channel_policy(ORIGIN),
        "default": service.policy.name,
        "may_choose": visitor(request) in service.policy.approvers,
        "wrong_policy": wrong_policy,
    }
    return page(request, "front.html", status, **context)


async def _runs(request: Request, before: str) -> tuple[Sequence[RunSummary], str]:
    """Return a page of runs, and the time before which the next page's were created."""
    moment = moment_of(before) if before else None
    runs = await Web.of(request).service.runs(limit=ROWS + 1, before=moment)
    older = runs[ROWS - 1].created_at.isoformat() if len(runs) > ROWS else ""
    return runs[:ROWS], older


def _rows(request: Request, runs: Sequence[RunSummary], older: str, before: str) -> str:
    return fragment(request, "run_list.html", runs=runs, older=older, before=before, shown=list_digest(runs))


@router.get("/runs")
async def listed(request: Request, before: str = "", shown: str = "") -> Response:
    """Return the list of runs for the front page to show, or 204 when it shows just that."""
    signed_in(request)
    if not is_htmx(request):
        return RedirectResponse("/", 303)
    runs, older = await _runs(request, before)
    if shown and shown == list_digest(runs):
        return Response(status_code=204)
    return page(request, "run_list.html", runs=runs, older=older, before=before, shown=list_digest(runs))


def list_digest(runs: Sequence[RunSummary]) -> str:
    """Return what says whether a page shows these runs as they are."""
    return digest_of(repr([(run.run_id, run.seq, run.status) for run in runs]))[:16]


@router.post("/runs")
async def submitted(request: Request) -> Response:
    """Submit a Goal and lead to its run."""
    actor = signed_in(request)
    form = await sent(request)
    try:
        run_id = await _begun(Web.of(request).service, form, actor)
    except NodError as error:
        if is_htmx(request):
            return refuse(request, error)
        runs, older = await _runs(request, "")
        rows = _rows(request, runs, older, "")
        problem, status = told(request, error), status_of(error)
        return await _front(request, rows, form.texts, problem=problem, status=status)
    return moved(request, f"/runs/{run_id}")


async def _begun(service: Service, form: Sent, actor: Actor) -> str:
    """Begin the Run that a form asks for: of a Goal, or one in which people confirm a Schedule."""
    policy, key, text = policy_of(form.text("policy")), form.text("key"), form.text("goal")
    asked = asked_for(text)
    if isinstance(asked, ProposeSchedule) and not form.files:
        zone = known_zone(form.text("zone"))
        return await service.schedules.propose(
            asked.text, origin=ORIGIN, actor=actor, zone=zone, policy=policy, key=key
        )
    return await service.submit(text, origin=ORIGIN, actor=actor, policy=policy, key=key, attachments=form.files)


@router.post("/policy")
async def chosen(request: Request) -> Response:
    """Set, or unset, the policy of runs asked here that name none."""
    actor = signed_in(request)
    form = await sent(request)
    try:
        await Web.of(request).service.set_channel_policy(ORIGIN, policy_of(form.text("policy")), actor)
    except NodError as error:
        if is_htmx(request):
            return refuse(request, error)
        runs, older = await _runs(request, "")
        rows = _rows(request, runs, older, "")
        return await _front(request, rows, {}, wrong_policy=told(request, error), status=status_of(error))
    return moved(request, "/")


@router.get("/runs/{run_id}")
async def run(request: Request, run_id: str) -> Response:
    """Show a run's thread."""
    signed_in(request)
    return await run_page(request, run_id)


async def run_page(request: Request, run_id: str, problem: Problem | None = None, status: int = 200) -> Response:
    """Return a run's page, with a problem at the place where it arose."""
    now = await thread(request, run_id, problem)
    parts = {part.id: part.html for part in now.parts}
    cards = [parts[dom_id(card.id)] for card in now.cards]
    return page(
        request,
        "run.html",
        status,
        state=now.state,
        decides=now.decides,
        parts=parts,
        cards=cards,
        shown=now.digest,
        problem=problem,
    )


@router.get("/runs/{run_id}/events")
async def live(request: Request, run_id: str, shown: str = "") -> Response:
    """Stream the parts of a run's page as they change."""
    web = Web.of(request)
    signed_in(request)
    await web.service.state(run_id)  # an unknown run is a 404, not a stream
    return EventStream(changes(request, run_id, request.headers.get("last-event-id", shown)), web.streams)
