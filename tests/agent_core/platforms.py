"""A platform, the table of deliveries and sleep, as a test wants them: fakes of our own ports."""

import asyncio

from agent_core.platform_ports import DeliveryFailed


class Store:
    """The table `deliveries`, in memory: it outlives a Deliverer as the real one outlives a process."""

    def __init__(self):
        self.kept = {}
        self.runs = {}  # the states there are, by run
        self.seqs = {}  # up to which event each was delivered
        self.failures = []
        self.written = asyncio.Event()

    async def deliveries(self, run_id):
        if self.failures:
            raise self.failures.pop()
        return {card_id: delivery for (run, card_id), delivery in self.kept.items() if run == run_id}

    async def keep(self, delivery):
        self.kept[delivery.run_id, delivery.card_id] = delivery
        self.written.set()

    async def of_message(self, message_ref):
        return next((delivery for delivery in self.kept.values() if delivery.message_ref == message_ref), None)

    async def delivered(self, run_id, seq):
        self.seqs[run_id] = seq

    async def undelivered(self, platforms, *, limit=500):
        found = [run for run, state in self.runs.items() if state.origin.platform in platforms]
        return [run for run in found if 0 <= self.seqs.get(run, 0) < self.runs[run].seq][:limit]

    async def set_aside(self, run_id):
        self.seqs[run_id] = -1

    async def aside(self, platform, workspace, *, limit=500):
        found = [run for run, seq in self.seqs.items() if seq < 0]
        places = {run: self.runs[run].origin for run in found}
        return [run for run in found if (places[run].platform, places[run].workspace) == (platform, workspace)][:limit]


class Platform:
    """A Messenger with messages to look at. `troubles` are raised by calls in turn; None lets one pass."""

    def __init__(self):
        self.messages = {}
        self.calls = []
        self.troubles = []
        self.lost = 0  # posts whose answer will be lost
        self.broken = None  # the id of a Card its view fails on
        self.open = asyncio.Event()
        self.open.set()
        self.called = asyncio.Event()

    async def _call(self, kind, run_id, card_id):
        self.calls.append((kind, run_id, card_id))
        self.called.set()
        await self.open.wait()
        trouble = self.troubles.pop(0) if self.troubles else None
        if trouble is not None:
            raise trouble
        if card_id == self.broken:
            raise KeyError(card_id)

    async def post(self, origin, run_id, card):
        await self._call("post", run_id, card.id)
        ref = f"message-{len(self.messages) + 1}"
        self.messages[ref] = (run_id, card)
        if self.lost:
            self.lost -= 1
            raise DeliveryFailed("the answer was lost", retry_after=0)
        return ref

    async def edit(self, origin, run_id, message_ref, card):
        await self._call("edit", run_id, card.id)
        self.messages[message_ref] = (run_id, card)

    async def find(self, origin, run_id, card_id):
        await self._call("find", run_id, card_id)
        return next((ref for ref, (run, card) in self.messages.items() if (run, card.id) == (run_id, card_id)), "")

    def shows(self, run_id="run-1"):
        return tuple(card for run, card in self.messages.values() if run == run_id)


class Naps:
    """Sleeps that last until a test ends them. `taken` are their lengths in seconds."""

    def __init__(self):
        self.taken = []
        self.begun = asyncio.Event()
        self.over = asyncio.Event()

    async def __call__(self, seconds):
        self.taken.append(seconds)
        self.begun.set()
        await self.over.wait()
