#!/usr/bin/env bash
# Installs what the tests need beside Python packages: a browser, a font for Chinese, and aimock with Node.js.
# Installs by package name if root with apt-get; else says what is missing and goes on. With CI=true, missing is fatal.
set -euo pipefail
cd "$(dirname "$0")/.."

aimock=tests/peers/aimock

any_of() {
    local name
    for name in "$@"; do
        if command -v "$name" >/dev/null; then return 0; fi
    done
    return 1
}

has_cjk_font() {
    any_of fc-list && [[ -n $(fc-list :lang=zh family 2>/dev/null) ]]
}

packages_missing() {
    any_of chromium chromium-browser google-chrome google-chrome-stable || echo chromium
    has_cjk_font || echo fonts-noto-cjk
    any_of fc-list || echo fontconfig
    if [[ -f $aimock/package.json ]]; then
        any_of node || echo nodejs
        any_of npm || echo npm
    fi
}

install_packages() {
    local -a install=(apt-get install --yes --no-install-recommends --quiet=2 "$@")
    export DEBIAN_FRONTEND=noninteractive
    # the lists of packages may be missing or old, so one more try with new ones
    "${install[@]}" >/dev/null 2>&1 || { apt-get update --quiet=2 && "${install[@]}" >/dev/null; } || true
}

aimock_ready() {
    local installed=$aimock/node_modules/.package-lock.json
    [[ ! -f $aimock/package.json ]] || [[ -f $installed && ! $aimock/package-lock.json -nt $installed ]]
}

mapfile -t missing < <(packages_missing)
if ((${#missing[@]})) && [[ $(id -u) == 0 ]] && any_of apt-get; then
    echo "Installing ${missing[*]} …"
    install_packages "${missing[@]}"
    mapfile -t missing < <(packages_missing)
fi
if ! aimock_ready; then
    if ! any_of npm || ! npm ci --prefix "$aimock" --ignore-scripts --no-audit --no-fund --loglevel=error >&2; then
        missing+=("aimock (npm ci in $aimock)")
    fi
fi

if ((${#missing[@]})); then
    list=$(printf ', %s' "${missing[@]}")
    echo "The tests that need ${list:2} cannot run; install them by these names, as root with apt-get for example." >&2
    if [[ ${CI:-} == true ]]; then exit 1; fi
fi
