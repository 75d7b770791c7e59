import pytest

from agent_core.language_model.endpoint import Endpoint
from agent_core.language_model.tokens import estimate, estimate_prompt
from agent_core.language_model.wire import Ask, body_of
from tests.agent_core.language_model.opening import PROMPT, READ, Outline


@pytest.mark.parametrize(
    ("text", "tokens"),
    [("", 0), ("a", 1), ("four", 1), ("fours", 2), ("写一篇文章", 5), ("写 blog", 3), ("日本語です", 5)],
)
def test_a_token_is_four_letters_or_one_cjk_character(text: str, tokens: int):
    assert estimate(text) == tokens


def test_a_prompt_counts_its_tools_and_its_schema():
    def tokens(ask: Ask) -> int:
        return estimate_prompt(body_of(ask, Endpoint(), "m"))

    bare = tokens(Ask(tuple(PROMPT)))
    assert 0 < bare < tokens(Ask(tuple(PROMPT), (READ,))) < tokens(Ask(tuple(PROMPT), (READ, READ)))
    assert bare < tokens(Ask(tuple(PROMPT), form=Outline))
