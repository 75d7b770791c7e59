"""What can go wrong, as a tree. A class's docstring is its sentence, filled with its fields; it says what to do."""

import asyncio
from typing import Any


class NodError(Exception):
    """Something went wrong; the log names it."""

    foreign = False  #: whether words of somebody outside may stand in its sentence

    def __init__(self, **fields: Any) -> None:
        self.fields = fields
        for name, value in fields.items():
            setattr(self, name, value)
        super().__init__(" ".join((type(self).__doc__ or "").split()).format(**fields))

    def __reduce__(self) -> tuple[Any, ...]:
        return (_rebuild, (type(self), self.fields))


def _rebuild(kind: type[NodError], fields: dict[str, Any]) -> NodError:
    return kind(**fields)


# --- what a person asked or decided -------------------------------------------------------------------------------


class RequestRefused(NodError):
    """The request cannot be carried out."""


class GoalRefused(RequestRefused):
    """{reason} Write in a sentence what you want done."""


class TooLong(RequestRefused):
    """It has {count} characters, and {most} are the most; attach the rest as a file."""


class WordsTooLong(RequestRefused):
    """It has {count} characters, and {most} are the most; make it shorter."""


class TextRefused(RequestRefused):
    """{reason}"""


class RunUnknown(RequestRefused):
    """There is no run {run_id}; `nod runs` and the front page list the runs there are."""


class RunAmbiguous(RequestRefused):
    """Several runs begin with {run_id}: {runs}; write more of the one you mean."""


class SubjectUnknown(RequestRefused):
    """Run {run_id} has nothing called {subject} to decide; open the run to see what is waiting."""


class AlreadyDecided(RequestRefused):
    """{who} already decided this ({outcome}); nothing was changed."""


class ApprovalExpired(RequestRefused):
    """Nobody decided this in time, so it no longer counts; resume the run to be asked again."""


class NoLongerAsked(RequestRefused):
    """This is no longer asked: {reason}. Open the run to see what is."""


class DigestMismatch(RequestRefused):
    """What you saw is not what is asked now; look at it again and decide on that."""


class NotAllowedToDecide(RequestRefused):
    """{who} may not decide here; {deciders} may."""


class NothingAsked(RequestRefused):
    """Nothing is asked here now, so there is nothing to decide."""


class NothingToStop(RequestRefused):
    """Nothing runs here now, so there is nothing to stop."""


class SeveralAsked(RequestRefused):
    """{count} questions are open here: {which}. Use the buttons of the one you mean, or react to it."""


class ChannelRefused(RequestRefused):
    """Nod cannot work in this channel: {reason}. Who runs this server can allow it."""


class HeardTwice(RequestRefused):
    """Nod was restarted while it heard “{text}”. Look whether it was done, and say it again if it was not."""


class NotThatWay(RequestRefused):
    """“{title}” cannot be answered so; use its buttons."""


class GuestRefused(RequestRefused):
    """People of another organisation may not ask Nod here; somebody of this one may ask for you."""


class EditRefused(RequestRefused):
    """The edit cannot be used: {reason}"""


class NotJson(RequestRefused):
    """{name} is not JSON; write for example 3, true or [1, 2]."""


class RunOver(RequestRefused):
    """Run {run_id} is over ({status}); write a new goal, or reply in its thread to follow it up."""


class RunNotOver(RequestRefused):
    """Run {run_id} is still under way; reply in its thread to steer it, or follow it up when it is over."""


class PolicyRefused(RequestRefused):
    """{policy} asks less than is usual here ({usual}), and only {deciders} may choose that."""


class ScheduleUnknown(RequestRefused):
    """There is no schedule {schedule_id}; `schedules` after /agent, and `nod schedule list`, list those there are."""


class ScheduleAmbiguous(RequestRefused):
    """Several schedules begin with {schedule_id}: {schedules}; write more of the one you mean."""


class ScheduleOver(RequestRefused):
    """Schedule {schedule_id} was removed; ask for it anew if it is to come again."""


class ZoneUnknown(RequestRefused):
    """There is no time zone {zone}; write one such as Europe/Berlin or Asia/Shanghai."""


class FileRefused(RequestRefused):
    """{path}: {reason}"""


# --- the workspace ------------------------------------------------------------------------------------------------


class WorkspaceError(NodError):
    """{path}: {reason}"""


class FileMissing(WorkspaceError):
    """There is no file {path} in this run's workspace; list its files to see their exact names."""


# --- the tools ----------------------------------------------------------------------------------------------------


class ToolError(NodError):
    """The tool {tool} could not be used: {reason}"""


class ToolUnknown(ToolError):
    """There is no tool called {tool}; the tools are {known}."""


