"""`nod doctor`: looks at everything Nod needs, once, and says what to do about what is wrong."""

import asyncio
import http.client
import platform
import shutil
import sys
import tempfile
from collections.abc import AsyncIterator, Awaitable, Callable
from dataclasses import dataclass
from pathlib import Path

import click
from pydantic import SecretStr

from adapters.web.listening import listen
from agent_core.errors import ModelError, NodError, SandboxOpen
from agent_core.language_model import Patience, open_language_model
from agent_core.ports import Message
from agent_core.tools.web.settings import EngineName
from bot.addresses import EVERYWHERE
from bot.bootstrap import OPENAI, workspace_folder
from bot.checking import check_connections
from bot.connections import load_connections
from bot.endings import Ending
from bot.logs import set_up_logs
from bot.secret_key import FILE_NAME, secret_key
from bot.settings import Settings, load_settings
from bot.tools import open_toolbox, opened_code, utc_now
from storage.journal_store import SqlJournalStore
from storage.opening import open_database, sqlite_path

OLDEST_PYTHON = (3, 11)
LEAST_FREE = 500_000_000  # bytes; two full workspaces and a database that grows
PATIENCE = Patience(tries=2, connect=5.0, silence=60.0, call=90.0, total=120.0)
PROBE = "Answer with the one word: ready"
SEARCH_PROBE = "weather"


@dataclass(frozen=True, slots=True)
class Finding:
    """What one look gave. `text` says what is there, or what is wrong and what to do."""

    name: str
    well: bool
    text: str


Look = Callable[[Settings], Awaitable[Finding]]


async def examine(env_file: str | Path = ".env") -> Ending:
    """Print a line for each thing that was looked at; DONE when all is well, else FAILED."""
    findings = [_python()]
    try:
        settings = load_settings(env_file)
    except NodError as error:
        findings.extend(Finding("settings", well=False, text=line) for line in str(error).splitlines())
        _print(findings)
        click.echo("The rest is looked at once the settings can be read.")
        return Ending.FAILED
    set_up_logs(settings, level="error")
    where = (
        f"{env_file} and the environment"
        if await asyncio.to_thread(Path(env_file).is_file)
        else "the environment (there is no .env)"
    )
    findings.append(Finding("settings", well=True, text=f"read from {where}"))
    _print(findings)
    for look in LOOKS:
        found = await _looked(look, settings)
        _print([found])
        findings.append(found)
    for looks in (_platforms(settings), _connections(settings)):
        async for found in looks:
            _print([found])
            findings.append(found)
    wrong = sum(not finding.well for finding in findings)
    click.echo(f"{wrong} of {len(findings)} need attention." if wrong else "All is well.")
    return Ending.FAILED if wrong else Ending.DONE


def _print(findings: list[Finding]) -> None:
    for finding in findings:
        click.echo(f"{'✓' if finding.well else '✗'} {finding.name}: {finding.text}")


async def _looked(look: Look, settings: Settings) -> Finding:
    name = look.__name__.strip("_").replace("_", " ")
    try:
        return await look(settings)
    except NodError as error:
        return Finding(name, well=False, text=str(error))
    except OSError as error:
        return Finding(name, well=False, text=f"{error.strerror or error}; see who may write there.")


def _python() -> Finding:
    have = platform.python_version()
    if sys.version_info < OLDEST_PYTHON:
        return Finding("python", well=False, text=f"{have} is too old; install Python 3.11 or newer.")
    return Finding("python", well=True, text=have)


async def _data(settings: Settings) -> Finding:
    folder = settings.nod_data
    try:
        for each in (folder, workspace_folder(settings, "")):
            _try_writing(each)
    except OSError as error:
        text = f"{folder} cannot be written to ({error.strerror}); set NOD_DATA to a folder that can."
        return Finding("data", well=False, text=text)
    free = shutil.disk_usage(_nearest(folder)).free
    if free < LEAST_FREE:
        text = f"{free / 1e6:,.0f} MB are free where {folder} is; make room for at least {LEAST_FREE / 1e6:,.0f} MB."
        return Finding("data", well=False, text=text)
    can = "can be written to" if folder.exists() else "is not there yet, and can be made"
    return Finding("data", well=True, text=f"{folder.absolute()} {can}; {free / 1e9:,.1f} GB are free")


def _try_writing(folder: Path) -> None:
    """Write where a folder is or would be made, and leave nothing behind. Raises OSError."""
    with tempfile.TemporaryFile(dir=_nearest(folder)) as file:
        file.write(b"written")


def _nearest(path: Path) -> Path:
    """Return the path itself, or what there is above it."""
    return next(each for each in (path.absolute(), *path.absolute().parents) if each.exists())


async def _database(settings: Settings) -> Finding:
    path = sqlite_path(settings.database_url).absolute()
    if not path.exists():  # to look must not make one: it may be elsewhere
        _try_writing(path.parent)
        text = f"there is none at {path} yet; the first goal makes one (if there should be one, mend DATABASE_URL)"
        return Finding("database", well=True, text=text)
    async with open_database(settings.database_url) as database:
        await database.write()
        count = len(await SqlJournalStore(database).run_ids())
    return Finding("database", well=True, text=f"{settings.database_url} is healthy and holds {count} runs")


async def _tools(settings: Settings) -> Finding:
    async with open_toolbox(settings, load_connections(settings.nod_connections)) as box:
        await box.ready()
        troubles = [f"{name}: {trouble}" for name, trouble in box.troubles.items() if trouble]
        return Finding("tools", well=not troubles, text="; ".join([", ".join(sorted(box)), *troubles]))


