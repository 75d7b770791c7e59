"""When a gateway counts as dead, as deaf, or as worth asking about."""

import pytest

from adapters.discord.pulse import Patience, Pulse, Sign

PATIENCE = Patience(beats=2.0, first_beat=60.0, echo=20.0, quiet=300.0)
HELLO = {"op": 10, "d": {"heartbeat_interval": 40_000}}
ANSWER = {"op": 11}
EVENT = {"op": 0}
NEVER = float("-inf")


@pytest.mark.parametrize(
    ("frames", "now", "posted_at", "sign"),
    [
        ([], 59.0, NEVER, Sign.WELL),
        ([], 61.0, NEVER, Sign.UNANSWERED),
        ([(1, HELLO)], 80.0, NEVER, Sign.WELL),
        ([(1, HELLO)], 82.0, NEVER, Sign.UNANSWERED),
        ([(1, HELLO), (41, ANSWER)], 82.0, NEVER, Sign.WELL),
        ([(1, HELLO), (80, EVENT)], 82.0, NEVER, Sign.UNANSWERED),
        ([(1, HELLO), (40, ANSWER), (80, ANSWER)], 100.0, 85.0, Sign.WELL),
        ([(1, HELLO), (40, ANSWER), (80, ANSWER)], 106.0, 85.0, Sign.DEAF),
        ([(1, HELLO), (80, ANSWER), (86, EVENT)], 106.0, 85.0, Sign.WELL),
        ([(1, HELLO), (2, EVENT), (290, ANSWER)], 301.0, NEVER, Sign.WELL),
        ([(1, HELLO), (2, EVENT), (290, ANSWER)], 303.0, NEVER, Sign.QUIET),
    ],
)
def test_a_pulse_says_what_came_when(frames, now, posted_at, sign):
    pulse = Pulse(0.0)
    for at, frame in frames:
        pulse.hear(frame, at)

    assert pulse.sign(now, posted_at, PATIENCE) is sign


def test_a_quiet_gateway_is_asked_about_once_in_a_while():
    pulse = Pulse(0.0)
    for at, frame in ((1, HELLO), (300, ANSWER)):
        pulse.hear(frame, at)
    pulse.asked_at = 302.0

    assert pulse.sign(310.0, NEVER, PATIENCE) is Sign.WELL


def test_a_connection_that_is_being_replaced_has_its_time_again():
    pulse = Pulse(0.0)
    pulse.hear(HELLO, 1)
    pulse.reconnecting(100.0)

    assert pulse.sign(140.0, NEVER, PATIENCE) is Sign.WELL
    assert pulse.sign(161.0, NEVER, PATIENCE) is Sign.UNANSWERED
