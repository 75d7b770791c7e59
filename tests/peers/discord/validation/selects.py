"""Select menus, in messages and in modals."""

from typing import Any

from tests.peers.discord import limits
from tests.peers.discord.errors import FormErrors

STRING = 3
SELECTS = (3, 5, 6, 7, 8)  # string, user, role, mentionable, channel; docs, Component Types


def check_select(select: dict[str, Any], errors: FormErrors, path: tuple[str | int, ...]) -> None:
    """Check a select, apart from its custom id."""
    errors.length((*path, "placeholder"), select.get("placeholder"), 0, limits.PLACEHOLDER)
    least, most = select.get("min_values", 1), select.get("max_values", 1)
    for key, value in (("min_values", least), ("max_values", most)):
        if not 0 <= value <= limits.OPTIONS:
            errors.add((*path, key), "NUMBER_TYPE_MAX", f"int value should be less than or equal to {limits.OPTIONS}.")
    if select["type"] != STRING:
        return
    options = select.get("options") or []
    errors.length((*path, "options"), options, 1, limits.OPTIONS)
    seen: set[str] = set()
    for place, option in enumerate(options):
        for key in ("label", "value"):
            errors.length((*path, "options", place, key), option.get(key), 1, limits.OPTION_TEXT)
        errors.length((*path, "options", place, "description"), option.get("description"), 0, limits.OPTION_TEXT)
        if option.get("value") in seen:
            message = "The specified option value is already used"
            errors.add((*path, "options", place, "value"), "SELECT_COMPONENT_OPTION_VALUE_DUPLICATED", message)
        seen.add(option.get("value", ""))
