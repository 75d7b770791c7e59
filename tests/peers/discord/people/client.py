"""What Discord's own client does not let a person do is an error of the test."""

from tests.peers.discord.faults import Faults
from tests.peers.discord.model import Channel, User
from tests.peers.discord.permissions import Permission
from tests.peers.discord.world import World


class NotAllowedError(AssertionError):
    """The person could not do this in Discord."""


class Client:
    """What the parts of a peer share."""

    world: World
    faults: Faults
    guard: float  #: seconds of real time after which a wait is given up: the guard of a test that would hang


def need(user: User, channel: Channel, *wanted: Permission) -> None:
    """Complain unless the person may."""
    if not channel.visible_to(user):
        raise NotAllowedError(f"{user.name} cannot see {channel.name}")
    for permission in wanted:
        if not channel.may(user, permission):
            raise NotAllowedError(f"{user.name} lacks {permission.name} in {channel.name}")
