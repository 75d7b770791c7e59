"""The page templates: made once, every text escaped unless a view made it safe."""

import hashlib
from functools import cache
from pathlib import Path
from typing import Any

from jinja2 import Environment, FileSystemLoader, StrictUndefined

from adapters.web import markdown, views
from agent_core.cards import Form, Tone, Verb
from agent_core.domain import PolicyName
from agent_core.i18n import format_cost
from agent_core.presenter import status_word

HERE = Path(__file__).parent
STATIC = HERE / "static"


@cache
def static_url(name: str) -> str:
    """Return the address of a static file, with its digest, so that browsers may keep it for good."""
    digest = hashlib.sha256((STATIC / name).read_bytes()).hexdigest()[:12]
    return f"/static/{name}?v={digest}"


_FILTERS: dict[str, Any] = {
    "clock": views.clock,
    "diff_lines": views.diff_lines,
    "dom_id": views.dom_id,
    "is_long": views.is_long,
    "markdown": markdown.to_html,
    "money": format_cost,
    "reveal": views.reveal,
    "revealed": views.revealed,
    "shortened": views.shortened,
    "size": views.size,
    "told_and_kept": views.told_and_kept,
    "utc": views.utc,
}
_NAMES: dict[str, Any] = {
    "Form": Form,
    "Policy": PolicyName,
    "Tone": Tone,
    "Verb": Verb,
    "control_words": views.CONTROL_WORDS,
    "mark_tones": views.MARK_TONES,
    "policy_words": views.POLICY_WORDS,
    "static_url": static_url,
    "status_tones": views.STATUS_TONES,
    "status_word": status_word,
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
