"""What Discord refuses of messages and modals: its limits bite, with its codes."""

from typing import Any

import discord
import pytest
from discord import ui

from tests.peers.discord.errors import ApiError
from tests.peers.discord.messages import File
from tests.peers.discord.stock import App, command, running
from tests.peers.discord.validation.bodies import check_body
from tests.peers.discord.validation.modals import check_modal

V2 = 1 << 15


def text(content: str) -> dict[str, Any]:
    return {"type": 10, "content": content}


def button(custom_id: str = "go", label: str = "Go", **more: Any) -> dict[str, Any]:
    return {"type": 2, "style": 1, "custom_id": custom_id, "label": label, **more}


def row(*components: dict[str, Any]) -> dict[str, Any]:
    return {"type": 1, "components": list(components)}


def box(*components: dict[str, Any]) -> dict[str, Any]:
    return {"type": 17, "components": list(components)}


def section(*components: dict[str, Any], accessory: dict[str, Any] | None = None) -> dict[str, Any]:
    return {"type": 9, "components": list(components), "accessory": accessory}


def option(value: str) -> dict[str, Any]:
    return {"label": value, "value": value}


def codes(tree: dict[str, Any], path: str = "") -> dict[str, str]:
    """The codes of an `errors` object by path."""
    found = {}
    for key, branch in tree.items():
        if key == "_errors":
            found[path.strip(".")] = branch[0]["code"]
        else:
            found |= codes(branch, f"{path}.{key}")
    return found


def refused(body: dict[str, Any], files: dict[int, File] | None = None) -> dict[str, str]:
    with pytest.raises(ApiError) as error:
        check_body(body, files or {}, ())
    assert error.value.code == 50035
    return codes(error.value.more["errors"])


@pytest.mark.parametrize(
    ("components", "expected"),
    [
        ([box(text("a" * 2000), text("b" * 2001))], {"components": "COMPONENT_DISPLAYABLE_TEXT_SIZE_EXCEEDED"}),
        ([text("a")] * 41, {"components": "COMPONENT_MAX_TOTAL_COMPONENTS_EXCEEDED"}),
        ([box(*[text("a")] * 40)], {"components": "COMPONENT_MAX_TOTAL_COMPONENTS_EXCEEDED"}),
        ([box(box(text("a")))], {"components.0.components.0": "UNION_TYPE_CHOICES"}),
        ([button()], {"components.0": "UNION_TYPE_CHOICES"}),
        ([text("")], {"components.0.content": "BASE_TYPE_BAD_LENGTH"}),
        ([row()], {"components.0.components": "BASE_TYPE_BAD_LENGTH"}),
        ([row(*[button(str(n)) for n in range(6)])], {"components.0.components": "BASE_TYPE_BAD_LENGTH"}),
        ([row(button(label="x" * 81))], {"components.0.components.0.label": "BASE_TYPE_MAX_LENGTH"}),
        ([row(button("x" * 101))], {"components.0.components.0.custom_id": "BASE_TYPE_BAD_LENGTH"}),
        (
            [row(button(), button(label="Again"))],
            {"components.0.components.1.custom_id": "COMPONENT_CUSTOM_ID_DUPLICATED"},
        ),
        ([row({"type": 2, "style": 1, "label": "Go"})], {"components.0.components.0.custom_id": "BASE_TYPE_REQUIRED"}),
        ([row({"type": 2, "style": 5, "label": "Go"})], {"components.0.components.0.url": "BASE_TYPE_BAD_LENGTH"}),
        ([section(text("a"))], {"components.0.accessory": "BASE_TYPE_REQUIRED"}),
        ([section(*[text("a")] * 4, accessory=button())], {"components.0.components": "BASE_TYPE_BAD_LENGTH"}),
        ([section(text("a"), accessory=text("b"))], {"components.0.accessory": "UNION_TYPE_CHOICES"}),
        (
            [row({"type": 3, "custom_id": "s", "options": [option("a"), option("a")]})],
            {"components.0.components.0.options.1.value": "SELECT_COMPONENT_OPTION_VALUE_DUPLICATED"},
        ),
        (
            [row({"type": 3, "custom_id": "s", "options": [option(str(n)) for n in range(26)]})],
            {"components.0.components.0.options": "BASE_TYPE_BAD_LENGTH"},
        ),
        (
            [row({"type": 3, "custom_id": "s", "options": [option("a")]}, button())],
            {"components.0.components.1": "COMPONENT_LAYOUT_WIDTH_EXCEEDED"},
        ),
        (
            [{"type": 13, "file": {"url": "attachment://other.txt"}}],
            {"components.0.file.url": "UNFURLED_MEDIA_ITEM_REFERENCED_ATTACHMENT_NOT_FOUND"},
        ),
        (
            [{"type": 13, "file": {"url": "https://example.com/a"}}],
            {"components.0.file.url": "URL_TYPE_INVALID_SCHEME"},
        ),
        ([{"type": 12, "items": []}], {"components.0.items": "BASE_TYPE_BAD_LENGTH"}),
        ([{"type": 14, "spacing": 3}], {"components.0.spacing": "BASE_TYPE_CHOICES"}),
    ],
)
def test_components_that_discord_refuses(components: list[dict[str, Any]], expected: dict[str, str]) -> None:
    assert refused({"flags": V2, "components": components}, {0: File("here.txt", b"")}) == expected