async def _web_search(settings: Settings) -> Finding:
    connections = load_connections(settings.nod_connections)
    if "search" not in connections.model_fields_set:  # strangers are not asked for the sake of asking
        text = (
            "none is set, so DuckDuckGo, Brave and Mojeek are asked; [search] of the connections names one with a key"
        )
        return Finding("web search", well=True, text=text)
    if connections.search.engine is EngineName.NONE:
        return Finding("web search", well=True, text="switched off in the connections")
    from agent_core.tools.web.searching import open_search  # noqa: PLC0415  (late: its libraries take their time)

    async with open_search(connections.search, clock=utc_now) as engine:
        found = await engine.search(SEARCH_PROBE, 1)
    if not found:
        text = (
            f"{engine.name} at {engine.source} finds nothing for “{SEARCH_PROBE}”; look whether its own engines work."
        )
        return Finding("web search", well=False, text=text)
    return Finding("web search", well=True, text=f"{engine.name} at {engine.source} answers")


async def _web_pages(settings: Settings) -> Finding:
    web = load_connections(settings.nod_connections).web
    if not web.pages:
        return Finding("web pages", well=True, text="switched off in the connections")
    from agent_core.tools.web.browser import find_browser, find_bubblewrap, shuts_in  # noqa: PLC0415  (late)

    ports = ", ".join(map(str, sorted(web.ports)))
    beside = f"and {', '.join(web.allowed)} " if web.allowed else ""
    text = f"those of the public web {beside}are read, at the ports {ports}"
    if not web.javascript:
        return Finding("web pages", well=True, text=f"{text}; scripts are not run")
    if not (browser := find_browser()) or not shuts_in():
        text += "; none runs their scripts: install chromium and bubblewrap, or say javascript = false in [web]"
        return Finding("web pages", well=False, text=text)
    within = "bubblewrap" if find_bubblewrap() else "its own sandbox"
    return Finding("web pages", well=True, text=f"{text}; {browser} runs their scripts within {within}")


async def _code(settings: Settings) -> Finding:
    async with opened_code(settings, load_connections(settings.nod_connections)) as code:
        if not code.tools:
            return Finding("code", well=not isinstance(code.problem, SandboxOpen), text=f"none runs: {code.problem}")
        why = f"; bubblewrap would run all of Python, and tests: {code.problem}" if code.problem else ""
        return Finding("code", well=True, text=f"generated code runs in {code.sandbox}{why}")


async def _secret_key(settings: Settings) -> Finding:
    if not settings.nod_secret_key and not (settings.nod_data / FILE_NAME).exists():
        text = f"sign-ins are signed with a key that Nod makes in {settings.nod_data} when it starts"
        return Finding("secret key", well=True, text=text)
    secret_key(settings)
    where = "NOD_SECRET_KEY" if settings.nod_secret_key else f"a key of Nod's own in {settings.nod_data}"
    return Finding("secret key", well=True, text=f"sign-ins are signed with {where}")


async def _address(settings: Settings) -> Finding:
    name = f"{settings.host}:{settings.port}"
    try:
        listen(settings.host, settings.port).close()
    except NodError as error:
        if await asyncio.to_thread(_nod_answers, settings):
            return Finding("address", well=True, text=f"Nod runs on {name} already")
        return Finding("address", well=False, text=str(error))
    return Finding("address", well=True, text=f"{name} is free" if settings.port else "a free port is taken at start")


def _nod_answers(settings: Settings) -> bool:
    host = "localhost" if settings.host in EVERYWHERE else settings.host
    connection = http.client.HTTPConnection(host, settings.port, timeout=2)
    try:
        connection.request("GET", "/healthz")
        answer = connection.getresponse()
        return answer.status == http.HTTPStatus.OK and answer.read(16) == b"ok"
    except (OSError, http.client.HTTPException):
        return False
    finally:
        connection.close()


async def _approvers(settings: Settings) -> Finding:
    named = ", ".join(str(actor) for actor in settings.nod_approvers)
    text = f"beside who asks: {named}" if named else f"beside who asks: {settings.owner}, who starts Nod"
    return Finding("approvers", well=True, text=text)


async def _model(settings: Settings) -> Finding:
    if settings.rehearsal:
        text = "none is set, so the rehearsal model answers; set OPENAI_API_KEY or OPENAI_BASE_URL for a real one"
        return Finding("model", well=True, text=text)
    where, key = settings.openai_base_url or OPENAI, SecretStr(settings.model_key)
    try:
        async with open_language_model(
            api_key=key, base_url=where, model=settings.nod_model, patience=PATIENCE
        ) as model:
            await model.turn([Message("user", PROBE)], [])
    except ModelError as error:
        return Finding("model", well=False, text=str(error))
    return Finding("model", well=True, text=f"{settings.nod_model} answers")


async def _platforms(settings: Settings) -> AsyncIterator[Finding]:
    """Yield what is found at the chat platforms that the settings name."""
    if settings.names_slack:
        from bot.slack_commands import slack_checks  # noqa: PLC0415  (takes a second, and most have no Slack)

        runs = await asyncio.to_thread(_nod_answers, settings)
        async for checked in slack_checks(settings, runs=runs):
            yield Finding(checked.name, checked.well, checked.text)
    if settings.discord_token is not None:
        from bot.discord_commands import discord_checks  # noqa: PLC0415  (the same)

        async for found in discord_checks(settings):
            yield Finding(found.name, found.well, found.text)


async def _connections(settings: Settings) -> AsyncIterator[Finding]:
    try:
        connections = load_connections(settings.nod_connections)
    except NodError as error:
        yield Finding("connections", well=False, text=str(error))
        return
    async for found in check_connections(connections):
        yield Finding(found.name, found.well, found.text)


LOOKS: tuple[Look, ...] = (
    _data,
    _database,
    _tools,
    _web_pages,
    _web_search,
    _code,
    _secret_key,
    _address,
    _approvers,
    _model,
)
