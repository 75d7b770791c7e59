"""What goes wrong at the web door, and the HTTP status of everything that can."""

from agent_core.errors import (
    AlreadyDecided,
    ApprovalExpired,
    DigestMismatch,
    EditRefused,
    FileRefused,
    GoalRefused,
    JournalBroken,
    ModelError,
    NodError,
    NoLongerAsked,
    NotAllowedToDecide,
    RequestRefused,
    RunOver,
    RunUnknown,
    ScheduleUnknown,
    StorageError,
    SubjectUnknown,
    WorkspaceError,
)
from agent_core.schedules.store import ScheduleMoved


class WebError(NodError):
    """The page could not be shown; reload it."""

    status = 400


class SignInRequired(WebError):
    """Sign in first: open the sign-in link that Nod printed when it started."""

    status = 401


class TokenUnknown(SignInRequired):
    """This token does not count, or no longer does; get one from your account page, or with `nod signin --api`."""


class LinkSpent(WebError):
    """This sign-in link was used already or is too old; ask whoever runs Nod for a new one."""

    status = 403


class PageUnknown(WebError):
    """There is nothing at this address; the front page lists the runs there are."""

    status = 404


class FileUnknown(WebError):
    """This run has no file {path}; its page lists the files there are."""

    status = 404


class RequestMalformed(WebError):
    """The request cannot be used: {reason} Nothing was done."""

    status = 400


class FormMalformed(WebError):
    """The form could not be read: {reason} Reload the page and send it again."""

    status = 400


class MethodRefused(WebError):
    """This address cannot be used in this way; open the front page and start from there."""

    status = 405


class TooLarge(WebError):
    """That is more than {limit} at once; send fewer or smaller files."""

    status = 413


class HostRefused(WebError):
    """Nod does not answer under the name {host}; open the address it printed, or set NOD_PUBLIC_URL to this one."""

    status = 400


class CrossSite(WebError):
    """This was sent from another site, so nothing was done; open Nod itself and send it from there."""

    status = 403


class Unexpected(WebError):
    """Nod met an error of its own and wrote it to its log; reload the page to see what was kept, and try again."""

    status = 500


_STATUSES: tuple[tuple[type[NodError], int], ...] = (
    (RunUnknown, 404),
    (SubjectUnknown, 404),
    (ScheduleUnknown, 404),
    (ScheduleMoved, 409),
    (NotAllowedToDecide, 403),
    (AlreadyDecided, 409),
    (DigestMismatch, 409),
    (NoLongerAsked, 409),
    (RunOver, 409),
    (ApprovalExpired, 410),
    (GoalRefused, 422),
    (EditRefused, 422),
    (FileRefused, 422),
    (WorkspaceError, 422),
    (RequestRefused, 400),
    (JournalBroken, 500),
    (StorageError, 503),
    (ModelError, 502),
)


def status_of(error: NodError) -> int:
    """Return the HTTP status that says what kind of error this is."""
    if isinstance(error, WebError):
        return error.status
    return next((status for kind, status in _STATUSES if isinstance(error, kind)), 500)
