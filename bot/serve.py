"""`nod run`: starts what the settings name, the web workspace and chat platforms, until it is told to end."""

import asyncio
import importlib
import signal
import socket
import sys
from collections.abc import Mapping
from contextlib import closing

from adapters.web.application import create_app
from adapters.web.listening import listen
from adapters.web.server import Server
from adapters.web.sign_in import mint_link
from bot.addresses import EVERYWHERE, address
from bot.bootstrap import Nod, open_nod
from bot.doors import Door, open_doors
from bot.secret_key import secret_key
from bot.settings import Settings

FOR_PEOPLE = "For another link: .venv/bin/nod signin, in a second terminal. To end Nod: Ctrl-C; what waits is kept."
GRACE = 2  # seconds that requests under way get at the end; event streams end at once


async def serve(settings: Settings) -> None:
    """Serve until SIGINT or SIGTERM, and print where people sign in.

    Raises:
        SettingsError: the port cannot be had, or a setting cannot be used.
        StorageError: the database cannot be opened; its subclasses say why.
    """
    # first of all: a port that is in use is told before anything is opened
    with closing(listen(settings.host, settings.port)) as listening:
        async with open_nod(settings) as nod, nod.tending(), open_doors(nod) as doors:
            await _serve(nod, doors, listening)


async def _serve(nod: Nod, doors: Mapping[str, Door], listening: socket.socket) -> None:
    public_url = address(nod.settings, listening.getsockname()[1])
    app = create_app(
        nod.service,
        nod.sign_ins,
        secret_key=secret_key(nod.settings),
        public_url=public_url,
        allowed_hosts=_names(nod.settings),
        ready=lambda: _ready(nod, doors),
        signed=[route for door in doors.values() for route in door.routes],
    )
    server = Server(app)
    server.config.timeout_graceful_shutdown = GRACE
    loop = asyncio.get_running_loop()
    for number in (signal.SIGINT, signal.SIGTERM):
        # uvicorn raises the signal once more when it has ended; then there is still something to close
        loop.add_signal_handler(number, lambda: None)
    link = await mint_link(nod.sign_ins, nod.settings.nod_owner, public_url)
    print(f"Nod runs. Sign in once with this link: {link}", flush=True)  # noqa: T201  (the one line people wait for)
    if sys.stdout.isatty():
        print(FOR_PEOPLE, flush=True)  # noqa: T201
    warming = asyncio.create_task(asyncio.to_thread(importlib.import_module, "openai"))  # so no first run waits for it
    tools = asyncio.create_task(nod.service.executor.toolbox.ready(), name="tools")  # so that /readyz knows of them
    connected = asyncio.create_task(connect(nod, doors), name="doors")
    try:
        await server.serve([listening])
    finally:
        connected.cancel()
        tools.cancel()
        await asyncio.wait([warming, connected, tools])


async def connect(nod: Nod, doors: Mapping[str, Door]) -> None:
    """Stay connected to every platform and show people what they wait for, until cancelled.

    One process does so, the owner of the database: two would hear everything twice, and post every Card twice. The
    others speak to a platform only in answer to it.
    """
    await nod.owning.wait()
    messengers = {platform: door.messenger for platform, door in doors.items()}
    async with (
        nod.firing(messengers),
        nod.delivering(messengers),
        asyncio.TaskGroup() as all_,
    ):
        for platform, door in doors.items():
            all_.create_task(door.serve(), name=platform)
        all_.create_task(asyncio.Event().wait())  # delivering goes on though no door has to stay connected


async def _ready(nod: Nod, doors: Mapping[str, Door]) -> Mapping[str, str]:
    # who does not own the database leaves the platforms to the process that does
    troubles = {platform: door.trouble() if nod.owning.is_set() else "" for platform, door in doors.items()}
    return {**await nod.ready(), **troubles}


def _names(settings: Settings) -> tuple[str, ...]:
    """Return the host names that Nod answers to beside the public one."""
    return (socket.gethostname(),) if settings.host in EVERYWHERE else (settings.host,)
