"""Sending mail to a real SMTP server."""

from dataclasses import replace

import pytest

from agent_core.errors import OutcomeUncertain, ToolArgumentsInvalid, ToolFailed


@pytest.fixture
def sending(tools, account, context):
    """Decides on a call as a person would: its preview, then the call on that basis."""

    class Sending:
        section = account

        def _call(self, given):
            send_mail = tools(self.section)["send_mail"]
            return send_mail, send_mail.validate({"account": "post", **given})

        async def preview(self, **given):
            send_mail, arguments = self._call(given)
            return await send_mail.preview(context, arguments)

        async def run(self, basis="", **given):
            send_mail, arguments = self._call(given)
            return await send_mail.run(replace(context, basis=basis, decided=True), arguments)

        async def approve(self, **given):
            return await self.run((await self.preview(**given)).basis, **given)

    return Sending()


def facts(preview, label):
    return [fact.value for fact in preview.facts if fact.label == label]


async def test_a_mail_goes_to_everybody_shown_and_nobody_else(sending, smtp, workspace):
    workspace.write("offers/offer.pdf", b"%PDF-1.7 offer")
    given = {"to": ["Doe, Jane <jane@example.com>"], "cc": ["Max <max@example.com>"], "bcc": ["boss@example.org"]}
    given |= {"subject": "Our offer: größer", "body": "Dear Jane,\n\nhere it is.", "attachments": ["offers/offer.pdf"]}

    shown = await sending.preview(**given)
    sent = await sending.run(shown.basis, **given)

    assert sent.text.startswith("Sent to jane@example.com, max@example.com, boss@example.org (<nod.")
    assert facts(shown, "From") == ["nod@example.org (Nod) · post"]
    assert facts(shown, "To") == ["jane@example.com (Doe, Jane)"]
    assert facts(shown, "Copy to") == ["max@example.com (Max)"]
    assert facts(shown, "Blind copy to") == ["boss@example.org"]
    assert facts(shown, "Attachment")[0].startswith("offers/offer.pdf (14 bytes, SHA-256 ")
    assert shown.text == "Our offer: größer\n\nDear Jane,\n\nhere it is."
    [taken] = smtp.taken
    assert taken.sender == "nod@example.org"
    assert taken.recipients == ("jane@example.com", "max@example.com", "boss@example.org")
    assert [(each.display_name, each.addr_spec) for each in taken.message["To"].addresses] == [
        ("Doe, Jane", "jane@example.com")
    ]
    assert taken.message["Subject"] == "Our offer: größer"
    assert b"boss@example.org" not in taken.content
    assert taken.message.get_body().get_content().splitlines() == ["Dear Jane,", "", "here it is."]
    [attached] = taken.message.iter_attachments()
    assert (attached.get_filename(), attached.get_content()) == ("offer.pdf", b"%PDF-1.7 offer")


async def test_an_answer_goes_into_the_thread_of_what_it_answers(sending, smtp, deliver):
    first = deliver(1, subject="A question", References="<0@example.com>", In_Reply_To="<0@example.com>")

    shown = await sending.preview(answers=first, body="Yes.")
    await sending.run(shown.basis, answers=first, body="Yes.")

    assert facts(shown, "To") == ["jane@example.com (Jane Doe)"]
    assert facts(shown, "Answers") == ["A question · Jane Doe <jane@example.com> · Sun, 01 Mar 2026 10:00:00 +0000"]
    [taken] = smtp.taken
    assert taken.message["Subject"] == "Re: A question"
    assert taken.message["In-Reply-To"] == "<1@example.com>"
    assert taken.message["References"] == "<0@example.com> <1@example.com>"
    assert taken.recipients == ("jane@example.com",)


async def test_an_answer_that_would_go_to_somebody_else_is_told(sending, deliver):
    number = deliver(1, subject="Re: Again", Reply_To="eve@evil.example")

    shown = await sending.preview(answers=number, body="Yes.")

    assert facts(shown, "To") == ["eve@evil.example"]
    assert facts(shown, "Subject") == ["Re: Again"]
    told = "the mail came from Jane Doe <jane@example.com>, and wants its answers to go to eve@evil.example"
    assert facts(shown, "Beware") == [told]


async def test_one_draft_a_mail_each_answered_in_its_own_thread(sending, smtp, deliver):
    numbers = [deliver(index, subject=f"Question {index}") for index in range(3)]

    for number in numbers:
        await sending.approve(answers=number, body=f"The answer to {number}.")

    assert [each.message["In-Reply-To"] for each in smtp.taken] == numbers
    assert [each.message["Subject"] for each in smtp.taken] == [f"Re: Question {index}" for index in range(3)]


