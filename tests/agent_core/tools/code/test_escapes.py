"""The escape suite: what holds inside, as root and as an ordinary user, and that each attempt works outside."""

import pytest

from tests.agent_core.tools.code.escaping import CONTROLS, USERS, run_inside, run_outside, world_of


@pytest.fixture(scope="module")
def outcomes():
    """What came of every attempt: by user, inside and outside. Made once, all of a user together."""
    found = {}
    for user in USERS:
        with world_of(user) as world:
            inside = run_inside(user, world, sorted(CONTROLS))
            outside = {}
            for how in sorted(set(CONTROLS.values())):
                outside |= run_outside(user, how, world, [name for name in CONTROLS if CONTROLS[name] == how])
        found[user] = (inside, outside)
    return found


def test_the_suite_is_large_enough():
    assert len(CONTROLS) >= 60


@pytest.mark.parametrize("user", USERS)
@pytest.mark.parametrize("name", sorted(CONTROLS))
def test_the_sandbox_holds(name, user, outcomes):
    inside, _ = outcomes[user]
    assert inside[name].startswith("held"), name


@pytest.mark.parametrize("user", USERS)
@pytest.mark.parametrize("name", sorted(CONTROLS))
def test_the_same_attempt_works_outside(name, user, outcomes):
    _, outside = outcomes[user]
    assert outside[name] == "open", outside[name]
