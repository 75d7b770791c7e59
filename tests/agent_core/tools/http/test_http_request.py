"""Requests to allowed hosts, with secrets that nobody sees."""

import asyncio
import base64
import json

import pytest

from agent_core.errors import OutcomeUncertain, ToolFailed, ToolUncertain
from agent_core.tools.http.opening import open_http_tools
from agent_core.tools.http.settings import HttpSettings, SecretSettings
from agent_core.tools.toolbox import ToolContext
from agent_core.tools.web.client import Limits
from tests.peers.web.server import open_web, page, redirect

TOKEN, LOGIN = 'to"ken/of+8=1', "jane:hunter2-and-more"


@pytest.fixture
async def api():
    async with open_web() as server:
        server.answering = lambda asked: page(json.dumps({"got": asked.headers.get("authorization", "")}))
        yield server


@pytest.fixture
async def http_request(api):
    here = f"{api.host}:{api.port}"
    secrets = {
        "crm": SecretSettings(value=TOKEN, hosts=[here]),
        "login": SecretSettings(value=LOGIN, hosts=[here]),
        "elsewhere": SecretSettings(value="of another host", hosts=["api.example.com"]),
        "broken": SecretSettings(value="first-half\nX-Evil: second-half", hosts=[here]),
        "nowhere": SecretSettings(value="without any host"),
    }
    async with open_http_tools(HttpSettings(hosts=[here, "api.example.com"]), secrets) as [made]:
        yield made


@pytest.fixture
def call(http_request, workspace, api):
    context = ToolContext("r1", workspace, frozenset(), "en")

    class Call:
        async def preview(self, **given):
            return await http_request.preview(context, self._whole(given))

        async def run(self, **given):
            return await http_request.run(context, self._whole(given))

        def _whole(self, given):
            return http_request.validate({"method": "GET", "url": api.url("/v1/people"), **given})

    return Call()


async def test_a_secret_arrives_and_nobody_sees_it(call, api):
    given = {"headers": {"Authorization": "Bearer {{secret:crm}}"}}

    shown = await call.preview(**given)
    answer = await call.run(**given)

    assert api.asked[0].headers["authorization"] == f"Bearer {TOKEN}"
    assert answer.text.startswith("200\n")
    assert '{"got": "Bearer ***"}' in answer.text
    facts = {fact.label: fact.value for fact in shown.facts}
    assert facts == {
        "Method": "GET",
        "Host": f"127.0.0.1:{api.port}",
        "Path": "/v1/people",
        "Beware": "it is sent without encryption",
        "Secret": "crm",
    }
    assert not answer.trusted


async def test_a_secret_is_written_as_its_place_wants_it(call, api):
    await call.run(url=api.url("/x?key={{secret:crm}}"))
    await call.run(
        method="POST", headers={"Content-Type": "application/json"}, body='{"token": "{{ secret:crm }}", "n": "ü"}'
    )
    await call.run(
        method="PUT", headers={"Content-Type": "application/x-www-form-urlencoded"}, body="token={{secret:crm}}"
    )
    await call.run(headers={"Authorization": "Basic {{basic:login}}"})

    query, as_json, form, basic = api.asked
    assert query.target == "/x?key=to%22ken%2Fof%2B8%3D1"
    assert json.loads(as_json.body) == {"token": TOKEN, "n": "ü"}
    assert form.body == b"token=to%22ken%2Fof%2B8%3D1"
    assert basic.headers["authorization"] == f"Basic {base64.b64encode(LOGIN.encode()).decode()}"


async def test_a_redirect_is_told_and_not_followed(call, api):
    api.pages["/v1/people"] = redirect("https://evil.example/")

    answer = await call.run(headers={"Authorization": "Bearer {{secret:crm}}"})

    assert answer.text.startswith("302\n")
    assert "location: https://evil.example/" in answer.text
    assert len(api.asked) == 1


async def test_an_error_of_the_host_is_not_well(call, api):
    api.pages["/v1/people"] = page("nothing", status="404 Not Found")

    answer = await call.run()

    assert not answer.ok
    assert answer.text.endswith("nothing")


@pytest.mark.parametrize(
    ("given", "told"),
    [
        ({"url": "https://evil.example/"}, "https://evil.example is not among the hosts"),
        ({"url": "http://api.example.com/"}, "http://api.example.com is not among the hosts"),
        ({"url": "https://api.example.com:8443/"}, "is not among the hosts"),
        ({"url": "https://api.example.com.evil.example/"}, "is not among the hosts"),
        ({"url": "https://api.example.com@evil.example/"}, "it names a user before the host"),
        ({"url": "https://{{secret:crm}}.evil.example/"}, "a secret can stand in the query"),
        ({"headers": {"{{secret:crm}}": "x"}}, "a secret can stand in the query"),
        ({"url": "https://api.example.com/?a={{secret:crm}}"}, "the secret crm may not go to https://api.example.com"),
        ({"body": "{{secret:elsewhere}}"}, "the secret elsewhere may not go to http://127.0.0.1"),
        ({"body": "{{secret:nowhere}}"}, "it may go to: -."),
        (
            {"body": "{{secret:unknown}}"},
            "there is no secret unknown; there are: broken, crm, elsewhere, login, nowhere.",
        ),
        ({"body": "{{secret crm}}"}, "names no secret"),
        ({"headers": {"Host": "evil.example"}}, "the header Host cannot be sent so"),
        ({"headers": {"X": "a\r\nY: b"}}, "the header X cannot be sent so"),
    ],
)
async def test_what_may_not_be_sent_is_refused_before_anybody_is_asked(call, api, given, told):
    with pytest.raises(ToolFailed, match=told):
        await call.preview(**given)

    assert not (await call.run(**given)).ok
    assert api.asked == []


