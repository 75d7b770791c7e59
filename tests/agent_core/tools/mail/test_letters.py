"""Letters are anybody's: what they hold is read in the time that it takes to look at it once."""

import pytest

from agent_core.tools.mail.letters import plain


@pytest.mark.parametrize("again", ["<br", "<p ", "</p", "<b>", "&", "\n "])
def test_a_letter_made_to_take_long_takes_no_longer_than_another(again):
    assert plain("", f"<p>Before</p>{again * (1_000_000 // len(again))}").startswith("Before")
