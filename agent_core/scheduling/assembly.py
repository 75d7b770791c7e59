"""Puts the parts of Schedules together."""

from datetime import timedelta

from agent_core.domain import Policy
from agent_core.folders import Folders
from agent_core.ports import ChannelStore, Dispatcher
from agent_core.recorder import Recorder
from agent_core.recurring import LEAST
from agent_core.schedules.store import ScheduleStore
from agent_core.scheduling.firing import Firer
from agent_core.scheduling.pausing import Pausing
from agent_core.scheduling.proposals import Proposals
from agent_core.scheduling.schedules import Schedules


def schedules_of(  # noqa: PLR0917  (all of it is what they are made of)
    store: ScheduleStore,
    recorder: Recorder,
    dispatcher: Dispatcher,
    folders: Folders,
    channels: ChannelStore,
    policy: Policy,
    *,
    rehearsal: bool,
    zone: str,
    guests_may_ask: bool = False,
    least: timedelta = LEAST,
) -> Schedules:
    """Return Schedules on this table. `zone` is the one of people whose own is not known.

    `least` is the shortest time that may lie between two firings.
    """
    proposals = Proposals(recorder, dispatcher, policy, rehearsal, guests_may_ask)
    pausing = Pausing(store, proposals, recorder.clock)
    firer = Firer(store, recorder, dispatcher, folders, channels, policy, pausing, rehearsal)
    return Schedules(store, firer, proposals, channels, policy, zone, least)