async def test_a_failure_tells_no_secret(call, api):
    async def silent(writer):
        writer.close()

    api.pages["/x?key=to%22ken%2Fof%2B8%3D1"] = silent

    with pytest.raises(ToolUncertain) as lost:
        await call.run(url=api.url("/x?key={{secret:crm}}"))

    assert "ken" not in str(lost.value).replace("broken", "")


async def test_without_hosts_there_is_no_such_tool():
    async with open_http_tools(HttpSettings(), {}) as tools:
        assert tools == ()


async def hangs_up(writer):
    writer.transport.abort()


async def stalls(writer):
    await asyncio.Event().wait()


def answers(said, then):
    """What a server does that begins an answer."""

    async def begins(writer):
        writer.write(said)
        await writer.drain()
        await then(writer)

    return begins


@pytest.mark.parametrize("method", ["GET", "POST", "DELETE"])
@pytest.mark.parametrize("loses", [hangs_up, stalls, answers(b"HTTP/1.1 2", hangs_up)])
async def test_a_request_that_was_sent_and_never_answered_is_left_to_people_whatever_its_method(
    quick, api, method, loses
):
    api.pages["/v1/people"] = loses

    with pytest.raises(OutcomeUncertain, match="Nobody knows whether it took effect"):
        await quick(method)

    assert [each.method for each in api.asked] == [method]


HEAD = b"HTTP/1.1 201 Created\r\nLocation: /v1/people/7\r\n"


@pytest.mark.parametrize(
    ("answer", "begins", "why"),
    [
        (page("x" * 3000, status="201 Created"), "", "it is larger than 1,000 bytes."),
        (
            answers(HEAD + b"Transfer-Encoding: chunked\r\n\r\n7d0\r\n" + b"x" * 2000, stalls),
            "xxxx",
            "it is larger than",
        ),
        (answers(HEAD + b"Content-Length: 99\r\n\r\nthe beginning", hangs_up), "the beginning", "is garbled."),
        (answers(HEAD + b"Content-Length: 99\r\n\r\nthe beginning", stalls), "the beginning", "it took longer than"),
        (answers(HEAD + b"Content-Encoding: gzip\r\nContent-Length: 3\r\n\r\nabc", hangs_up), "", "is garbled."),
        (
            page("", status="201 Created", **{f"X-{number}": "y" * 900 for number in range(99)}),
            "",
            "headers are too large",
        ),
    ],
)
async def test_an_answer_that_is_cut_is_an_answer_all_the_same(quick, api, answer, begins, why):
    api.pages["/v1/people"] = answer

    seen = await quick("POST")

    assert seen.ok
    assert seen.text.startswith("201\n")
    assert begins in seen.text
    assert "[The answer was cut here: " in seen.text
    assert why in seen.text
    assert len(seen.text) < 1_500
    assert not seen.trusted


@pytest.fixture
async def quick(api, workspace):
    """Sends a request with little patience for what comes back."""
    limits, context = Limits(seconds=0.5, body=1_000, redirects=0), ToolContext("r1", workspace, frozenset(), "en")
    settings = HttpSettings(hosts=[f"{api.host}:{api.port}"])
    async with open_http_tools(settings, {}, limits=limits) as [made]:

        async def send(method):
            return await made.run(context, made.validate({"method": method, "url": api.url("/v1/people")}))

        yield send


async def test_a_request_that_never_left_is_no_doubt(workspace, unused_tcp_port):
    place, context = f"127.0.0.1:{unused_tcp_port}", ToolContext("r1", workspace, frozenset(), "en")
    async with open_http_tools(HttpSettings(hosts=[place]), {}) as [made]:
        seen = await made.run(context, made.validate({"method": "POST", "url": f"http://{place}/"}))

    assert seen.text == "http_request failed: no connection to its server came about."


async def test_a_secret_with_a_line_break_is_refused_in_a_header_and_not_told(call, api):
    refused = await call.run(headers={"Authorization": "Bearer {{secret:broken}}"})

    assert "the secret broken cannot stand in the header Authorization: it holds a line break" in refused.text
    assert "half" not in refused.text
    assert api.asked == []
    assert (await call.run(headers={"Authorization": "Basic {{basic:broken}}"})).ok  # base64 has none
