"""Links: every link of a Markdown text is found, and is followed as far as the run may."""

import pytest

from agent_core.links import fault_of_link, parsed, web_address

PATHS = frozenset({"blog.md", "notes/plan.md", "img/写 字.png", "notes/deep/x.txt"})
READ = frozenset({web_address("https://example.org/a?b=1"), web_address("https://example.org/")})


def anchors_of(path):
    return {"notes/plan.md": {"next-steps"}, "blog.md": {"top-of-it"}}[path]


@pytest.mark.parametrize(
    ("text", "links"),
    [
        ("[a](b.md) and [c](<d e.md>)", ["b.md", "d%20e.md"]),
        ("[a][r]\n\n[r]: b.md", ["b.md"]),
        ("![a](b.png)", ["b.png"]),
        ("[![a](b.png)](c.md)", ["c.md", "b.png"]),
        ("<https://example.org>", ["https://example.org"]),
        ("see https://example.org/a, or (https://example.org/b).", ["https://example.org/a", "https://example.org/b"]),
        ("见https://example.org/a。好", ["https://example.org/a"]),
        ('<a href="b.md">b</a> <img src="c.png">', ["b.md", "c.png"]),
        ('<div>\n<a href="b.md">b</a>\n</div>', ["b.md"]),
        ("| a |\n|---|\n| [b](c.md) |", ["c.md"]),
        ("`[a](b.md)` and `https://example.org`", []),
        ("```\n[a](b.md)\n```", []),
        ("[a]()", [""]),
        ("no links", []),
    ],
)
def test_every_link_is_found(text, links):
    assert parsed(text).links == links


def test_anchors_are_made_as_github_makes_them():
    text = '# Next steps!\n## Next steps!\n\nSetext `code`_x_\n---\n### 第一章：开始\n<a id="here"></a>'
    assert parsed(text).anchors == {"next-steps", "next-steps-1", "setext-codex", "第一章开始", "here"}


@pytest.mark.parametrize(
    "link",
    [
        "notes/plan.md",
        "./notes/plan.md",
        "notes/../blog.md",
        "notes/plan.md#next-steps",
        "#top-of-it",
        "#top",
        "img/%E5%86%99%20%E5%AD%97.png",
        "notes/plan.md?plain=1",
        "notes/",
        "notes/deep",
        "notes/deep/x.txt#L3",
        ".",
        "mailto:a@example.org",
        "tel:+3212345",
        "https://example.org/a?b=1",
        "https://example.org/a?b=1#part",
        "https://example.org",
        "//example.org/",
    ],
)
def test_a_link_that_leads_somewhere_has_no_fault(link):
    assert fault_of_link(link, "blog.md", PATHS, READ, anchors_of) == ""


@pytest.mark.parametrize(
    ("link", "fault"),
    [
        ("plan.md", "is not in the workspace"),
        ("notes/Plan.md", "is not in the workspace"),
        ("no/", "is not in the workspace"),
        ("notes/plan.md#other", "matches no heading"),
        ("#nowhere", "matches no heading"),
        ("../blog.md", "leads out of the workspace"),
        ("/blog.md", "link relative to the file"),
        ("", "is empty"),
        ("#", "is empty"),
        ("https://example.org/b", "Nod opens no web link unasked"),
        ("https://example.org/a?b=2", "Nod opens no web link unasked"),
        ("http://example.org/", "Nod opens no web link unasked"),
        ("ftp://example.org/", "Nod opens no web link unasked"),
        ("mailto:", "cannot be checked"),
        ("urn:isbn:1", "cannot be checked"),
        ("http://[half", "is not a proper address"),
    ],
)
def test_a_link_that_leads_nowhere_is_told(link, fault):
    assert fault in fault_of_link(link, "blog.md", PATHS, READ, anchors_of)


def test_a_link_is_followed_from_the_file_it_stands_in():
    assert fault_of_link("../blog.md", "notes/plan.md", PATHS, READ, anchors_of) == ""
    assert fault_of_link("blog.md", "notes/plan.md", PATHS, READ, anchors_of) == "is not in the workspace"
