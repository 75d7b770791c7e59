"""Runs a page's scripts in a headless browser that is shut in: no network but the guarded proxy, no files of ours."""

import asyncio
import os
import shutil
import signal
import sys
from collections.abc import AsyncGenerator, Sequence
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import NamedTuple

from agent_core.errors import WebError
from agent_core.i18n import N_, Phrase
from agent_core.tools.web.addresses import WebAddress
from agent_core.tools.web.client import LIMITS, USER_AGENT
from agent_core.tools.web.guard import Guard
from agent_core.tools.web.proxy import May, open_proxy
from agent_core.tools.web.transport import GuardedNetwork

NAMES = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
SECONDS = 40.0
_PORT = 3128  # within the browser's own network, where nothing else listens
_RELAY = Path(__file__).with_name("relay.py")
_FLAGS = (
    *("--headless", "--dump-dom", "--virtual-time-budget=8000", "--incognito", "--mute-audio", "--no-first-run"),
    *("--no-default-browser-check", "--no-pings", "--disable-gpu", "--disable-dev-shm-usage", "--disable-extensions"),
    *("--disable-background-networking", "--disable-component-update", "--disable-default-apps", "--disable-sync"),
    *("--disable-domain-reliability", "--disable-breakpad", "--disable-quic", "--metrics-recording-only"),
    *("--blink-settings=imagesEnabled=false", "--js-flags=--max-old-space-size=256", "--deny-permission-prompts"),
    # else it tells Google of every start: the time, a connection to the search engine, whether it has an AI mode
    "--disable-features=NetworkTimeServiceQuerying,PreconnectToSearch,AimServerRequestOnStartupEnabled",
    "--force-webrtc-ip-handling-policy=disable_non_proxied_udp",
    "--host-resolver-rules=MAP * ~NOTFOUND , EXCLUDE 127.0.0.1",  # names are looked up by the proxy alone
    "--proxy-bypass-list=<-loopback>",  # by default loopback would be reached without the proxy
    f"--user-agent={USER_AGENT}",
)
_ERROR_PAGE = b'id="main-frame-error"'  # Chromium's own, whose words are not the page's
_SHOWN_OF_ETC = ("fonts", "ssl", "ca-certificates", "alternatives", "chromium", "chromium.d", "ld.so.cache", "passwd")


def find_browser() -> str:
    """Return the path of a browser that is installed; empty when there is none."""
    return next((path for name in NAMES if (path := shutil.which(name))), "")


def find_bubblewrap() -> str:
    """Return the path of bubblewrap; empty when it is not installed."""
    return (shutil.which("bwrap") or "") if sys.platform == "linux" else ""


class Rendered(NamedTuple):
    """A page's HTML after its scripts ran, and how many of the addresses that it opened were refused."""

    html: bytes
    refused: int


@dataclass(frozen=True)
class Browser:
    """A browser that is installed. `bubblewrap` shuts it in; without it, its own sandbox does."""

    guard: Guard
    network: GuardedNetwork
    program: str
    bubblewrap: str
    seconds: float = SECONDS
    room: asyncio.Semaphore = field(default_factory=lambda: asyncio.Semaphore(1))

    async def render(self, address: WebAddress, may: May | None = None) -> Rendered:
        """Return the page after its scripts ran; `may` says what it may load, beside the guard.

        Raises:
            WebError: it took too long, or the browser could not be run.
        """
        async with self.room:
            with TemporaryDirectory(prefix="nod-browser-") as folder:
                rendered = await self._rendered(address, may, Path(folder))
        if not rendered.html.strip() or _ERROR_PAGE in rendered.html:
            raise WebError(url=str(address), reason=N_("the browser that ran its scripts gave nothing."))
        return rendered

    async def _rendered(self, address: WebAddress, may: May | None, folder: Path) -> Rendered:
        socket = folder / "proxy" if self.bubblewrap else None
        async with open_proxy(self.guard, self.network, socket, may) as (proxy, port):
            command = _shut_in(self, folder, address) if self.bubblewrap else _alone(self, folder, port, address)
            try:
                async with _running(command, folder) as process:
                    return Rendered(await _output(process, self.seconds), len({*proxy.refused}))
            except TimeoutError:
                reason = Phrase(N_("running its scripts took longer than {seconds:g} seconds."), seconds=self.seconds)
                raise WebError(url=str(address), reason=reason) from None
            except OSError as error:
                raise WebError(url=str(address), reason=N_("the browser could not be started.")) from error


