"""`nod runs`, `show`, `stop`, `audit`, `signin` and `signout`: one look or one word, and the end."""

import json
from dataclasses import asdict
from datetime import UTC, datetime
from typing import Any

import click
from rich.console import Console

from adapters.console.screen import Screen
from adapters.console.views import runs_table
from adapters.web.sign_in import API_TOKEN_LASTS, mint_link
from agent_core.cards import Verb
from agent_core.domain import PolicyName
from agent_core.errors import SettingsError, StorageMissing
from agent_core.i18n import format_cost
from agent_core.journal.records import timestamp
from agent_core.presenter import cards_of, run_word
from bot.addresses import address
from bot.bootstrap import open_existing, open_nod
from bot.endings import Ending
from bot.finding import find_run
from bot.settings import Settings
from bot.terminal import ORIGIN, how_to_follow

HEADS = ("Run", "Status", "Cost", "Changed (UTC)", "Goal")
DEFAULT = "default"  # as NAME of `nod policy`: what the settings say
ASKS = {
    PolicyName.EVERY_STEP: "each step asks",
    PolicyName.SIDE_EFFECTS: "reading and answering pass, all else asks",
    PolicyName.OBSERVE: "nothing runs, and the cards show what would have",
}
LONGEST_NAME = 64  # characters, as of NOD_OWNER


async def runs(settings: Settings, limit: int) -> Ending:
    """Print the newest runs."""
    try:
        async with open_existing(settings) as nod:
            found = await nod.service.runs(limit=limit)
    except StorageMissing as error:
        click.echo(str(error))
        found = ()
    if not found:
        click.echo('There are no runs yet; begin one with: nod goal "write a blog about AI"')
        return Ending.DONE
    rows = [
        (
            each.run_id,
            run_word(each, "en"),
            "rehearsal" if each.rehearsal else format_cost(each.cost),
            each.updated_at.astimezone(UTC).strftime("%Y-%m-%d %H:%M"),
            each.goal,
        )
        for each in found
    ]
    Console(markup=False, emoji=False, highlight=False).print(runs_table(rows, HEADS))
    return Ending.DONE


async def show(settings: Settings, prefix: str, *, as_json: bool) -> Ending:
    """Print a Run's Cards, whole."""
    async with open_existing(settings) as nod:
        state = await nod.service.state(await find_run(nod.service, prefix))
        files = [nod.folder(state.workspace) / file.path for file in await nod.service.files(state.run_id)]
    cards = cards_of(state)
    if as_json:
        told: dict[str, Any] = {
            "run_id": state.run_id,
            "status": state.status,
            "goal": state.goal,
            "actor": str(state.actor),
            "policy": state.policy.name,
            "rehearsal": state.rehearsal,
            "cost": state.cost,
            "tokens": state.tokens,
            "created_at": timestamp(state.created_at),
            "updated_at": timestamp(state.updated_at),
            "result": state.result,
            "files": [str(path) for path in files],
            "cards": [asdict(card) for card in cards],
        }
        # ASCII: a program reads this, and lone surrogates have no other place
        click.echo(json.dumps(told, indent=2))
        return Ending.DONE
    screen = Screen()
    for card in cards:
        screen.card(card, state.language)
    for path in files:
        screen.place(path)
    screen.say(how_to_follow(state) if state.status.over else f"Go on with: nod resume {state.run_id}")
    return Ending.DONE


async def stop(settings: Settings, prefix: str, reason: str) -> Ending:
    """Stop a Run for good."""
    async with open_existing(settings) as nod:
        run_id = await find_run(nod.service, prefix)
        await nod.service.control(run_id, Verb.STOP, actor=settings.owner, via="terminal", text=reason)
    click.echo(f"Run {run_id} is stopped; what was done until then is in: nod show {run_id}")
    return Ending.DONE


async def policy(settings: Settings, name: str | None) -> Ending:
    """Print the policy of Goals from the terminal that name none, set to `name` first if one is given.

    Raises:
        NotAllowedToDecide: the person is not an approver.
    """
    try:
        async with open_nod(settings) if name else open_existing(settings) as nod:
            if name:
                chosen = None if name == DEFAULT else PolicyName(name)
                await nod.service.set_channel_policy(ORIGIN, chosen, settings.owner)
            usual, chosen = await nod.service.usual_policy(ORIGIN), await nod.service.channel_policy(ORIGIN)
    except StorageMissing as error:
        click.echo(f"nod: {error}", err=True)
        usual, chosen = settings.nod_policy, None
    source = "as set with nod policy" if chosen else "as NOD_POLICY says"
    click.echo(f"{usual}: {ASKS[usual]}, {source}. It holds for new goals from this terminal that name no other.")
    return Ending.DONE


async def verify(settings: Settings, prefix: str) -> Ending:
    """Verify the chain of one Run's Journal, or of all."""
    async with open_existing(settings) as nod:
        count = await nod.service.verify(await find_run(nod.service, prefix) if prefix else "")
    what = f"run {prefix}" if prefix else "every run"
    click.echo(f"{count} events verified; the journal of {what} is as it was written.")
    return Ending.DONE


async def export(settings: Settings, prefix: str) -> Ending:
    """Print every event of a Run, a line of JSON each."""
    async with open_existing(settings) as nod:
        async for event in nod.service.export(await find_run(nod.service, prefix)):
            click.echo(json.dumps(event, ensure_ascii=True))
    return Ending.DONE


def _checked(name: str) -> str:
    if (
        not name
        or not name.isprintable()
        or any(char in ",:" for char in name)
        or len(name) > LONGEST_NAME
        or name != name.strip()
    ):
        raise SettingsError(reason=f"A name has 1 to {LONGEST_NAME} characters without a comma or colon, as alice has.")
    return name


async def sign_out(settings: Settings, name: str) -> Ending:
    """Void a person's sign-in links, tokens and sign-ins.

    Raises:
        SettingsError: nobody could be called so.
    """
    _checked(name)
    async with open_existing(settings) as nod:
        count = await nod.sign_ins.revoke(name, datetime.now(UTC))
    click.echo(f"{name} is signed out everywhere; sign-in links and API tokens that are void with it: {count}.")
    return Ending.DONE


async def sign_in(settings: Settings, name: str, *, api: bool) -> Ending:
    """Print a link that signs a person in once, or a token for programs that speak for them.

    Raises:
        SettingsError: nobody could be called so, or there is no address to make a link of.
    """
    name = _checked(name or settings.nod_owner)
    if not api and not settings.port and not settings.nod_public_url:
        raise SettingsError(reason="With PORT=0 the address is not known beforehand; set PORT or NOD_PUBLIC_URL.")
    async with open_nod(settings) as nod:
        if api:
            now = datetime.now(UTC)
            click.echo(await nod.sign_ins.mint_api(name, now=now, expires_at=now + API_TOKEN_LASTS))
            days = API_TOKEN_LASTS.days
            click.echo(f"It speaks for {name} for {days} days, as: Authorization: Bearer TOKEN", err=True)
        else:
            click.echo(await mint_link(nod.sign_ins, name, address(settings, settings.port)))
    return Ending.DONE
