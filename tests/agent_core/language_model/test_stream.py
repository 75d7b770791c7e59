from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from agent_core.language_model.stream import Counts, RawCall, Reading

KEYS = ("choices", "delta", "message", "content", "tool_calls", "function", "index", "id", "name", "arguments", "usage")
anything = st.recursive(
    st.none() | st.booleans() | st.integers(-2, 5) | st.text(max_size=5),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.sampled_from(KEYS), inner, max_size=5),
    max_leaves=20,
)


def reading(*chunks: object) -> Reading:
    found = Reading()
    for chunk in chunks:
        found.add(chunk)
    return found


def delta(finish: str | None = None, **delta: object) -> dict:
    return {"choices": [{"index": 0, "delta": delta, "finish_reason": finish}]}


@settings(deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(st.lists(anything, max_size=4), anything)
def test_nothing_a_server_sends_breaks_the_reading(chunks: list, body: object):
    found = reading(*chunks)
    found.add_whole(body)
    found.answer()


def test_a_stream_is_complete_only_with_a_reason():
    assert not reading(delta(content="a")).complete
    assert reading(delta(content="a"), delta("stop")).answer().text == "a"


def test_a_name_repeated_in_every_chunk_is_taken_once():
    parts = [{"index": 0, "id": "c", "function": {"name": "read", "arguments": part}} for part in ('{"a"', ": 1}")]
    answer = reading(*(delta(tool_calls=[part]) for part in parts)).answer()
    assert answer.calls == (RawCall("c", "read", '{"a": 1}'),)


def test_calls_that_take_turns_are_kept_apart_by_index():
    def part(index: int, text: str) -> dict:
        return delta(tool_calls=[{"index": index, "function": {"arguments": text}}])

    heads = [delta(tool_calls=[{"index": i, "id": f"c{i}", "function": {"name": "read"}}]) for i in (0, 1)]
    answer = reading(*heads, part(0, "a"), part(1, "x"), part(0, "b"), part(1, "y")).answer()
    assert [call.arguments for call in answer.calls] == ["ab", "xy"]


def test_usage_may_come_in_any_chunk_and_zeros_are_none():
    usage = {"prompt_tokens": 3, "completion_tokens": 2, "prompt_tokens_details": {"cache_write_tokens": 1}}
    assert reading({"usage": usage}, {"usage": None}).answer().counts == Counts(3, 2, 0, 1)
    assert reading({"usage": {"prompt_tokens": 0, "completion_tokens": 0}}).answer().counts is None
