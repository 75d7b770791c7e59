"""The page templates: made once, every text escaped unless a view made it safe."""

import hashlib
from functools import cache, partial
from pathlib import Path
from typing import Any

from jinja2 import Environment, FileSystemLoader, StrictUndefined

from adapters.web import markdown, views
from agent_core.cards import CardKind, Form, Mark, Tone, Verb
from agent_core.domain import PolicyName, RunStatus
from agent_core.i18n import format_cost, labelled
from agent_core.presenter import run_word, status_word

HERE = Path(__file__).parent
STATIC = HERE / "static"


@cache
def static_url(name: str) -> str:
    """Return the address of a static file, with its digest, so that browsers may keep it for good."""
    digest = hashlib.sha256((STATIC / name).read_bytes()).hexdigest()[:12]
    return f"/static/{name}?v={digest}"


_FILTERS: dict[str, Any] = {
    "before_colon": views.before_colon,
    "clock": views.clock,
    "diff_lines": views.diff_lines,
    "dom_id": views.dom_id,
    "hides": markdown.hides,
    "is_long": views.is_long,
    "labelled": labelled,
    "markdown": markdown.to_html,
    "money": format_cost,
    "reveal": views.reveal,
    "revealed": views.revealed,
    "runs_of_short": views.runs_of_short,
    "shortened": views.shortened,
    "size": views.size,
    "told_and_kept": views.told_and_kept,
    "tone": views.run_tone,
    "utc": views.utc,
}
_NAMES: dict[str, Any] = {
    "CardKind": CardKind,
    "Form": Form,
    "Mark": Mark,
    "Policy": PolicyName,
    "Tone": Tone,
    "Verb": Verb,
    "control_words": views.CONTROL_WORDS,
    "mark_tones": views.MARK_TONES,
    "policy_words": views.POLICY_WORDS,
    "static_url": static_url,
    "run_word": run_word,
    "starters": views.STARTERS,
    "waiting_word": partial(status_word, RunStatus.WAITING),
}


def environment() -> Environment:
    """Return the environment of the templates in `templates/`."""
    made = Environment(
        loader=FileSystemLoader(HERE / "templates"),
        autoescape=True,
        auto_reload=False,  # templates do not change while Nod runs: no look at the disk for each
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    made.filters.update(_FILTERS)
    made.globals.update(_NAMES)
    return made
