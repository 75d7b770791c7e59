"""Logs: one line an event on standard error, with run and step ids, without contents and without secrets.

The packages of Nod log through `structlog.get_logger()`; what libraries log through `logging` takes the same way out.
"""

import logging
import re
import sys
import traceback
from collections.abc import Sequence
from pathlib import Path
from typing import Any, TextIO

import structlog
from structlog.typing import EventDict, Processor, WrappedLogger

from agent_core.errors import NodError, SettingsError
from agent_core.redaction import HIDDEN, Redactor
from bot.connections import load_connections
from bot.settings import Settings

PACKAGES = ("bot", "adapters", "agent_core", "storage")
#: what libraries say below this can hold prompts, rows and headers, so NOD_LOG=debug does not reach them
LIBRARIES = logging.WARNING

_SECRET_NAMES = re.compile(r"authorization|cookie|password|secret|token$|api_?key", re.IGNORECASE)
_SECRET_TEXTS = re.compile(
    r"(?P<before>[?&](?:token|key|code|signature|api_key)=|\bBearer\s+|://[^\s/:@]*:(?=[^\s/@]+@))[^\s&\"'@]+"
    r"|\bsk-[A-Za-z0-9_-]{8,}|\b(?:xox[a-z]|xapp)[-.][A-Za-z0-9._-]{8,}"
    # Discord's bot tokens, and the addresses that hold the token of a click
    r"|\b[A-Za-z0-9_-]{20,}\.[A-Za-z0-9_-]{6}\.[A-Za-z0-9_-]{20,}"
    r"|(?<=/)(?:webhooks|interactions)/\d+/[^\s/\"']{20,}"
)


def set_up_logs(settings: Settings, *, level: str = "", stream: TextIO | None = None) -> None:
    """Send every log line to `stream` (standard error if None) as NOD_LOG and NOD_LOG_FORMAT say; `level` overrides.

    Where neither says otherwise, a terminal gets warnings only: the link people wait for must not scroll away.
    """
    shared: list[Processor] = [
        structlog.contextvars.merge_contextvars,
        structlog.stdlib.add_log_level,
        structlog.stdlib.add_logger_name,
        structlog.processors.TimeStamper(fmt="iso", utc=True),
        _tell_exception,
    ]
    structlog.configure(
        processors=[structlog.stdlib.filter_by_level, *shared, structlog.stdlib.ProcessorFormatter.wrap_for_formatter],
        logger_factory=structlog.stdlib.LoggerFactory(),
        wrapper_class=structlog.stdlib.BoundLogger,
    )
    handler = logging.StreamHandler(stream or sys.stderr)
    handler.setFormatter(_LineFormatter(shared, settings.nod_log_format, _secrets(settings)))
    root = logging.getLogger()
    root.handlers = [handler]
    root.setLevel(LIBRARIES)
    logging.captureWarnings(capture=True)
    for package in PACKAGES:
        logging.getLogger(package).setLevel((level or _usual_level(settings, handler.stream)).upper())


def _secrets(settings: Settings) -> tuple[str, ...]:
    """Return what must not be logged; connections that cannot be read are told of elsewhere, and hold nothing here."""
    try:
        connections = load_connections(settings.nod_connections)
    except SettingsError:
        return tuple(settings.secrets())
    return (*settings.secrets(), *connections.secret_values())


def _usual_level(settings: Settings, stream: TextIO) -> str:
    return "warning" if stream.isatty() and "nod_log" not in settings.model_fields_set else settings.nod_log


class _LineFormatter(structlog.stdlib.ProcessorFormatter):
    """Renders an event as one line and takes the secrets out last, wherever in the line they are."""

    def __init__(self, shared: Sequence[Processor], form: str, secrets: Sequence[str]) -> None:
        renderer: Processor = structlog.processors.JSONRenderer(ensure_ascii=False)
        if form == "text":
            renderer = structlog.processors.LogfmtRenderer(
                key_order=["timestamp", "level", "event", "run_id", "step_id"], drop_missing=True
            )
        super().__init__(
            foreign_pre_chain=shared,
            processors=[self.remove_processors_meta, _hide_by_name, renderer],
        )
        self._redactor = Redactor.of(secrets)

    def format(self, record: logging.LogRecord) -> str:
        """Return the record's line."""
        line = super().format(record).replace("\r", "\\r").replace("\n", "\\n")
        line = _SECRET_TEXTS.sub(lambda match: f"{match['before'] or ''}{HIDDEN}", self._redactor.known(line))
        return self._redactor.text(line)


def _hide_by_name(_: WrappedLogger, __: str, event: EventDict) -> EventDict:
    return {name: HIDDEN if _SECRET_NAMES.search(name) else value for name, value in event.items()}


def _tell_exception(_: WrappedLogger, __: str, event: EventDict) -> EventDict:
    """Replace `exc_info` by what failed and where. Foreign exceptions can quote contents, so their words stay out."""
    given: Any = event.pop("exc_info", None)
    match given:
        case BaseException():
            error = given
        case (_, BaseException() as error, _):
            pass
        case _ if given:
            error = sys.exc_info()[1]
        case _:
            error = None
    if error is not None:
        event["error"] = _error_in_short(error)
        event["where"] = _frames(error)
    return event


def _error_in_short(error: BaseException) -> str:
    kind = type(error).__name__
    return f"{kind}: {error}" if isinstance(error, NodError | OSError) else kind


def _frames(error: BaseException) -> str:
    frames = traceback.extract_tb(error.__traceback__)[-6:]
    return " < ".join(f"{Path(frame.filename).name}:{frame.lineno}" for frame in reversed(frames))
