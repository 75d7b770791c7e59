"""What Tools tell people before they act is told in the run's language: no English is put into a fact past it."""

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import agent_core
from agent_core.i18n import translator
from agent_core.tools.code.monty import Monty
from agent_core.tools.facts import file_words

PACKAGE = Path(agent_core.__file__).parent
TRANSLATED = {"_", "N_"}
WORD = re.compile("[A-Za-z]{2,}")


def named(call: ast.Call) -> str:
    return call.func.id if isinstance(call.func, ast.Name) else ""


def untold(node: ast.AST) -> Iterator[str]:
    """The texts within code, those of f-strings among them, that are not handed to a translation."""
    if isinstance(node, ast.Call) and named(node) in TRANSLATED:
        return
    if isinstance(node, ast.Constant) and isinstance(node.value, str):
        yield node.value
    for child in ast.iter_child_nodes(node):
        yield from untold(child)


def facts() -> Iterator[tuple[str, ast.Call]]:
    for path in sorted(PACKAGE.rglob("*.py")):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Call) and named(node) == "PreviewFact":
                yield path.name, node


def test_the_words_of_every_fact_are_translated():
    told = list(facts())
    assert len(told) > 20
    english = [
        (name, text) for name, fact in told for argument in fact.args for text in untold(argument) if WORD.search(text)
    ]
    assert english == []


def test_a_file_and_a_sandbox_are_told_in_chinese():
    assert file_words("blog.md", 1234, "5e", "en") == "blog.md (1,234 bytes, SHA-256 5e)"
    assert file_words("blog.md", 1234, "5e", "zh") == "blog.md（1,234 字节，SHA-256 5e）"
    assert translator("zh")(Monty().name) == "monty（受限的 Python，没有软件包）"
