"""Runs a command beside a port of loopback that leads to a Unix socket: the one way out of a network of its own.

It is started as a script, within the sandbox of a browser: relay.py SOCKET PORT COMMAND…
"""

import asyncio
import resource
import sys

FILE_BYTES = 100_000_000
PIECE = 64 * 1024


async def main(socket: str, port: int, command: list[str]) -> int:
    """Return the exit code of the command."""

    async def relayed(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            onward, back = await asyncio.open_unix_connection(socket)
            await asyncio.gather(_carried(reader, back), _carried(onward, writer))
        except OSError:
            writer.close()

    resource.setrlimit(resource.RLIMIT_FSIZE, (FILE_BYTES, FILE_BYTES))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    await asyncio.start_server(relayed, "127.0.0.1", port)
    process = await asyncio.create_subprocess_exec(*command)
    return await process.wait()


async def _carried(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    try:
        while piece := await reader.read(PIECE):
            writer.write(piece)
            await writer.drain()
    except OSError:
        pass
    finally:
        writer.close()


if __name__ == "__main__":
    sys.exit(asyncio.run(main(sys.argv[1], int(sys.argv[2]), sys.argv[3:])))
