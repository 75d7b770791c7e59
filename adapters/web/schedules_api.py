"""Schedules over the HTTP API."""

from datetime import datetime, timedelta
from typing import Annotated, Literal

from fastapi import APIRouter, Depends, Query
from pydantic import BaseModel, ConfigDict, Field
from starlette.requests import Request

from adapters.commands import edited_terms
from adapters.web.api_description import COOKIE_OF_PAGES, ERRORS, TOKEN
from adapters.web.api_values import RunNamed
from adapters.web.pages import ORIGIN
from adapters.web.web import Ascii, Web, api_actor
from agent_core.domain import Actor, PolicyName
from agent_core.recurring import GRACE, Listed, Overlap
from agent_core.scheduling import Schedules

Who = Annotated[Actor, Depends(api_actor)]

router = APIRouter(
    prefix="/api/schedules",
    responses=ERRORS,
    default_response_class=Ascii,
    dependencies=[Depends(TOKEN), Depends(COOKIE_OF_PAGES), Depends(api_actor)],
)


class ScheduleSent(BaseModel):
    """A Schedule to be confirmed: `text` names a rhythm and a goal; `zone` is the one it is read in."""

    model_config = ConfigDict(extra="forbid")

    text: str = Field(min_length=1)
    zone: str = ""
    policy: PolicyName | None = None
    overlap: Overlap = Overlap.SKIP
    grace: int = Field(int(GRACE.total_seconds() // 60), ge=0, le=10_080, description="Minutes.")
    key: str = ""


class ScheduleEdited(BaseModel):
    """What a Schedule is to be instead: another rhythm, or a rhythm and a goal."""

    model_config = ConfigDict(extra="forbid")

    text: str = Field(min_length=1)
    key: str = ""


class KeySent(BaseModel):
    """`key` makes the same request sent twice happen once."""

    model_config = ConfigDict(extra="forbid")

    key: str = Field(min_length=1)


class FiringGiven(BaseModel):
    """One time of a Schedule, and what became of it."""

    at: datetime
    fate: str
    run_id: str
    count: int


class ScheduleGiven(BaseModel):
    """A Schedule. `next_fire` is None when no time is to come."""

    schedule_id: str
    status: str
    why: str
    goal: str
    rhythm: str
    zone: str
    policy: PolicyName
    overlap: Overlap
    grace: int
    owner: str
    revision: int
    next_fire: datetime | None
    last_fire: datetime | None
    firings: list[FiringGiven]

    @classmethod
    def of(cls, each: Listed) -> "ScheduleGiven":
        """Return a Schedule as programs read it."""
        schedule, terms = each.schedule, each.schedule.terms
        return cls(
            schedule_id=schedule.schedule_id,
            status=schedule.status,
            why=schedule.why,
            goal=terms.goal,
            rhythm=terms.rhythm,
            zone=terms.zone,
            policy=terms.policy,
            overlap=terms.overlap,
            grace=int(terms.grace.total_seconds() // 60),
            owner=str(schedule.owner),
            revision=schedule.revision,
            next_fire=schedule.next_fire,
            last_fire=schedule.last_fire,
            firings=[FiringGiven(at=one.at, fate=one.fate, run_id=one.run_id, count=one.count) for one in each.firings],
        )


class ScheduleList(BaseModel):
    """Schedules, the next to fire first."""

    schedules: list[ScheduleGiven]


@router.get("")
async def schedules(request: Request, limit: Annotated[int, Query(ge=1, le=200)] = 50) -> ScheduleList:
    """List Schedules, the next to fire first, each with its newest firing that began a Run."""
    return ScheduleList(schedules=[ScheduleGiven.of(each) for each in await _all(request).list(limit=limit)])


@router.post("", status_code=201)
async def propose(request: Request, sent: ScheduleSent, who: Who) -> RunNamed:
    """Propose a Schedule: the Run that is named asks people to confirm it, and its id is the Schedule's then."""
    run_id = await _all(request).propose(
        sent.text,
        origin=ORIGIN,
        actor=who,
        zone=sent.zone,
        policy=sent.policy,
        overlap=sent.overlap,
        grace=timedelta(minutes=sent.grace),
        key=sent.key,
    )
    return _named(request, run_id)


@router.get("/{schedule_id}")
async def show(request: Request, schedule_id: str) -> ScheduleGiven:
    """Return a Schedule with its newest times, missed and skipped ones included."""
    found = _all(request)
    return ScheduleGiven.of(await found.listed(await found.named(schedule_id)))


@router.patch("/{schedule_id}")
async def edit(request: Request, schedule_id: str, sent: ScheduleEdited, who: Who) -> RunNamed:
    """Propose other terms: the Run that is named asks people to confirm them."""
    found = _all(request)
    schedule = await found.named(schedule_id)
    terms = edited_terms(schedule.terms, sent.text, found.least)
    return _named(request, await found.propose_change(schedule, terms, actor=who, key=sent.key))


@router.post("/{schedule_id}/run", status_code=201)
async def run_now(request: Request, schedule_id: str, sent: KeySent, who: Who) -> RunNamed:
    """Have its goal run now."""
    found = _all(request)
    return _named(request, await found.run_now(await found.named(schedule_id), who, sent.key))


@router.post("/{schedule_id}/{what}")
async def change(request: Request, schedule_id: str, what: Literal["pause", "resume"], who: Who) -> ScheduleGiven:
    """Pause or resume it."""
    found = _all(request)
    schedule = await found.named(schedule_id)
    changed = await (found.pause(schedule, who) if what == "pause" else found.resume(schedule, who))
    return ScheduleGiven.of(await found.listed(changed))


@router.delete("/{schedule_id}")
async def remove(request: Request, schedule_id: str, who: Who) -> ScheduleGiven:
    """Remove it for good."""
    found = _all(request)
    return ScheduleGiven.of(await found.listed(await found.remove(await found.named(schedule_id), who)))


def _all(request: Request) -> Schedules:
    return Web.of(request).service.schedules


def _named(request: Request, run_id: str) -> RunNamed:
    return RunNamed(run_id=run_id, url=f"{Web.of(request).public_url}/runs/{run_id}")
