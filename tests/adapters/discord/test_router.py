"""What people do is kept, answered within three seconds, and handled once."""

import asyncio

import pytest
from discord.http import Route, handle_message_parameters

from agent_core.errors import NothingAsked
from tests.adapters.discord.listening import BUTTONS, listening


async def buttons(listens, channel):
    """A message of Nod's with buttons, posted over REST."""
    http = listens.door.connection.client.http
    route = Route("POST", "/channels/{channel_id}/messages", channel_id=channel.id)
    sent = await http.request(route, json={"content": "card", "components": [BUTTONS]})
    return next(each for each in listens.peer.bot_messages(channel) if each.id == int(sent["id"]))


async def test_a_command_is_deferred_for_who_typed_it_alone_and_handled(peer, general, ada, tmp_path):
    async with listening(peer, tmp_path) as nod:
        answer = await peer.slash(ada, general, "agent", {"goal": "write a blog"})

        assert answer.kind == "deferred"
        assert answer.latency < 3
        assert answer.message.ephemeral
        await nod.until(lambda: nod.handling.of("command"))
    (payload,) = nod.handling.payloads
    assert payload["data"]["data"]["options"][0]["value"] == "write a blog"
    assert payload["key"] == f"interaction:{payload['data']['id']}"


async def test_a_click_is_answered_without_changing_the_message(peer, general, ada, tmp_path):
    async with listening(peer, tmp_path) as nod:
        card = await buttons(nod, general)

        answer = await peer.click(ada, card, "Approve")

        assert answer.kind == "deferred_update"
        await nod.until(lambda: nod.handling.of("component"))
    assert nod.handling.of("component")[0]["data"]["custom_id"] == "approve"


async def test_a_modal_is_the_first_answer_and_its_submission_is_answered_at_once(peer, general, ada, tmp_path):
    async with listening(peer, tmp_path) as nod:
        card = await buttons(nod, general)
        opened = await peer.click(ada, card, "Edit")
        assert opened.kind == "modal"

        saved = await peer.submit_modal(ada, opened.modal, {"text": "shorter"})

        assert saved.text == "saved"
    assert len(nod.handling.submissions) == 1
    assert nod.handling.payloads == []


async def test_what_refuses_a_submission_is_said_to_who_sent_it(peer, general, ada, tmp_path):
    async with listening(peer, tmp_path) as nod:
        card = await buttons(nod, general)
        opened = await peer.click(ada, card, "Edit")
        nod.handling.fault = NothingAsked()

        refused = await peer.submit_modal(ada, opened.modal, {"text": "shorter"})

        assert refused.ephemeral
        assert refused.text == "Nothing is asked here now, so there is nothing to decide."


async def test_a_fault_of_ours_is_said_to_who_sent_a_modal(peer, general, ada, tmp_path):
    async with listening(peer, tmp_path) as nod:
        card = await buttons(nod, general)
        opened = await peer.click(ada, card, "Edit")
        nod.handling.fault = RuntimeError("a bug")

        refused = await peer.submit_modal(ada, opened.modal, {"text": "shorter"})

        assert refused.ephemeral
        assert refused.text == "Something went wrong; the log names it."


async def test_a_modal_that_was_open_across_a_restart_still_submits(peer, general, ada, tmp_path):
    async with listening(peer, tmp_path) as nod:
        opened = await peer.click(ada, await buttons(nod, general), "Edit")
    async with listening(peer, tmp_path) as later:
        saved = await peer.submit_modal(ada, opened.modal, {"text": "shorter"})
        assert saved.text == "saved"
        assert len(later.handling.submissions) == 1


async def test_a_button_works_after_a_restart_and_weeks_later(peer, general, ada, tmp_path):
    async with listening(peer, tmp_path) as nod:
        card = await buttons(nod, general)
    peer.clock.advance(hours=24 * 30)
    async with listening(peer, tmp_path) as later:
        answer = await peer.click(ada, card, "Approve")
        assert answer.kind == "deferred_update"
        await later.until(lambda: later.handling.of("component"))


async def test_a_dispatch_that_comes_twice_starts_nothing_twice(peer, guild, general, ada, tmp_path):
    async with listening(peer, tmp_path) as nod:
        card = await buttons(nod, general)
        for event in ("INTERACTION_CREATE", "MESSAGE_CREATE", "MESSAGE_REACTION_ADD"):
            peer.faults.duplicate(event)
        await peer.click(ada, card, "Approve")
        peer.say(ada, general, f"<@{peer.bot.id}> write a blog")
        peer.react(ada, card, "✅")
        await nod.until(lambda: nod.handling.of("reaction_add"))
        peer.faults.duplicate("INTERACTION_CREATE")
        await peer.slash(ada, general, "agent", {"goal": "help"})
        await nod.until(lambda: nod.handling.of("command"))
        await nod.settled()
        peer.say(ada, general, f"<@{peer.bot.id}> the end")
        await nod.until(lambda: len(nod.handling.of("message")) == 2)

    kinds = sorted(payload["kind"] for payload in nod.handling.payloads)
    assert kinds == ["command", "component", "message", "message", "reaction_add"]


