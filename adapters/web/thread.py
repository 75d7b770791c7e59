"""A run's page in parts, each with an id that stays, so that only what changed is sent again."""

import asyncio
from collections.abc import AsyncGenerator, Sequence
from contextlib import aclosing
from dataclasses import dataclass, field, replace
from functools import lru_cache

from jinja2 import Environment
from starlette.requests import Request

from adapters.web.deliverable import Deliverable, deliverable
from adapters.web.live import event
from adapters.web.views import dom_id, looked_on, waiting, weight
from adapters.web.web import Web, fragment, still_in, visitor
from agent_core.cards import Card, CardKind
from agent_core.domain import FileRef, digest_of
from agent_core.i18n import translator
from agent_core.journal.state import RunState
from agent_core.policy import deciders, may_decide
from agent_core.presenter import controls_of
from agent_core.presenter.activity import activity

AROUND = ("run_head", "run_activity", "run_side", "run_hint")  # the parts beside the Cards
_ELSEWHERE = ("composer", "controls")  # places for a problem that are not Cards
_MOST_KEPT = 50_000  # characters of a Card whose HTML is kept
_PRINT = 'data-print=""'  # templates leave it empty; it is filled with the digest of the rest


@dataclass(frozen=True, slots=True)
class Part:
    """A piece of the page: its HTML id, its HTML, and the digest of it that says whether a page shows it already."""

    id: str
    html: str
    digest: str


@dataclass(frozen=True, slots=True)
class Problem:
    """An error to show at the Card (or the `composer`, or the `controls`) where it arose, with what was typed."""

    subject: str
    text: str
    verb: str = ""
    typed: dict[str, str] = field(default_factory=dict[str, str])


@dataclass(frozen=True, slots=True)
class Thread:
    """A run as its page shows it to one person. `decides`: whether their Decisions count in it."""

    state: RunState
    decides: bool
    cards: tuple[Card, ...]
    files: tuple[FileRef, ...]
    parts: tuple[Part, ...]

    @property
    def digest(self) -> str:
        """What says whether a page shows all of this already."""
        return digest_of("".join(part.digest for part in self.parts))[:16]


def _part(name: str, html: str) -> Part:
    html = html.strip()
    digest = digest_of(html)[:16]
    return Part(name, html.replace(_PRINT, f'data-print="{digest}"', 1), digest)


def _card_part(templates: Environment, run_id: str, card: Card, after: str, language: str) -> Part:
    return _part(dom_id(card.id), _card_html(templates, run_id, card, after=after, language=language))


# kept, because most Cards of a thread do not change when one does
_kept_part = lru_cache(maxsize=256)(_card_part)


def _card_html(
    templates: Environment,
    run_id: str,
    card: Card,
    *,
    after: str,
    language: str,
    problem: Problem | None = None,
    made: Deliverable | None = None,
) -> str:
    """Return a Card's HTML, all of it in its Run's language. `made` is what the Run came to, for its result."""
    return templates.get_template("card.html").render(
        _=translator(language), card=card, run_id=run_id, after=after, language=language, problem=problem, made=made
    )


async def thread(request: Request, run_id: str, problem: Problem | None = None) -> Thread:
    """Return a run as it is now. Raises RunUnknown, StorageError."""
    service = Web.of(request).service
    state = await service.state(run_id)
    return await _thread(request, state, problem)


async def _thread(request: Request, state: RunState, problem: Problem | None = None) -> Thread:
    web = Web.of(request)
    actor = visitor(request)
    decides = actor is not None and may_decide(state, actor)
    # what was asked stands at the head of the page, so it has no Card in the thread
    told = [card for card in web.cards_of(state) if card.kind is not CardKind.GOAL]
    cards = told if decides else [looked_on(card) for card in told]
    files = tuple(await web.service.files(state.run_id))
    made = await deliverable(web.service, state.run_id, cards)
    problem = _placed(problem, cards)
    context = {
        "state": state,
        "files": files,
        "waiting": waiting(cards),
        "problem": problem,
        "decides": decides,
        "deciders": deciders(state),
        "controls": controls_of(state) if decides else (),
        "activity": activity(state),
    }
    parts = [_part(name, fragment(request, f"{name}.html", **context)) for name in AROUND]
    # beside the event loop: a long text takes its time
    parts += await asyncio.to_thread(_card_parts, web.templates, state, cards, problem, made)
    return Thread(state, decides, tuple(cards), files, tuple(parts))


def _placed(problem: Problem | None, cards: Sequence[Card]) -> Problem | None:
    """Return a problem at a place that the page has: what no Card is for shows beside the controls."""
    if problem is None or problem.subject in (*_ELSEWHERE, *(card.id for card in cards)):
        return problem
    return replace(problem, subject="controls")


def _card_parts(
    templates: Environment,
    state: RunState,
    cards: Sequence[Card],
    problem: Problem | None,
    deliverable: Deliverable | None,
) -> Sequence[Part]:
    parts: list[Part] = []
    after = ""
    for card in cards:
        wrong = problem if problem is not None and problem.subject == card.id else None
        made = deliverable if card.kind is CardKind.RESULT else None
        if wrong or made:
            html = _card_html(
                templates, state.run_id, card, after=after, language=state.language, problem=wrong, made=made
            )
            parts.append(_part(dom_id(card.id), html))
        else:
            part = _kept_part if weight(card) <= _MOST_KEPT else _card_part
            parts.append(part(templates, state.run_id, card, after, state.language))
        after = dom_id(card.id)
    return parts


async def changes(request: Request, run_id: str, shown: str) -> AsyncGenerator[bytes]:
    """Yield events with the parts that changed since `shown`, the digest of what the page shows; then `over`.

    Parts are whole and carry their digests: one that comes twice changes nothing. It ends for whoever is signed out.
    """
    service = Web.of(request).service
    sent: dict[str, str] = {}
    async with aclosing(service.watch(run_id)) as states:
        async for state in states:
            if not await still_in(request):
                return
            now = await _thread(request, state)
            fresh = [part for part in now.parts if sent.get(part.id) != part.digest]
            if fresh and (sent or now.digest != shown):
                yield event("\n".join(part.html for part in fresh), identity=now.digest)
            sent = {part.id: part.digest for part in now.parts}
    yield event("over", kind="over")


def parts_html(parts: Sequence[Part]) -> str:
    """Return parts one after another, each ready to replace the one of its id."""
    return "\n".join(part.html for part in parts)