async def test_a_letter_sent_again_has_the_same_message_id(sending, smtp):
    given = {"to": ["jane@example.com"], "subject": "Once", "body": "Hello."}
    smtp.losing = True
    with pytest.raises(OutcomeUncertain, match="the mail may have been sent or not"):
        await sending.approve(**given)
    smtp.losing = False

    await sending.approve(**given)
    await sending.approve(**{**given, "body": "Something else."})

    first, again, other = (each.message["Message-ID"] for each in smtp.taken)
    assert first == again != other


async def test_an_answer_to_the_mail_that_is_none_is_a_doubt_and_a_refusal_is_none(sending, smtp):
    given = {"to": ["jane@example.com"], "subject": "Once", "body": "Hello."}
    smtp.answer = "554 we take none of that"
    refused = await sending.approve(**given)
    smtp.answer = "<html>a proxy's page</html>"

    with pytest.raises(OutcomeUncertain, match="the mail may have been sent or not"):
        await sending.approve(**given)

    assert refused.text == "post: it refused the mail: we take none of that"


async def test_what_the_folder_of_sent_mail_has_is_not_sent_again(sending, smtp):
    sending.section = {**sending.section, "sent": "Sent"}
    given = {"to": ["jane@example.com"], "subject": "Once", "body": "Hello."}

    first = await sending.approve(**given)
    second = await sending.approve(**given)

    assert first.text.startswith("Sent to")
    assert second.text.startswith("It was sent already (<nod.")
    assert len(smtp.taken) == 1


async def test_who_is_refused_is_told_and_who_is_not_gets_it(sending, smtp):
    smtp.refusing = {"nobody@example.com"}
    given = {"to": ["jane@example.com", "nobody@example.com"], "subject": "Hi", "body": "Hello."}

    sent = await sending.approve(**given)
    none = await sending.approve(**{**given, "to": ["nobody@example.com"]})

    assert not sent.ok
    assert sent.text.startswith("Sent to jane@example.com (<nod.")
    assert "The server refused these: nobody@example.com: nobody of that name here" in sent.text
    assert "post: it takes no mail for these: nobody@example.com" in none.text
    assert [each.recipients for each in smtp.taken] == [("jane@example.com",)]


@pytest.mark.parametrize(
    ("given", "told"),
    [
        ({"to": ["jane@example.com, eve@evil.example"]}, "is not one address"),
        ({"to": ["jane@example.com\nBcc: eve@evil.example"]}, "is not one address"),
        ({"to": []}, "needs somebody to go to, and a subject"),
        ({"subject": " "}, "needs somebody to go to, and a subject"),
        ({"to": ["eve@evil.example"]}, "may not write to eve@evil.example; it may write to example.com"),
        ({"bcc": ["eve@sub.example.com"]}, "may not write to eve@sub.example.com"),
        ({"answers": "the last one"}, "give the id of the mail"),
        ({"answers": "<none@example.com>"}, "post has no mail <none@example.com> in INBOX"),
        ({"attachments": ["none.pdf"]}, "There is no file none.pdf"),
        ({"account": "other"}, "There is no connection called other for this; there are: post."),
    ],
)
async def test_what_cannot_be_sent_is_refused_before_anybody_is_asked(sending, given, told):
    sending.section = {**sending.section, "allowed": ["example.com"]}

    with pytest.raises(ToolFailed, match=told):
        await sending.preview(**{"to": ["jane@example.com"], "subject": "Hi", "body": "Hello.", **given})


async def test_a_subject_is_one_line(sending):
    with pytest.raises(ToolArgumentsInvalid, match="subject"):
        await sending.preview(to=["jane@example.com"], subject="Hi\nBcc: eve@evil.example", body="Hello.")


async def test_what_changed_since_it_was_shown_is_not_sent(sending, smtp, workspace):
    given = {"to": ["jane@example.com"], "subject": "Hi", "body": "Hello.", "attachments": ["a.txt"]}
    workspace.write("a.txt", b"one")
    shown = await sending.preview(**given)
    workspace.write("a.txt", b"two")

    refused = await sending.run(shown.basis, **given)

    assert not refused.ok
    assert smtp.taken == []


async def test_a_wrong_password_is_told_and_nothing_is_sent(sending, smtp):
    sending.section = {**sending.section, "password": "wrong-one"}

    refused = await sending.approve(to=["jane@example.com"], subject="Hi", body="Hello.")

    assert refused.text == "post: it does not accept the user and password of this connection."
    assert smtp.taken == []
