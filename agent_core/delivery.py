"""Deliveries: messages that show Cards are brought up to date, apart from the Runs and however a platform is."""

import asyncio
from collections import Counter
from collections.abc import Awaitable, Callable, Mapping, MutableMapping
from contextlib import suppress
from dataclasses import dataclass, replace

import structlog

from agent_core.cards import Card
from agent_core.domain import Origin
from agent_core.errors import JournalBroken, NodError, RunUnknown, StorageError
from agent_core.journal.state import RunState
from agent_core.platform_ports import CardDeleted, Delivery, DeliveryFailed, DeliveryStore, Messenger
from agent_core.presenter import chat_cards

log = structlog.get_logger(__name__)

AT_ONCE = 8  # calls to one platform, and loads, at the same time; other Runs queue for their turn
LONGEST_WAIT = 300.0  # seconds between tries while a platform stays down
MOST_BACK = 100  # Runs of before a start that are tried when a place may be back: each that fails costs a refusal
LOOK = 5.0  # seconds between looks for what another process appended
STORE_WAIT = 5.0  # seconds before another try when our own database failed

Load = Callable[[str], Awaitable[RunState]]
Sleep = Callable[[float], Awaitable[None]]


class Deliverer:
    """Keeps messages in line with the newest Cards. One coroutine serves a Run, only while there is something to do."""

    def __init__(
        self, messengers: Mapping[str, Messenger], store: DeliveryStore, load: Load, *, sleep: Sleep = asyncio.sleep
    ) -> None:
        self._doors = {name: _Door(messenger, asyncio.Semaphore(AT_ONCE)) for name, messenger in messengers.items()}
        self._store = store
        self._load = load
        self._sleep = sleep
        self._loading = asyncio.Semaphore(AT_ONCE)  # at a start every Run may be looked at
        self._changed: set[str] = set()
        self._served: set[str] = set()
        # Runs that no platform takes, and where they were asked: elsewhere, or their place is gone
        self._aside: dict[str, Origin | None] = {}
        self._returns = 0  # how often Nod came back to some workspace
        self._back = asyncio.Event()  # set for a moment when it does: those that wait long look again
        self._returned: dict[tuple[str, str], None] = {}  # workspaces with Runs to look at of before the start
        self._news = asyncio.Event()
        self._settled = asyncio.Event()
        self._settled.set()

    def changed(self, run_id: str) -> None:
        """Note that a Run changed. Returns at once; its messages follow while `run` runs."""
        if self._doors and run_id not in self._aside:
            self._changed.add(run_id)
            self._settled.clear()
            self._news.set()

    def again(self, run_id: str) -> None:
        """Have a Run looked at whose place was gone and is back, as after a new invitation."""
        self._aside.pop(run_id, None)
        self.changed(run_id)

    def returned(self, platform: str, workspace: str) -> None:
        """Have the Runs of a workspace looked at that were set aside or wait: Nod may be back where they were asked."""
        self._returns += 1
        self._back.set()
        self._back.clear()
        self._returned[platform, workspace] = None
        for run_id, origin in tuple(self._aside.items()):
            if origin is not None and (origin.platform, origin.workspace) == (platform, workspace):
                self.again(run_id)

    async def catch_up(self) -> None:
        """Look again and again, for ever, for what was not delivered: before a restart, or by another process."""
        while True:
            with suppress(StorageError):  # there is another look soon
                for run_id in await self._store.undelivered(tuple(self._doors)):
                    self.changed(run_id)
                for platform, workspace in tuple(self._returned):
                    for run_id in await self._store.aside(platform, workspace, limit=MOST_BACK):
                        self.changed(run_id)  # those that this process set aside were looked at when it came back
                    del self._returned[platform, workspace]
            await self._sleep(LOOK)

    async def settled(self) -> None:
        """Wait until nothing is left to deliver."""
        await self._settled.wait()

    async def run(self) -> None:
        """Deliver until cancelled. No trouble of a platform, and no fault in a view, ends it."""
        async with asyncio.TaskGroup() as serving:
            while True:
                await self._news.wait()
                self._news.clear()
                for run_id in sorted(self._changed - self._served):
                    self._served.add(run_id)
                    serving.create_task(self._serve(run_id), name=f"deliver {run_id}")

    async def _serve(self, run_id: str) -> None:
        """Bring a Run's messages up to date, with as many tries as it takes."""
        courier = _Courier(run_id, self._doors, self._store, self._newest)
        failures = 0
        try:
            while run_id in self._changed:
                sent = courier.sent
                wait = await self._try(courier)
                failures = failures + 1 if courier.sent == sent else 0
                if wait is not None:
                    self._changed.add(run_id)
                    await self._pause(max(wait, min(LONGEST_WAIT, 2.0 ** min(failures - 1, 10))))
        finally:
            self._served.discard(run_id)
            if not self._changed and not self._served:
                self._settled.set()

    async def _pause(self, seconds: float) -> None:
        """Wait so long, or until Nod comes back to some workspace."""
        ends = [asyncio.ensure_future(self._sleep(seconds)), asyncio.create_task(self._back.wait())]
        try:
            await asyncio.wait(ends, return_when=asyncio.FIRST_COMPLETED)
        finally:
            for end in ends:
                end.cancel()

    async def _try(self, courier: "_Courier") -> float | None:
        """Deliver what there is; return the seconds to wait before another try, None when none is needed."""
        returns = self._returns
        try:
            if not await courier.deliver():
                self._set_aside(courier)
        except DeliveryFailed as failure:
            log.warning("delivery failed", run=courier.run_id, reason=str(failure), gone=failure.gone)
            if not failure.gone or returns != self._returns:  # it may be back since it was asked
                return failure.retry_after
            self._set_aside(courier)
            with suppress(StorageError):  # or it is found undelivered again and again
                await self._store.set_aside(courier.run_id)
        except (RunUnknown, JournalBroken) as error:
            log.warning("nothing to deliver", run=courier.run_id, reason=str(error))
        except NodError as error:
            log.warning("delivery waits for the database", run=courier.run_id, reason=str(error))
            return STORE_WAIT
        except Exception:  # one Run's fault must not end the deliveries of all
            log.exception("delivery met an error", run=courier.run_id)
        return None

    def _set_aside(self, courier: "_Courier") -> None:
        self._aside[courier.run_id] = courier.origin
        self._changed.discard(courier.run_id)

    async def _newest(self, run_id: str) -> RunState | None:
        """Return the Run's state if it changed since this was last asked, else None."""
        if run_id not in self._changed:
            return None
        self._changed.discard(run_id)
        async with self._loading:
            return await self._load(run_id)


