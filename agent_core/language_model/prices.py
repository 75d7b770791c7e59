"""What a call costs, for models whose price is known."""

import re
from dataclasses import dataclass

PRICES_AS_OF = "2026-11-18"


@dataclass(frozen=True, slots=True)
class Price:
    """US dollars per million tokens, standard tier, short prompts.

    `cached` is for input read from the provider's prompt cache, `written` for input stored in it.
    """

    input: float
    cached: float
    output: float
    written: float | None = None  #: None: no dearer than input
    long: bool = False  #: past LONG_PROMPT input is dearer twofold, output by half


LONG_PROMPT = 272_000  #: tokens of prompt; above it the whole call is dearer, by the same pricing page
_MILLION = 1_000_000

# OpenAI's pricing page (developers.openai.com/api/docs/pricing), as quoted in public up to PRICES_AS_OF;
# since gpt-5.6 storing in the cache costs 1.25 times the input.
PRICES: dict[str, Price] = {
    "gpt-6.2-astra": Price(8.00, 0.40, 40.00, written=10.00, long=True),
    "gpt-6.2-sol": Price(2.00, 0.10, 10.00, written=2.50, long=True),
    "gpt-6.1-sol": Price(2.00, 0.10, 10.00, written=2.50, long=True),
    "gpt-6.1-terra": Price(1.00, 0.05, 5.00, written=1.25, long=True),
    "gpt-6-astra": Price(10.00, 1.00, 50.00, written=12.50, long=True),
    "gpt-6-sol": Price(2.00, 0.20, 10.00, written=2.50, long=True),
    "gpt-6-luna": Price(0.10, 0.01, 0.50, written=0.125, long=True),
    "gpt-5.6-sol": Price(4.00, 0.40, 20.00, written=5.00, long=True),
    "gpt-5.6-terra": Price(2.00, 0.20, 12.00, written=2.50, long=True),
    "gpt-5.6-luna": Price(0.20, 0.02, 1.20, written=0.25, long=True),
    "gpt-5.5": Price(5.00, 0.50, 30.00, long=True),
    "gpt-5.4": Price(2.50, 0.25, 15.00, long=True),
    "gpt-5.4-mini": Price(0.75, 0.075, 4.50),
    "gpt-5.4-nano": Price(0.20, 0.02, 1.25),
    "gpt-5.2": Price(1.75, 0.175, 14.00),
    "gpt-5.2-pro": Price(21.00, 21.00, 168.00),
    "gpt-5.1": Price(1.25, 0.125, 10.00),
    "gpt-5": Price(1.25, 0.125, 10.00),
    "gpt-5-mini": Price(0.25, 0.025, 2.00),
    "gpt-5-nano": Price(0.05, 0.005, 0.40),
    "gpt-4.1": Price(2.00, 0.50, 8.00),
    "gpt-4.1-mini": Price(0.40, 0.10, 1.60),
    "gpt-4.1-nano": Price(0.10, 0.025, 0.40),
    "gpt-4o": Price(2.50, 1.25, 10.00),
    "gpt-4o-2024-05-13": Price(5.00, 5.00, 15.00),
    "gpt-4o-mini": Price(0.15, 0.075, 0.60),
    "gpt-4-turbo": Price(10.00, 10.00, 30.00),
    "gpt-4": Price(30.00, 30.00, 60.00),
    "gpt-3.5-turbo": Price(0.50, 0.50, 1.50),
    "o1": Price(15.00, 7.50, 60.00),
    "o3": Price(2.00, 0.50, 8.00),
    "o3-mini": Price(1.10, 0.55, 4.40),
    "o4-mini": Price(1.10, 0.275, 4.40),
}

_SNAPSHOT = re.compile(r"-(\d{4}-\d{2}-\d{2}|\d{4})")


def price_of(model: str) -> Price | None:
    """Return the price of a model, or of the model a dated snapshot is of; None when it is unknown.

    The longest name wins. A name that goes on with anything but a date is another model, and unknown.
    """
    for name in sorted(PRICES, key=len, reverse=True):
        if model == name or (model.startswith(name) and _SNAPSHOT.fullmatch(model, len(name))):
            return PRICES[name]
    return None


def cost_of(model: str, *, prompt: int, completion: int, cached: int = 0, written: int = 0) -> float | None:
    """Return US dollars for one call; None when the price is unknown. `cached` and `written` are parts of `prompt`."""
    price = price_of(model)
    if price is None:
        return None
    cached = min(cached, prompt)
    written = min(written, prompt - cached)
    fresh = prompt - cached - written
    dearer_in, dearer_out = (2.0, 1.5) if price.long and prompt > LONG_PROMPT else (1.0, 1.0)
    paid_in = fresh * price.input + cached * price.cached + written * (price.written or price.input)
    return (paid_in * dearer_in + completion * price.output * dearer_out) / _MILLION
