"""The `nod` command. Every command imports what it needs when it runs, so that `nod --help` is quick."""

# ruff: noqa: PLC0415 - for the reason above
import asyncio
import gc
import io
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

import click

from bot.endings import run_command
from bot.schedule_cli import schedule

if TYPE_CHECKING:
    from bot.settings import Settings

POLICIES = ("every-step", "side-effects", "observe")
#: new objects before Python looks for garbage; at its own 700, that is a quarter of the time that a command takes,
#: for what imports make stays
OBJECTS = 100_000
USUAL = gc.get_threshold()


def main(arguments: Sequence[str] | None = None) -> None:
    """Run the command line and exit with its code."""
    gc.set_threshold(OBJECTS)
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):
            stream.reconfigure(errors="replace")  # what a terminal cannot show must not end the program
    code = run_command(nod, arguments)
    gc.freeze()  # else Python looks through all that there is once more, only to end
    sys.exit(code)


def settings_and_logs(level: str = "") -> "Settings":
    """Return the settings, with logs set up as they say; `level` is for commands whose output people read."""
    from bot.logs import set_up_logs
    from bot.settings import load_settings

    settings = load_settings()
    set_up_logs(settings, level=level)
    return settings


@click.group(context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(package_name="nod-agent", prog_name="nod")
def nod() -> None:
    """Nod plans what you ask, proposes every step, and acts only on your nod.

    RUN is the id of a run, or the first characters of it.
    """


nod.add_command(schedule)


@nod.command()
def run() -> int:
    """Start what the settings name: the web workspace on HOST and PORT."""
    gc.set_threshold(*USUAL)  # it makes garbage for as long as it runs
    settings = settings_and_logs()
    import uvloop  # answers a platform in two thirds of the time that asyncio's own loop takes

    from bot.serve import serve

    uvloop.run(serve(settings))
    return 0


@nod.command()
@click.argument("words", nargs=-1, required=True, metavar="TEXT")
@click.option("--policy", type=click.Choice(POLICIES), help="What asks; else the policy of the settings.")
@click.option(
    "--file",
    "files",
    multiple=True,
    type=click.Path(exists=True, dir_okay=False, readable=True, path_type=Path),
    help="A file to put into the run's workspace; may be given several times.",
)
@click.option("--follows", default="", metavar="RUN", help="Go on from the result and the files of RUN, which is over.")
def goal(words: tuple[str, ...], policy: str | None, files: tuple[Path, ...], follows: str) -> int:
    """Have TEXT done, and decide here.

    Where the input is no terminal, each line of it answers one question: y, n, a, s, or what a key stands for, or
    "reject because …", or words that steer the run.

    Ends with 0 done, 1 failed, 2 called wrongly, 3 stopped by a person, 4 left waiting (the input ended, or q),
    130 Ctrl-C. What waits is kept: nod resume RUN goes on with it.
    """
    settings = settings_and_logs("warning")
    from agent_core.domain import PolicyName
    from bot import terminal

    chosen = PolicyName(policy) if policy else None
    return asyncio.run(terminal.goal(settings, " ".join(words), chosen, files, follows))


@nod.command()
@click.argument("run")
def resume(run: str) -> int:
    """Go on with RUN in the terminal; a paused one is resumed. Ends as `nod goal` does."""
    settings = settings_and_logs("warning")
    from bot import terminal

    return asyncio.run(terminal.resume(settings, run))


@nod.command()
@click.option("--limit", type=click.IntRange(1, 10_000), default=20, show_default=True, help="How many, newest first.")
def runs(limit: int) -> int:
    """List the runs."""
    settings = settings_and_logs("warning")
    from bot import looking

    return asyncio.run(looking.runs(settings, limit))


@nod.command()
@click.argument("run")
@click.option("--json", "as_json", is_flag=True, help="As JSON, for programs.")
def show(run: str, as_json: bool) -> int:  # noqa: FBT001  (click passes it by name)
    """Show the cards of RUN."""
    settings = settings_and_logs("warning")
    from bot import looking

    return asyncio.run(looking.show(settings, run, as_json=as_json))


@nod.command()
@click.argument("name", required=False, type=click.Choice((*POLICIES, "default")), metavar="[NAME]")
def policy(name: str | None) -> int:
    """Show the policy of goals from this terminal that name none, or set it to NAME.

    NAME is every-step, side-effects or observe, or default for the one of the settings.
    """
    settings = settings_and_logs("warning")
    from bot import looking

    return asyncio.run(looking.policy(settings, name))


@nod.command()
@click.argument("run")
@click.option("--reason", default="", help="Why, for the journal.")
def stop(run: str, reason: str) -> int:
    """Stop RUN for good."""
    settings = settings_and_logs("warning")
    from bot import looking

    return asyncio.run(looking.stop(settings, run, reason))


@nod.command()
def doctor() -> int:
    """Check every setting, and say what to do about those that are wrong."""
    from bot.doctor import examine

    return asyncio.run(examine())


@nod.command("mcp")
def mcp_server() -> int:
    """Be an MCP server on standard input and output: submit goals, list and show runs. Nothing is decided there."""
    settings = settings_and_logs("warning")
    from bot.mcp_server import serve_mcp

    asyncio.run(serve_mcp(settings))
    return 0


@nod.command("mcp-login")
@click.argument("name")
@click.option(
    "--port", type=click.IntRange(0, 65535), default=0, help="Where the browser's answer is awaited; else free."
)
def mcp_login(name: str, port: int) -> int:
    """Sign in to the MCP server NAME of connections.toml that wants OAuth, in a browser on this machine."""
    settings = settings_and_logs("warning")
    from bot.mcp import sign_in

    return asyncio.run(sign_in(settings, name, port))


@nod.command()
@click.argument("name", default="")
@click.option("--api", is_flag=True, help="A token for programs instead of a link.")
def signin(name: str, api: bool) -> int:  # noqa: FBT001  (click passes it by name)
    """Print a link that signs NAME in to the web workspace once; without NAME, you."""
    settings = settings_and_logs("warning")
    from bot import looking

    return asyncio.run(looking.sign_in(settings, name, api=api))


@nod.command()
@click.argument("name")
def signout(name: str) -> int:
    """Void every sign-in link, API token and sign-in of NAME, on every device, at once."""
    settings = settings_and_logs("warning")
    from bot import looking

    return asyncio.run(looking.sign_out(settings, name))


@nod.group()
def audit() -> None:
    """Verify and export journals."""


@audit.command()
@click.argument("run", default="")
def verify(run: str) -> int:
    """Verify that the journal of RUN, or every journal, is as it was written."""
    settings = settings_and_logs("warning")
    from bot import looking

    return asyncio.run(looking.verify(settings, run))


@audit.command()
@click.argument("run")
def export(run: str) -> int:
    """Print every event of RUN as a line of JSON."""
    settings = settings_and_logs("warning")
    from bot import looking

    return asyncio.run(looking.export(settings, run))


@nod.group()
def slack() -> None:
    """Make the Slack app that Nod is, and have it installed."""


@slack.command("manifest")
@click.option("--url", default="", help="Have Slack call Nod there, for example https://nod.example.com.")
@click.option("--json", "as_json", is_flag=True, help="As JSON instead of YAML.")
def slack_manifest(url: str, as_json: bool) -> int:  # noqa: FBT001  (click passes it by name)
    """Print the manifest to make Nod's Slack app from.

    Without --url it is for Socket Mode, unless the settings have a NOD_PUBLIC_URL and a SLACK_SIGNING_SECRET and no
    SLACK_APP_TOKEN: then Slack calls NOD_PUBLIC_URL.
    """
    from bot.settings import load_settings
    from bot.slack_commands import manifest_text

    click.echo(manifest_text(load_settings(), url, as_json=as_json))
    return 0


@slack.command("install")
def slack_install() -> int:
    """Print a link that lets whoever opens it install Nod in their workspace, for a day."""
    settings = settings_and_logs("warning")
    from bot.slack_commands import install_link

    click.echo(install_link(settings))
    return 0


@nod.group()
def discord() -> None:
    """Let Nod into Discord."""


@discord.command("invite")
def discord_invite() -> int:
    """Print a link that lets Nod into a server, with the least permissions it works with."""
    settings = settings_and_logs("warning")
    from bot.discord_commands import invite_link

    click.echo(asyncio.run(invite_link(settings)))
    return 0
