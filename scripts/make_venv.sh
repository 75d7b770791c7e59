#!/bin/sh
# Makes the virtual environment $1 with the first Python >= 3.11 there is; one that works already is kept.
set -eu

fits='import ensurepip, sys, venv; sys.exit(sys.version_info < (3, 11))'

if "$1/bin/python" -c "$fits" 2>/dev/null && "$1/bin/python" -m pip --version >/dev/null 2>&1; then
    exit 0
fi
for python in ${PYTHON:-} python3 python3.14 python3.13 python3.12 python3.11; do
    if "$python" -c "$fits" 2>/dev/null; then
        exec "$python" -m venv --clear "$1"
    fi
done
echo "Nod needs Python 3.11 or newer with its venv module; install it (on Debian and Ubuntu: apt-get install python3-venv)" \
    "or name it, as in: make run PYTHON=/path/to/python3.12" >&2
exit 1
