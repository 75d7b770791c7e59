"""Which paths may name a file of a workspace: the rules, without touching a disk."""

import unicodedata
from collections.abc import Callable
from functools import lru_cache

from agent_core.errors import WorkspaceError
from agent_core.i18n import N_, Phrase

NAME_BYTES = 255  # bytes of UTF-8; NAME_MAX of ext4, APFS and xfs
DEPTH = 8  # names in a path, the file's own included: deeper than a run needs, and every walk stays short
PART_PREFIX = ".nod-"  # unfinished writes; nobody else may use such names
_SHOWN = 120  # characters of a path in a sentence

# names that Windows gives to devices, whatever their extension; a downloaded file must open there too
# Source: Microsoft, "Naming Files, Paths, and Namespaces"
_DEVICES = frozenset(
    {"con", "prn", "aux", "nul", "conin$", "conout$"}
    | {f"{port}{n}" for port in ("com", "lpt") for n in "0123456789¹²³"}
)
# characters that show nothing or turn the reading direction, so that a name would not be what people read;
# the joiners U+200C and U+200D stay: Persian and emoji need them
_DECEIVING = frozenset("\u200b\u200e\u200f\u2060\ufeff\u061c") | {
    chr(code) for start, end in ((0x202A, 0x202E), (0x2066, 0x2069)) for code in range(start, end + 1)
}
_JOINERS = dict.fromkeys(map(ord, "\u200c\u200d"))


@lru_cache(maxsize=1024)  # one call's path is looked at by the arguments, the preview, the write and the check
def checked_path(path: str) -> str:
    """Return `path` in the one form that names its file: relative, `/` between names, Unicode NFC.

    Raises:
        WorkspaceError: it could lead out of the folder, or some system or reader would take it for another name.
    """
    names = unicodedata.normalize("NFC", path).removeprefix("./").split("/")
    reason = _fault_of_path(path, names)
    if not reason:
        reason = next((fault for fault in map(_fault_of_name, names) if fault), "")
    if reason:
        raise WorkspaceError(path=shown(path), reason=reason)
    return "/".join(names)


def is_checked(path: str) -> bool:
    """Whether `path` is in the form that `checked_path` returns."""
    try:
        return checked_path(path) == path
    except WorkspaceError:
        return False


def folded(name: str) -> str:
    """Return what `name` has in common with every name that a case- or form-insensitive disk takes for the same."""
    plain = unicodedata.normalize("NFD", name.translate(_JOINERS)).casefold()
    return unicodedata.normalize("NFC", plain)


def shown(path: str) -> str:
    """Return `path` as a sentence can hold it: short, and with what cannot be seen escaped."""
    seen = "".join(
        c if c.isprintable() and c not in _DECEIVING else c.encode("unicode_escape").decode()
        for c in path[: _SHOWN + 1]
    )
    return (seen if len(seen) <= _SHOWN else seen[:_SHOWN] + "…") or "(no name)"


def _fault_of_path(path: str, names: list[str]) -> str | Phrase:
    if not path.strip():
        return N_("a file needs a name, for example notes.md.")
    if "\\" in path:
        return N_("write / between folders, not \\.")
    if path.startswith("/"):
        return N_("the path must be relative to the run's workspace, for example notes.md.")
    if ".." in names:
        return N_("a path cannot lead out of the run's workspace; leave out the `..`.")
    if len(names) > DEPTH:
        return Phrase(N_("at most {most} names can be nested; use fewer folders."), most=DEPTH)
    return ""


def _fault_of_name(name: str) -> str | Phrase:
    return next((reason for forbidden, reason in _NAME_RULES if forbidden(name)), "")


_NAME_RULES: tuple[tuple[Callable[[str], bool], str | Phrase], ...] = (
    (
        lambda name: name in {"", "."},
        N_("a folder or file in it has no name; write each name once, with a single / between."),
    ),
    (
        lambda name: any(c in _DECEIVING or unicodedata.category(c) in {"Cc", "Cs", "Zl", "Zp"} for c in name),
        N_("it holds a character that cannot be seen; leave it out."),
    ),
    (
        lambda name: ":" in name,
        N_("leave out the colon; some systems read what follows it as something else."),
    ),
    (
        lambda name: name != name.strip() or name.endswith("."),
        N_("a name cannot begin or end with a space, or end with a dot."),
    ),
    (
        lambda name: name.partition(".")[0].strip().casefold() in _DEVICES,
        N_("a name in it means a device on some systems; choose another."),
    ),
    (
        lambda name: name.casefold().startswith(PART_PREFIX),
        Phrase(
            N_("names that begin with {prefix} are kept for Nod's unfinished writes; choose another."),
            prefix=PART_PREFIX,
        ),
    ),
    (
        lambda name: len(name.encode("utf-8")) > NAME_BYTES,
        Phrase(N_("a name has at most {most} bytes; choose a shorter one."), most=NAME_BYTES),
    ),
)
