"""What people do on a run's page: decide, control, say something. The Service decides what counts."""

from collections.abc import Awaitable, Callable, Sequence

from fastapi import APIRouter
from starlette.requests import Request
from starlette.responses import HTMLResponse, Response

from adapters.web.failures import SignInRequired, status_of
from adapters.web.forms import Sent, edited, sent, verb_of
from adapters.web.pages import run_page
from adapters.web.thread import AROUND, Problem, parts_html, thread
from adapters.web.views import dom_id
from adapters.web.web import Web, is_htmx, moved, refuse, signed_in, told
from agent_core.cards import Verb
from agent_core.domain import Actor
from agent_core.errors import EditRefused, NodError, RunUnknown, SubjectUnknown
from agent_core.i18n import N_

CONTROLS = (Verb.PAUSE, Verb.RESUME, Verb.STOP, Verb.APPROVE_REST)
DECISIONS = tuple(verb for verb in Verb if verb not in CONTROLS)
VIA = "web"

router = APIRouter(include_in_schema=False)


@router.post("/runs/{run_id}/decide")
async def decide(request: Request, run_id: str) -> Response:
    """Hand a person's Decision on a Card to the Service."""
    actor = signed_in(request)
    form = await sent(request)
    subject = form.text("subject")

    async def decided() -> None:
        verb = verb_of(form.text("verb"), DECISIONS)
        arguments = await _edits(request, run_id, subject, form) if verb is Verb.EDIT else None
        await Web.of(request).service.decide(
            run_id,
            subject,
            verb,
            actor=actor,
            via=VIA,
            digest=form.text("digest"),
            text=form.text("text"),
            arguments=arguments,
        )

    return await _done(request, run_id, decided, form=form, place=subject, shows=(dom_id(subject), *AROUND))


async def _edits(request: Request, run_id: str, subject: str, form: Sent) -> dict[str, str] | None:
    """Return the arguments that were changed; None where a text was edited. Raises EditRefused, SubjectUnknown."""
    if not form.arguments():
        return None
    web = Web.of(request)
    card = next((card for card in web.cards_of(await web.service.state(run_id)) if card.id == subject), None)
    if card is None:
        raise SubjectUnknown(run_id=run_id, subject=subject)
    changed = edited(card, form.arguments())
    if not changed and form.text("digest") == card.digest:
        raise EditRefused(reason=N_("nothing in it was changed. Approve it as it is, or change it first."))
    return changed


@router.post("/runs/{run_id}/control")
async def control(request: Request, run_id: str) -> Response:
    """Hand pause, resume, stop and approve-the-rest to the Service."""
    actor = signed_in(request)
    form = await sent(request)

    async def controlled() -> None:
        verb = verb_of(form.text("verb"), CONTROLS)
        await Web.of(request).service.control(run_id, verb, actor=actor, via=VIA, text=form.text("text"))

    return await _done(request, run_id, controlled, form=form, place="controls", shows=AROUND)


@router.post("/runs/{run_id}/say")
async def say(request: Request, run_id: str) -> Response:
    """Hand what a person wrote to the Service: it steers the run, answers its question, or follows it up."""
    actor = signed_in(request)
    form = await sent(request)
    went_to = [run_id]

    async def said() -> None:
        went_to[0] = await _say(request, run_id, form, actor)

    answer = await _done(request, run_id, said, form=form, place="composer", shows=AROUND)
    return moved(request, f"/runs/{went_to[0]}") if went_to[0] != run_id else answer


async def _say(request: Request, run_id: str, form: Sent, actor: Actor) -> str:
    service = Web.of(request).service
    return await service.say(run_id, form.text("text"), actor=actor, via="reply", attachments=form.files)


async def _done(
    request: Request, run_id: str, work: Callable[[], Awaitable[None]], *, form: Sent, place: str, shows: Sequence[str]
) -> Response:
    """Do `work`, and answer with the parts that it changed, or with its error where it arose and what was typed."""
    try:
        await work()
    except (RunUnknown, SignInRequired):
        raise
    except NodError as error:
        if is_htmx(request):
            return refuse(request, error)
        problem = Problem(place, told(request, error), form.text("verb"), dict(form.texts))
        return await run_page(request, run_id, problem, status_of(error))
    if is_htmx(request):
        now = await thread(request, run_id)
        html = parts_html([part for part in now.parts if part.id in shows])
        return HTMLResponse(html.encode("utf-8", "replace"))
    anchor = shows[0] if shows[0] not in AROUND else ""
    return moved(request, f"/runs/{run_id}" + (f"#{anchor}" if anchor else ""))
