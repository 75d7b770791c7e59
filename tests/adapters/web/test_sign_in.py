"""Coming and going: one-time links, cookies, tokens for programs."""

import asyncio
import re
from datetime import timedelta

import pytest
from itsdangerous import URLSafeTimedSerializer

from adapters.web.sign_in import Signatures, local_path, mint_link, token_in
from agent_core.errors import StorageBusy
from agent_core.sign_ins import SignIn
from tests.adapters.web.doors import HOST, SECRET, MemorySignIns, app_of, visiting
from tests.adapters.web.fake_service import FakeService
from tests.adapters.web.samples import asking

ADA = SignIn("ada", 0)


@pytest.fixture
def sign_ins():
    return MemorySignIns()


@pytest.fixture
def app(sign_ins):
    return app_of(FakeService(asking()), sign_ins)


async def test_a_link_signs_in_once(app, sign_ins):
    link = await mint_link(sign_ins, "ada", HOST)
    async with visiting(app, None) as client:
        page = await client.get(link)
        assert page.status_code == 200
        token = re.search(r'name="token" value="([^"]+)"', page.text)[1]
        come = await client.post("/sign-in", data={"token": token, "next": "/runs/asking1"})
        assert (come.status_code, come.headers["location"]) == (303, "/runs/asking1")
        cookie = come.headers["set-cookie"]
        assert cookie.startswith("nod=")
        assert "HttpOnly" in cookie
        assert "samesite=lax" in cookie.lower()
        assert (await client.get("/account")).text.count("nod:ada") == 1
    async with visiting(app, None) as other:
        again = await other.post("/sign-in", data={"token": token})
        assert again.status_code == 403
        assert "used already" in again.text
        assert "set-cookie" not in again.headers


async def test_looking_at_the_link_leaves_it_good(app, sign_ins):
    link = await mint_link(sign_ins, "ada", HOST)
    async with visiting(app, None) as preview:
        for _ in range(3):
            assert (await preview.get(link)).status_code == 200
        await preview.head(link)
        assert (await preview.post("/sign-in", data={"token": token_in(link)})).status_code == 303


async def test_a_link_too_old_signs_nobody_in(app, sign_ins):
    link = await mint_link(sign_ins, "ada", HOST, lasts=timedelta(0))
    async with visiting(app, None) as client:
        assert (await client.post("/sign-in", data={"token": token_in(link)})).status_code == 403


async def test_the_whole_link_may_be_pasted(app, sign_ins):
    link = await mint_link(sign_ins, "ada", HOST)
    async with visiting(app, None) as client:
        assert (await client.post("/sign-in", data={"token": f"  {link}\n"})).status_code == 303


@pytest.mark.parametrize("token", ["", "guess", "\x00", "x" * 100_000, "\u202e"])
async def test_what_is_no_token_signs_nobody_in(app, token):
    async with visiting(app, None) as client:
        answer = await client.post("/sign-in", data={"token": token})
        assert answer.status_code == 403
        assert "set-cookie" not in answer.headers


@pytest.mark.parametrize(
    "path", ["/", "/runs/asking1", "/runs/asking1/view/notes.md", "/account", "/runs/asking1/events"]
)
async def test_a_stranger_is_led_to_the_sign_in_page_and_back(app, path):
    async with visiting(app, None) as client:
        answer = await client.get(path)
        assert (answer.status_code, answer.headers["location"]) == (303, f"/sign-in?next={path}")


async def test_a_strangers_script_and_forms_are_led_there_too(app):
    async with visiting(app, None, script=True) as client:
        answer = await client.post("/runs", data={"goal": "x"})
        assert answer.headers["hx-redirect"] == "/sign-in?next=/"
    async with visiting(app, None) as client:
        assert (await client.post("/runs/asking1/decide", data={})).headers["location"] == "/sign-in?next=/"


def signed(value):
    """A value with our own signature."""
    return Signatures(SECRET)._cookies.dumps(value)


@pytest.mark.parametrize(
    "forged",
    [
        pytest.param(lambda: Signatures("another key that was never ours").cookie(ADA), id="another key"),
        pytest.param(
            lambda: Signatures(SECRET).cookie(ADA).rpartition(".")[0] + "." + "A" * 43, id="another signature"
        ),
        pytest.param(lambda: URLSafeTimedSerializer(SECRET, salt="something else").dumps("ada"), id="another use"),
        pytest.param(lambda: signed("ada"), id="a name alone"),
        pytest.param(lambda: signed(["ada", 1]), id="another generation"),
        pytest.param(lambda: signed(["", 0]), id="nobody"),
        pytest.param(lambda: "ada", id="a name"),
        pytest.param(lambda: "", id="nothing"),
    ],
)
async def test_a_cookie_that_was_not_signed_here_is_nobodys(app, forged):
    async with visiting(app, None) as client:
        client.cookies.set("nod", forged())
        assert (await client.get("/")).status_code == 303


