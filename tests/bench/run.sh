#!/bin/sh
# The whole benchmark, one side after the other on the same disk: JSON into data/bench, the tables into docs/benchmarks.md.
set -eu
cd "$(dirname "$0")/../.."
out=data/bench
mkdir -p "$out"
tests/bench/set_up.sh
langgraph=.venv-langgraph/bin/python
"$langgraph" -m tests.bench.langgraph_flow --folder "$out" >"$out/langgraph.json"
for durability in sync exit; do  # waiting runs cost the same in each, so fewer do
    "$langgraph" -m tests.bench.langgraph_flow --folder "$out" --durability $durability --waiting 1000 \
        >"$out/langgraph-$durability.json"
done
.venv/bin/python -m tests.bench.nod_flow --folder "$out" >"$out/nod.json"
.venv/bin/python -m tests.bench.report "$out/nod.json" "$out/langgraph.json" "$out/langgraph-sync.json" \
    "$out/langgraph-exit.json" --page docs/benchmarks.md
.venv/bin/python -m tests.bench.slack_ack --folder "$out" --page docs/benchmarks.md >"$out/slack-ack.json"
.venv/bin/python -m tests.bench.page_reading --page docs/benchmarks.md >"$out/page-reading.json"
.venv/bin/python -m tests.bench.sandbox_start --page docs/benchmarks.md >"$out/sandbox-start.json"
.venv/bin/python -m tests.bench.schedule_clock --folder "$out" --page docs/benchmarks.md >"$out/schedule-clock.json"
