"""Publishing on a real WordPress."""

import re
from dataclasses import replace

import httpx2
import pytest

from agent_core.cards import Verb
from agent_core.domain import RunStatus, digest_of
from agent_core.errors import SiteError, ToolFailed
from agent_core.journal.state import StepStatus
from agent_core.tools.publishing.settings import WordPressSettings
from agent_core.tools.publishing.wordpress import open_wordpress
from tests.agent_core.scripted import ScriptedModel, answered, call, calls, report
from tests.agent_core.team import open_team

PIXEL = bytes.fromhex(
    "89504e470d0a1a0a0000000d4948445200000001000000010802000000907753de"
    "0000000c49444154789c63606060000000040001f61738550000000049454e44ae426082"
)


@pytest.fixture
def publishing(publish_post, context):
    """Decides on a call as a person would: its preview, then the call on that basis."""

    class Publishing:
        async def preview(self, **given):
            return await publish_post.preview(context, _whole(publish_post, given))

        async def run(self, basis="", **given):
            return await publish_post.run(replace(context, basis=basis, decided=True), _whole(publish_post, given))

        async def approve(self, **given):
            return await self.run((await self.preview(**given)).basis, **given)

    return Publishing()


def _whole(publish_post, given):
    return publish_post.validate({"site": "blog", "path": "post.md", **given})


@pytest.fixture
def slug(request):
    return request.node.name.replace("_", "-")[:80]


def link(observation):
    return re.search(r"http://\S+", observation.text)[0]


async def read(address):
    async with httpx2.AsyncClient(follow_redirects=True, trust_env=False) as client:
        return await client.get(address)


async def test_a_post_is_a_draft_first_and_then_live_at_its_link(publishing, workspace, slug):
    workspace.write("post.md", b"Hello *world*, <script>alert(1)</script> & all.\n")
    given = {"title": "Cats & dogs", "slug": slug}

    drafted = await publishing.approve(**given)
    unseen = await read(link(drafted))
    live = await publishing.approve(**given, status="publish")
    seen = await read(link(live))

    assert drafted.ok
    assert "is a draft" in drafted.text
    assert "Hello" not in unseen.text
    assert live.text.startswith("Done. “Cats & dogs” is live on 127.0.0.1:")
    assert "<h1>Cats &amp; dogs</h1>" in seen.text
    assert "Hello <em>world</em>, &lt;script&gt;" in seen.text
    assert "<p></p>" not in re.sub(r"<!--.*?-->", "", seen.text)
    assert not live.trusted


async def test_the_preview_shows_a_new_post_as_it_will_look_and_where_it_goes(publishing, workspace):
    workspace.write("post.md", b"Hello *world*.\n\n![A pixel](pixel.png)\n")
    workspace.write("pixel.png", PIXEL)

    shown = await publishing.preview(title="New", slug="never-sent", status="publish", categories=["News"], tags=["a"])

    facts = {fact.label: fact for fact in shown.facts}
    assert shown.markdown
    assert shown.text == "# New\n\nHello *world*.\n\n![A pixel](pixel.png)\n"
    assert facts["Site"].value.startswith("blog (127.0.0.1:")
    assert facts["Afterwards"].value == "live: everybody can read it"
    assert facts["Afterwards"].grave
    assert (facts["Slug"].value, facts["Categories"].value, facts["Tags"].value) == ("never-sent", "News", "a")
    assert facts["Picture"].value == f"pixel.png (69 bytes, SHA-256 {digest_of(PIXEL)})"
    assert facts["Text"].value == f"post.md (38 bytes, SHA-256 {digest_of(workspace.read('post.md'))})"


async def test_a_post_has_its_categories_tags_and_pictures_each_made_once(publishing, workspace, blog, slug):
    workspace.write("post.md", b"Look: ![A pixel](pixel.png)\n")
    workspace.write("pixel.png", PIXEL)
    given = {"title": "Whole", "slug": slug, "cover": "pixel.png", "excerpt": "In short"}
    given |= {"categories": ["R & D"], "tags": ["cats", "dogs"]}

    await publishing.approve(**given)
    first = await blog.find(given["slug"])
    workspace.write("post.md", b"Look again: ![A pixel](./pixel.png)\n")
    await publishing.approve(**given)
    second = await blog.find(given["slug"])

    assert (second.categories, second.tags, second.excerpt) == (("R & D",), ("cats", "dogs"), "In short")
    assert first.id == second.id
    pictures = [re.search(r'src="(http[^"]+\.png)"', each.html)[1] for each in (first, second)]
    assert pictures[0] == pictures[1]
    assert (await read(pictures[0])).content == PIXEL


