"""Reading mail from a real IMAP server."""

from dataclasses import replace
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

import pytest


@pytest.fixture
def read(tools, account, context):
    async def read(tool="read_mail", **given):
        named = tools(account)[tool]
        return await named.run(context, named.validate({"account": "post", **given}))

    return read


async def test_mail_is_listed_the_newest_first_and_none_of_it_is_trusted(read, deliver):
    deliver(1, subject="The older", date="Sat, 28 Feb 2026 10:00:00 +0000")
    deliver(2, subject="The newer")

    listed = await read()

    first, _id, second, number = listed.text.splitlines()
    assert first == "2026-03-01 10:00+00:00 · Jane Doe <jane@example.com> · The newer · not read yet"
    assert second.endswith("The older · not read yet")
    assert number == "  id: <1@example.com>"
    assert (listed.trusted, listed.sources) == (False, ("mail post INBOX",))


async def test_mail_is_found_by_words_sender_and_day(read, deliver):
    deliver(1, subject="About money", date="Sat, 28 Feb 2026 10:00:00 +0000")
    deliver(2, subject="Über Geld", text="sein oder „nicht“ sein", sender="Max <max@example.com>")

    async def found(**given):
        text = (await read(**given)).text
        return [number for number in (1, 2) if f"<{number}@example.com>" in text]

    assert await found(words="money") == [1]
    assert await found(words='no "such) words') == []
    assert await found(sender="max@") == [2]
    assert await found(most=1) == [2]
    assert await found(unseen=True) == [1, 2]


@pytest.mark.parametrize("zone", ["UTC", "Asia/Shanghai", "America/Los_Angeles", "Pacific/Kiritimati"])
async def test_a_day_begins_and_ends_where_the_team_is_whatever_the_servers_clock_and_the_letters_say(
    deliver, tools, account, context, zone
):
    today = datetime(2026, 3, 1, tzinfo=ZoneInfo(zone))
    deliver(1, arrived=today - timedelta(seconds=1), date="Sun, 01 Mar 2026 12:00:00 +0000")
    deliver(2, arrived=today, date="Fri, 20 Feb 2026 12:00:00 +0000")
    deliver(3, arrived=today + timedelta(hours=23, minutes=59))
    read_mail, there = tools(account)["read_mail"], replace(context, zone=zone)

    async def found(since, **given):
        text = (await read_mail.run(there, read_mail.validate({"account": "post", "since": since, **given}))).text
        return [number for number in (1, 2, 3) if f"<{number}@example.com>" in text]

    assert await found("2026-03-01") == [2, 3]
    assert await found("2026-02-28") == [1, 2, 3]
    assert await found("2026-03-02") == []
    assert await found("2026-03-01", most=1) == [3]
    assert await found("2026-03-01", words="are you", unseen=True) == [2, 3]


async def test_a_mail_is_read_whole_and_stays_unread(read, deliver):
    number = deliver(1, text="Line one\nLine two\n", files={"offer.pdf": b"%PDF"}, Cc="max@example.com")

    whole = await read(id=number)
    again = await read()

    assert "From: Jane Doe <jane@example.com>" in whole.text
    assert "Copy to: max@example.com" in whole.text
    assert "Attachments: offer.pdf (application/octet-stream, 4 bytes)" in whole.text
    assert whole.text.endswith("\n\nLine one\nLine two")
    assert not whole.trusted
    assert "not read yet" in again.text


async def test_a_thread_is_read_from_its_beginning(read, deliver):
    deliver(
        3,
        subject="Re: Plan",
        text="Third",
        References="<1@example.com> <2@example.com>",
        date="Sun, 01 Mar 2026 12:00:00 +0000",
    )
    deliver(1, subject="Plan", text="First", date="Sun, 01 Mar 2026 08:00:00 +0000")
    number = deliver(2, subject="Re: Plan", text="Second", In_Reply_To="<1@example.com>", References="<1@example.com>")
    deliver(4, subject="Plan", text="Another thread")

    thread = await read(id=number, show="thread")

    assert [thread.text.find(word) > 0 for word in ("First", "Second", "Third", "Another")] == [True, True, True, False]
    assert thread.text.index("First") < thread.text.index("Second") < thread.text.index("Third")


async def test_html_is_read_as_words(read, deliver, imap):
    imap.deliver(
        b"From: a@example.com\r\nMessage-ID: <h@example.com>\r\nContent-Type: text/html; charset=utf-8\r\n\r\n"
        b"<style>p{}</style><p>One &amp; two</p><script>x()</script><p>Three</p>",
        deliver.user,
    )

    assert (await read(id="<h@example.com>")).text.endswith("One & two\nThree")


@pytest.mark.parametrize(
    ("name", "path"),
    [
        ("offer.pdf", "mail/offer.pdf"),
        ("../../etc/passwd", "mail/passwd"),
        ("C:\\Windows\\evil.exe", "mail/evil.exe"),
        ("con.txt", "mail/attachment-1"),
        (".bashrc", "mail/bashrc"),
        ("a/b\u202egpj.exe", "mail/b_gpj.exe"),
        ("报价 单.pdf", "mail/报价_单.pdf"),
        ("...", "mail/attachment"),
        ("x" * 300 + ".pdf", "mail/" + "x" * 80 + ".pdf"),
    ],
)
async def test_attachments_come_into_the_workspace_under_safe_names(read, deliver, workspace, name, path):
    number = deliver(1, files={name: b"content"})

    saved = await read("save_attachments", id=number)

    assert [each.path for each in saved.files] == [path]
    assert workspace.read(path) == b"content"
    assert not saved.trusted


async def test_attachments_overwrite_nothing(read, deliver, workspace):
    workspace.write("mail/offer.pdf", b"own")
    number = deliver(1, files={"offer.pdf": b"theirs"})

    saved = await read("save_attachments", id=number)

    assert [each.path for each in saved.files] == ["mail/offer-2.pdf"]
    assert workspace.read("mail/offer.pdf") == b"own"


@pytest.mark.parametrize(
    ("given", "told"),
    [
        ({"id": "<none@example.com>"}, "post has no mail <none@example.com> in INBOX"),
        ({"id": 'x" OR ALL'}, "give the id of a mail as the list shows it"),
        ({"folder": "None"}, "post: there is no folder None."),
        ({"since": "2026-02-31"}, "there is no day 2026-02-31."),
        ({"account": "other"}, "There is no connection called other for this; there are: post."),
    ],
)
async def test_what_cannot_be_read_is_told(read, deliver, given, told):
    deliver(1)

    refused = await read(**given)

    assert not refused.ok
    assert told in refused.text
