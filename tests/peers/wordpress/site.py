"""Starts MariaDB and PHP's own web server in a temporary folder, and installs WordPress there."""

import json
import os
import shutil
import socket
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path

SOURCE = Path("/usr/share/wordpress")
HERE = Path(__file__).parent
STARTING = 60.0  # seconds; both are up in five
MARIADB = (
    "--no-defaults",
    "--skip-networking",
    "--skip-grant-tables",
    "--skip-log-bin",
    "--innodb-buffer-pool-size=16M",
    "--innodb-log-file-size=4M",
    "--innodb-flush-log-at-trx-commit=0",
    "--innodb-doublewrite=0",
)


@dataclass(frozen=True)
class Site:
    """Where it is, and application passwords of an editor, and of somebody who may write but not publish."""

    url: str
    user: str
    password: str
    writer: str
    writer_password: str


@contextmanager
def running_site() -> Iterator[Site]:
    """Run a WordPress of one's own until left."""
    folder = Path(tempfile.mkdtemp(prefix="nod-wordpress-"))
    folder.chmod(0o755)
    try:
        with ExitStack() as stack:
            stack.enter_context(_database(folder))
            port = _free_port()
            url = f"http://127.0.0.1:{port}"
            root = _files(folder, url)
            passwords = _php(root, str(HERE / "install.php"), url)
            stack.enter_context(_server(root, port))
            yield Site(url, **json.loads(passwords))
    finally:
        shutil.rmtree(folder, ignore_errors=True)


@contextmanager
def _database(folder: Path) -> Iterator[None]:
    data, where = folder / "database", folder / "sql"
    for each in (data, where):
        each.mkdir()
        _hand_to("mysql", each)
    own = (*MARIADB, f"--datadir={data}", f"--socket={where}/s", f"--pid-file={where}/pid", f"--tmpdir={where}")
    install = ("mariadb-install-db", "--no-defaults", "--auth-root-authentication-method=normal", f"--datadir={data}")
    subprocess.run(
        [*install, "--skip-test-db", "--innodb-log-file-size=4M", "--innodb-doublewrite=0"],
        check=True,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        cwd=where,
        **_as("mysql"),
    )
    program = shutil.which("mariadbd", path="/usr/sbin:/usr/bin:/usr/local/sbin")
    process = subprocess.Popen([program, *own], stderr=subprocess.PIPE, cwd=where, text=True, **_as("mysql"))
    try:
        # it says so itself when it takes connections
        if not any("ready for connections" in line for line in process.stderr):
            raise RuntimeError("MariaDB did not start.")
        _drained(process)
        yield
    finally:
        _end(process)


@contextmanager
def _server(root: Path, port: int) -> Iterator[None]:
    command = _php_command(root, "-S", f"127.0.0.1:{port}", "-t", str(root), str(root / "router.php"))
    environment = {**os.environ, "PHP_CLI_SERVER_WORKERS": "3"}
    process = subprocess.Popen(
        command, stderr=subprocess.PIPE, text=True, env=environment, start_new_session=True, **_as("www-data")
    )
    try:
        if not any("started" in line for line in process.stderr):
            raise RuntimeError("PHP's web server did not start.")
        _drained(process)
        yield
    finally:
        os.killpg(process.pid, 15)  # its workers are processes of their own
        _end(process)


def _files(folder: Path, url: str) -> Path:
    """Make a root of links to the packaged files, with a configuration and contents of its own."""
    root = folder / "site"
    content = root / "wp-content"
    for each in ("themes/plain", "mu-plugins", "uploads", "plugins"):
        (content / each).mkdir(parents=True)
    for each in SOURCE.iterdir():
        if each.name not in ("wp-config.php", "wp-content", ".htaccess"):
            (root / each.name).symlink_to(each)
    settings = {"root": str(root), "socket": str(folder / "sql/s"), "url": url}
    (root / "settings.json").write_text(json.dumps(settings))
    for name in ("wp-config.php", "router.php", "prepend.php"):
        shutil.copy(HERE / name, root)
    shutil.copy(HERE / "quiet.php", content / "mu-plugins")
    (content / "themes/plain/style.css").write_text("/*\nTheme Name: Plain\n*/\n")
    (content / "themes/plain/index.php").write_text(
        "<!doctype html><title><?php wp_title(''); ?></title>"
        "<?php while (have_posts()) { the_post(); the_title('<h1>', '</h1>'); the_content(); }"
    )
    for each in (root, *root.rglob("*")):
        if not each.is_symlink():
            _hand_to("www-data", each)
    return root


def _php(root: Path, *arguments: str) -> str:
    command = _php_command(root, *arguments)
    done = subprocess.run(command, check=False, capture_output=True, text=True, **_as("www-data"))
    if done.returncode:
        raise RuntimeError(f"WordPress was not installed: {done.stdout}{done.stderr}")
    return done.stdout.strip().splitlines()[-1]


def _php_command(root: Path, *arguments: str) -> list[str]:
    settings = {"auto_prepend_file": str(root / "prepend.php"), "display_errors": "0", "opcache.enable_cli": "0"}
    return ["php", *(f"-d{name}={value}" for name, value in settings.items()), *arguments]


def _drained(process: subprocess.Popen) -> None:
    """Let a program go on writing its log without anybody reading it."""
    subprocess.Popen(["cat"], stdin=process.stderr, stdout=subprocess.DEVNULL)


def _end(process: subprocess.Popen) -> None:
    process.terminate()
    try:
        process.wait(STARTING)
    except subprocess.TimeoutExpired:
        process.kill()
        process.wait()


def _as(user: str) -> dict[str, str]:
    """Whoever is root lets an ordinary user run it."""
    return {"user": user, "group": user, "extra_groups": []} if os.getuid() == 0 else {}


def _hand_to(user: str, path: Path) -> None:
    if os.getuid() == 0:
        shutil.chown(path, user, user)


def _free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as server:
        return server.getsockname()[1]


if __name__ == "__main__":
    # time to start: python -m tests.peers.wordpress.site
    with running_site() as site:
        sys.stdout.write(f"{site}\n")
        sys.stdout.flush()
        sys.stdin.read()
