"""Schedules at work: what people ask of them, and the Runs that their firings begin."""

from agent_core.scheduling.assembly import schedules_of
from agent_core.scheduling.firing import Firer
from agent_core.scheduling.keeping import Keeper, schedule_tools
from agent_core.scheduling.schedules import Schedules

__all__ = ["Firer", "Keeper", "Schedules", "schedule_tools", "schedules_of"]
