"""The rehearsal model's files that are not prose: code that runs and says what would be there, and JSON. Pure."""

import json
import re

from bot.rehearsal.facts import Facts, changes, fill, words_of


def code(facts: Facts) -> str:
    """Return a file of code that runs, and says what would be there; a test file tests the other."""
    words = words_of(facts.language).document
    filled = fill(facts)
    name = facts.path.rpartition("/")[2]
    python = name.endswith(".py")
    mark = "#" if python else "//"
    remarks = [
        f"{mark} {line}" for part in changes(facts, words, level="") for line in part.splitlines() if line.strip()
    ]
    text = json.dumps(words.code_text.format(**filled), ensure_ascii=False)
    tested = re.sub(r"\Atest_|(?:_test|\.test)?\.(?:py|js)\Z", "", name)
    if name.startswith("test_") or ".test." in name:
        body = _PYTHON_TEST if python else _JAVASCRIPT_TEST
    else:
        body = _PYTHON if python else _JAVASCRIPT
    source = body.format(text=text, doc=words.code_doc, module=re.sub(r"\W", "_", tested), file=tested)
    ends = words.comment_first.format(**filled), words.comment_last
    return "\n".join([f"{mark} {ends[0]}", *remarks, "", source, f"{mark} {ends[1]}", ""])


_PYTHON = '''def described() -> str:
    """{doc}"""
    return {text}


if __name__ == "__main__":
    print(described())
'''
_PYTHON_TEST = """from {module} import described


def test_it_says_what_would_be_here() -> None:
    assert described() == {text}
"""
_JAVASCRIPT = """/** {doc} */
export function described() {{
  return {text};
}}
"""
_JAVASCRIPT_TEST = """import assert from "node:assert/strict";
import {{ test }} from "node:test";
import {{ described }} from "./{file}.js";

test("it says what would be here", () => {{
  assert.equal(described(), {text});
}});
"""


def json_file(facts: Facts) -> str:
    """Return a JSON object that says whose it is."""
    words = words_of(facts.language).document
    filled = fill(facts)
    value = {
        "notice": words.notice_first.format(**filled).replace("**", ""),
        "topic": facts.aim.topic,
        words.changed_heading: list(changes(facts, words, level="")),
        "end": words.notice_last.replace("**", ""),
    }
    return json.dumps(value, ensure_ascii=False, indent=2) + "\n"
