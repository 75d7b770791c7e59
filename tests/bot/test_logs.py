import json
import logging
from collections.abc import Iterator
from io import StringIO

import pytest
import structlog

from agent_core.errors import RunUnknown
from bot.logs import PACKAGES, set_up_logs
from bot.settings import Settings

SECRET = "sk-hunter2-hunter2"


@pytest.fixture
def lines() -> Iterator[StringIO]:
    """What is logged, with the process's own logging put back afterwards."""
    root = logging.getLogger()
    handlers, level = root.handlers, root.level
    yield StringIO()
    root.handlers = handlers
    root.setLevel(level)
    for package in PACKAGES:
        logging.getLogger(package).setLevel(logging.NOTSET)
    logging.captureWarnings(capture=False)
    structlog.reset_defaults()


def as_json(lines: StringIO) -> list[dict[str, str]]:
    return [json.loads(line) for line in lines.getvalue().splitlines()]


def test_event_is_one_line_with_its_ids(lines: StringIO) -> None:
    set_up_logs(Settings(), stream=lines)

    structlog.get_logger("agent_core.runner").info("step.started", step_id="s1", run_id="r1", note="two\nlines")

    [line] = lines.getvalue().splitlines()
    assert line.startswith("timestamp=")
    assert " level=info event=step.started run_id=r1 step_id=s1 note=two\\nlines " in line


def test_json_for_machines(lines: StringIO) -> None:
    set_up_logs(Settings(nod_log_format="json"), stream=lines)

    with structlog.contextvars.bound_contextvars(run_id="r1"):
        structlog.get_logger("storage.journal_store").warning("disk.slow", seconds=2)

    [event] = as_json(lines)
    assert event.pop("timestamp").endswith("Z")
    assert event == {
        "event": "disk.slow",
        "level": "warning",
        "logger": "storage.journal_store",
        "run_id": "r1",
        "seconds": 2,
    }


def test_level_is_as_set(lines: StringIO) -> None:
    log = structlog.get_logger("bot.x")

    set_up_logs(Settings(nod_log="warning"), stream=lines)
    log.info("unheard")
    set_up_logs(Settings(), level="error", stream=lines)
    log.warning("unheard")
    set_up_logs(Settings(nod_log="debug"), stream=lines)
    log.debug("heard")

    assert [line for line in lines.getvalue().splitlines() if "heard" in line] == lines.getvalue().splitlines()
    assert "unheard" not in lines.getvalue()


class Terminal(StringIO):
    """A stream that people look at."""

    def isatty(self) -> bool:
        return True


@pytest.mark.parametrize(("told", "heard"), [({}, []), ({"nod_log": "info"}, ["step.started"])])
def test_a_terminal_gets_warnings_alone_unless_more_is_asked_for(lines: StringIO, told, heard) -> None:
    screen = Terminal()
    set_up_logs(Settings(nod_log_format="json", **told), stream=screen)

    structlog.get_logger("agent_core.runner").info("step.started")
    structlog.get_logger("agent_core.runner").warning("disk.slow")

    assert [event["event"] for event in as_json(screen)] == [*heard, "disk.slow"]
    assert lines.getvalue() == ""


def test_what_libraries_say_takes_the_same_way_out(lines: StringIO) -> None:
    set_up_logs(Settings(nod_log_format="json"), stream=lines)

    logging.getLogger("uvicorn.error").warning("port %s is busy", 80)

    [event] = as_json(lines)
    assert (event["event"], event["logger"]) == ("port 80 is busy", "uvicorn.error")


def test_libraries_cannot_spill_prompts_at_debug(lines: StringIO) -> None:
    set_up_logs(Settings(nod_log="debug"), stream=lines)

    logging.getLogger("openai._base_client").debug("Request options: %s", {"messages": "my diary"})
    logging.getLogger("aiosqlite").debug("executing %s", "INSERT my diary")

    assert lines.getvalue() == ""


def test_secrets_never_reach_a_line(lines: StringIO) -> None:
    settings = Settings(openai_api_key=SECRET, nod_secret_key='a "quoted" \\ key of thirty-two characters')
    for form in ("text", "json"):
        set_up_logs(settings.model_copy(update={"nod_log_format": form}), stream=lines)
        log = structlog.get_logger("bot")
        log.info(SECRET, url=f"http://x/?key={SECRET}", deep={"a": [SECRET]})
        log.info("signed", by=settings.nod_secret_key.get_secret_value())
        log.info("headers", authorization="Basic abc", set_cookie="nod=abc", api_key="abc", token="abc")
        log.info("discord", token_in_text=f"{'M' * 24}.abcdef.{'s' * 30}", at=f"http://x/webhooks/1/{'abc' * 20}/y")
        log.info("texts", a="Bearer abcdef", b="/sign-in?token=abcdef&x=1", c="postgresql://me:abcdef@db/nod")

    written = lines.getvalue()
    assert "hunter2" not in written
    assert "thirty-two" not in written
    assert "abc" not in written
    assert "x=1" in written
    assert "me:***@db" in written


@pytest.mark.parametrize("form", ["text", "json"])
def test_foreign_exception_is_told_without_its_words(lines: StringIO, form: str) -> None:
    set_up_logs(Settings(nod_log_format=form), stream=lines)

    try:
        int("my diary")
    except ValueError:
        structlog.get_logger("agent_core").exception("step.failed", step_id="s1")
        logging.getLogger("asyncio").exception("went wrong")

    ours, theirs = lines.getvalue().splitlines()
    for line in (ours, theirs):
        assert "ValueError" in line
        assert "test_logs.py:" in line
        assert "diary" not in line


def test_our_own_error_keeps_its_sentence(lines: StringIO) -> None:
    set_up_logs(Settings(nod_log_format="json"), stream=lines)

    structlog.get_logger("bot").error("refused", exc_info=RunUnknown(run_id="r9"))

    assert as_json(lines)[0]["error"].startswith("RunUnknown: There is no run r9;")
