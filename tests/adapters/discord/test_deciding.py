"""Buttons and modals: who may, what is typed, two at once, weeks later, after a restart."""

import asyncio

from agent_core.cards import Verb
from agent_core.domain import Outcome, Preview, Risk, ToolCall
from agent_core.journal import events as e
from tests.adapters.discord.app import nod_in_discord
from tests.adapters.discord.looking import approve, asked, asking, begun, run_in, said, stepping, whispered
from tests.peers.discord import File


async def test_a_step_is_rejected_in_a_modal_with_a_reason(app, peer, general, ada):
    step, _thread = await stepping(app, ada, general)
    opened = await peer.click(ada, step, "Reject")
    assert (opened.kind, opened.modal.title) == ("modal", "Reject")
    await peer.submit_modal(ada, opened.modal, {"Reject": "too dry"})
    await peer.until(lambda: "Rejected by ada by button" in step.text)
    assert "too dry" in step.text
    assert step.buttons == []


async def test_a_step_is_edited_in_a_modal_and_runs_as_edited(app, peer, general, ada):
    step, _thread = await stepping(app, ada, general)
    opened = await peer.click(ada, step, "Edit")
    assert opened.modal.inputs["File"]["value"] == "outline.md"
    answer = await peer.submit_modal(ada, opened.modal, {"Content": "# Mine\n\nAs I want it."})
    assert answer.kind == "deferred_update"
    await peer.until(lambda: "Edited and approved by ada" in step.text)
    await app.quiet()
    run = await run_in(app)
    assert await app.service.read_file(run.run_id, "outline.md") == b"# Mine\n\nAs I want it."


async def test_a_plan_is_edited_as_text(app, peer, general, ada):
    root, _thread = await begun(app, ada, general)
    opened = await peer.click(ada, root, "Edit")
    [(label, box)] = opened.modal.inputs.items()
    await peer.submit_modal(ada, opened.modal, {label: box["value"].replace("outline", "sketch")})
    await peer.until(lambda: "Edited and approved by ada" in root.text)
    assert "sketch" in (await run_in(app)).plan.subtasks[0].instructions + root.text


async def test_what_is_wrong_with_an_edit_is_whispered_and_the_modal_opens_again_as_it_was(app, peer, general, ada):
    step, _thread = await stepping(app, ada, general)
    opened = await peer.click(ada, step, "Edit")
    answer = await peer.submit_modal(ada, opened.modal, {"File": "/etc/passwd", "Content": "# Mine"})
    assert (answer.kind, answer.ephemeral) == ("message", True)
    assert "The edit cannot be used" in answer.text
    again = await peer.click(ada, answer.message, "Open it again")
    assert again.modal.inputs["Content"]["value"] == "# Mine"
    await peer.submit_modal(ada, again.modal, {"File": "outline.md"})
    await peer.until(lambda: "Edited and approved by ada" in step.text)
    await peer.until(lambda: answer.message.deleted)


async def test_who_may_not_decide_is_told_so_alone(app, peer, guild, general, ada):
    bob = peer.person("bob", guild)
    root, _thread = await begun(app, ada, general)
    await peer.click(bob, root, "Approve")
    told = await whispered(app, bob, "bob may not decide here; ada, alice may.")
    answer = await peer.click(bob, root, "Reject")
    assert (answer.kind, answer.ephemeral) == ("message", True)
    assert "bob may not decide here" in answer.text
    assert peer.ephemerals(ada) != [told]
    assert "Approve" in root.buttons


async def test_a_role_decides_for_as_long_as_one_has_it(peer, guild, general, ada, tmp_path):
    bob, editors = peer.person("bob", guild), peer.role(guild, "editors")
    async with nod_in_discord(peer, tmp_path, NOD_APPROVERS=f"discord:role/{editors.id}") as app:
        root, thread = await begun(app, ada, general)
        await peer.click(bob, root, "Approve")
        await whispered(app, bob, "bob may not decide here")
        peer.give_role(guild, bob, editors)
        await approve(app, bob, root)
        step = await asked(app, thread)
        peer.take_role(guild, bob, editors)
        answer = await peer.click(bob, step, "Edit")
        assert "bob may not decide here" in answer.text
        assert step.buttons == ["Approve", "Edit", "Reject"]


async def test_of_two_who_click_together_the_first_wins_and_the_second_is_told(peer, guild, general, ada, tmp_path):
    bob, editors = peer.person("bob", guild), peer.role(guild, "editors")
    peer.give_role(guild, bob, editors)
    async with nod_in_discord(peer, tmp_path, NOD_APPROVERS=f"discord:role/{editors.id}") as app:
        root, thread = await begun(app, ada, general)
        await asyncio.gather(peer.click(ada, root, "Approve"), peer.click(bob, root, "Approve"))
        await peer.until(lambda: peer.ephemerals(ada)[1:] or peer.ephemerals(bob))
        told = (peer.ephemerals(ada)[1:] + peer.ephemerals(bob))[0]
        assert "already decided this (approved)" in told.text
        await asked(app, thread)
        assert (await run_in(app)).plans[-1].decision.outcome is Outcome.APPROVED


async def test_a_card_decided_meanwhile_opens_no_modal_but_says_who_decided(app, peer, general, ada):
    step, _thread = await stepping(app, ada, general)
    run = await run_in(app)
    hold = peer.faults.hold("PATCH /channels/*/messages/*")
    [subject] = [each.subject for each in await app.service.waiting() if each.run_id == run.run_id]
    digest = run.steps[subject.partition(":")[2]].call.digest
    await app.service.decide(run.run_id, subject, Verb.APPROVE, actor=run.actor, via="web", digest=digest)
    await hold.arrived.wait()
    answer = await peer.click(ada, step, "Edit")
    assert "Approved by ada on the web page" in answer.text
    hold.release()


