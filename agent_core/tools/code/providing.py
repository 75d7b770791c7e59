"""Bubblewrap with the packages that code finds in any case, which are made when the first code runs."""

import os
import tempfile
import threading
from collections.abc import Mapping, Sequence
from contextlib import ExitStack
from dataclasses import replace
from pathlib import Path
from typing import Self

from agent_core.errors import CodeRefused
from agent_core.i18n import N_, Phrase
from agent_core.tools.code.finding import readable_by_all
from agent_core.tools.code.jail import Bubblewrap
from agent_core.tools.code.packages import prepared
from agent_core.tools.code.sandbox import Ended, Work


class Provided:
    """A Sandbox that runs code in `bare`, with packages: by the name of their folder inside, what is to be in it.

    They are kept in `folder`. Where the code's user cannot read there, they are made anew each time Nod starts, and
    gone when this is left.
    """

    def __init__(self, bare: Bubblewrap, folder: Path, packages: Mapping[str, Sequence[str]]) -> None:
        self.name = bare.name
        self.commands = bare.commands
        self.connects = bare.connects
        self._bare = bare
        self._folder = folder.absolute()
        self._packages = packages
        self._whole: Bubblewrap | None = None
        self._making = threading.Lock()
        self._stack = ExitStack()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self._stack.close()

    def run(self, work: Work, stop: threading.Event) -> Ended:
        """Run the code to its end. Blocks; raises as Sandbox.run says."""
        with self._making:
            if self._whole is None:
                self._whole = self._made()
        return self._whole.run(work, stop)

    def _made(self) -> Bubblewrap:
        host, folder = self._bare.host, self._folder
        try:
            folder.mkdir(mode=0o755, parents=True, exist_ok=True)
            if self._bare.user is not None and not readable_by_all(folder):
                folder = Path(self._stack.enter_context(tempfile.TemporaryDirectory(prefix="nod-code-")))
                folder.chmod(0o755)
            made = {name: prepared(folder, host.python, wanted) for name, wanted in self._packages.items()}
        except OSError as error:
            pattern = N_("its packages cannot be put into {folder} ({said}); mend that.")
            reason = Phrase(pattern, folder=str(folder), said=os.strerror(error.errno or 0))
            raise CodeRefused(tool=self.name, reason=reason) from None
        return replace(
            self._bare, host=replace(host, packages={name: str(path) for name, path in made.items() if path})
        )
