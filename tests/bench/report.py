"""The benchmark's results as values, and the table they make: what a side gives, the ratios, the Markdown."""

import argparse
import dataclasses
import json
import os
import platform
import sys
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

BEGIN, END = "<!-- figures: written by make bench -->", "<!-- end of figures -->"


@dataclass(frozen=True, slots=True)
class Throughput:
    """`runs` whole runs, `concurrency` at a time. Latency is from a decision to the next proposal that can be decided.

    CPU is the process's, user and system, all threads; the database's size is taken with its log folded in.
    """

    concurrency: int
    runs: int
    runs_per_second: float
    cpu_ms_per_run: float
    database_bytes_per_run: float
    p50_ms: float
    p99_ms: float


@dataclass(frozen=True, slots=True)
class Waiting:
    """`runs` runs that wait for a decision: what they cost the process, and how long a restart takes.

    `ready_seconds` is from the start of a process until it can take a decision on any of them; `ready_seconds_few`
    the same with one run waiting. `idle_cpu_share` is the share of one core the process uses while all wait.
    """

    runs: int
    starts_per_second: float
    memory_growth_bytes: int
    idle_cpu_share: float
    ready_seconds_few: float
    ready_seconds: float


@dataclass(frozen=True, slots=True)
class Tokens:
    """The prompt tokens of one run whose Plan has that many Subtasks."""

    subtasks: int
    prompt_tokens: int


@dataclass(frozen=True, slots=True)
class SideResult:
    """What one side of the benchmark prints as JSON. `fsync_ms` is one fsync of a page on the disk it used."""

    engine: str
    version: str
    settings: str
    fsync_ms: float
    throughputs: tuple[Throughput, ...]
    waiting: Waiting
    tokens: tuple[Tokens, ...] = ()

    @property
    def best(self) -> Throughput:
        """The throughput at the concurrency that gave the most runs per second."""
        return max(self.throughputs, key=lambda throughput: throughput.runs_per_second)


@dataclass(frozen=True, slots=True)
class Machine:
    """Where it was measured. `measured_at` is a date, ISO 8601."""

    cpu: str
    cores: int
    python: str
    system: str
    measured_at: str


def to_json(result: SideResult) -> str:
    """Return a side's result as JSON."""
    return json.dumps(dataclasses.asdict(result), indent=2)


def from_json(text: str) -> SideResult:
    """Read what `to_json` wrote."""
    fields: dict[str, Any] = json.loads(text)
    fields["throughputs"] = tuple(Throughput(**each) for each in fields["throughputs"])
    fields["waiting"] = Waiting(**fields["waiting"])
    fields["tokens"] = tuple(Tokens(**each) for each in fields["tokens"])
    return SideResult(**fields)


def merged(nod: SideResult, others: Sequence[SideResult], machine: Machine) -> dict[str, Any]:
    """Return all sides as one JSON object, with how many times better Nod is than each, at the best of both."""
    return {
        "machine": dataclasses.asdict(machine),
        "sides": [dataclasses.asdict(side) for side in (nod, *others)],
        "times_better": {other.engine: _times_better(nod.best, other.best) for other in others},
    }


def _times_better(nod: Throughput, other: Throughput) -> dict[str, float | None]:
    return {
        "runs_per_second": _ratio(nod.runs_per_second, other.runs_per_second),
        "runs_per_cpu_second": _ratio(other.cpu_ms_per_run, nod.cpu_ms_per_run),
        "database_bytes_per_run": _ratio(other.database_bytes_per_run, nod.database_bytes_per_run),
    }


@dataclass(frozen=True, slots=True)
class _Row:
    """A line of the table. `show` writes a value with its unit; `more` says whether more is better; None: no ratio."""

    label: str
    nod: float
    other: float
    show: Callable[[float], str]
    more: bool | None = False


def markdown(nod: SideResult, others: Sequence[SideResult], machine: Machine) -> str:
    """Return the figures as Markdown: machine and date, the sides, a table for each other side, the tokens."""
    lines = [
        (
            f"Measured on {machine.measured_at}: {machine.cpu}, {machine.cores} cores, {machine.system}, "
            f"Python {machine.python}, one fsync {nod.fsync_ms:.2f} ms."
        ),
        "",
        *(f"- {side.engine} ({side.version}): {side.settings}." for side in (nod, *others)),
    ]
    for other in others:
        lines += ["", f"| | {nod.engine} | {other.engine} | {nod.engine} is better by |", "|---|---:|---:|---:|"]
        lines += [_line(row) for row in _rows(nod, other)]
    if nod.tokens:
        lines += ["", f"| Subtasks of a run | {nod.engine}: prompt tokens | per Subtask |", "|---:|---:|---:|"]
        lines += [f"| {t.subtasks} | {t.prompt_tokens:,} | {t.prompt_tokens / t.subtasks:,.0f} |" for t in nod.tokens]
    return "\n".join(lines)


