"""What came of code, in words: for the model, that repairs what failed, and for people."""

from collections.abc import Sequence

from agent_core.domain import FileRef
from agent_core.errors import WorkspaceError
from agent_core.i18n import N_, Phrase, sentence, translator
from agent_core.tools.code.sandbox import Cut, Ended, Limits

_CUT = {
    Cut.TIME: N_("It was ended after {seconds:g} seconds, which is the most."),
    Cut.MEMORY: N_("It was ended because it held more than {memory:,} MB of memory, which is the most."),
    Cut.FILES: N_("It was ended because it made more than {files:,} files and folders, which is the most."),
    Cut.STOPPED: N_("It was ended in the middle, because Nod was."),
}
_SIGNALLED = 128


def told(
    ended: Ended, written: Sequence[FileRef], refused: Sequence[WorkspaceError], limits: Limits, language: str
) -> str:
    """Return how code ended, what it wrote, what of that was not kept and why, and what it said."""
    _ = translator(language)
    parts = [ending(ended, limits).told(language)]
    if written:
        listed = ", ".join(_("{path} ({size:,} bytes)").format(path=each.path, size=each.size) for each in written)
        parts.append(_("Files written: {files}").format(files=listed))
    if ended.left.gone:
        parts.append(_("Removed there, and still in the workspace: {files}").format(files=", ".join(ended.left.gone)))
    parts += [_("Not kept: {what}").format(what=sentence(error, language)) for error in refused]
    if ended.left.more_refused:
        parts.append(_("Not kept either: {count:,} more.").format(count=ended.left.more_refused))
    for label, said in (("stdout:", ended.out), ("stderr:", ended.err)):
        if text := said.text.strip("\n"):
            parts.append(f"{label}\n{text}")
    if not (ended.out.text or ended.err.text):
        parts.append(_("It printed nothing."))
    return "\n".join(parts)


def ending(ended: Ended, limits: Limits) -> Phrase:
    """Return how code ended."""
    if ended.cut is not None:
        megabytes = limits.memory // (1024 * 1024)
        return Phrase(_CUT[ended.cut], seconds=limits.seconds, memory=megabytes, files=limits.files)
    if ended.code > _SIGNALLED:
        said = N_("It was ended by signal {signal} after {seconds:.1f} seconds.")
        return Phrase(said, signal=ended.code - _SIGNALLED, seconds=ended.seconds)
    return Phrase(N_("Exit code {code} after {seconds:.1f} seconds."), code=ended.code, seconds=ended.seconds)
