"""Secrets are found however they are written, and prose stays as it is."""

import base64
import html
import json
import quopri
import textwrap
from urllib.parse import quote, quote_plus

import pytest
from hypothesis import assume, example, given, settings
from hypothesis import strategies as st

from agent_core.domain import Observation, Preview, PreviewFact
from agent_core.redaction import HIDDEN, Redactor

SECRETS = st.text(st.characters(exclude_categories=["Cs", "Cc"]), min_size=8, max_size=60).filter(
    lambda secret: secret.strip() == secret
)
AROUND = st.text(st.sampled_from("abc {}\n."), max_size=7)

ENCODINGS = {
    "as it is": lambda secret: secret,
    "url": quote,
    "url, all of it": lambda secret: "".join(f"%{octet:02x}" for octet in secret.encode()),
    "form": quote_plus,
    "hex": lambda secret: secret.encode().hex(),
    "HEX": lambda secret: secret.encode().hex().upper(),
    "hex with colons": lambda secret: secret.encode().hex(":"),
    "bytes of a program": lambda secret: "".join(f"\\x{octet:02x}" for octet in secret.encode()),
    "json": json.dumps,
    "json in json": lambda secret: json.dumps(json.dumps(secret)),
    "json as it is written by people": lambda secret: json.dumps(secret, ensure_ascii=False),
    "html": html.escape,
    "quoted-printable": lambda secret: (
        quopri.encodestring(secret.encode()).decode(errors="surrogateescape")
        if secret.isascii() and "=" not in secret
        else secret
    ),
    "base64": lambda secret: base64.b64encode(secret.encode()).decode(),
    "base64, one byte on": lambda secret: base64.b64encode(b"x" + secret.encode() + b"yz").decode(),
    "base64, two bytes on": lambda secret: base64.b64encode(b"xx" + secret.encode() + b"z").decode(),
    "base64 for urls": lambda secret: base64.urlsafe_b64encode(b"user:" + secret.encode()).decode(),
    "broken into lines": lambda secret: f"{secret[:3]}\n{secret[3:6]}\r\n  {secret[6:]}",
    "broken in json": lambda secret: json.dumps(f"{secret[:3]}\n{secret[3:]}"),
    "base64 in lines": lambda secret: "\n".join(textwrap.wrap(base64.b64encode(secret.encode() * 2).decode(), 7)),
}


@pytest.mark.parametrize("encoding", ENCODINGS)
@settings(max_examples=30, deadline=None)
@given(secret=SECRETS, before=AROUND, after=AROUND)
@example(secret="hunter2-and-more", before="", after="")
@example(secret='qu"ote\\back/slash', before="", after="")
@example(secret="密码是八个字的长度", before="", after="")
def test_a_secret_is_found_in_every_encoding(encoding, secret, before, after):
    written = ENCODINGS[encoding](secret)
    assume(HIDDEN not in written)
    text = f"{before} {written} {after}"

    redacted = Redactor.of([secret]).known(text)

    assert HIDDEN in redacted
    assert written not in redacted
    # in base64 a few characters beside it hold a part of its first and last byte
    assert len(redacted) <= len(text) - len(written) * 2 // 3 + len(HIDDEN) * 2


WORDS = (
    "the a of good news Bearer token secret password risk-averse sk-learn code= key: 3f2a9c sha256 "
    "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855 https://example.com/?key=1&token=abc "
    "mail@example.com ssh://git@host/x.git 你好 base64 SGVsbG8gd29ybGQ= xoxo AKIA eyJ.eyJ.x"
)
PROSE = st.lists(st.sampled_from(WORDS.split()), max_size=60).map(" ".join)


@given(prose=PROSE)
def test_prose_stays_as_it_is(prose):
    assert Redactor.of(["hunter2-and-more", "another one of many"]).text(prose) == prose


@given(text=st.text(max_size=300))
def test_a_text_without_the_secret_stays_as_it_is(text):
    assert Redactor.of(["hunter2-and-more", "秘密の言葉はこれだ"]).known(text) == text


@pytest.mark.parametrize(
    "token",
    [
        "sk-proj-abcDEF123456789abcDEF",
        "xoxb-1234567890-abcdefghijkl",
        "ghp_" + "a1B2" * 9,
        "AKIAIOSFODNN7EXAMPLE",
        "eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiIxMjM0In0.dozjgNryP4J3jVmNHl0w5N_XgL0n3I9PlFUP0THsR8U",
        "postgresql://nod:hunter2@db.example/nod",
    ],
)
def test_what_has_the_form_of_a_token_is_taken_out(token):
    redacted = Redactor().text(f"It is {token}, keep it.")

    assert token not in redacted
    assert HIDDEN in redacted
    assert redacted.startswith("It is ")
    assert redacted.endswith(", keep it.")


def test_a_secret_that_holds_another_goes_whole():
    assert Redactor.of(["hunter2-and", "hunter2-and-more"]).text("hunter2-and-more") == HIDDEN


def test_a_word_is_no_secret():
    assert Redactor.of(["", "secret", "  pass  "]).text("a secret pass") == "a secret pass"


def test_whatever_a_tool_shows_or_returns_is_without_it():
    redactor, secret = Redactor.of(["hunter2-and-more"]), "hunter2-and-more"

    seen = redactor.observation(Observation(secret, answer=secret, sources=(f"page {secret}",)))
    shown = redactor.preview(Preview(secret, "basis", (PreviewFact("Host", secret),)))

    assert (seen.text, seen.answer, seen.sources) == (HIDDEN, HIDDEN, (f"page {HIDDEN}",))
    assert (shown.text, shown.basis, shown.facts[0].value) == (HIDDEN, "basis", HIDDEN)
    assert redactor.value({"a": [secret, 1, None]}) == {"a": [HIDDEN, 1, None]}


@pytest.mark.parametrize("again", ["sk-", "xoxb-", "glpat-", "eyJ-", "\\", "\\n", "://a:", "hunter2-and-mor"])
def test_a_long_text_made_to_take_long_takes_no_longer_than_another(again):
    text = again * (1_000_000 // len(again))

    assert Redactor.of(["hunter2-and-more"]).text(text) == text
