"""What is wrong on Discord is told with what to click, and the invitation asks for no more than is needed."""

from urllib.parse import parse_qs, urlsplit

import discord
import pytest

from adapters.discord.checkup import check_up
from adapters.discord.connection import Connection
from adapters.discord.invite import invitation, needed
from tests.peers.discord.permissions import Permission


async def look(peer, token=""):
    return [each async for each in check_up(Connection(token or peer.token, api_url=peer.api_url))]


def test_the_invitation_has_the_scopes_and_the_least_permissions():
    link = urlsplit(invitation(123))
    words = parse_qs(link.query)

    assert f"{link.scheme}://{link.netloc}{link.path}" == "https://discord.com/oauth2/authorize"
    assert words["client_id"] == ["123"]
    assert words["scope"] == ["bot applications.commands"]
    granted = discord.Permissions(int(words["permissions"][0]))
    assert granted == needed()
    for refused in ("administrator", "manage_threads", "manage_messages", "mention_everyone", "manage_channels"):
        assert not getattr(granted, refused)


async def test_all_is_well_where_nod_may_do_all_it_needs(peer, guild, general):
    found = await look(peer)

    assert [each.well for each in found] == [True, True]
    assert "Nod may work in 1 of 1 channels" in found[1].text


@pytest.mark.parametrize("granted", [True, False])
async def test_the_content_intent_is_no_need_but_where_to_switch_it_on_is_said(peer, guild, general, granted):
    peer.app.message_content = granted

    first, *_ = await look(peer)

    assert first.well
    assert ("Message Content Intent on https://discord.com/developers/applications/" in first.text) is not granted


async def test_a_token_that_is_not_valid_is_told_without_showing_it(peer):
    (found,) = await look(peer, "MTA.1.wrong-token")

    assert not found.well
    assert "reset it under Bot" in found.text
    assert "wrong-token" not in found.text


async def test_that_discord_cannot_be_reached_is_told(peer):
    await peer.go_down()

    (found,) = await look(peer)

    assert not found.well
    assert "Discord cannot be reached (ClientConnectorError)" in found.text


async def test_a_bot_without_a_server_is_given_the_link(peer):
    *_, found = await look(peer)

    assert not found.well
    assert f"client_id={peer.app.id}" in found.text


async def test_missing_permissions_are_named_channel_by_channel(peer, guild, general):
    role = peer.bot_role(guild)
    peer.deny(peer.channel(guild, "quiet"), role, Permission.ATTACH_FILES)
    peer.deny(peer.channel(guild, "closed"), role, Permission.VIEW_CHANNEL)

    *_, found = await look(peer)

    assert not found.well
    assert "#quiet (Attach Files)" in found.text
    assert "#closed" not in found.text  # Nod needs not be everywhere
    assert "#general" not in found.text


async def test_a_server_where_nod_sees_nothing_is_told(peer, guild, general):
    peer.deny(general, peer.bot_role(guild), Permission.VIEW_CHANNEL)

    *_, found = await look(peer)

    assert not found.well
    assert "Nod sees no channel" in found.text
