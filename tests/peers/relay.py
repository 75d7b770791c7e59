"""A line to a server that can lose an answer: what was asked arrives, and nothing comes back."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass


@dataclass
class Relay:
    """`losing` is part of a request; the answers to requests that hold it are lost while it is not empty.

    `dying`: after the first of these nothing gets through any more.
    """

    port: int = 0
    losing: bytes = b""
    dying: bool = False
    lost: int = 0
    swallowed: int = 0  # of the lost answers, those that the server had given

    async def serve(self, target: tuple[str, int], reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        if self.dying and self.lost:
            writer.close()
            return
        far_reader, far_writer = await asyncio.open_connection(*target)
        dropping = asyncio.Event()

        async def forth() -> None:
            while sent := await reader.read(65536):
                if self.losing and self.losing in sent:
                    self.lost += 1
                    dropping.set()
                far_writer.write(sent)
                await far_writer.drain()

        async def back() -> None:
            while got := await far_reader.read(65536):
                if dropping.is_set():
                    self.swallowed += 1
                    return  # it was done, and now the line is cut
                writer.write(got)
                await writer.drain()

        work = [asyncio.create_task(forth()), asyncio.create_task(back())]
        try:
            await asyncio.wait(work, return_when=asyncio.FIRST_COMPLETED)
        finally:
            for each in work:
                each.cancel()
            await asyncio.gather(*work, return_exceptions=True)
            for each in (writer, far_writer):
                each.close()
                with suppress(ConnectionError):
                    await each.wait_closed()


@asynccontextmanager
async def open_relay(host: str, port: int) -> AsyncIterator[Relay]:
    relay, working = Relay(), set()

    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        task = asyncio.current_task()
        working.add(task)
        with suppress(asyncio.CancelledError):  # asyncio's own callback takes no cancelled task
            await relay.serve((host, port), reader, writer)
        working.discard(task)

    server = await asyncio.start_server(serve, "127.0.0.1", 0)
    relay.port = server.sockets[0].getsockname()[1]
    try:
        yield relay
    finally:
        server.close()
        left = [*working]
        for each in left:
            each.cancel()
        await asyncio.gather(*left, return_exceptions=True)
