"""What tests look for in channels and threads."""


def asking(peer, thread, label="Approve"):
    """The messages in which something can be approved now."""
    return [message for message in peer.bot_messages(thread) if label in message.buttons]


async def asked(app, channel, label="Approve"):
    """The newest message of a channel or thread in which that button can be clicked, once there is one."""
    return await app.peer.until(lambda: next(iter(reversed(asking(app.peer, channel, label))), None))


async def thread_of(app, channel):
    return await app.peer.until(lambda: next(iter(app.peer.threads(channel)), None))


async def begun(app, person, channel, goal="write a blog about AI"):
    """A goal that was asked for by a command: its root Card, once the plan asks, and its thread."""
    await app.peer.slash(person, channel, "agent", {"goal": goal})
    root = await asked(app, channel)
    return root, await thread_of(app, channel)


async def stepping(app, person, channel, goal="write a blog about AI"):
    """The same with the plan approved: the first step's message, and its thread."""
    root, thread = await begun(app, person, channel, goal)
    await app.peer.click(person, root, "Approve")
    return await asked(app, thread), thread


async def approve(app, person, message):
    """Click it, and wait until it can be clicked no more."""
    await app.peer.click(person, message, "Approve")
    await app.peer.until(lambda: "Approve" not in message.buttons)


async def finish(app, person, thread):
    """Approve every step that asks until the result is there; return the steps' messages."""
    peer, done = app.peer, []
    while True:
        message = await peer.until(lambda: next(iter(asking(peer, thread)), None) or result_in(peer, thread))
        if "Approve" not in message.buttons:
            return done
        done.append(message)
        await approve(app, person, message)


def result_in(peer, thread):
    return next((each for each in peer.bot_messages(thread) if "Reply here to go on" in each.text), None)


async def said(app, thread, words):
    """The message of Nod's in which these words stand, once it is there."""
    peer = app.peer
    return await peer.until(lambda: next((each for each in peer.bot_messages(thread) if words in each.text), None))


async def whispered(app, person, words):
    """What only this person is told, once it is."""
    peer = app.peer
    return await peer.until(lambda: next((each for each in peer.ephemerals(person) if words in each.text), None))


async def run_in(app):
    """The newest Run there is."""
    [run, *_] = await app.service.runs(limit=1)
    return await app.service.state(run.run_id)
