"""How long Slack waits for an acknowledgement, as values, and the table they make."""

import dataclasses
import json
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from tests.bench.report import Machine

BEGIN, END = "<!-- acknowledgements: written by make bench -->", "<!-- end of acknowledgements -->"
BARE, NOD = "bare Bolt", "Nod"


@dataclass(frozen=True, slots=True)
class Acks:
    """What commands to one app took until they were acknowledged.

    `way` is HTTP or Socket Mode; `api_seconds` is how long Slack's own API takes to answer meanwhile. The median and
    the 99th percentile are of commands one after the other; `per_second` is with 16 at once.
    """

    app: str
    way: str
    api_seconds: float
    commands: int
    p50_ms: float
    p99_ms: float
    per_second: float


@dataclass(frozen=True, slots=True)
class AckResult:
    """What the benchmark of acknowledgements prints as JSON. `fsync_ms` is one fsync on the disk Nod used."""

    fsync_ms: float
    acks: tuple[Acks, ...]

    def of(self, app: str, way: str, api_seconds: float) -> Acks:
        """Return the figures of an app connected one way."""
        key = app, way, api_seconds
        return next(each for each in self.acks if (each.app, each.way, each.api_seconds) == key)

    def times_bare(self, acks: Acks) -> float:
        """Return how many times a bare Bolt app's median this one is, measured in the same run."""
        return acks.p50_ms / self.of(BARE, acks.way, acks.api_seconds).p50_ms


def to_json(result: AckResult, machine: Machine) -> str:
    """Return the result as JSON, with how many times a bare Bolt app's median each of Nod's is."""
    ours = [each for each in result.acks if each.app == NOD]
    times = {f"{each.way}, API {each.api_seconds:g} s": result.times_bare(each) for each in ours}
    told = {"machine": dataclasses.asdict(machine), **dataclasses.asdict(result), "times_bare_bolt": times}
    return json.dumps(told, indent=2)


def from_json(text: str) -> AckResult:
    """Read what `to_json` wrote."""
    fields: dict[str, Any] = json.loads(text)
    return AckResult(fields["fsync_ms"], tuple(Acks(**each) for each in fields["acks"]))


def markdown(result: AckResult, machine: Machine) -> str:
    """Return the figures as Markdown: machine and date, and a line for each app and way."""
    lines = [
        (
            f"Measured on {machine.measured_at}: {machine.cpu}, {machine.cores} cores, {machine.system}, "
            f"Python {machine.python}, one fsync {result.fsync_ms:.2f} ms."
        ),
        "",
        "| way | Slack's API answers in | app | p50 | p99 | p50 beside bare Bolt | 16 at once |",
        "|---|---:|---|---:|---:|---:|---:|",
        *(_line(result, each) for each in _in_order(result.acks)),
    ]
    return "\n".join(lines)


def _in_order(acks: Sequence[Acks]) -> list[Acks]:
    return sorted(acks, key=lambda each: (each.way, each.api_seconds))


def _line(result: AckResult, acks: Acks) -> str:
    return (
        f"| {acks.way} | {acks.api_seconds:g} s | {acks.app} | {acks.p50_ms:.2f} ms | {acks.p99_ms:.1f} ms "
        f"| {result.times_bare(acks):.1f} × | {acks.per_second:,.0f}/s |"
    )