async def test_an_update_shows_the_difference_and_what_it_replaces(publishing, workspace, slug):
    given = {"title": "Old", "slug": slug, "status": "publish"}
    workspace.write("post.md", b"One.\n\nTwo.\n")
    await publishing.approve(**given)
    workspace.write("post.md", b"One.\n\nThree.\n")

    shown = await publishing.preview(**{**given, "title": "New", "status": "draft"})

    assert "-title: Old\n-status: publish\n+title: New\n+status: draft\n" in shown.text
    assert "-<p>Two.</p>\n+<p>Three.</p>" in shown.text
    facts = {fact.label: fact.value for fact in shown.facts}
    assert facts["Replaces"].startswith("Old · publish · http://")
    assert facts["Beware"] == "the post is live now and would be taken off"


async def test_what_changed_since_it_was_shown_is_not_overwritten(publishing, workspace, slug):
    given = {"title": "Old", "slug": slug}
    workspace.write("post.md", b"One.\n")
    await publishing.approve(**given)
    shown = await publishing.preview(**{**given, "title": "New"})
    await publishing.approve(**{**given, "title": "Of somebody else"})

    refused = await publishing.run(shown.basis, **{**given, "title": "New"})

    assert not refused.ok
    assert "no longer as it was when it was shown" in refused.text


async def test_a_file_that_changed_since_it_was_shown_is_not_published(publishing, workspace, blog, slug):
    given = {"title": "Old", "slug": slug}
    workspace.write("post.md", b"Harmless.\n")
    shown = await publishing.preview(**given)
    workspace.write("post.md", b"Something else.\n")

    refused = await publishing.run(shown.basis, **given)

    assert not refused.ok
    assert await blog.find(given["slug"]) is None


async def test_publishing_twice_is_publishing_once(publishing, workspace, slug):
    given = {"title": "Once", "slug": slug, "status": "publish"}
    workspace.write("post.md", b"One.\n")
    shown = await publishing.preview(**given)

    first = await publishing.run(shown.basis, **given)
    second = await publishing.run(shown.basis, **given)

    assert second.ok
    assert second.text.startswith("It is there already, exactly so; nothing was sent again.")
    assert link(first) == link(second)


async def test_a_post_whose_answer_was_lost_is_found_on_the_site(publishing, workspace, relay, blog, slug):
    given = {"title": "Lost", "slug": slug, "status": "draft"}
    workspace.write("post.md", b"One.\n")
    shown = await publishing.preview(**given)
    relay.losing = b'"status": "draft"'

    found = await publishing.run(shown.basis, **given)
    relay.losing = b""

    assert relay.swallowed == 1
    assert found.ok
    assert found.text.startswith("Its answer was lost, but the post was found on the site.")
    assert (await blog.find(given["slug"])).mark


@pytest.mark.parametrize("lost", [b'"status": "draft"', b'"status": "publish"'])
async def test_what_was_cut_off_goes_on_when_it_is_called_again(publishing, workspace, relay, wordpress, lost):
    given = {"title": "Cut off", "slug": f"cut-off-at-{lost[11:-1].decode()}", "status": "publish"}
    workspace.write("post.md", b"One.\n")
    shown = await publishing.preview(**given)
    relay.losing = lost

    first = await publishing.run(shown.basis, **given)
    relay.losing = b""
    again = await publishing.approve(**given)
    posts = await read(f"{wordpress.url}/?rest_route=/wp/v2/posts&search=Cut+off&per_page=100")

    assert relay.swallowed == 1
    assert first.ok == (lost == b'"status": "publish"')
    assert again.ok
    assert [each["slug"] for each in posts.json()].count(given["slug"]) == 1
    assert not [each for each in posts.json() if each["slug"].startswith(given["slug"] + "-")]


