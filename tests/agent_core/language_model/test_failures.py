from datetime import UTC, datetime

import pytest

from agent_core.language_model.failures import BODY_SHOWN, Kind, failure_of, redacted, retry_after, words_in

NOW = datetime(2026, 11, 22, 12, 0, 0, tzinfo=UTC)


@pytest.mark.parametrize(
    ("headers", "seconds"),
    [
        ({"retry-after": "7"}, 7.0),
        ({"retry-after-ms": "1500", "retry-after": "9"}, 1.5),
        ({"retry-after": "Sun, 22 Nov 2026 12:00:30 GMT"}, 30.0),
        ({"retry-after": "Sun, 22 Nov 2026 11:00:00 GMT"}, 0.0),
        ({"retry-after": "soon"}, None),
        ({"retry-after": "-5"}, None),
        ({"retry-after": "inf"}, None),
        ({}, None),
    ],
)
def test_retry_after_is_read_in_every_form(headers: dict[str, str], seconds: float | None):
    assert retry_after(headers, NOW) == seconds


@pytest.mark.parametrize(
    ("body", "words"),
    [
        ({"error": {"message": "no", "code": "x", "param": None}}, ("no", "x")),
        ({"error": "no"}, ("no", "")),
        ({"message": "no", "type": "t"}, ("no", "t")),
        ({"detail": [{"msg": "no"}]}, ("[{'msg': 'no'}]", "")),
        ("no", ("no", "")),
        ([1], ("", "")),
        (None, ("", "")),
    ],
)
def test_words_are_found_in_bodies_of_every_shape(body: object, words: tuple[str, str]):
    assert words_in(body) == words


def test_nothing_like_a_key_is_shown():
    shown = redacted("Bearer abc.def, sk-proj-1234567890, my-own-secret\n\n" + "long " * 100, "my-own-secret")
    for word in ("abc.def", "sk-proj", "1234567890", "my-own-secret", "\n"):
        assert word not in shown
    assert len(shown) == BODY_SHOWN


def test_every_status_has_a_sentence_and_only_client_errors_are_guessed_at():
    for status in range(300, 600):
        failure = failure_of(status, None, model="m", where="http://x/v1", secret="")
        assert str(failure.reason).endswith(".")
        assert failure.kind is not Kind.PASSING or status in (408, 409, 429) or status >= 500
        assert not failure.guess or 400 <= status < 500
