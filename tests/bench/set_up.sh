#!/bin/sh
# Make .venv-langgraph, the benchmark's own environment: LangGraph must not share Nod's dependencies.
# Nothing is done when it was already made from the same requirements.
set -eu
here=$(cd "$(dirname "$0")" && pwd)
venv=${1:-$here/../../.venv-langgraph}
stamp=$venv/.made-from
if cmp -s "$here/requirements-langgraph.txt" "$stamp"; then
    exit 0
fi
"${PYTHON:-python3}" -m venv --clear "$venv"
"$venv/bin/python" -m pip install --quiet --disable-pip-version-check --no-deps --require-hashes \
    -r "$here/requirements-langgraph.txt"
cp "$here/requirements-langgraph.txt" "$stamp"
