import json

import pytest

from tests.bench.acks import BARE, BEGIN, END, NOD, AckResult, Acks, from_json, markdown, to_json
from tests.bench.report import Machine, with_figures

MACHINE = Machine("Abacus 3000", 2, "3.11.4", "Linux x86_64", "2026-01-31")
RESULT = AckResult(
    0.2,
    (
        Acks(BARE, "Socket Mode", 0.0, 300, 0.2, 1.0, 4000.0),
        Acks(NOD, "Socket Mode", 0.0, 300, 0.5, 2.0, 2000.0),
        Acks(BARE, "HTTP", 4.0, 300, 0.4, 1.0, 2000.0),
        Acks(NOD, "HTTP", 4.0, 300, 0.6, 3.0, 1500.0),
    ),
)


def test_a_result_survives_its_json():
    assert from_json(to_json(RESULT, MACHINE)) == RESULT


def test_nod_is_compared_with_a_bare_app_of_the_same_way_and_the_same_slack():
    times = json.loads(to_json(RESULT, MACHINE))["times_bare_bolt"]
    assert times == pytest.approx({"Socket Mode, API 0 s": 2.5, "HTTP, API 4 s": 1.5})


def test_the_table_has_a_line_for_each_app_and_way():
    page = with_figures(f"before\n{BEGIN}\nold\n{END}\nafter", markdown(RESULT, MACHINE), BEGIN, END)
    assert "old" not in page
    lines = [line for line in page.splitlines() if line.startswith(("| HTTP", "| Socket"))]
    assert lines[1] == "| HTTP | 4 s | Nod | 0.60 ms | 3.0 ms | 1.5 × | 1,500/s |"
    assert len(lines) == 4