def with_figures(page: str, figures: str, begin: str = BEGIN, end: str = END) -> str:
    """Return the page with what is between the markers replaced.

    Raises:
        ValueError: the page has not exactly one pair of markers.
    """
    if page.count(begin) != 1 or page.count(end) != 1 or page.index(end) < page.index(begin):
        raise ValueError(f"The page needs the line '{begin}' and, below it, the line '{end}', once each.")
    return page[: page.index(begin) + len(begin)] + "\n\n" + figures + "\n\n" + page[page.index(end) :]


def this_machine() -> Machine:
    """Return the machine this runs on, and today."""
    info = Path("/proc/cpuinfo")
    names = [line.partition(":")[2].strip() for line in info.read_text().splitlines() if line.startswith("model name")]
    return Machine(
        cpu=next(iter(names), platform.processor() or platform.machine()),
        cores=os.cpu_count() or 1,
        python=platform.python_version(),
        system=f"{platform.system()} {platform.machine()}",
        measured_at=datetime.now(UTC).date().isoformat(),
    )


def _rows(nod: SideResult, other: SideResult) -> list[_Row]:
    ours, theirs = nod.waiting, other.waiting
    return [
        *_best_rows(nod.best, other.best),
        *(row for one in nod.throughputs for two in other.throughputs for row in _same_load_rows(one, two)),
        _Row("waiting runs", ours.runs, theirs.runs, _count, None),
        _Row("memory growth for all of them", ours.memory_growth_bytes, theirs.memory_growth_bytes, _megabytes, None),
        _Row("CPU while all wait (of one core)", ours.idle_cpu_share, theirs.idle_cpu_share, _percent, None),
        _Row("restart to ready, all waiting", ours.ready_seconds, theirs.ready_seconds, _seconds),
        _Row("restart to ready, one waiting", ours.ready_seconds_few, theirs.ready_seconds_few, _seconds),
    ]


def _best_rows(nod: Throughput, other: Throughput) -> list[_Row]:
    return [
        _Row("runs at once that give the most runs/s", nod.concurrency, other.concurrency, _count, None),
        _Row("most runs/s", nod.runs_per_second, other.runs_per_second, _decimal, more=True),
        _Row("CPU per run then", nod.cpu_ms_per_run, other.cpu_ms_per_run, _milliseconds),
        _Row("database per run", nod.database_bytes_per_run, other.database_bytes_per_run, _kilobytes),
    ]


def _same_load_rows(nod: Throughput, other: Throughput) -> list[_Row]:
    if nod.concurrency != other.concurrency:
        return []
    load = f"{nod.concurrency} at once"
    return [
        _Row(f"{load}: runs/s", nod.runs_per_second, other.runs_per_second, _decimal, more=True),
        _Row(f"{load}: CPU per run", nod.cpu_ms_per_run, other.cpu_ms_per_run, _milliseconds),
        _Row(f"{load}: decision to next proposal, p50", nod.p50_ms, other.p50_ms, _milliseconds),
        _Row(f"{load}: decision to next proposal, p99", nod.p99_ms, other.p99_ms, _milliseconds),
    ]


def _line(row: _Row) -> str:
    better = _ratio(row.nod, row.other) if row.more else _ratio(row.other, row.nod)
    shown = "" if row.more is None or better is None else f"{better:.1f} ×"
    return f"| {row.label} | {row.show(row.nod)} | {row.show(row.other)} | {shown} |"


def _ratio(above: float, below: float) -> float | None:
    return above / below if below > 0 else None


def _count(value: float) -> str:
    return f"{value:,.0f}"


def _decimal(value: float) -> str:
    return f"{value:,.1f}"


def _milliseconds(value: float) -> str:
    return f"{value:,.1f} ms"


def _seconds(value: float) -> str:
    return f"{value:.2f} s"


def _kilobytes(value: float) -> str:
    return f"{value / 1000:,.1f} KB"


def _megabytes(value: float) -> str:
    return f"{value / 1_000_000:,.1f} MB"


def _percent(value: float) -> str:
    return f"{value:.1%}"


def main(arguments: Sequence[str] | None = None) -> None:
    """Print all sides merged as JSON, and write their tables into a Markdown page between its markers."""
    parser = argparse.ArgumentParser(description=main.__doc__)
    parser.add_argument("nod", type=Path, help="the JSON that nod_flow printed")
    parser.add_argument("others", type=Path, nargs="+", help="the JSON that another side printed")
    parser.add_argument("--page", type=Path, help="the Markdown page, for example docs/benchmarks.md")
    options = parser.parse_args(arguments)
    nod, *others = (from_json(path.read_text(encoding="utf-8")) for path in (options.nod, *options.others))
    machine = this_machine()
    if options.page:
        page = with_figures(options.page.read_text(encoding="utf-8"), markdown(nod, others, machine))
        options.page.write_text(page, encoding="utf-8")
    sys.stdout.write(json.dumps(merged(nod, others, machine), indent=2) + "\n")


if __name__ == "__main__":
    main()
