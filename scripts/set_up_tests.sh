#!/usr/bin/env bash
# Installs what the tests need beside Python packages: a browser, a sandbox, a font for Chinese, WordPress with its
# database, a mail server, and the peers that run in Node.js.
# Installs by package name if root with apt-get; else says what is missing and goes on. With CI=true, missing is fatal.
set -euo pipefail
cd "$(dirname "$0")/.."

peers=(tests/peers/aimock tests/peers/slack) # each with a package.json and its lock file

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

php_package() {
    case $1 in mysqli) echo mysql ;; dom) echo xml ;; *) echo "$1" ;; esac
}

packages_missing() {
    local each modules
    any_of chromium chromium-browser google-chrome google-chrome-stable || echo chromium
    any_of bwrap || echo bubblewrap
    has_cjk_font || echo fonts-noto-cjk
    any_of fc-list || echo fontconfig
    any_of node || echo nodejs
    any_of npm || echo npm
    # a WordPress to publish on
    [[ -f /usr/share/wordpress/wp-load.php ]] || echo wordpress
    any_of php || echo php-cli
    # all of the list first: where `grep -q` ends at its find, `php -m` ends badly, and so would the pipe
    modules=$(php -m 2>/dev/null || true)
    for each in mysqli dom mbstring gd; do
        grep -qx "$each" <<<"$modules" || echo "php-$(php_package "$each")"
    done
    # a mailbox to read
    [[ -x /usr/sbin/dovecot && -x /usr/lib/dovecot/imap ]] || echo dovecot-imapd
    { any_of mariadb-install-db && [[ -x /usr/sbin/mariadbd ]]; } || echo mariadb-server
}

install_packages() {
    local -a install=(apt-get install --yes --no-install-recommends --quiet=2 "$@")
    export DEBIAN_FRONTEND=noninteractive
    # the lists of packages may be missing or old, so one more try with new ones
    "${install[@]}" >/dev/null 2>&1 || { apt-get update --quiet=2 && "${install[@]}" >/dev/null; } || true
}

peer_ready() {
    local installed=$1/node_modules/.package-lock.json
    [[ -f $installed && ! $1/package-lock.json -nt $installed ]]
}

mapfile -t missing < <(packages_missing)
if ((${#missing[@]})) && [[ $(id -u) == 0 ]] && any_of apt-get; then
    echo "Installing ${missing[*]} …"
    install_packages "${missing[@]}"
    mapfile -t missing < <(packages_missing)
fi
for peer in "${peers[@]}"; do
    peer_ready "$peer" && continue
    if ! any_of npm || ! npm ci --prefix "$peer" --ignore-scripts --no-audit --no-fund --loglevel=error >&2; then
        missing+=("$(basename "$peer") (npm ci in $peer)")
    fi
done

if ((${#missing[@]})); then
    list=$(printf ', %s' "${missing[@]}")
    echo "The tests that need ${list:2} cannot run; install them by these names, as root with apt-get for example." >&2
    if [[ ${CI:-} == true ]]; then exit 1; fi
fi