async def test_a_modal_asked_for_twice_is_opened_once(peer, general, ada, tmp_path):
    async with listening(peer, tmp_path) as nod:
        card = await buttons(nod, general)
        peer.faults.duplicate("INTERACTION_CREATE")
        opened = await peer.click(ada, card, "Edit")
        peer.faults.duplicate("INTERACTION_CREATE")
        await peer.submit_modal(ada, opened.modal, {"text": "shorter"})
        await nod.settled()
        assert len(nod.handling.submissions) == 1
    callbacks = [request for request in peer.requests if request.name.endswith("/callback")]
    assert [request.status for request in callbacks] == [204, 204]


async def test_a_reaction_that_is_taken_back_and_given_again_is_heard_again(peer, general, ada, tmp_path):
    async with listening(peer, tmp_path) as nod:
        card = await buttons(nod, general)
        peer.react(ada, card, "👍")
        peer.unreact(ada, card, "👍")
        peer.react(ada, card, "👍")
        await nod.until(lambda: len(nod.handling.payloads) == 3)
    assert [each["kind"] for each in nod.handling.payloads] == ["reaction_add", "reaction_remove", "reaction_add"]


async def test_a_reaction_sent_again_after_a_resume_does_not_count_though_it_was_taken_back_meanwhile(
    peer, general, ada, tmp_path
):
    async with listening(peer, tmp_path) as nod:
        card = await buttons(nod, general)
        peer.react(ada, card, "👍")
        peer.unreact(ada, card, "👍")
        await nod.until(lambda: nod.handling.of("reaction_remove"))
        nod.door.router.hear("MESSAGE_REACTION_ADD", peer.session.sequence - 1, nod.handling.of("reaction_add")[0])
        await nod.settled()
        await nod.door.inbox.idle()
    assert len(nod.handling.of("reaction_add")) == 1


async def test_what_nod_itself_writes_and_reacts_with_never_counts(peer, general, ada, tmp_path):
    async with listening(peer, tmp_path) as nod:
        card = await buttons(nod, general)
        http = nod.door.connection.client.http
        await http.add_reaction(general.id, card.id, "✅")
        await http.send_message(general.id, params=handle_message_parameters(f"<@{peer.bot.id}> write a blog"))
        peer.react(ada, card, "👎")
        await nod.until(lambda: nod.handling.payloads)
    assert [payload["data"]["user_id"] for payload in nod.handling.payloads] == [str(ada.id)]


@pytest.mark.parametrize("granted", [True, False])
async def test_only_what_is_meant_for_nod_is_kept(peer, general, ada, tmp_path, granted):
    peer.app.message_content = granted
    async with listening(peer, tmp_path) as nod:
        card = await buttons(nod, general)
        other = peer.say(ada, general, "nothing to do with Nod")
        peer.react(ada, other, "✅")
        peer.react(ada, card, "🎉")
        thread = peer.start_thread(ada, general, "ours")
        peer.say(ada, thread, "in a thread")
        peer.say(ada, peer.direct(ada), "directly")
        peer.say(ada, general, "to you", reply_to=card)
        peer.say(ada, general, f"<@{peer.bot.id}> by name")
        await nod.until(lambda: len(nod.handling.payloads) >= 4)
        await nod.settled()
    # without the privileged intent, only what names Nod, answers it or is direct comes with its content
    assert {data["content"] for data in nod.handling.of("message")} == {
        "in a thread" if granted else "",
        "directly",
        "to you",
        f"<@{peer.bot.id}> by name",
    }
    assert nod.handling.of("reaction_add") == []


async def test_a_forum_post_is_heard_and_that_it_was_deleted(peer, guild, ada, tmp_path):
    forum = peer.forum(guild)
    async with listening(peer, tmp_path) as nod:
        post = peer.forum_post(ada, forum, "A blog", "write a blog about AI")
        await nod.until(lambda: nod.handling.of("message"))
        peer.delete_thread(guild.owner, post)
        await nod.until(lambda: nod.handling.of("thread_delete"))
    assert nod.handling.of("message")[0]["channel_id"] == str(post.id)
    assert nod.handling.of("thread_delete")[0]["parent_id"] == str(forum.id)


async def test_an_answer_that_discord_failed_on_before_it_did_anything_is_given_again(peer, general, ada, tmp_path):
    async with listening(peer, tmp_path) as nod:
        peer.faults.answer("POST /interactions/*/*/callback", 500)
        answer = await peer.slash(ada, general, "agent", {"goal": "write a blog"})
        assert answer.kind == "deferred"
        await nod.until(lambda: nod.handling.of("command"))


async def test_an_answer_whose_receipt_was_lost_is_known_to_be_given(peer, general, ada, tmp_path):
    async with listening(peer, tmp_path) as nod:
        peer.faults.answer("POST /interactions/*/*/callback", 500, after_commit=True)
        answer = await peer.slash(ada, general, "agent", {"goal": "write a blog"})
        assert answer.kind == "deferred"
        await nod.until(lambda: nod.handling.of("command"))
        await nod.settled()
    callbacks = [request for request in peer.requests if request.name.endswith("/callback")]
    assert [request.code for request in callbacks] == [0, 40060]


async def test_what_follows_a_deferral_is_not_handled_before_it(peer, general, ada, tmp_path):
    async with listening(peer, tmp_path) as nod:
        hold = peer.faults.hold("POST /interactions/*/*/callback")
        typed = asyncio.create_task(peer.slash(ada, general, "agent", {"goal": "write a blog"}))
        await hold.arrived.wait()
        assert nod.handling.payloads == []
        hold.release()
        await typed
        await nod.until(lambda: nod.handling.of("command"))
