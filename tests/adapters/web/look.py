"""Serves the sample runs, to look at the pages: `python -m tests.adapters.web.look [PORT]`."""

import asyncio
import sys

from adapters.web.application import create_app
from adapters.web.listening import listen
from adapters.web.server import Server
from adapters.web.sign_in import mint_link
from tests.adapters.web.doors import MemorySignIns
from tests.adapters.web.fake_service import FakeService
from tests.adapters.web.samples import every


async def main(port: int) -> None:
    socket = listen("127.0.0.1", port)
    url = f"http://127.0.0.1:{socket.getsockname()[1]}"
    sign_ins = MemorySignIns()
    service = FakeService(*every())
    app = create_app(service, sign_ins, secret_key="x" * 32, public_url=url, cards_of=service.cards_of)
    print(await mint_link(sign_ins, "ada", url), flush=True)  # noqa: T201  (it is run by hand)
    await Server(app).serve([socket])


if __name__ == "__main__":
    asyncio.run(main(int(sys.argv[1]) if sys.argv[1:] else 0))