class ToolArgumentsInvalid(ToolError):
    """The arguments of {tool} cannot be used: {reason}"""


class OutcomeUncertain(NodError):
    """Nobody knows whether it took effect."""

    # raised by a Tool, it is put to people rather than to the model


class ToolFailed(ToolError):
    """{tool} failed: {reason}"""


class ToolBrokenOff(ToolFailed):
    """{tool} failed: {reason} What it did until then may have taken effect."""


class ToolUncertain(ToolFailed, OutcomeUncertain):
    """{tool}: {reason} Nobody knows whether it took effect."""


class CodeRefused(ToolError):
    """The code was not run: {reason}"""


class CodeCutOff(OutcomeUncertain):
    """{why} It had reached {hosts} by then, and nobody knows whether that took effect."""


class SandboxOpen(CodeRefused):
    """No code runs: {sandbox} does not hold on this machine, code in it {ways}. Mend that, or choose another."""


class BasisChanged(ToolError):
    """What this would change is no longer as it was when it was shown, so it was not run.

    Look again and propose anew.
    """


class ToolRefused(ToolError):
    """The tools of {distribution} were not loaded, so Nod did not start: {reason} Mend or uninstall {distribution}."""


class ArgumentsUnreadable(NodError):
    """The arguments could not be read: {reason} Give them as one JSON object."""


# --- the web ------------------------------------------------------------------------------------------------------


class WebError(NodError):
    """{url} could not be read: {reason}"""


class WebAnswerLost(WebError):
    """{url}: no whole answer came, so what was asked may have been done or not ({reason})"""


class AddressRefused(WebError):
    """{url} was not opened: {reason}"""


class SearchFailed(NodError):
    """{engine} found nothing: {reason}"""


# --- what is published and sent -----------------------------------------------------------------------------------


class ConnectionUnknown(NodError):
    """There is no connection called {name} for this; there are: {known}."""


class SiteError(NodError):
    """{site}: {reason}"""

    foreign = True


class SiteAnswerLost(SiteError):
    """{site}: no answer came, so it may have been done or not ({reason})"""


class MailError(NodError):
    """{name}: {reason}"""


class MailMissing(MailError):
    """{name} has no mail {id} in {folder}; list its mails to see their exact ids."""


class MailUncertain(MailError, OutcomeUncertain):
    """{name}: the connection broke off before an answer came, so the mail may have been sent or not.

    Ask whether it arrived before it is sent again; it would go with the same Message-ID.
    """


# --- the language model -------------------------------------------------------------------------------------------


class ModelError(NodError):
    """The language model {model} could not be used: {reason}"""

    #: usages that were billed before it failed, to be charged all the same (agent_core.domain.Usage)
    usages: tuple[Any, ...] = ()


class CallCancelled(asyncio.CancelledError):
    """Who asked the model gave up waiting. `usages` are its calls so far, which a server may bill all the same."""

    usages: tuple[Any, ...] = ()


class ModelUnavailable(ModelError):
    """The language model {model} did not answer: {reason}"""


class ModelMisconfigured(ModelError):
    """The language model {model} refused Nod's settings: {reason}"""


class ModelRefused(ModelError):
    """The language model {model} declined to answer: {reason}"""


class ModelGarbled(ModelError):
    """The language model {model} gave no usable answer after {tries} tries: {reason}"""


# --- storage ------------------------------------------------------------------------------------------------------


class StorageError(NodError):
    """The database {where} could not be used: {reason}"""


class StorageMissing(StorageError):
    """There is no database at {where} yet; the first goal makes one. If there should be one, mend DATABASE_URL."""


class StorageBusy(StorageError):
    """The database {where} is locked by another process; end that process or try again in a moment."""


class StorageFull(StorageError):
    """The disk that holds {where} is full; free some space and try again. Nothing was lost."""


class StorageCorrupt(StorageError):
    """{where} is not a healthy Nod database ({reason}); restore a backup, or move it away to start with a new one."""


class StorageTooNew(StorageError):
    """{where} was written by a newer Nod (schema {found}, this one knows {known}); update Nod. It was not touched."""


class JournalConflict(StorageError):
    """Run {run_id} already has an event {seq}."""


class LeaseLost(StorageError):
    """Run {run_id} is advanced by another worker now."""


class JournalBroken(StorageError):
    """The journal of run {run_id} does not verify at event {seq}: {reason}"""


class InstallationUnreadable(NodError):
    """What Nod keeps of {workspace} was sealed with another NOD_SECRET_KEY; set that one, or install Nod again."""


# --- settings -----------------------------------------------------------------------------------------------------


class SettingsError(NodError):
    """{reason}"""