@dataclass(frozen=True, slots=True)
class _Door:
    """A platform's Messenger, and its free places for calls."""

    messenger: Messenger
    places: asyncio.Semaphore


class _Courier:
    """Takes one Run's Cards to its platform. `sent` counts what the platform took."""

    def __init__(
        self,
        run_id: str,
        doors: Mapping[str, _Door],
        store: DeliveryStore,
        newest: Callable[[str], Awaitable[RunState | None]],
    ) -> None:
        self.run_id = run_id
        self.sent = 0
        self.seq = 0  # up to which event the Run was looked at
        self.origin: Origin | None = None  # where it was asked, once it is loaded
        self._doors = doors
        self._store = store
        self._newest = newest
        self._refused: dict[str, str] = {}

    async def deliver(self) -> bool:
        """Send until every Card is shown as it is now. False when the Run's platform has no Messenger."""
        state = await self._newest(self.run_id)
        if state is None:
            return True
        self.origin = state.origin
        door = self._doors.get(state.origin.platform)
        if door is None:
            return False
        kept = dict(await self._store.deliveries(self.run_id))
        cards, turns, self.seq = _printed(state), Counter[str](), state.seq
        while True:
            async with door.places:
                # a free place may have been long in coming, and only the newest state is worth a call
                newer = await self._newest(self.run_id)
                if newer is not None:
                    cards, self.seq = _printed(newer), newer.seq
                    kept = dict(await self._store.deliveries(self.run_id))  # a message may have been deleted
                due = [(card, shown) for card, shown in cards if self._due(card, shown, kept)]
                if not due:
                    await self._store.delivered(self.run_id, self.seq)
                    return True
                # what was sent least comes first, so a Card that keeps changing holds up no other; then what is new
                posted = {card_id for card_id, delivery in kept.items() if delivery.message_ref}
                card, shown = min(due, key=lambda pair: (turns[pair[0].id], pair[0].id in posted))
                turns[card.id] += 1
                await self._send(door.messenger, state.origin, card, shown, kept)

    def _due(self, card: Card, shown: str, kept: Mapping[str, Delivery]) -> bool:
        delivery = kept.get(card.id)
        if delivery is not None and delivery.is_deleted and not card.buttons:
            return False  # who deleted it wants it away, and nothing is asked on it
        delivered = delivery is not None and bool(delivery.message_ref) and delivery.shown == shown
        return not delivered and self._refused.get(card.id) != shown

    async def _send(
        self, messenger: Messenger, origin: Origin, card: Card, shown: str, kept: MutableMapping[str, Delivery]
    ) -> None:
        """Make one message show a Card, and keep that in `kept` and the store."""
        try:
            delivery = await self._existing(messenger, origin, card.id, kept)
            if delivery is None:
                # kept before the call: if its answer is lost, the message is looked for before another is posted
                await self._keep(kept, Delivery(self.run_id, card.id, "", shown, card.digest))
                ref = await messenger.post(origin, self.run_id, card)
            else:
                ref = delivery.message_ref
                if delivery.shown != shown:
                    await messenger.edit(origin, self.run_id, ref, card)
        except (DeliveryFailed, NodError):
            raise
        except CardDeleted:
            log.info("card deleted", run=self.run_id, card=card.id)
            await self._keep(kept, kept[card.id].deleted())
            return
        except Exception:  # a view that fails on one Card must not hold up the others
            log.exception("card could not be shown", run=self.run_id, card=card.id)
            self._refused[card.id] = shown
            return
        self.sent += 1
        await self._keep(kept, Delivery(self.run_id, card.id, ref, shown, card.digest))

    async def _existing(
        self, messenger: Messenger, origin: Origin, card_id: str, kept: Mapping[str, Delivery]
    ) -> Delivery | None:
        """Return the Delivery of a Card that has a message, looked for on the platform if that is not certain."""
        delivery = kept.get(card_id)
        if delivery is None or delivery.is_deleted:
            return None
        if delivery.message_ref:
            return delivery
        ref = await messenger.find(origin, self.run_id, card_id)
        return replace(delivery, message_ref=ref) if ref else None

    async def _keep(self, kept: MutableMapping[str, Delivery], delivery: Delivery) -> None:
        await self._store.keep(delivery)
        kept[delivery.card_id] = delivery


def _printed(state: RunState) -> list[tuple[Card, str]]:
    """Return a Run's Cards with their fingerprints."""
    return [(card, card.fingerprint()) for card in chat_cards(state)]
