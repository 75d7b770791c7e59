"""`nod schedule …`, each command a program of its own."""

import re

import pytest

from tests.bot.nod import nod


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    """A folder where one schedule is kept."""
    folder = tmp_path_factory.mktemp("nod")
    added = nod(
        folder, "schedule", "add", "0 9 * * 1-5", "summarise", "the news", "--zone", "Europe/Berlin", typed="y\n"
    )
    assert added.returncode == 0, added.stdout + added.stderr
    assert "every weekday at 09:00" in added.stdout
    assert "Next times, in Europe/Berlin" in added.stdout
    return folder


@pytest.fixture(scope="module")
def schedule(folder):
    listed = nod(folder, "schedule", "list").stdout
    assert "summarise the news" in listed
    assert "next:" in listed
    found = re.search(r"\b[0-9a-f]{10}\b", listed)
    assert found
    return found[0]


def test_one_is_paused_and_resumed_by_the_beginning_of_its_id(folder, schedule):
    assert "Paused" in nod(folder, "schedule", "pause", schedule[:6]).stdout
    resumed = nod(folder, "schedule", "resume", schedule[:6]).stdout
    assert "next:" in resumed
    assert "paused" in resumed
    assert "resumed" in resumed


def test_an_edit_is_proposed_and_confirmed_as_a_new_one_is(folder, schedule):
    edited = nod(folder, "schedule", "edit", schedule, "--when", "every day at 8:00", "--overlap", "queue", typed="y\n")
    assert edited.returncode == 0, edited.stdout + edited.stderr
    shown = nod(folder, "schedule", "show", schedule).stdout
    assert "every day at 08:00" in shown
    assert "one waits until that is over" in shown


def test_a_no_keeps_nothing(folder):
    refused = nod(folder, "schedule", "add", "every day at 7:00 water the plants", typed="n\nnot needed\n")
    assert refused.returncode == 3, refused.stdout + refused.stderr
    assert "water the plants" not in nod(folder, "schedule", "list").stdout


@pytest.mark.parametrize(
    ("arguments", "told"),
    [
        (("show", "ffff"), "There is no schedule ffff"),
        (("add", "every", "day", "at", "9", "x", "--zone", "Mars/Olympus"), "There is no time zone Mars/Olympus"),
    ],
)
def test_what_cannot_be_is_told_in_a_sentence(folder, arguments, told):
    refused = nod(folder, "schedule", *arguments)
    assert refused.returncode != 0
    assert told in refused.stderr
