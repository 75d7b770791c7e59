"""One text is one address, or none."""

import pytest

from agent_core.tools.mail.addresses import Mailbox, NotAnAddress


@pytest.mark.parametrize(
    ("text", "address", "shown"),
    [
        ("jane@example.com", "jane@example.com", "jane@example.com"),
        (" Jane Doe <jane@Example.COM> ", "jane@example.com", "jane@example.com (Jane Doe)"),
        ('"Doe, Jane" <jane@example.com>', "jane@example.com", "jane@example.com (Doe, Jane)"),
        ("Doe, Jane <jane@example.com>", "jane@example.com", "jane@example.com (Doe, Jane)"),
        ("o'neil+tag@sub.example.com", "o'neil+tag@sub.example.com", "o'neil+tag@sub.example.com"),
        ("王 <wang@例子.测试>", "wang@xn--fsqu00a.xn--0zwm56d", "wang@xn--fsqu00a.xn--0zwm56d (王 · 例子.测试)"),
    ],
)
def test_an_address_is_read_and_shown_as_it_will_be_used(text, address, shown):
    found = Mailbox.parse(text)

    assert (found.address, found.shown) == (address, shown)
    assert found.header.addr_spec == address


@pytest.mark.parametrize(
    "text",
    [
        "",
        "jane",
        "jane@",
        "@example.com",
        "jane@example.com,eve@evil.example",
        "jane,eve@evil.example",
        "jane@example.com, Eve <eve@evil.example>",
        "jane@example.com <eve@evil.example>",
        "Jane <jane@example.com> <eve@evil.example>",
        "<jane@example.com>,<eve@evil.example>",
        "friends: jane@example.com, eve@evil.example;",
        '"jane@example.com, eve"@evil.example',
        "jane@example.com\r\nBcc: eve@evil.example",
        "Jane\nBcc: eve@evil.example <jane@example.com>",
        "jane@example.com;eve@evil.example",
        "jane(comment)@example.com",
        "jane@[127.0.0.1]",
        "jane@example..com",
        "jane\u202e@example.com",
        "jane@exam\u200bple.com",
        "jäne@example.com",
        f"{'a' * 65}@example.com",
        f"jane{' ' * 1_000_000}doe",
    ],
)
def test_what_could_be_two_addresses_is_none(text):
    with pytest.raises(NotAnAddress):
        Mailbox.parse(text)
