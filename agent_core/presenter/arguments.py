"""ToolCall -> Sections and Fields: every argument whole, and nothing in it hidden."""

import json
import unicodedata
from collections.abc import Iterator
from typing import Any

from agent_core.cards import Field, Form, Section
from agent_core.characters import look_alikes
from agent_core.domain import Preview, ToolCall
from agent_core.i18n import translator
from agent_core.policy import ANSWER_TOOL
from agent_core.presenter.words import WRITE_TOOL, argument_hint, argument_word
from agent_core.proposing import KEEP_TOOL

LONG_TEXT = 600  # characters; longer texts start folded where something else tells the essence
LONG_LINES = 12
ABOUT = 60  # characters of an argument that can stand beside a title
ONE_LINE = 80  # characters; longer texts are edited in a box of several lines

# characters that change how others look or cannot be seen at all (Unicode TR 36 and "Trojan Source"); joiners and
# direction marks are left out, for emoji and right-to-left words need them
_DECEPTIVE = frozenset("\u200b\u2028\u2029\u202a\u202b\u202c\u202d\u202e\u2060\u2066\u2067\u2068\u2069\ufeff")
_TAGS = range(0xE0000, 0xE0080)
_MARKDOWN = (".md", ".markdown")
_NEW_FILE = "--- /dev/null\n"  # begins the unified diff of a file there was not before


def argument_sections(call: ToolCall, preview: Preview, language: str) -> Iterator[Section]:
    """Yield what the call would do and then each of its arguments, none of them cut.

    What was shown before them already starts folded, to be opened.
    """
    _ = translator(language)
    shown = _preview_section(call, preview, language)
    if shown is not None:
        yield shown
    for name, value in call.arguments.items():
        folded = shown is not None and (call.tool == WRITE_TOOL or is_long(written(value)))
        label = argument_word(call.tool, name, language)
        yield text_section(label, value, language, folded=folded, markdown=call.tool == ANSWER_TOOL)
    if not call.arguments:
        yield Section(_("Arguments"), _("none"))


def _preview_section(call: ToolCall, preview: Preview, language: str) -> Section | None:
    """Return what a call would do: of a new file its content, else the Preview as it is; None when there is none."""
    _ = translator(language)
    if call.tool == WRITE_TOOL and preview.text.startswith(_NEW_FILE):
        path, content = str(call.arguments.get("path", "")), str(call.arguments.get("content", ""))
        form = Form.MARKDOWN if path.lower().endswith(_MARKDOWN) else Form.CODE
        return Section(_("New file {path}").format(path=path), content or _("(an empty text)"), form)
    if not preview.text:
        return None
    if is_diff(preview.text):
        return Section(_("Changes"), preview.text, Form.DIFF)
    form = Form.MARKDOWN if preview.markdown else Form.CODE
    return Section(_("What it would do"), preview.text, form, own=call.tool == KEEP_TOOL)


def about(call: ToolCall) -> str:
    """Return the first short argument of a call, mostly the file it is about; an answer is about nothing else."""
    texts = () if call.tool == ANSWER_TOOL else call.arguments.values()
    return next((text for text in texts if isinstance(text, str) and len(text) <= ABOUT and "\n" not in text), "")


def text_section(
    label: str, value: Any, language: str, *, folded: bool | None = None, markdown: bool = False
) -> Section:
    """Return a value as a Section, folded as said or, when that is not said, if it is long."""
    _ = translator(language)
    text = written(value)
    if not text:
        return Section(label, _("(an empty text)"))
    form = Form.CODE if "\n" in text or not isinstance(value, str) else Form.PLAIN
    if markdown and isinstance(value, str):
        form = Form.MARKDOWN
    return Section(label, text, form, folded=is_long(text) if folded is None else folded)


def written(value: Any) -> str:
    """Return an argument as people read and edit it: a text as it is, everything else as JSON."""
    return value if isinstance(value, str) else json.dumps(value, ensure_ascii=False, indent=2)


def call_fields(call: ToolCall, language: str) -> tuple[Field, ...]:
    """Return the arguments of a call to edit."""
    return tuple(_field(call.tool, name, value, language) for name, value in call.arguments.items())


def _field(tool: str, name: str, value: Any, language: str) -> Field:
    text, word = written(value), argument_word(tool, name, language)
    long, label = "\n" in text or len(text) > ONE_LINE, word if word != name else ""
    hint = argument_hint(tool, name, language)
    return Field(name, text, is_text=isinstance(value, str), multiline=long, label=label, hint=hint)


def is_long(text: str) -> bool:
    """Say whether a text is long enough to start folded."""
    return len(text) > LONG_TEXT or text.count("\n") >= LONG_LINES


def is_diff(text: str) -> bool:
    """Say whether a Preview is a unified diff."""
    return text.startswith(("--- ", "@@ ")) or "\n@@ " in text


def hidden_characters(call: ToolCall) -> str:
    """Name the characters of a call that cannot be seen or that change how others look; an empty string when none."""
    text = "".join(written(value) for value in call.arguments.values())
    found = {letter for letter in set(text) if _hidden(letter)}
    return ", ".join(f"U+{ord(letter):04X}" for letter in sorted(found))


def deceiving_letters(call: ToolCall) -> str:
    """Name the letters of a call that pass for the Latin ones beside them; an empty string when none."""
    found = look_alikes(" ".join(written(value) for value in call.arguments.values()))
    return ", ".join(f"{letter} U+{ord(letter):04X}" for letter in found)


def _hidden(letter: str) -> bool:
    if letter in "\n\r\t":
        return False
    return letter in _DECEPTIVE or ord(letter) in _TAGS or unicodedata.category(letter) == "Cc"
