import dataclasses
import json

import pytest

from tests.bench.measure import percentile
from tests.bench.report import (
    BEGIN,
    END,
    Machine,
    SideResult,
    Throughput,
    Tokens,
    Waiting,
    from_json,
    main,
    markdown,
    merged,
    this_machine,
    to_json,
    with_figures,
)

MACHINE = Machine("Abacus 3000", 2, "3.11.4", "Linux x86_64", "2026-01-31")
WAITING = Waiting(10_000, 500.0, 1_500_000, 0.001, 0.4, 0.5)
SLOW = SideResult(
    "LangGraph",
    "1.2",
    "its defaults",
    0.25,
    (Throughput(1, 10, 5.0, 60.0, 150_000, 20.0, 30.0), Throughput(32, 10, 6.0, 50.0, 150_000, 300.0, 400.0)),
    WAITING,
)
FAST = SideResult(
    "Nod",
    "0.1",
    "SQLite",
    0.25,
    (Throughput(1, 10, 50.0, 4.0, 20_000, 2.0, 3.0), Throughput(16, 10, 120.0, 2.5, 20_000, 10.0, 20.0)),
    WAITING,
    (Tokens(2, 2_000), Tokens(4, 4_400)),
)


def test_a_result_survives_its_json():
    assert from_json(to_json(FAST)) == FAST


def test_a_result_with_a_field_missing_is_refused():
    fields = json.loads(to_json(FAST))
    del fields["waiting"]["runs"]
    with pytest.raises(TypeError, match="runs"):
        from_json(json.dumps(fields))


def test_sides_are_compared_at_the_best_of_each():
    ratios = merged(FAST, [SLOW], MACHINE)["times_better"]["LangGraph"]
    assert ratios == {"runs_per_second": 20.0, "runs_per_cpu_second": 20.0, "database_bytes_per_run": 7.5}


def test_the_merged_result_is_json_with_both_sides_and_the_machine():
    read = json.loads(json.dumps(merged(FAST, [SLOW], MACHINE)))
    assert [side["engine"] for side in read["sides"]] == ["Nod", "LangGraph"]
    assert read["machine"]["measured_at"] == "2026-01-31"


def test_nothing_is_divided_by_zero():
    none = dataclasses.replace(FAST.best, database_bytes_per_run=0.0)
    empty = dataclasses.replace(FAST, throughputs=(none,))
    assert merged(empty, [SLOW], MACHINE)["times_better"]["LangGraph"]["database_bytes_per_run"] is None
    assert "| database per run | 0.0 KB | 150.0 KB |  |" in markdown(empty, [SLOW], MACHINE)


def test_the_table_says_where_and_when():
    first = markdown(FAST, [SLOW], MACHINE).splitlines()[0]
    assert first == "Measured on 2026-01-31: Abacus 3000, 2 cores, Linux x86_64, Python 3.11.4, one fsync 0.25 ms."


def test_more_runs_and_less_cpu_are_both_better():
    table = markdown(FAST, [SLOW], MACHINE)
    assert "| most runs/s | 120.0 | 6.0 | 20.0 × |" in table
    assert "| CPU per run then | 2.5 ms | 50.0 ms | 20.0 × |" in table


def test_only_equal_loads_stand_side_by_side():
    table = markdown(FAST, [SLOW], MACHINE)
    assert "| 1 at once: decision to next proposal, p99 | 3.0 ms | 30.0 ms | 10.0 × |" in table
    assert "| 16 at once" not in table
    assert "| 32 at once" not in table


def test_worse_is_shown_as_it_is():
    assert "| most runs/s | 6.0 | 120.0 | 0.1 × |" in markdown(SLOW, [FAST], MACHINE)


def test_every_other_side_has_a_table_and_ratios_of_its_own():
    tuned = dataclasses.replace(SLOW, engine="LangGraph, tuned", throughputs=SLOW.throughputs[:1])
    table = markdown(FAST, [SLOW, tuned], MACHINE)
    assert "| | Nod | LangGraph | Nod is better by |" in table
    assert "| | Nod | LangGraph, tuned | Nod is better by |" in table
    ratios = merged(FAST, [SLOW, tuned], MACHINE)["times_better"]
    assert (ratios["LangGraph"]["runs_per_second"], ratios["LangGraph, tuned"]["runs_per_second"]) == (20.0, 24.0)


def test_tokens_are_shown_where_a_side_has_them():
    assert "| 4 | 4,400 | 1,100 |" in markdown(FAST, [SLOW], MACHINE)
    assert "prompt tokens" not in markdown(SLOW, [FAST], MACHINE)


def test_figures_replace_only_what_is_between_the_markers():
    page = f"# Before\n\n{BEGIN}\nold\n{END}\n\nAfter\n"
    once = with_figures(page, "new")
    assert once == f"# Before\n\n{BEGIN}\n\nnew\n\n{END}\n\nAfter\n"
    assert with_figures(once, "new") == once


@pytest.mark.parametrize("page", ["nothing", f"{END}\n{BEGIN}", f"{BEGIN}\n{BEGIN}\n{END}"])
def test_a_page_without_one_pair_of_markers_is_refused(page):
    with pytest.raises(ValueError, match="once each"):
        with_figures(page, "new")


def test_two_results_become_a_table_and_one_json(tmp_path, capsys):
    (tmp_path / "nod.json").write_text(to_json(FAST), encoding="utf-8")
    (tmp_path / "langgraph.json").write_text(to_json(SLOW), encoding="utf-8")
    page = tmp_path / "benchmarks.md"
    page.write_text(f"{BEGIN}\n{END}\n", encoding="utf-8")
    main([str(tmp_path / "nod.json"), str(tmp_path / "langgraph.json"), "--page", str(page)])
    assert json.loads(capsys.readouterr().out)["times_better"]["LangGraph"]["runs_per_second"] == 20.0
    assert "| most runs/s | 120.0 | 6.0 | 20.0 × |" in page.read_text(encoding="utf-8")


def test_the_machine_is_named():
    machine = this_machine()
    assert machine.cpu
    assert machine.cores >= 1


def test_a_percentile_is_one_of_the_values():
    values = list(range(1, 101))
    assert [percentile(values, share) for share in (0, 0.5, 0.99, 1)] == [1, 50, 99, 100]
    assert percentile([7.0], 0.99) == 7.0