def test_components_that_discord_takes_get_ids() -> None:
    full = [
        box(text("a" * 3000), section(text("b" * 1000), accessory=button("x")), {"type": 14}),
        row(*[button(str(n), "l" * 80) for n in range(5)]),
        {"type": 13, "file": {"url": "attachment://here.txt"}},
        {"type": 12, "items": [{"media": {"url": "https://example.com/a.png"}}] * 10},
    ]
    check_body({"flags": V2, "components": full}, {0: File("here.txt", b"")}, ())
    assert full[0]["id"] == 1
    assert full[0]["components"][1]["accessory"]["id"] == 5
    check_body({"flags": V2, "components": [box(*[text("a")] * 39)]}, {}, ())


def test_v2_and_content_exclude_each_other() -> None:
    assert refused({"flags": V2, "components": [text("a")], "content": "b"}) == {
        "content": "MESSAGE_CANNOT_USE_LEGACY_FIELDS_WITH_COMPONENTS_V2"
    }
    assert refused({"components": [text("a")]}) == {"components.0": "UNION_TYPE_CHOICES"}
    assert refused({"components": [row(button(str(n))) for n in range(6)]}) == {"components": "BASE_TYPE_BAD_LENGTH"}


def test_texts_of_too_many_bytes_are_a_server_error() -> None:
    check_body({"flags": V2, "components": [text("字" * 3386)]}, {}, ())
    with pytest.raises(ApiError) as error:
        check_body({"flags": V2, "components": [text("字" * 3387)]}, {}, ())
    assert (error.value.status, error.value.code) == (500, 0)


def test_contents_and_embeds_have_lengths() -> None:
    check_body({"content": "a" * 2000}, {}, ())
    assert refused({"content": "a" * 2001}) == {"content": "BASE_TYPE_MAX_LENGTH"}
    assert refused({"embeds": [{"description": "a" * 3001}] * 2}) == {"embeds": "MAX_EMBED_SIZE_EXCEEDED"}
    assert refused({"embeds": [{"title": "a" * 257}]}) == {"embeds.0.title": "BASE_TYPE_MAX_LENGTH"}
    assert refused({"content": "a", "nonce": "n" * 26}) == {"nonce": "BASE_TYPE_MAX_LENGTH"}


def test_an_empty_message_is_refused() -> None:
    with pytest.raises(ApiError) as error:
        check_body({"content": ""}, {}, ())
    assert error.value.code == 50006