def browser_for(guard: Guard, network: GuardedNetwork) -> Browser | None:
    """Return the browser that can be used here; None when there is none, or nothing would shut it in."""
    program = find_browser()
    return Browser(guard, network, program, find_bubblewrap()) if program and shuts_in() else None


def shuts_in() -> bool:
    """Say whether a browser can be shut in here: by bubblewrap, or by its own sandbox, which it has not as root."""
    return bool(find_bubblewrap()) or os.geteuid() != 0


def _alone(browser: Browser, folder: Path, port: int, address: WebAddress) -> Sequence[str]:
    proxy = f"--proxy-server=http://127.0.0.1:{port}"
    return (browser.program, *_FLAGS, proxy, f"--user-data-dir={folder / 'profile'}", str(address))


def _shut_in(browser: Browser, folder: Path, address: WebAddress) -> Sequence[str]:
    """Return the command within a sandbox that has the system's programs, the proxy's socket, and nothing else."""
    python = Path(sys.executable).resolve()
    etc = [argument for name in _SHOWN_OF_ETC for argument in ("--ro-bind-try", f"/etc/{name}", f"/etc/{name}")]
    base = () if python.is_relative_to("/usr") else ("--ro-bind", sys.base_prefix, sys.base_prefix)
    links = [argument for name in ("bin", "lib", "lib64") for argument in ("--symlink", f"usr/{name}", f"/{name}")]
    return (
        *(browser.bubblewrap, "--unshare-all", "--unshare-user", "--uid", "65534", "--gid", "65534"),
        *("--die-with-parent", "--new-session", "--cap-drop", "ALL", "--clearenv"),
        *("--setenv", "HOME", "/tmp", "--setenv", "PATH", "/usr/bin", "--setenv", "LANG", "C.UTF-8"),  # noqa: S108
        *("--ro-bind", "/usr", "/usr", *links, *etc, *base, "--proc", "/proc", "--dev", "/dev"),
        *("--size", "300000000", "--tmpfs", "/tmp", "--dir", "/run/nod"),  # noqa: S108  (the sandbox's own)
        *("--ro-bind", str(folder / "proxy"), "/run/nod/proxy", "--ro-bind", str(_RELAY), "/run/nod/relay.py"),
        *("--remount-ro", "/", "--", str(python), "-I", "/run/nod/relay.py", "/run/nod/proxy", str(_PORT)),
        # its own sandbox needs rights that this one takes away
        *(browser.program, "--no-sandbox", *_FLAGS, f"--proxy-server=http://127.0.0.1:{_PORT}"),
        *("--user-data-dir=/tmp/profile", str(address)),
    )


@asynccontextmanager
async def _running(command: Sequence[str], folder: Path) -> AsyncGenerator[asyncio.subprocess.Process]:
    """Yield the process, and end it with everything that it started."""
    process = await asyncio.create_subprocess_exec(
        *command,
        stdin=asyncio.subprocess.DEVNULL,
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.DEVNULL,
        env={"HOME": str(folder), "PATH": "/usr/bin:/bin", "LANG": "C.UTF-8"},
        cwd="/",
        start_new_session=True,
    )
    try:
        yield process
    finally:
        with suppress(ProcessLookupError):
            os.killpg(process.pid, signal.SIGKILL)
        await process.wait()


async def _output(process: asyncio.subprocess.Process, seconds: float) -> bytes:
    parts, size = list[bytes](), 0
    async with asyncio.timeout(seconds):
        while process.stdout and size <= LIMITS.body and (part := await process.stdout.read(64 * 1024)):
            parts.append(part)
            size += len(part)
    return b"".join(parts)[: LIMITS.body]
