"""Components of messages: which may stand where, how many, how long, and that what they name exists."""

from collections.abc import Callable
from typing import Any

from tests.peers.discord import limits
from tests.peers.discord.errors import FormErrors, server_error
from tests.peers.discord.filenames import plain_name
from tests.peers.discord.messages import ATTACHED, walk
from tests.peers.discord.validation.selects import SELECTS, check_select

Path = tuple[str | int, ...]
Json = dict[str, Any]

ROW, BUTTON, SECTION, TEXT, THUMBNAIL, GALLERY, FILE, SEPARATOR, CONTAINER = 1, 2, 9, 10, 11, 12, 13, 14, 17
TOP = (ROW, SECTION, TEXT, GALLERY, FILE, SEPARATOR, CONTAINER)  # docs, Component Types
IN_CONTAINER = (ROW, SECTION, TEXT, GALLERY, FILE, SEPARATOR)
LINK, PREMIUM = 5, 6


def check_components(components: list[Json], files: set[str], errors: FormErrors, *, v2: bool, path: Path) -> None:
    """Check a message's components and give those without one an id.

    Raises:
        ApiError: 500, which is how Discord answers text of too many bytes.
    """
    if not v2:
        if components:
            errors.length(path, components, 1, limits.LEGACY_ROWS)
        allowed: tuple[int, ...] = (ROW,)
    else:
        allowed = TOP
    before = _Checker(files, errors)
    for place, component in enumerate(components):
        before.check(component, allowed, (*path, place))
    _check_totals(components, errors, path)
    _number(components)


def _check_totals(components: list[Json], errors: FormErrors, path: Path) -> None:
    parts = list(walk(components))
    if len(parts) > limits.COMPONENTS:
        message = f"The total number of components cannot exceed {limits.COMPONENTS}"
        errors.add(path, "COMPONENT_MAX_TOTAL_COMPONENTS_EXCEEDED", message)
    texts = [part.get("content") or "" for part in parts if part.get("type") == TEXT]
    if sum(map(len, texts)) > limits.TEXT_TOTAL:
        message = f"Components displayable text size exceeds maximum size of {limits.TEXT_TOTAL}"
        errors.add(path, "COMPONENT_DISPLAYABLE_TEXT_SIZE_EXCEEDED", message)
        return
    weight = sum(len(text.encode()) + limits.TEXT_DISPLAY_OVERHEAD for text in texts)
    if weight > limits.TEXT_BYTES_TOTAL:
        errors.raise_if_any()
        raise server_error()


def _number(components: list[Json]) -> None:
    parts = list(walk(components))
    taken = {part["id"] for part in parts if part.get("id")}
    free = (number for number in range(1, len(parts) + len(taken) + 1) if number not in taken)
    for part in parts:
        part["id"] = part.get("id") or next(free)