async def test_buttons_and_modals_work_after_a_restart_and_weeks_later(peer, general, ada, tmp_path):
    async with nod_in_discord(peer, tmp_path) as app:
        step, thread = await stepping(app, ada, general)
        opened = await peer.click(ada, step, "Reject")
    peer.clock.advance(minutes=3 * 24 * 60)
    async with nod_in_discord(peer, tmp_path) as app:
        await peer.submit_modal(ada, opened.modal, {"Reject": "not yet"})
        await peer.until(lambda: "not yet" in step.text)
        step = await asked(app, thread)
        await approve(app, ada, step)
        assert "Approved by ada by button" in step.text


async def test_cards_are_edited_by_their_id_long_after_the_token_is_over(app, peer, general, ada):
    root, thread = await begun(app, ada, general)
    peer.clock.advance(minutes=20)
    await approve(app, ada, root)
    await asked(app, thread)
    assert not [each for each in peer.requests if each.code == 50027]


async def test_the_run_is_paused_resumed_and_stopped_by_its_buttons(app, peer, general, ada):
    root, _thread = await begun(app, ada, general)
    await peer.click(ada, root, "Pause")
    await peer.until(lambda: "Resume" in root.buttons)
    await peer.click(ada, root, "Resume")
    await peer.until(lambda: "Pause" in root.buttons)
    opened = await peer.click(ada, root, "Stop")
    await peer.submit_modal(ada, opened.modal, {"Stop": "wrong channel"})
    await peer.until(lambda: root.buttons == [])
    assert (await run_in(app)).status.over


async def test_the_rest_is_approved_by_one_click(app, peer, general, ada):
    step, thread = await stepping(app, ada, general)
    root = peer.bot_messages(general)[0]
    await peer.until(lambda: "Approve the rest of this run" in root.buttons)
    await peer.click(ada, root, "Approve the rest of this run")
    result = await said(app, thread, "Reply here to go on")
    assert "blog.md" in result.files
    assert step.buttons == []


async def test_an_unknown_button_says_that_it_leads_nowhere(app, peer, general, ada):
    root, _thread = await begun(app, ada, general)
    for part in root.parts:
        if part.get("label") == "Approve":
            part["custom_id"] = "nod/approve/0000000000/plan/00"
    await peer.click(ada, root, "Approve")
    await whispered(app, ada, "There is no run 0000000000")


async def test_a_text_that_no_modal_holds_is_edited_as_an_uploaded_file(app, peer, general, ada):
    step, thread = await stepping(app, ada, general)
    call = ToolCall.of("write_file", {"path": "long.txt", "content": "word " * 2000})
    proposed = e.StepProposed("s1-9", "1", 1, call, Risk.WRITE, "It is long.", Preview())
    run = await run_in(app)
    await app.service.recorder.append(run.run_id, lambda _: [proposed])
    card = await peer.until(lambda: next((each for each in asking(peer, thread) if each is not step), None))
    assert card.files["Content.txt"].decode() == "word " * 2000
    opened = await peer.click(ada, card, "Edit")
    answer = await peer.submit_modal(ada, opened.modal, {"Content": (File("content.txt", b"\xff\xfe"),)})
    assert "content.txt is not a text in UTF-8" in answer.text
    peer.faults.answer("GET /ephemeral-attachments/**", 404)
    answer = await peer.submit_modal(ada, opened.modal, {"Content": (File("content.txt", b"lost"),)})
    assert "content.txt" in answer.text
    assert "attach it once more" in answer.text
    answer = await peer.submit_modal(ada, opened.modal, {"Content": (File("content.txt", b"shorter"),)})
    assert answer.kind == "deferred_update"
    await peer.until(lambda: "Edited and approved by ada" in card.text)
    assert (await run_in(app)).steps["s1-9"].call.arguments == {"path": "long.txt", "content": "shorter"}


async def test_a_slow_decision_is_put_off_in_time_and_its_refusal_whispered(app, peer, general, ada, monkeypatch):
    monkeypatch.setattr("adapters.discord.deciding.PATIENCE", 0)
    step, _thread = await stepping(app, ada, general)
    opened = await peer.click(ada, step, "Edit")
    answer = await peer.submit_modal(ada, opened.modal, {"File": "/etc/passwd"})
    assert answer.kind == "deferred_update"
    told = await whispered(app, ada, "The edit cannot be used")
    assert told.buttons == ["Open it again"]


async def test_a_refusal_whose_token_is_over_is_said_where_it_was_clicked(app, peer, guild, general, ada):
    bob = peer.person("bob", guild)
    root, _thread = await begun(app, ada, general)
    hold = peer.faults.hold("POST /webhooks/*/*")
    await peer.click(bob, root, "Approve")
    await hold.arrived.wait()
    peer.clock.advance(minutes=16)
    hold.release()
    told = await said(app, general, "bob: bob may not decide here")
    assert told is not root
    assert peer.pinging() == []


async def test_a_second_click_of_the_same_person_says_nothing(app, peer, general, ada):
    root, thread = await begun(app, ada, general)
    await asyncio.gather(peer.click(ada, root, "Approve"), peer.click(ada, root, "Approve"))
    await asked(app, thread)
    await app.quiet()
    assert [each.text for each in peer.ephemerals(ada) if "already decided" in each.text] == []
