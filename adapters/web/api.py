"""The HTTP API: what the pages do, for programs, through the same Service calls."""

import json
from collections.abc import AsyncGenerator
from contextlib import aclosing
from typing import Annotated

from fastapi import APIRouter, Depends, Query
from starlette.requests import Request
from starlette.responses import Response, StreamingResponse

from adapters.web.api_description import COOKIE_OF_PAGES, ERRORS, TOKEN
from adapters.web.api_values import (
    ControlSent,
    DecisionSent,
    FileGiven,
    FileList,
    GoalSent,
    Me,
    Moment,
    PolicyGiven,
    PolicySent,
    RunAndCards,
    RunGiven,
    RunList,
    RunNamed,
    Verified,
    WaitingGiven,
    WaitingList,
    WordsSent,
    card_given,
)
from adapters.web.decisions import CONTROLS, DECISIONS
from adapters.web.failures import PageUnknown, RequestMalformed
from adapters.web.files import UNTRUSTED, download, read
from adapters.web.live import EventStream, event
from adapters.web.pages import ORIGIN
from adapters.web.views import looked_on
from adapters.web.web import Ascii, Web, api_actor, still_in
from agent_core.domain import Actor
from agent_core.i18n import N_, Phrase
from agent_core.policy import may_decide

VIA = "api"
QUESTION = "question:"  # begins the ids of Cards that have no digest
Who = Annotated[Actor, Depends(api_actor)]

router = APIRouter(
    prefix="/api",
    responses=ERRORS,
    default_response_class=Ascii,
    dependencies=[Depends(TOKEN), Depends(COOKIE_OF_PAGES), Depends(api_actor)],
)


@router.get("/me")
async def me(who: Who) -> Me:
    """Return who the token or cookie stands for."""
    return Me(actor=str(who))


@router.post("/runs", status_code=201)
async def submit(request: Request, sent: GoalSent, who: Who) -> RunNamed:
    """Submit a Goal."""
    web = Web.of(request)
    run_id = await web.service.submit(
        sent.goal,
        origin=ORIGIN,
        actor=who,
        policy=sent.policy,
        key=sent.key,
        attachments=[file.attachment() for file in sent.files],
        follows=sent.follows,
        persona=sent.persona,
    )
    return RunNamed(run_id=run_id, url=f"{web.public_url}/runs/{run_id}")


@router.get("/runs")
async def runs(
    request: Request, limit: Annotated[int, Query(ge=1, le=200)] = 50, before: Moment | None = None
) -> RunList:
    """List Runs, newest first; `before` is the creation time to list from, in UTC when it names no zone."""
    summaries = await Web.of(request).service.runs(limit=limit, before=before)
    return RunList(runs=[RunGiven.of(summary) for summary in summaries])


@router.get("/policy")
async def policy(request: Request) -> PolicyGiven:
    """Return the policy of Runs asked here that name none."""
    service = Web.of(request).service
    return PolicyGiven(policy=await service.usual_policy(ORIGIN), channel=await service.channel_policy(ORIGIN))


@router.put("/policy")
async def set_policy(request: Request, sent: PolicySent, who: Who) -> PolicyGiven:
    """Set, or unset, the policy of Runs asked here that name none; for approvers."""
    await Web.of(request).service.set_channel_policy(ORIGIN, sent.policy, who)
    return await policy(request)


@router.get("/waiting")
async def waiting(request: Request, limit: Annotated[int, Query(ge=1, le=200)] = 50) -> WaitingList:
    """List what waits for a Decision, oldest first."""
    return WaitingList(waiting=[WaitingGiven.of(one) for one in await Web.of(request).service.waiting(limit=limit)])


@router.get("/runs/{run_id}")
async def show(request: Request, run_id: str, who: Who) -> RunAndCards:
    """Return a Run and its Cards, with buttons for those alone whose decisions count in it."""
    web = Web.of(request)
    state = await web.service.state(run_id)
    cards = web.cards_of(state)
    seen = cards if may_decide(state, who) else [looked_on(card) for card in cards]
    return RunAndCards(run=RunGiven.of(state), cards=[dict(card_given(card)) for card in seen])


