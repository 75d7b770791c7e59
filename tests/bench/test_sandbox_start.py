"""How the table of sandboxes is made."""

from tests.bench.report import Machine
from tests.bench.sandbox_start import BARE, WARM, Start, markdown, measured


def test_each_way_is_run_in_turns_and_the_first_rounds_do_not_count():
    order = []
    starts = measured({BARE: lambda: order.append("bare"), "other": lambda: order.append("other")}, 3)
    assert order == ["bare", "other"] * (3 + WARM)
    assert [start.way for start in starts] == [BARE, "other"]
    assert all(0 <= start.p50_ms <= start.p90_ms for start in starts)


def test_the_table_says_how_much_more_than_a_bare_process_each_took():
    machine = Machine("CPU", 2, "3.11.7", "Linux x86_64", "2026-11-25")
    table = markdown([Start(BARE, 10.0, 12.0), Start("bubblewrap", 22.5, 30.0), Start("Monty", 4.0, 5.0)], machine)
    assert "| bubblewrap | 22.5 ms | 30.0 ms | +12.5 ms |" in table
    assert "| Monty | 4.0 ms | 5.0 ms | -6.0 ms |" in table
