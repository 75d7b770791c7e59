"""Container engines as they are. Not among the tests, which need none and download nothing: run it by its path.

It takes Docker and Podman with the image that the settings name, or fails.
"""

import pytest

from agent_core.tools.code.containers import find_engine
from agent_core.tools.code.options import CodeOptions
from agent_core.tools.code.sandbox import Cut
from agent_core.tools.code.self_test import self_test
from tests.agent_core.tools.code.test_sandboxes import run


@pytest.mark.parametrize("name", ["docker", "podman"])
def test_an_engine_holds_and_runs_code(name):
    real = find_engine(name, CodeOptions().image)
    self_test(real)
    ended = run(real, "print(open('in.txt').read())\nopen('out.txt', 'w').write('done')\n")
    assert (ended.code, ended.out.text, ended.left.files) == (0, "Ada\n", {"out.txt": b"done"})
    left = "import subprocess, time\nsubprocess.Popen(['sleep', '600'])\ntime.sleep(600)\n"
    assert run(real, left, seconds=1).cut is Cut.TIME
    assert run(real, "bytearray(10**9)", memory=10**8).code == 137