@router.post("/runs/{run_id}/decisions")
async def decide(request: Request, run_id: str, sent: DecisionSent, who: Who) -> RunGiven:
    """Decide on a Card: approve, edit, reject, answer, again, end, happened, skip."""
    if sent.verb not in DECISIONS:
        raise RequestMalformed(reason=Phrase(N_("{verb} is not for a card; send it to control."), verb=sent.verb.value))
    if not sent.digest and not sent.subject.startswith(QUESTION):
        raise RequestMalformed(
            reason=N_("It decides without the digest of the card that was seen; send the card's digest with it.")
        )
    state = await Web.of(request).service.decide(
        run_id,
        sent.subject,
        sent.verb,
        actor=who,
        via=VIA,
        digest=sent.digest,
        text=sent.text,
        arguments=sent.arguments,
    )
    return RunGiven.of(state)


@router.post("/runs/{run_id}/control")
async def control(request: Request, run_id: str, sent: ControlSent, who: Who) -> RunGiven:
    """Pause, resume or stop a Run, or approve the rest of it."""
    if sent.verb not in CONTROLS:
        raise RequestMalformed(reason=Phrase(N_("{verb} is for a card; send it to decisions."), verb=sent.verb.value))
    state = await Web.of(request).service.control(run_id, sent.verb, actor=who, via=VIA, text=sent.text)
    return RunGiven.of(state)


@router.post("/runs/{run_id}/say")
async def say(request: Request, run_id: str, sent: WordsSent, who: Who) -> RunNamed:
    """Steer a Run, answer its question, or follow it up when it is over; return the Run it went to."""
    web = Web.of(request)
    files = [file.attachment() for file in sent.files]
    went_to = await web.service.say(run_id, sent.text, actor=who, via=VIA, attachments=files)
    return RunNamed(run_id=went_to, url=f"{web.public_url}/runs/{went_to}")


@router.get("/runs/{run_id}/files")
async def files(request: Request, run_id: str) -> FileList:
    """List a Run's files."""
    refs = await Web.of(request).service.files(run_id)
    return FileList(files=[FileGiven(path=ref.path, digest=ref.digest, size=ref.size) for ref in refs])


@router.get("/runs/{run_id}/files/{path:path}", response_class=Response)
async def file(request: Request, run_id: str, path: str) -> Response:
    """Download a file."""
    _, content = await read(request, run_id, path)
    return download(path, content)


@router.get("/runs/{run_id}/events", response_class=StreamingResponse)
async def events(request: Request, run_id: str) -> Response:
    """Export a Run's Journal: one event a line, oldest first, each as JSON."""
    service = Web.of(request).service
    await service.state(run_id)  # an unknown run is a 404, not an empty file

    async def lines() -> AsyncGenerator[bytes]:
        async for one in service.export(run_id):
            yield json.dumps(one, default=str).encode("ascii") + b"\n"

    name = "".join(char for char in run_id if char.isalnum() or char in "-_")
    headers = UNTRUSTED | {"content-disposition": f'attachment; filename="{name}.jsonl"'}
    return StreamingResponse(lines(), media_type="application/jsonl", headers=headers)


@router.get("/runs/{run_id}/watch", response_class=StreamingResponse)
async def watch(request: Request, run_id: str) -> Response:
    """Stream the Run as server-sent events: where it is now, then each newer state, until it is over."""
    web = Web.of(request)
    await web.service.state(run_id)

    async def states() -> AsyncGenerator[bytes]:
        async with aclosing(web.service.watch(run_id)) as watched:
            async for state in watched:
                if not await still_in(request):
                    return
                yield event(RunGiven.of(state).model_dump_json(ensure_ascii=True), identity=str(state.seq))

    return EventStream(states(), web.streams)


@router.get("/runs/{run_id}/verify")
async def verify(request: Request, run_id: str) -> Verified:
    """Verify a Run's Journal: its chain of digests and what it holds."""
    await Web.of(request).service.state(run_id)
    return Verified(events=await Web.of(request).service.verify(run_id))


@router.api_route("/{anything:path}", methods=["GET", "POST", "PUT", "PATCH", "DELETE"], include_in_schema=False)
async def nowhere() -> Response:
    """Say that there is nothing here."""
    raise PageUnknown
