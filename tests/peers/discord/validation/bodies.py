"""Bodies of messages: content, embeds, components, files, nonce, and what cannot go together."""

from collections.abc import Iterable, Mapping
from typing import Any

from tests.peers.discord import limits
from tests.peers.discord.errors import ApiError, FormErrors, empty_message
from tests.peers.discord.mentions import check_allowed
from tests.peers.discord.messages import Attachment, File, Flag
from tests.peers.discord.validation.components import check_components

Json = dict[str, Any]
Path = tuple[str | int, ...]


def check_body(body: Json, files: Mapping[int, File], kept: Iterable[Attachment], path: Path = ()) -> None:
    """Check a message as it would be: when it is edited, `body` has the fields that stay, too.

    `kept` are the attachments it keeps; `path` is where the body stands in the request ("data" in a callback).

    Raises:
        ApiError: 50035, 50006 for an empty message, 500 for too many bytes of text.
    """
    errors = FormErrors()
    v2 = bool(Flag(body.get("flags") or 0) & Flag.COMPONENTS_V2)
    errors.length((*path, "content"), body.get("content"), 0, limits.CONTENT)
    errors.length((*path, "nonce"), str(body.get("nonce") or ""), 0, limits.NONCE)
    if v2:
        for name in ("content", "embeds", "sticker_ids", "poll"):
            if body.get(name):
                message = f"The '{name}' field cannot be used when using MessageFlags.IS_COMPONENTS_V2"
                errors.add((*path, name), "MESSAGE_CANNOT_USE_LEGACY_FIELDS_WITH_COMPONENTS_V2", message)
    _check_embeds(body.get("embeds") or [], errors, (*path, "embeds"))
    for place, attachment in enumerate(body.get("attachments") or []):
        known = int(attachment["id"]) in files or any(each.id == int(attachment["id"]) for each in kept)
        if not known:
            message = f"Unknown attachment {attachment['id']}"
            errors.add((*path, "attachments", place), "ATTACHMENT_NOT_FOUND", message)
    names = {file.name for file in files.values()} | {each.file.name for each in kept}
    check_components(body.get("components") or [], names, errors, v2=v2, path=(*path, "components"))
    errors.raise_if_any()
    if body.get("allowed_mentions") is not None:
        check_allowed(body["allowed_mentions"])
    filled = (body.get(name) for name in ("content", "embeds", "components", "sticker_ids", "poll"))
    if not (any(filled) or names):
        raise empty_message()
    if v2 and not body.get("components"):
        raise empty_message()


def _check_embeds(embeds: list[Json], errors: FormErrors, path: Path) -> None:
    errors.length(path, embeds, 0, limits.EMBEDS)
    total = 0
    for place, embed in enumerate(embeds):
        for key, most in limits.EMBED_TEXTS.items():
            errors.length((*path, place, key), embed.get(key), 0, most)
            total += len(embed.get(key) or "")
        fields = embed.get("fields") or []
        errors.length((*path, place, "fields"), fields, 0, limits.EMBED_FIELDS)
        for number, field in enumerate(fields):
            for key, most in limits.EMBED_FIELD_TEXTS.items():
                errors.length((*path, place, "fields", number, key), field.get(key), 1, most)
                total += len(field.get(key) or "")
        total += len((embed.get("footer") or {}).get("text") or "") + len((embed.get("author") or {}).get("name") or "")
    if total > limits.EMBED_TOTAL:
        message = f"Embed size exceeds maximum size of {limits.EMBED_TOTAL}"
        errors.add(path, "MAX_EMBED_SIZE_EXCEEDED", message)


def check_files(files: Mapping[int, File], most: int) -> None:
    """Refuse too many files, and those that are too large.

    Raises:
        ApiError: 50035, 40005.
    """
    errors = FormErrors()
    errors.length(("attachments",), files, 0, limits.FILES)
    errors.raise_if_any()
    if any(len(file.content) > most for file in files.values()):
        raise ApiError(413, 40005, "Request entity too large")
