"""Reading what Discord sends: objects within objects, any of which may be missing. Pure."""

from collections.abc import Iterator, Mapping, Sequence
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


def custom_ids(component: Data) -> Iterator[str]:
    """Yield the custom ids of the components in a message, or in a component, from top to bottom."""
    if component.get("custom_id"):
        yield str(component["custom_id"])
    for inner in (*listed(component, "components"), within(component, "accessory")):
        if inner:
            yield from custom_ids(inner)
