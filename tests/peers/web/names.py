"""A server of names over UDP, whose answers can change from one question to the next, and a resolver that asks it."""

import asyncio
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field

from dnslib import AAAA, QTYPE, RCODE, RR, A, DNSRecord


@dataclass
class Names:
    """`answers` of a name are given one after the other, the last again and again; each is a list of addresses."""

    answers: dict[str, list[list[str]]] = field(default_factory=dict)
    asked: list[str] = field(default_factory=list)
    port: int = 0

    def reply(self, data: bytes) -> bytes:
        question = DNSRecord.parse(data)
        name = str(question.q.qname).rstrip(".").lower()
        self.asked.append(name)
        reply = question.reply()
        turns = self.answers.get(name)
        if turns is None:
            reply.header.rcode = RCODE.NXDOMAIN
            return reply.pack()
        for address in turns.pop(0) if len(turns) > 1 else turns[0]:
            kind, data_of = (QTYPE.AAAA, AAAA) if ":" in address else (QTYPE.A, A)
            reply.add_answer(RR(question.q.qname, kind, rdata=data_of(address), ttl=0))
        return reply.pack()

    async def resolve(self, host: str, port: int) -> Sequence[str]:
        """A Resolver: ask the server, over the wire."""
        loop = asyncio.get_running_loop()
        answered: asyncio.Future[bytes] = loop.create_future()

        class Asking(asyncio.DatagramProtocol):
            def datagram_received(self, data: bytes, addr: tuple[str, int]) -> None:
                answered.set_result(data)

        transport, _ = await loop.create_datagram_endpoint(Asking, remote_addr=("127.0.0.1", self.port))
        try:
            transport.sendto(DNSRecord.question(host).pack())
            reply = DNSRecord.parse(await answered)
        finally:
            transport.close()
        if reply.header.rcode == RCODE.NXDOMAIN:
            raise OSError(f"{host} is not known")
        return [str(record.rdata) for record in reply.rr]


@asynccontextmanager
async def open_names() -> AsyncIterator[Names]:
    names = Names()

    class Serving(asyncio.DatagramProtocol):
        def connection_made(self, transport: asyncio.BaseTransport) -> None:
            self.transport = transport

        def datagram_received(self, data: bytes, addr: tuple[str, int]) -> None:
            self.transport.sendto(names.reply(data), addr)

    transport, _ = await asyncio.get_running_loop().create_datagram_endpoint(Serving, local_addr=("127.0.0.1", 0))
    names.port = transport.get_extra_info("sockname")[1]
    try:
        yield names
    finally:
        transport.close()
