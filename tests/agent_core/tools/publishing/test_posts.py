"""What a site says of its posts is read in one pass, however it was written."""

import pytest

from agent_core.tools.publishing.posts import marked, unmarked

MARK = "0123456789abcdef" * 2


@pytest.mark.parametrize("again", ["\n", " \t", "<"])
def test_a_post_made_to_take_long_takes_no_longer_than_another(again):
    text = f"<p>Before{again * (500_000 // len(again))}after</p>"

    assert unmarked(marked(text, MARK)) == (text, MARK)
