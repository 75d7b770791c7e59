import pytest

from agent_core.language_model.prices import LONG_PROMPT, PRICES, cost_of, price_of


@pytest.mark.parametrize(
    ("model", "same_as"),
    [
        ("gpt-4o", "gpt-4o"),
        ("gpt-4o-2024-11-20", "gpt-4o"),
        ("gpt-4o-2024-05-13", "gpt-4o-2024-05-13"),
        ("gpt-4o-mini-2024-07-18", "gpt-4o-mini"),
        ("gpt-3.5-turbo-0125", "gpt-3.5-turbo"),
        ("gpt-5.4-mini", "gpt-5.4-mini"),
    ],
)
def test_a_dated_snapshot_costs_what_its_model_does(model: str, same_as: str):
    assert price_of(model) is PRICES[same_as]


@pytest.mark.parametrize(
    "model", ["", "llama3.2:3b", "gpt-4o-audio-preview", "gpt-5-codex-2099-01-01", "o1-preview", "gpt-oss-20b"]
)
def test_what_is_not_in_the_table_has_no_price(model: str):
    assert price_of(model) is None
    assert cost_of(model, prompt=1, completion=1) is None


def test_cached_input_is_cheaper_and_counted_once():
    assert cost_of("gpt-4.1", prompt=1_000_000, completion=0, cached=1_000_000) == pytest.approx(0.5)
    assert cost_of("gpt-4.1", prompt=1_000_000, completion=0, cached=9_000_000) == pytest.approx(0.5)


def test_storing_in_the_cache_is_dearer_where_it_is():
    assert cost_of("gpt-6-sol", prompt=100_000, completion=0, written=100_000) == pytest.approx(0.25)
    assert cost_of("gpt-4o", prompt=100_000, completion=0, written=100_000) == pytest.approx(0.25)


def test_long_prompts_are_dearer_as_a_whole():
    assert cost_of("gpt-6-sol", prompt=LONG_PROMPT, completion=0) == pytest.approx(0.544)
    assert cost_of("gpt-6-sol", prompt=1_000_000, completion=1_000_000) == pytest.approx(4 + 15)


def test_no_price_is_below_nothing_and_no_cache_dearer_than_input():
    assert all(0 < price.cached <= price.input < price.output for price in PRICES.values())
