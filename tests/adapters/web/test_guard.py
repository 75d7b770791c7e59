"""What every request passes first."""

import pytest
from starlette.datastructures import Headers
from starlette.responses import PlainTextResponse
from starlette.routing import Route

from adapters.web.guard import comes_from_here, host_allowed
from tests.adapters.web.doors import HOST, MemorySignIns, app_of, visiting
from tests.adapters.web.fake_service import FakeService
from tests.adapters.web.samples import asking


@pytest.fixture
def service():
    return FakeService(asking())


@pytest.mark.parametrize(
    ("host", "allowed"),
    [
        ("nod.test", True),
        ("NOD.test.:8000", True),
        ("localhost:8321", True),
        ("127.0.0.1:8321", True),
        ("[::1]:8321", True),
        ("192.168.1.20", True),
        ("evil.example", False),
        ("nod.test.evil.example", False),
        ("evil.example:80@nod.test", True),  # the name asked for is what stands after the @
        ("nod.test@evil.example", False),
        ("", False),
        ("[::1", False),
    ],
)
def test_only_nods_own_names_are_answered(host, allowed):
    assert host_allowed(host, {"nod.test"}) is allowed


@pytest.mark.parametrize(
    ("method", "headers", "allowed"),
    [
        ("GET", {"sec-fetch-site": "cross-site"}, True),
        ("POST", {"sec-fetch-site": "same-origin"}, True),
        ("POST", {"sec-fetch-site": "none"}, True),
        ("POST", {"sec-fetch-site": "same-site"}, False),
        ("POST", {"sec-fetch-site": "cross-site", "origin": HOST}, False),
        ("POST", {"origin": HOST}, True),
        ("POST", {"origin": "http://192.168.1.20:8000", "host": "192.168.1.20:8000"}, True),
        ("POST", {"origin": "http://evil.example", "host": "nod.test"}, False),
        ("POST", {"origin": "null", "host": "nod.test"}, False),
        ("POST", {}, False),
        ("DELETE", {}, False),
        ("POST", {"authorization": "Bearer x"}, True),
        ("POST", {"authorization": "Basic eDp5"}, False),
    ],
)
def test_only_our_own_pages_and_programs_change_anything(method, headers, allowed):
    assert comes_from_here(method, Headers(headers), HOST) is allowed


async def test_another_name_is_refused_with_a_sentence(service):
    async with visiting(app_of(service)) as client:
        answer = await client.get("/", headers={"host": "evil.example"})
        assert answer.status_code == 400
        assert "evil.example" in answer.text
        assert "NOD_PUBLIC_URL" in answer.text


async def test_names_can_be_allowed(service):
    async with visiting(app_of(service, allowed_hosts=["nod.lan:8080"])) as client:
        assert (await client.get("/", headers={"host": "nod.lan"})).status_code == 200


@pytest.mark.parametrize(
    "path",
    ["/runs", "/runs/asking1/decide", "/runs/asking1/control", "/runs/asking1/say", "/sign-out", "/account/token"],
)
async def test_another_site_can_make_nobody_do_anything(service, path):
    async with visiting(app_of(service), **{"sec-fetch-site": "cross-site"}) as client:
        answer = await client.post(path, data={"goal": "x", "text": "x", "verb": "stop"})
        assert answer.status_code == 403
        assert "another site" in answer.text
    assert service.asked == []


async def test_a_token_beside_a_cookie_counts_alone(service):
    async with visiting(app_of(service), **{"sec-fetch-site": "cross-site"}) as client:
        answer = await client.post("/api/runs", json={"goal": "x"}, headers={"authorization": "Bearer wrong"})
        assert answer.status_code == 401
        page = await client.post("/runs", data={"goal": "x"}, headers={"authorization": "Bearer wrong"})
        assert page.status_code in (303, 403)
    assert service.asked == []


@pytest.mark.parametrize(
    "path",
    ["/", "/sign-in", "/runs/asking1", "/runs/none", "/nowhere", "/static/nod.css", "/healthz", "/api/runs", "/api/x"],
)
async def test_every_answer_carries_the_security_headers(service, path):
    async with visiting(app_of(service)) as client:
        headers = (await client.get(path)).headers
    policy = headers["content-security-policy"]
    assert policy.startswith("default-src 'none'; script-src 'self'; style-src 'self'")
    assert "unsafe" not in policy
    assert "frame-ancestors 'none'" in policy
    assert headers["x-content-type-options"] == "nosniff"
    assert headers["referrer-policy"] == "same-origin"


async def test_an_error_of_our_own_is_a_page_with_the_same_headers_and_no_traceback(service):
    service.refuses = RuntimeError("secret detail")
    async with visiting(app_of(service)) as client:
        answer = await client.post("/runs", data={"goal": "x"})
        assert answer.status_code == 500
        assert "secret detail" not in answer.text
        assert "wrote it to its log" in answer.text
        assert "script-src 'self'" in answer.headers["content-security-policy"]


async def test_pages_have_no_script_style_or_handler_inline(service):
    async with visiting(app_of(service)) as client:
        for path in ("/", "/runs/asking1", "/account", "/sign-in?token=x"):
            page = (await client.get(path)).text
            assert "<style" not in page
            assert " style=" not in page
            assert page.count("<script") == page.count('<script src="/static/') > 0
            assert " onclick" not in page


async def test_what_is_too_large_is_refused_however_it_comes(service):
    async def pieces():
        for _ in range(20):
            yield b"x" * 1000

    async with visiting(app_of(service, MemorySignIns(), largest=10_000)) as client:
        said = await client.post("/runs", data={"goal": "x" * 20_000})
        streamed = await client.post(
            "/runs", content=pieces(), headers={"content-type": "application/x-www-form-urlencoded"}
        )
        program = await client.post("/api/runs", json={"goal": "x" * 20_000})
    assert [answer.status_code for answer in (said, streamed, program)] == [413, 413, 413]
    assert "10.0 kB" in said.text
    assert "10.0 kB" in streamed.text
    assert program.json()["error"]["kind"] == "TooLarge"
    assert service.asked == []


async def test_what_a_platform_signs_may_come_from_anywhere_and_nothing_else_may(service):
    async def events(_request):
        return PlainTextResponse("signed?")

    app = app_of(service, signed=[Route("/slack/events", events, methods=["POST"])])
    async with visiting(app, None, **{"sec-fetch-site": "cross-site"}) as client:
        assert (await client.post("/slack/events")).text == "signed?"
        assert (await client.post("/slack/events/more")).status_code == 403
        assert (await client.post("/runs")).status_code == 403
        # the signature says whom it is for: whatever name a proxy asks by, it is answered
        assert (await client.post("/slack/events", headers={"host": "proxy.example"})).text == "signed?"
        assert (await client.get("/slack/events")).status_code == 405
