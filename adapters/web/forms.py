"""What people send from our pages, read from forms into plain values."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime

from starlette.datastructures import FormData, UploadFile
from starlette.exceptions import HTTPException
from starlette.requests import Request

from adapters.web.failures import FormMalformed, RequestMalformed, TooLarge
from adapters.web.views import size
from adapters.web.web import Web
from agent_core.cards import Card, Verb
from agent_core.domain import PolicyName
from agent_core.i18n import N_
from agent_core.service import Attachment

MOST_FILES = 50
MOST_FIELDS = 200
NO_TIME = "is no time; write one such as 2026-03-04T09:00:00Z, which is in UTC when it names no zone"
ARGUMENT = "argument."  # begins the form field of a ToolCall's argument


@dataclass(frozen=True, slots=True)
class Sent:
    """A form: its texts by name, lines ending in a bare newline, and its files."""

    texts: Mapping[str, str]
    files: tuple[Attachment, ...]

    def text(self, name: str) -> str:
        """Return a field's text, an empty string when it was not sent."""
        return self.texts.get(name, "")

    def arguments(self) -> dict[str, str]:
        """Return the fields of a ToolCall's arguments by argument name."""
        return {name.removeprefix(ARGUMENT): text for name, text in self.texts.items() if name.startswith(ARGUMENT)}


async def sent(request: Request) -> Sent:
    """Read a request's form. Raises FormMalformed, TooLarge."""
    largest = Web.of(request).largest
    try:
        async with request.form(max_files=MOST_FILES, max_fields=MOST_FIELDS, max_part_size=largest) as form:
            return await _sent(form)
    except HTTPException as error:
        if error.status_code == TooLarge.status:
            raise TooLarge(limit=size(largest)) from None
        raise FormMalformed(reason=f"{error.detail.rstrip('.')}.") from None


async def _sent(form: FormData) -> Sent:
    texts: dict[str, str] = {}
    files: list[Attachment] = []
    for name, value in form.multi_items():
        if isinstance(value, UploadFile):
            if value.filename:  # a file field left empty is sent as a file without a name
                files.append(Attachment(value.filename, await value.read()))
        else:
            texts[name] = unix_lines(value)
    return Sent(texts, tuple(files))


def unix_lines(text: str) -> str:
    """Return `text` with the line ends it had before a form sent it (HTML standard, "constructing the entry list")."""
    return text.replace("\r\n", "\n")


def verb_of(text: str, allowed: Sequence[Verb]) -> Verb:
    """Return the Verb a form names. Raises FormMalformed when it is none of those allowed."""
    try:
        verb = Verb(text)
    except ValueError:
        verb = None
    if verb is None or verb not in allowed:
        raise FormMalformed(reason=N_("It says nothing that can be decided."))
    return verb


def policy_of(text: str) -> PolicyName | None:
    """Return the policy a form names, None when it leaves that to the settings. Raises FormMalformed."""
    try:
        return PolicyName(text) if text else None
    except ValueError:
        raise FormMalformed(reason=N_("It names a policy there is not.")) from None


def moment_of(text: str) -> datetime:
    """Return an ISO 8601 time in UTC; one that names no zone is in UTC already. Raises RequestMalformed."""
    try:
        moment = datetime.fromisoformat(text)
        return moment.replace(tzinfo=UTC) if moment.tzinfo is None else moment.astimezone(UTC)
    except (ValueError, OverflowError):  # the latter: in UTC it would be before the year 1 or after 9999
        raise RequestMalformed(reason=f"before {NO_TIME}.") from None


def edited(card: Card, arguments: Mapping[str, str]) -> dict[str, str]:
    """Return the arguments a person changed; what was left as it was keeps even line ends a form cannot carry."""
    before = {field.name: unix_lines(field.value) for field in card.fields}
    return {name: text for name, text in arguments.items() if before.get(name) != text}
