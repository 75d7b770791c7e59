"""What tests look for in channels and threads."""


def asking(peer, thread, label="Approve"):
    """The messages in which something can be approved now."""
    return [message for message in peer.bot_messages(thread) if label in message.buttons]


async def root_of(app, channel, label="Approve"):
    """The newest root Card of a channel, once its plan asks."""
    return await app.peer.until(lambda: next(iter(reversed(asking(app.peer, channel, label))), None))


async def thread_of(app, channel):
    return await app.peer.until(lambda: next(iter(app.peer.threads(channel)), None))


async def finish(app, person, thread):
    """Approve every step that asks until the result is there; return the steps' messages."""
    peer, done = app.peer, []
    while True:
        message = await peer.until(lambda: next(iter(asking(peer, thread)), None) or _result(peer, thread))
        if "Approve" not in message.buttons:
            return done
        done.append(message)
        await peer.click(person, message, "Approve")
        await peer.until(lambda: "Approve" not in message.buttons)


def _result(peer, thread):
    return next((each for each in peer.bot_messages(thread) if "Reply here to go on" in each.text), None)
