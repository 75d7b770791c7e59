"""Reading what Discord sends: objects within objects, any of which may be missing. Pure."""

from collections.abc import Mapping, Sequence
from typing import Any

Data = Mapping[str, Any]


def within(data: Data, *names: str) -> Data:
    """Return the object under these names, an empty one where there is none."""
    for name in names:
        data = data.get(name) or {}
    return data


def listed(data: Data, name: str) -> Sequence[Data]:
    """Return the objects listed under a name, none where there is no list."""
    return data.get(name) or ()