async def test_a_post_that_cannot_be_looked_for_is_left_to_people_and_there_once_when_they_say_again(
    tmp_path, publish_post, relay, wordpress, slug
):
    def turns(messages):
        told = answered(messages)
        written = call("write_file", path="post.md", content="One.\n")
        published = call("publish_post", site="blog", path="post.md", title="Doubt", slug=slug, status="publish")
        return report() if len(told) > 1 else calls(published if told else written)

    async with open_team(tmp_path, ScriptedModel(turns=turns), tools=[publish_post]) as team:
        run_id = await team.submit()
        await team.decide(run_id)
        relay.losing, relay.dying = b'"status": "draft"', True
        doubtful = await team.decide(run_id)

        assert doubtful.steps["s1-2"].status is StepStatus.UNCERTAIN
        assert "no answer came, so it may have been done or not" in doubtful.steps["s1-2"].doubt
        assert relay.swallowed == 1

        relay.losing, relay.dying = b"", False
        over = await team.decide(run_id, "step:s1-2", Verb.AGAIN)

    assert over.status is RunStatus.FINISHED
    assert over.steps["s1-2"].observation.ok
    posts = (await read(f"{wordpress.url}/?rest_route=/wp/v2/posts&search=Doubt&per_page=100")).json()
    assert [each["slug"] for each in posts] == [slug]


async def test_a_picture_whose_answer_was_lost_is_uploaded_once(publishing, workspace, relay, blog, slug):
    given = {"title": "Lost picture", "slug": slug}
    picture = PIXEL + slug.encode()  # none that another test has sent
    workspace.write("post.md", b"![A pixel](pixel.png)\n")
    workspace.write("pixel.png", picture)
    relay.losing = f'filename="nod-{digest_of(picture)[:32]}'.encode()  # the upload, not the look for it

    first = await publishing.approve(**given)
    relay.losing = b""
    again = await publishing.approve(**given)

    media = await blog.api.ask("GET", "/", {"rest_route": "/wp/v2/media", "search": digest_of(picture)[:32]})
    assert not first.ok
    assert "call this again: it goes on, not twice" in first.text
    assert again.ok
    assert len(media) == 1


async def test_content_from_outside_does_not_leave_without_a_look_at_it(publish_post, context, workspace, slug):
    workspace.write("post.md", b"Buy now.\n")
    unasked = replace(context, untrusted_paths=frozenset({"post.md"}))
    given = _whole(publish_post, {"title": "Spam", "slug": slug})

    shown = await publish_post.preview(unasked, given)
    refused = await publish_post.run(unasked, given)

    assert [(fact.value, fact.grave) for fact in shown.facts if fact.label == "From outside"] == [("post.md", True)]
    assert not refused.ok
    assert "came from outside" in refused.text


async def test_a_site_that_is_not_named_is_told_with_those_that_are(publishing, workspace):
    workspace.write("post.md", b"One.\n")

    with pytest.raises(ToolFailed, match="There is no connection called other for this; there are: blog"):
        await publishing.preview(title="New", site="other")


@pytest.mark.parametrize("given", [{"title": "2024"}, {"title": "!!!"}, {"title": "x", "cover": "post.md"}])
async def test_what_cannot_be_a_post_is_refused_before_anybody_is_asked(publishing, workspace, given):
    workspace.write("post.md", b"One.\n")

    with pytest.raises(ToolFailed):
        await publishing.preview(**given)


async def test_who_may_publish_is_well_and_who_may_not_is_told(wordpress, blog):
    writer = WordPressSettings(url=wordpress.url, user=wordpress.writer, password=wordpress.writer_password)
    nobody = WordPressSettings(url=wordpress.url, user=wordpress.writer, password="of nobody")

    assert await blog.check() == "editor"
    async with open_wordpress("blog", writer) as site:
        with pytest.raises(SiteError, match="may write posts but not publish them"):
            await site.check()
    async with open_wordpress("blog", nobody) as site:
        with pytest.raises(SiteError, match="it does not accept the credentials of this connection"):
            await site.check()
