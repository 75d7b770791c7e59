"""Searching, with engines that speak each API over loopback."""

import pytest
from ddgs.exceptions import DDGSException, RatelimitException, TimeoutException
from pydantic import SecretStr, ValidationError

from agent_core.domain import Risk
from agent_core.errors import SearchFailed
from agent_core.tools.toolbox import ToolContext
from agent_core.tools.web.search_web import search_web_tool
from agent_core.tools.web.searching import KeylessEngine, keyless_text, open_search
from agent_core.tools.web.settings import SearchSettings
from agent_core.tools.workspace import Workspace
from tests.peers.search import KEY, SPEAKING, open_engine
from tests.peers.search.engines import Result, said
from tests.peers.search.keyless import HOSTS, open_keyless
from tests.peers.web.server import open_web, page

NODS = Result("On <strong>nods</strong>", "https://Paper.example/nods#a", "A nod is &amp; stays a <b>nod</b>.", "2025")
JAPAN = Result("", "https://例え.テスト/", "")
EVIL = Result("Not of the web", "javascript:alert(1)", "")


def opened(it):
    async def open_it():
        return it

    return open_it


@pytest.fixture(params=sorted(SPEAKING))
async def peer(request):
    async with open_engine(request.param) as engine:
        engine.speaks = request.param
        yield engine


def settings_for(peer, key=KEY):
    return SearchSettings(engine=peer.speaks, key=SecretStr(key), url=peer.url)


@pytest.fixture
async def engine(peer, time):
    async with open_search(settings_for(peer), clock=time, wait=time.wait) as opened:
        yield opened


def context(tmp_path, language="en"):
    return ToolContext("r1", Workspace(tmp_path / "r1"), frozenset(), language)


async def test_results_are_told_with_their_addresses_in_one_form(peer, engine, tmp_path):
    peer.results = [NODS, EVIL, NODS, JAPAN]
    tool = search_web_tool(opened(engine))

    seen = await tool.run(context(tmp_path), {"query": "nods & 点头", "count": 5})

    host = f"127.0.0.1:{peer.web.port}"
    date = [] if peer.speaks == "tavily" else ["   2025"]
    assert seen.text.splitlines() == [
        "1. On nods",
        "   https://paper.example/nods",
        *date,
        "   A nod is & stays a nod.",
        "",
        "2. https://xn--r8jz45g.xn--zckzah/",
        "   https://xn--r8jz45g.xn--zckzah/",
    ]
    assert (seen.ok, seen.trusted, seen.sources) == (True, False, (f"search {host}",))
    assert peer.queries == [("nods & 点头", 0 if peer.speaks == "searxng" else 5)]


async def test_people_see_which_engine_is_asked(peer, engine, tmp_path):
    tool = search_web_tool(opened(engine))
    preview = await tool.preview(context(tmp_path), tool.validate({"query": "nods"}))

    (fact,) = preview.facts
    assert fact.label == "Search engine"
    assert fact.value.lower() == f"{peer.speaks} (127.0.0.1:{peer.web.port})"
    assert (tool.risk, tool.outside) == (Risk.READ, True)


async def test_that_nothing_was_found_is_an_answer(peer, engine, tmp_path):
    seen = await search_web_tool(opened(engine)).run(context(tmp_path, "zh"), {"query": "nods"})

    assert (seen.ok, seen.text) == (True, f"{engine.name} 没有找到与“nods”有关的内容。")


async def test_no_more_is_told_than_was_asked_for(peer, engine):
    peer.results = [Result(f"{n}", f"https://paper.example/{n}", "x" * 1000) for n in range(9)]

    found = await engine.search("nods", 3)

    assert [each.title for each in found] == ["0", "1", "2"]
    assert found[0].text == "x" * 499 + "…"


async def test_a_key_that_is_wrong_is_told(peer, time):
    if peer.speaks == "searxng":  # which knows no keys, but refuses JSON where nobody allowed it
        peer.failing = [page("Forbidden", status="403 Forbidden")]
    told = "add json to search.formats" if peer.speaks == "searxng" else "it refuses the key; mend `key` in"
    async with open_search(settings_for(peer, "wrong"), clock=time, wait=time.wait) as engine:
        with pytest.raises(SearchFailed, match=told):
            await engine.search("nods", 5)


@pytest.mark.parametrize(
    ("headers", "waited"),
    [
        ({"Retry-After": "3"}, 3.0),
        ({"Retry-After": "Sun, 01 Mar 2026 12:00:05 GMT"}, 5.0),
        ({"X-RateLimit-Reset": "1, 1419704"}, 1.0),
    ],
)
async def test_an_engine_that_wants_a_short_pause_is_given_it(headers, waited, peer, engine, time):
    peer.results = [NODS]
    peer.failing = [said({}, "429 Too Many Requests", **headers)]

    assert len(await engine.search("nods", 5)) == 1
    assert time.waits == [waited]


@pytest.mark.parametrize("headers", [{}, {"Retry-After": "60"}, {"Retry-After": "soon"}])
async def test_an_engine_that_wants_no_more_for_long_is_told(headers, peer, engine, time):
    peer.failing = [said({}, "429 Too Many Requests", **headers)]

    with pytest.raises(SearchFailed, match="it is asked too often; try again later"):
        await engine.search("nods", 5)
    assert time.waits == []


async def test_an_engine_is_asked_once_more_and_not_again_and_again(peer, engine, time):
    peer.failing = [said({}, "429 Too Many Requests", Retry_After="1")] * 3

    with pytest.raises(SearchFailed, match="it is asked too often"):
        await engine.search("nods", 5)
    assert len(peer.failing) == 1


