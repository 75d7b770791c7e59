"""Slack calls Nod: only what Slack signed within five minutes has an effect."""

import asyncio
import io
import json
import time
from typing import Any
from urllib.parse import urlencode

import aiohttp
import pytest
import structlog

from adapters.slack.http import LARGEST
from tests.adapters.slack.connected import Connected
from tests.peers.slack import SlackPeer
from tests.peers.slack.delivering import signed

FORM, JSON = "application/x-www-form-urlencoded", "application/json"
COMMAND = urlencode({"command": "/agent", "text": "write", "trigger_id": "1.2.3", "team_id": "T1"})
EVENT = json.dumps({"type": "event_callback", "event_id": "Ev1", "event": {"type": "message", "text": "write"}})


async def post(url: str, body: Any, headers: dict[str, str]) -> tuple[int, str]:
    async with aiohttp.ClientSession() as http, http.post(url, data=body, headers=headers) as answer:
        return answer.status, await answer.text()


@pytest.fixture
async def asked(slack: SlackPeer, over_http_only: Connected):
    """Posts what is given, signed now unless told otherwise, and returns the status."""

    async def asked(body: str, *, content_type: str = FORM, at: str = "", secret: str = "", **headers: str) -> int:
        proof = signed(secret or slack.app.signing_secret, body, at or str(int(time.time())))
        status, _ = await post(over_http_only.url, body, {**proof, "Content-Type": content_type, **headers})
        return status

    return asked


async def nothing_came(connected: Connected) -> bool:
    return (await connected.all_handled()).payloads == [] and connected.handled.submissions == []


async def test_what_slack_signed_is_taken(over_http_only: Connected, asked):
    assert await asked(COMMAND) == 200
    assert await asked(EVENT, content_type=JSON) == 200
    assert len((await over_http_only.all_handled()).payloads) == 2


async def test_an_unsigned_request_is_refused_and_has_no_effect(over_http_only: Connected):
    status, _ = await post(over_http_only.url, COMMAND, {"Content-Type": FORM})
    assert status == 401
    assert await nothing_came(over_http_only)


async def test_a_tampered_request_is_refused_and_has_no_effect(slack: SlackPeer, over_http_only: Connected):
    proof = signed(slack.app.signing_secret, COMMAND, str(int(time.time())))
    status, _ = await post(over_http_only.url, COMMAND + "+more", {**proof, "Content-Type": FORM})
    assert status == 401
    assert await nothing_came(over_http_only)


async def test_a_request_signed_with_another_secret_is_refused(over_http_only: Connected, asked):
    assert await asked(COMMAND, secret="somebody-else") == 401
    assert await nothing_came(over_http_only)


async def test_a_wrong_signing_secret_is_told_once_to_those_who_run_nod(over_http_only: Connected, asked):
    with structlog.testing.capture_logs() as logs:
        await post(over_http_only.url, COMMAND, {"Content-Type": FORM})  # unsigned: it says nothing of the secret
        assert logs == []
        await asked(COMMAND, secret="somebody-else")
        await asked(COMMAND, secret="somebody-else")
    [told] = logs
    assert told["log_level"] == "warning"
    assert "Signing Secret under Basic Information" in told["why"]


@pytest.mark.parametrize("seconds", [-301, 301])
async def test_a_stale_request_is_refused_and_has_no_effect(over_http_only: Connected, asked, seconds: int):
    assert await asked(COMMAND, at=str(int(time.time()) + seconds)) == 401
    assert await nothing_came(over_http_only)


@pytest.mark.parametrize("at", ["soon", "1e9", "-5", "1.5", "9" * 40, "０"])
async def test_a_timestamp_that_is_no_number_is_refused_with_4xx(over_http_only: Connected, asked, at: str):
    assert await asked(COMMAND, at=at) == 401
    assert await nothing_came(over_http_only)


async def test_a_signature_that_is_no_ascii_is_refused_with_4xx(over_http_only: Connected, asked):
    assert await asked(COMMAND, **{"X-Slack-Signature": "v0=é"}) == 401
    assert await nothing_came(over_http_only)


@pytest.mark.parametrize(
    ("body", "content_type"),
    [
        ("{", JSON),
        ("[]", JSON),
        ('"text"', JSON),
        ("[" * 100_000, JSON),
        ('{"type": "event_callback", "event": "none"}', JSON),
        ("payload=%7B", FORM),
        ("payload=3", FORM),
        ("no form at all", FORM),
        ("", FORM),
    ],
)
async def test_malformed_json_is_refused_with_4xx(over_http_only: Connected, asked, body: str, content_type: str):
    assert await asked(body, content_type=content_type) == 400
    assert await nothing_came(over_http_only)


async def test_malformed_json_that_is_not_signed_is_told_nothing_of_it(over_http_only: Connected):
    assert (await post(over_http_only.url, "{", {"Content-Type": JSON}))[0] == 401


async def test_bytes_that_are_no_text_are_refused_with_4xx(slack: SlackPeer, over_http_only: Connected):
    proof = signed(slack.app.signing_secret, "", str(int(time.time())))
    assert (await post(over_http_only.url, b"\xff\xfe", {**proof, "Content-Type": FORM}))[0] == 401


async def test_ssl_check_cannot_bypass_the_signature(over_http_only: Connected, asked):
    checked = COMMAND + "&ssl_check=1"
    assert (await post(over_http_only.url, checked, {"Content-Type": FORM}))[0] == 401
    assert await asked(checked) == 200
    assert await nothing_came(over_http_only)


async def test_slack_checks_the_certificate_and_the_address(slack: SlackPeer, over_http_only: Connected):
    assert (await slack.check_ssl()).ok
    verified = await slack.verify_url("prove it")
    assert verified.body == {"challenge": "prove it"}
    assert await nothing_came(over_http_only)


async def test_an_identical_signed_request_within_five_minutes_changes_nothing(over_http_only: Connected, asked):
    at = str(int(time.time()))
    assert [await asked(COMMAND, at=at) for _ in range(3)] == [200, 200, 200]
    assert len((await over_http_only.all_handled()).payloads) == 1


async def test_the_same_request_many_times_at_once_is_one(over_http_only: Connected, asked):
    at = str(int(time.time()))
    assert set(await asyncio.gather(*(asked(COMMAND, at=at) for _ in range(20)))) == {200}
    assert len((await over_http_only.all_handled()).payloads) == 1


async def test_a_body_larger_than_any_of_slacks_is_refused_unread(over_http_only: Connected):
    status, _ = await post(over_http_only.url, io.BytesIO(b"x" * (LARGEST + 1)), {"Content-Type": FORM})
    assert status == 413
    assert await nothing_came(over_http_only)


async def test_a_body_that_hides_its_length_is_refused_when_it_gets_too_long(over_http_only: Connected):
    async def pieces():
        for _ in range(5):
            yield b"x" * (LARGEST // 4)

    assert (await post(over_http_only.url, pieces(), {"Content-Type": FORM}))[0] == 413


async def test_only_posts_are_answered(over_http_only: Connected):
    async with aiohttp.ClientSession() as http, http.get(over_http_only.url) as answer:
        assert answer.status == 405
