"""Keeps one WordPress for all the processes of a test run, and ends it when the last of them is gone.

Who uses it holds a shared lock on a file; the kernel lets go of it however a process ends. The keeper waits for all
of them by asking for that lock alone.
"""

import fcntl
import json
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict
from pathlib import Path

from tests.peers.wordpress.site import Site, running_site

ROOT = Path(__file__).parents[3]


@contextmanager
def shared_site(folder: Path) -> Iterator[Site]:
    """Use the WordPress of this folder, started by whoever comes first."""
    folder.mkdir(exist_ok=True)
    with (folder / "users").open("w") as users, (folder / "starting").open("w") as starting:
        fcntl.flock(users, fcntl.LOCK_SH)  # after a keeper that is just ending
        fcntl.flock(starting, fcntl.LOCK_EX)
        where = folder / "site.json"
        if not where.exists():
            _start_keeper(folder)
        fcntl.flock(starting, fcntl.LOCK_UN)
        yield Site(**json.loads(where.read_text()))


def _start_keeper(folder: Path) -> None:
    log = (folder / "keeper.log").open("w")
    with (
        log,
        subprocess.Popen(
            [sys.executable, "-m", "tests.peers.wordpress.keeper", str(folder)],
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=log,
            cwd=ROOT,
            start_new_session=True,
        ) as keeper,
    ):
        if keeper.stdout.readline() != b"ready\n":
            raise RuntimeError(f"WordPress did not start: {(folder / 'keeper.log').read_text()}")
        keeper.returncode = 0  # it outlives this process, which therefore does not wait for it


def _keep(folder: Path) -> None:
    where = folder / "site.json"
    with running_site() as site, (folder / "users").open("w") as users:
        where.write_text(json.dumps(asdict(site)))
        sys.stdout.write("ready\n")
        sys.stdout.flush()
        sys.stdout.close()
        fcntl.flock(users, fcntl.LOCK_EX)
        where.unlink()


if __name__ == "__main__":
    _keep(Path(sys.argv[1]))