@pytest.mark.parametrize(
    ("answer", "told"),
    [
        (page("<html>", status="200 OK"), "what it answered cannot be understood"),
        (said([]), "what it answered cannot be understood"),
        (said({"results": 3, "web": {"results": {}}, "organic": "no"}), "what it answered cannot be understood"),
        (said({"results": "a", "web": [], "organic": {}}), "what it answered cannot be understood"),
        (page(b"[" * 100_000), "what it answered cannot be understood"),
        (said({}, "500 Oops"), r"its server answered: 500\."),
        (said({}, "302 Found", Location="http://127.0.0.1/"), r"its server answered: 302\."),
        (said({"message": "Not enough credits"}, "400 Bad Request"), "the searches of its plan are used up"),
        (said({}, "432 Plan Limit"), "the searches of its plan are used up"),
        (page(b"a" * 3_000_000), "it is larger than 2,000,000 bytes"),
    ],
)
async def test_what_is_no_answer_is_told_in_a_sentence(answer, told, peer, engine):
    peer.failing = [answer]

    with pytest.raises(SearchFailed, match=told):
        await engine.search("nods", 5)


async def test_results_of_another_form_are_left_out(peer, engine):
    listed = [
        None,
        3,
        {},
        {"url": None, "link": 4},
        {"url": "https://a.example/", "link": "https://a.example/", "title": 5},
    ]
    peer.failing = [said({"results": listed, "web": {"results": listed}, "organic": listed})]

    assert [(each.title, each.url) for each in await engine.search("nods", 5)] == [
        ("https://a.example/", "https://a.example/")
    ]


async def test_an_engine_that_is_gone_is_told_to_the_model(peer, time, tmp_path):
    settings = settings_for(peer).model_copy(update={"url": "http://127.0.0.3:1"})
    async with open_search(settings, clock=time, wait=time.wait) as engine:
        seen = await search_web_tool(opened(engine)).run(context(tmp_path), {"query": "nods"})

    assert (seen.ok, seen.trusted) == (False, False)
    assert seen.text == f"{engine.name} found nothing: no connection to its server came about."


@pytest.mark.parametrize(
    ("section", "told"),
    [
        ({"engine": "brave"}, "brave needs a key"),
        ({"engine": "serper", "key": ""}, "serper needs a key"),
        ({"engine": "searxng"}, "searxng needs the url of your instance"),
        ({"engine": "searxng", "url": "ftp://a.example"}, "only addresses that begin with"),
        ({"engine": "bing"}, "Input should be"),
    ],
)
def test_a_section_that_is_not_whole_is_refused(section, told):
    with pytest.raises(ValidationError, match=told):
        SearchSettings.model_validate(section)


async def test_there_may_be_no_engine(time):
    with pytest.raises(SearchFailed, match="the connections switch it off"):
        async with open_search(SearchSettings(engine="none"), clock=time):
            pass


# --- without a key ------------------------------------------------------------------------------------------------


async def test_without_settings_engines_are_asked_that_need_no_key(time):
    async with open_search(SearchSettings(), clock=time) as engine:
        assert engine.name == "DuckDuckGo, Brave, Mojeek"
        assert engine.source == "duckduckgo.com, search.brave.com, mojeek.com"


async def test_what_they_find_is_told_as_by_any_other():
    def text(query, count):
        return [{"title": query, "href": "https://A.example", "body": "words"}, {"title": "x", "href": "", "body": ""}]

    (found,) = await KeylessEngine(text).search("nods", 5)

    assert (found.title, found.url, found.text) == ("nods", "https://a.example/", "words")


@pytest.mark.parametrize(
    ("error", "told"),
    [
        (RatelimitException("202"), "it is asked too often"),
        (TimeoutException("timed out"), "it took longer than 10 seconds"),
        (DDGSException("ConnectError"), "no connection to its server came about"),
    ],
)
async def test_what_they_do_not_answer_is_told(error, told):
    def text(query, count):
        raise error

    with pytest.raises(SearchFailed, match=told):
        await KeylessEngine(text).search("nods", 5)


async def test_that_they_find_nothing_is_an_answer():
    def text(query, count):
        raise DDGSException("No results found.")

    assert await KeylessEngine(text).search("nods", 5) == ()


async def test_those_that_people_are_told_of_are_asked_and_no_others(tmp_path):
    async with open_keyless(tmp_path) as peer:
        peer.knows = {
            host: (f"https://paper.example/{n}", f"Nods {n}", "A nod is a nod.") for n, host in enumerate(HOSTS)
        }

        def text(query, count):
            return keyless_text(query, count, peer.proxy, verify=str(peer.authority))

        found = await KeylessEngine(text).search("nods", 5)

        assert {(each.title, each.url, each.text) for each in found} == {
            (f"Nods {n}", f"https://paper.example/{n}", "A nod is a nod.") for n in range(3)
        }
        assert sorted(peer.hosts) == sorted(HOSTS)
        assert all(b"q=nods" in said for said in peer.said)
        peer.knows = {}
        assert await KeylessEngine(text).search("nothing", 5) == ()


async def test_they_are_asked_through_the_package_itself():
    async with open_web() as proxy:  # which lets nothing out

        def text(query, count):
            return keyless_text(query, count, proxy=f"http://127.0.0.1:{proxy.port}")

        with pytest.raises(SearchFailed, match="no connection to its server came about"):
            await KeylessEngine(text).search("nods", 5)

    assert proxy.asked
    assert {each.method for each in proxy.asked} == {"CONNECT"}
