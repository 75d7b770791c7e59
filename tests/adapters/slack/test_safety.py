"""What model and people write is data: it pings nobody, forges no link, hides nothing."""

import json

import pytest

from tests.adapters.slack.here import Here, decides
from tests.adapters.slack.test_deciding import begun
from tests.agent_core.scripted import answered, call, calls, plan, report, subtask

PINGS = "Hello <!channel> <!here> <!everyone> <@U123ABC> <!subteam^S123|@all> <#C123|general> @channel @here"
FORGED = (
    "[https://bank.example](https://evil.example) <https://evil.example|bank.example> ![x](https://evil.example/p.png)"
)


def strings(value, kind=""):
    """Every text of blocks that Slack reads as its markup or as Markdown."""
    if isinstance(value, dict):
        kind = value.get("type", kind)
        for name, each in value.items():
            if name == "text" and isinstance(each, str) and kind in ("mrkdwn", "markdown"):
                yield each
            else:
                yield from strings(each, kind)
    elif isinstance(value, list):
        for each in value:
            yield from strings(each, kind)


def everything(here: Here):
    """All that Nod sent, as Slack got it."""
    sent = [*here.slack.requests.of("chat.postMessage"), *here.slack.requests.of("chat.update")]
    return [(each.arguments.get("text", ""), blocks_of(each.arguments.get("blocks"))) for each in sent]


def blocks_of(given):
    return json.loads(given) if isinstance(given, str) else given or []


@pytest.mark.parametrize("evil", [PINGS, FORGED, "*bold* _it_ `code` ```\n> & &amp; {}", "</a>\x00\u202e"])
async def test_nothing_that_is_written_pings_forges_or_breaks_the_blocks(here: Here, scripted, evil):
    form = plan(subtask("one"), subtask("two"))
    form.subtasks[0].title = evil[:100]
    form.subtasks[0].instructions = form.why = evil
    scripted.plans = lambda _: form.model_copy(deep=True)
    scripted.turns = lambda m: report(evil) if answered(m) else calls(call("write_file", path="a.md", content=evil))
    root, step = await begun(here)
    await here.reply(f"{evil} and more", root)
    await here.react("fast_forward", here.asking(root)[-1])
    for text, blocks in everything(here):
        markdown = list(strings(blocks))
        for each in (text, *markdown):
            assert "<!" not in each
            assert "<@" not in each
            assert "<#" not in each
            assert "@channel" not in each
            assert "@here" not in each
            assert "<https://evil.example|" not in each
        for each in markdown:
            assert "(https://evil.example)" not in each
            assert "(https://evil.example/p.png)" not in each
    assert step


async def test_addresses_are_fetched_by_nobody(here: Here, scripted):
    scripted.turns = lambda _: report("See https://example.com/page")
    await here.agent("say it")
    here.slack.refuse("chat.postEphemeral", "user_not_in_channel")  # then it is said in direct messages
    await here.press("Approve", here.root(), "cas")
    await here.press("Approve", here.root())
    posts = here.slack.requests.of("chat.postMessage")
    assert {each.arguments["channel"] for each in posts} == {here.channel, here.slack.users["cas"]}
    assert all(each.arguments["unfurl_links"] in (False, "0") for each in posts)
    assert all(each.arguments["unfurl_media"] in (False, "0") for each in posts)


async def test_hidden_and_look_alike_characters_in_arguments_are_shown_as_such(here: Here, scripted):
    content = "safe\u202etxt.exe\u200b p\u0430ypal.com"
    scripted.turns = lambda m: report() if answered(m) else calls(call("write_file", path="a.md", content=content))
    _root, step = await begun(here)
    words = here.words(step)
    assert "safe⟦U+202E⟧txt.exe⟦U+200B⟧ p\u0430⟦U+0430⟧ypal.com" in words
    assert "it contains characters that cannot be seen: U+200B, U+202E" in words
    assert "it contains letters that only look like the ones beside them: \u0430 U+0430" in words
    assert "\u202e" not in words


async def test_hidden_characters_are_shown_in_the_file_of_a_long_argument_too(here: Here, scripted):
    content = "\u202e" + "word " * 4_000
    scripted.turns = lambda m: report() if answered(m) else calls(call("write_file", path="a.md", content=content))
    _root, step = await begun(here)
    file = next(file for file in here.slack.files(here.channel) if "New-file" in file["name"])
    text = (await here.slack.file_content(file["id"])).decode()
    assert text.startswith("⟦U+202E⟧word")
    assert decides(step)


async def test_what_nod_says_beside_cards_is_no_markup_either(here: Here):
    await here.agent("write a blog about AI")
    await here.slack.slash("ann", here.channel, "/agent", "stop")
    await here.slack.slash("ann", here.channel, "/agent", "<!channel> <@U123|ann> do it")
    await here.settled()
    await here.slack.mention("cas", here.channel, "approve", thread_ts=here.root()["ts"])
    await here.settled()
    for message in [*here.slack.ephemerals("ann"), *here.slack.ephemerals("cas")]:
        assert "<!" not in message["text"]
        assert not list(strings(message["blocks"]))
    assert here.root()["text"].startswith("ann asked")
