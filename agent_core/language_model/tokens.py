"""How many tokens a text takes, when the server does not say: an estimate, and always marked as one."""

import json
import re
from collections.abc import Mapping
from typing import Any

# Kana, CJK ideographs with extension A and compatibility forms, Hangul
_CJK = re.compile("[\u3040-\u30ff\u3400-\u4dbf\u4e00-\u9fff\uac00-\ud7af\uf900-\ufaff]")
LETTERS_A_TOKEN = 4  #: English; the rule of thumb of OpenAI's tokenizer help page
MESSAGE_TOKENS = 4  #: what the markers around one message take


def estimate(text: str) -> int:
    """Return about how many tokens `text` is: one a CJK character, one for four others."""
    cjk = len(_CJK.findall(text))
    return cjk + -(-(len(text) - cjk) // LETTERS_A_TOKEN)


def estimate_prompt(body: Mapping[str, Any]) -> int:
    """Return about how many tokens the prompt of a request is: its messages, tools and schema."""
    total = 0
    for message in body.get("messages", ()):
        calls = message.get("tool_calls")
        total += MESSAGE_TOKENS + estimate(str(message.get("content") or ""))
        total += estimate(json.dumps(calls, ensure_ascii=False)) if calls else 0
    for part in ("tools", "response_format"):
        if part in body:
            total += estimate(json.dumps(body[part], ensure_ascii=False))
    return total