def label(component: dict[str, Any], title: str = "Reason") -> dict[str, Any]:
    return {"type": 18, "label": title, "component": component}


def field(**more: Any) -> dict[str, Any]:
    return {"type": 4, "custom_id": "reason", "style": 2, **more}


@pytest.mark.parametrize(
    ("modal", "expected"),
    [
        ({"title": "t" * 46}, {"data.title": "BASE_TYPE_BAD_LENGTH"}),
        ({"components": []}, {"data.components": "BASE_TYPE_BAD_LENGTH"}),
        ({"components": [text("a")] * 6}, {"data.components": "BASE_TYPE_BAD_LENGTH"}),
        ({"components": [row(button())]}, {"data.components.0.components.0": "UNION_TYPE_CHOICES"}),
        ({"components": [label(field(), "l" * 46)]}, {"data.components.0.label": "BASE_TYPE_BAD_LENGTH"}),
        (
            {"components": [label(field(max_length=4001))]},
            {"data.components.0.component.max_length": "NUMBER_TYPE_MAX"},
        ),
        (
            {"components": [label(field(value="v" * 4001))]},
            {"data.components.0.component.value": "BASE_TYPE_MAX_LENGTH"},
        ),
        (
            {"components": [label(field()), label(field())]},
            {"data.components.1.component.custom_id": "COMPONENT_CUSTOM_ID_DUPLICATED"},
        ),
    ],
)
def test_modals_that_discord_refuses(modal: dict[str, Any], expected: dict[str, str]) -> None:
    with pytest.raises(ApiError) as error:
        check_modal({"custom_id": "m", "title": "Why?", "components": [label(field())], **modal})
    assert codes(error.value.more["errors"]) == expected


async def test_discord_py_reads_the_refusal_where_it_stands(peer, general, ada) -> None:
    async with running(peer, App()) as app:
        view = ui.LayoutView()
        view.add_item(ui.TextDisplay("a" * 4001))
        with pytest.raises(discord.HTTPException) as error:
            await app.get_channel(general.id).send(view=view)
        assert (error.value.status, error.value.code) == (400, 50035)
        assert "displayable text size exceeds maximum size of 4000" in error.value.text
        assert peer.messages(general) == []


async def test_an_answer_s_refusal_stands_under_data_and_leaves_the_interaction_open(peer, general, ada) -> None:
    app = App()

    @command(app, "agent")
    async def agent(interaction: discord.Interaction) -> None:
        with pytest.raises(discord.HTTPException, match="In data.content: Must be 2000 or fewer in length"):
            await interaction.response.send_message("a" * 2001)
        await interaction.response.send_message("shorter")

    async with running(peer, app, sync=True):
        assert (await peer.slash(ada, general, "agent")).text == "shorter"


async def test_files_shown_by_components_stay_through_edits_and_are_not_listed(peer, general, ada) -> None:
    async with running(peer, App()) as app:
        view = ui.LayoutView()
        view.add_item(ui.File("attachment://blog.md"))
        sent = await app.get_channel(general.id).send(view=view, file=discord.File(__file__, "blog.md"))
        assert sent.attachments == []
        [component] = sent.components
        assert (component.name, component.size) == ("blog.md", len(peer.messages(general)[0].files["blog.md"]))
        view.add_item(ui.TextDisplay("and a word"))
        await sent.edit(view=view)
        [shown] = peer.messages(general)
        assert shown.text == "and a word"
        assert list(shown.files) == ["blog.md"]


async def test_a_message_with_content_becomes_v2_only_when_its_content_goes(peer, general, ada) -> None:
    async with running(peer, App()) as app:
        sent = await app.get_channel(general.id).send("words")
        view = ui.LayoutView()
        view.add_item(ui.TextDisplay("cards"))
        with pytest.raises(discord.HTTPException, match="'content' field cannot be used"):
            await sent.edit(view=view)
        await sent.edit(content=None, view=view)
        assert peer.messages(general)[0].text == "cards"
