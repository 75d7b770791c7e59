"""What is set for a channel."""

from agent_core.domain import Origin, Policy, PolicyName
from agent_core.ports import ChannelStore


async def usual_policy(channels: ChannelStore, policy: Policy, origin: Origin) -> PolicyName:
    """Return the policy of a Run that names none: the one of the Origin's channel, else Nod's."""
    name = await channels.policy(origin)
    return PolicyName(name) if name else policy.name