class _Checker:
    """The rules of each type; what one message must not have twice is remembered."""

    def __init__(self, files: set[str], errors: FormErrors) -> None:
        self._files, self._errors = files, errors
        self._custom_ids: set[str] = set()
        self._ids: set[int] = set()
        self._rules: dict[int, Callable[[Json, Path], None]] = {
            ROW: self._row,
            BUTTON: self._button,
            SECTION: self._section,
            TEXT: self._text,
            THUMBNAIL: self._thumbnail,
            GALLERY: self._gallery,
            FILE: self._file,
            SEPARATOR: self._separator,
            CONTAINER: self._container,
        }

    def check(self, component: Json, allowed: tuple[int, ...], path: Path) -> None:
        kind = component.get("type")
        if not self._errors.choice(path, kind, allowed):
            return
        own = component.get("id")
        if own and own in self._ids:
            self._errors.add((*path, "id"), "COMPONENT_ID_DUPLICATED", "Component id cannot be duplicated")
        self._ids.add(own or 0)
        if kind in SELECTS:
            self.custom_id(component, path)
            check_select(component, self._errors, path)
        else:
            self._rules[kind](component, path)  # type: ignore[index]

    def custom_id(self, component: Json, path: Path) -> None:
        own = component.get("custom_id")
        if own is None:
            self._errors.required((*path, "custom_id"))
            return
        self._errors.length((*path, "custom_id"), own, 1, limits.CUSTOM_ID)
        if own in self._custom_ids:
            message = "Component custom id cannot be duplicated"
            self._errors.add((*path, "custom_id"), "COMPONENT_CUSTOM_ID_DUPLICATED", message)
        self._custom_ids.add(own)

    def _children(self, component: Json, allowed: tuple[int, ...], path: Path) -> None:
        for place, child in enumerate(component.get("components") or []):
            self.check(child, allowed, (*path, "components", place))

    def _row(self, component: Json, path: Path) -> None:
        children = component.get("components") or []
        if self._errors.length((*path, "components"), children, 1, limits.ROW_BUTTONS):
            lone = [child for child in children if child.get("type") in SELECTS]
            if lone and len(children) > 1:
                message = "The specified component exceeds the maximum width"
                self._errors.add((*path, "components", 1), "COMPONENT_LAYOUT_WIDTH_EXCEEDED", message)
        self._children(component, (BUTTON, *SELECTS), path)

    def _button(self, component: Json, path: Path) -> None:
        style = component.get("style")
        if style not in range(1, 7):
            self._errors.add((*path, "style"), "BASE_TYPE_CHOICES", "Value must be one of {1, 2, 3, 4, 5, 6}.")
            return
        self._errors.length((*path, "label"), component.get("label"), 0, limits.LABEL)
        if style == LINK:
            self._errors.length((*path, "url"), component.get("url"), 1, limits.URL)
            if component.get("custom_id"):
                message = "A custom id and url cannot both be specified"
                self._errors.add(path, "BUTTON_COMPONENT_CUSTOM_ID_URL_MUTUALLY_EXCLUSIVE", message)
        elif style != PREMIUM:
            self.custom_id(component, path)
        if style != PREMIUM and not component.get("label") and not component.get("emoji"):
            message = "A button must have a label or an emoji"
            self._errors.add(path, "BUTTON_COMPONENT_MISSING_LABEL_OR_EMOJI", message)

    def _section(self, component: Json, path: Path) -> None:
        self._errors.length((*path, "components"), component.get("components"), 1, limits.SECTION_TEXTS)
        self._children(component, (TEXT,), path)
        if component.get("accessory") is None:
            self._errors.required((*path, "accessory"))
        else:
            self.check(component["accessory"], (BUTTON, THUMBNAIL), (*path, "accessory"))

    def _text(self, component: Json, path: Path) -> None:
        self._errors.length((*path, "content"), component.get("content"), 1, limits.TEXT_TOTAL)

    def _thumbnail(self, component: Json, path: Path) -> None:
        self._errors.length((*path, "description"), component.get("description"), 0, limits.MEDIA_DESCRIPTION)
        self._media(component.get("media"), (*path, "media"))

    def _gallery(self, component: Json, path: Path) -> None:
        items = component.get("items") or []
        self._errors.length((*path, "items"), items, 1, limits.GALLERY_ITEMS)
        for place, item in enumerate(items):
            self._thumbnail(item, (*path, "items", place))

    def _file(self, component: Json, path: Path) -> None:
        url = (component.get("file") or {}).get("url") or ""
        if url.startswith("http"):
            message = "Scheme \"https\" is not supported. Scheme must be one of ('attachment',)."
            self._errors.add((*path, "file", "url"), "URL_TYPE_INVALID_SCHEME", message)
        else:
            self._media(component.get("file"), (*path, "file"))

    def _media(self, media: Json | None, path: Path) -> None:
        url = (media or {}).get("url")
        if not url:
            self._errors.required((*path, "url"))
        elif url.startswith(ATTACHED):
            if plain_name(url.removeprefix(ATTACHED)) not in self._files:
                message = f'The referenced attachment ("{url}") was not found'
                self._errors.add((*path, "url"), "UNFURLED_MEDIA_ITEM_REFERENCED_ATTACHMENT_NOT_FOUND", message)
        elif not url.startswith(("http://", "https://")):
            self._errors.add((*path, "url"), "URL_TYPE_INVALID_URL", "Not a well formed URL.")

    def _separator(self, component: Json, path: Path) -> None:
        if component.get("spacing", 1) not in (1, 2):
            self._errors.add((*path, "spacing"), "BASE_TYPE_CHOICES", "Value must be one of {1, 2}.")

    def _container(self, component: Json, path: Path) -> None:
        if not component.get("components"):
            self._errors.length((*path, "components"), [], 1, limits.COMPONENTS)
        self._children(component, IN_CONTAINER, path)
