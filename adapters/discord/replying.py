"""Replies in the thread of a Run: they decide, answer and steer."""

from dataclasses import dataclass

from adapters.commands import Say, answer, parse_reply
from adapters.discord.asking import Asking
from adapters.discord.attachments import attachments_of
from adapters.discord.names import Ref
from adapters.discord.payloads import Data, listed, within
from adapters.discord.people import of_message
from adapters.discord.places import Place
from adapters.discord.reading import names, text_of
from adapters.discord.views import card_view
from agent_core.errors import HeardTwice, NodError, NotAllowedToDecide, StorageError
from agent_core.i18n import sentence
from agent_core.platform_ports import Delivery
from agent_core.ports import RunSummary
from agent_core.presenter.chat_notices import unread


@dataclass(frozen=True, slots=True)
class Replying:
    """Hands replies to the Service, and tells people why one did not count."""

    asking: Asking

    async def replied(self, message: Data, place: Place, run: RunSummary, key: str) -> None:
        """Do what a reply says. One to a Card's message decides that Card, however many are open."""
        asking, own = self.asking, str(message["id"])
        text, files = text_of(message, asking.rest.me), listed(message, "attachments")
        if not (text or files):
            await self._unread(message, place, run)
            return
        actor, here = of_message(message), place.here
        called = not place.guild or names(message, asking.rest.me)
        try:
            attachments = await attachments_of(asking.rest, files)
            # words that decide are bound to no digest: heard again, they could decide what came after
            decides = not attachments and not isinstance(parse_reply(text), Say)
            if decides and not await asking.once(f"{key}:did"):
                raise HeardTwice(text=text)
            about = await self._about(message, place)
            card = await answer(
                asking.service, run.run_id, text, actor=actor, attachments=attachments, key=key, about=about
            )
        except StorageError:
            raise
        except NotAllowedToDecide as error:
            # people may talk in a Run's thread; who may not steer it is told once, and whenever they call Nod
            if called or await asking.once(f"may-not:{run.run_id}:{actor.user}"):
                await asking.voice.reply(here, sentence(error, run.language), key=key, to=own)
        except NodError as error:
            await asking.voice.reply(here, sentence(error, run.language), key=key, to=own)
        else:
            if card is not None:
                await asking.voice.show(here, card_view(card, run.language), key=key, to=own)

    async def _about(self, message: Data, place: Place) -> Delivery | None:
        """Return which Card a message replies to, None when to none."""
        replied = within(message, "referenced_message").get("id")
        if not replied:
            return None
        ref = Ref(place.guild, place.here, str(replied))
        return await self.asking.service.threads.shown_by(str(ref))

    async def _unread(self, message: Data, place: Place, run: RunSummary) -> None:
        """Say once in a thread that what is written there does not reach Nod, where Discord keeps it from it."""
        asking = self.asking
        written = message.get("sticker_items") or message.get("poll")
        if asking.rest.reads_contents or written or not await asking.once(f"unread:{place.here}"):
            return
        await asking.voice.reply(place.here, unread(run.language), key=f"unread:{message['id']}", to=str(message["id"]))
