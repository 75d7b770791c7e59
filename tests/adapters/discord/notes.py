"""What an adapter remembers, in memory."""

from agent_core.errors import StorageBusy


class Notes:
    """A `NoteStore`; while it is `broken` nothing can be noted."""

    def __init__(self):
        self.kept = {}
        self.writes = 0
        self.broken = False

    async def note(self, platform, name):
        return self.kept.get((platform, name), "")

    async def keep(self, platform, name, text):
        if self.broken:
            raise StorageBusy(where="notes")
        self.writes += 1
        self.kept[platform, name] = text