async def test_a_cookie_tampered_with_anywhere_is_nobodys():
    signatures = Signatures(SECRET)
    cookie = signatures.cookie(ADA)
    body, _, rest = cookie.partition(".")
    for at in range(len(body)):
        changed = body[:at] + ("A" if body[at] != "A" else "B") + body[at + 1 :]
        assert signatures.of_cookie(f"{changed}.{rest}") is None
    assert signatures.of_cookie(cookie) == ADA


async def test_over_https_the_cookie_is_bound_to_it(sign_ins):
    app = app_of(FakeService(asking()), sign_ins, public_url="https://nod.test")
    link = await mint_link(sign_ins, "ada", "https://nod.test")
    async with visiting(app, None) as client:
        cookie = (await client.post("/sign-in", data={"token": token_in(link)})).headers["set-cookie"]
        assert cookie.startswith("__Host-nod=")
        assert "Secure" in cookie
        assert "Path=/" in cookie
        client.cookies.clear()
        client.cookies.set("nod", Signatures(SECRET).cookie(ADA))
        assert (await client.get("/")).status_code == 303


async def test_signing_out_takes_the_cookie_away(app):
    async with visiting(app) as client:
        answer = await client.post("/sign-out")
        assert answer.status_code == 303
        assert 'nod="";' in answer.headers["set-cookie"]
        assert (await client.get("/sign-out")).status_code == 405


@pytest.mark.parametrize(
    "target",
    [
        "https://evil.example",
        "//evil.example",
        "/\\evil.example",
        "\\/evil.example",
        "javascript:alert(1)",
        "runs",
        "/a\nb",
        "/\t/evil.example",
        "",
    ],
)
def test_signing_in_leads_nowhere_else(target):
    assert local_path(target) == "/"


def test_signing_in_leads_on_to_where_one_was_going():
    assert local_path("/runs/a?x=1#card-plan") == "/runs/a?x=1#card-plan"


async def test_who_is_signed_in_needs_no_sign_in_page(app):
    async with visiting(app) as client:
        assert (await client.get("/sign-in?next=/account")).headers["location"] == "/account"


async def test_a_program_gets_a_token_once_and_can_lose_it(app):
    async with visiting(app) as client:
        made = await client.post("/account/token")
        token = re.search(r">(api-[^<]+)<", made.text)[1]
        assert token not in (await client.get("/account")).text
    async with visiting(app, None, authorization=f"Bearer {token}") as program:
        assert (await program.get("/api/me")).json() == {"actor": "nod:ada"}
        assert (await program.get("/")).status_code == 303  # it is for the API alone
    async with visiting(app) as client:
        await client.post("/account/revoke")
    async with visiting(app, None, authorization=f"Bearer {token}") as program:
        assert (await program.get("/api/me")).status_code == 401


async def test_a_copied_cookie_is_worth_nothing_after_signing_out(app):
    async with visiting(app) as person, visiting(app) as thief, visiting(app, "bob") as bob:
        assert (await thief.get("/account")).status_code == 200
        await person.post("/sign-out")
        assert (await thief.get("/account")).headers["location"] == "/sign-in?next=/account"
        assert (await thief.get("/api/me")).status_code == 401
        assert (await thief.post("/runs", data={"goal": "x"})).headers["location"] == "/sign-in?next=/"
        assert (await bob.get("/account")).status_code == 200


async def test_voiding_tokens_signs_out_everywhere_but_where_it_was_asked(app):
    async with visiting(app) as person, visiting(app) as thief:
        answer = await person.post("/account/revoke")
        person.cookies.clear()
        person.cookies.set("nod", re.search(r"nod=([^;]+)", answer.headers["set-cookie"])[1])
        assert (await person.get("/account")).status_code == 200
        assert (await thief.get("/account")).status_code == 303


async def test_who_signs_in_again_after_signing_out_is_in(app, sign_ins):
    await sign_ins.sign_out("ada")
    async with visiting(app, None) as client:
        await client.post("/sign-in", data={"token": token_in(await mint_link(sign_ins, "ada", HOST))})
        assert (await client.get("/account")).status_code == 200


@pytest.mark.parametrize("path", ["/runs/asking1/events", "/api/runs/asking1/watch"])
async def test_an_open_page_is_told_nothing_more_after_signing_out(sign_ins, path):
    service = FakeService(asking())
    async with visiting(app_of(service, sign_ins)) as client:
        reading = asyncio.create_task(client.get(path))  # it comes back when the stream ends
        await service.rested.wait()
        await sign_ins.sign_out("ada")
        await service.change("asking1", goal="A secret that came later")
        assert "A secret that came later" not in (await reading).text


async def test_who_cannot_be_looked_up_now_is_told_to_try_again(sign_ins):
    async def busy(name):
        raise StorageBusy(where="nod.db", reason="")

    sign_ins.generation = busy
    async with visiting(app_of(FakeService(asking()), sign_ins)) as client:
        answer = await client.get("/")
        assert answer.status_code == 503
        assert (await client.get("/static/nod.css")).status_code == 200
    async with visiting(app_of(FakeService(asking()), sign_ins), None) as stranger:
        assert (await stranger.get("/sign-in")).status_code == 200
