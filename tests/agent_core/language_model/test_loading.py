"""The SDK is slow to import: nothing loads it until a model is asked, and then not on the event loop."""

import subprocess
import sys

SCRIPT = """
import asyncio, sys, threading
from pydantic import SecretStr
from agent_core.language_model import open_language_model
from agent_core.ports import Message
from tests.peers.openai_server import Say, open_openai_server

loaded_by = []

class Watch:
    def find_spec(self, name, path=None, target=None):
        if name == "openai":
            loaded_by.append(threading.current_thread() is threading.main_thread())

async def main():
    sys.meta_path.insert(0, Watch())
    async with open_openai_server() as server:
        opened = open_language_model(api_key=SecretStr("k"), base_url=server.base_url, model="m")
        async with opened as model:
            assert "openai" not in sys.modules
            server.respond = lambda _: Say("ok")
            await asyncio.gather(*(model.turn([Message("user", "hi")], []) for _ in range(3)))
    assert loaded_by == [False], loaded_by

asyncio.run(main())
"""


def test_the_sdk_is_loaded_by_the_first_call_once_and_off_the_event_loop():
    done = subprocess.run([sys.executable, "-c", SCRIPT], capture_output=True, text=True, timeout=60, check=False)
    assert done.returncode == 0, done.stderr
