"""What chats say beside Cards: on their dialogs, in their menus, and to one person alone."""

from dataclasses import dataclass

from agent_core.cards import Verb
from agent_core.i18n import N_, translator
from agent_core.presenter.words import BUTTONS

PROMPTS = (N_("Write a blog about AI"), N_("Plan a workshop for ten people"), N_("What can you do?"))


@dataclass(frozen=True, slots=True)
class Dialog:
    """The words of a small dialog. `box` stands above what is typed; `yes` and `no` are its buttons."""

    title: str
    yes: str
    no: str
    box: str = ""
    text: str = ""


def whole_text_in(file: str, digest: str, language: str) -> str:
    """Return where the rest of a text is that begins on a Card."""
    _ = translator(language)
    if not digest:
        return _("The whole text is in the file {file} in this thread.").format(file=file)
    words = _("The whole text is in the file {file} in this thread, for the digest {digest}.")
    return words.format(file=file, digest=digest)


def whole_text_follows(file: str, language: str) -> str:
    """Return where the rest of a text is where no file can lie: in the messages after it, under the file's name."""
    _ = translator(language)
    return _("The whole text follows below as {file}.").format(file=file)


def approve_rest_dialog(language: str) -> Dialog:
    """Return the question before the rest of a Run is approved."""
    _ = translator(language)
    text = _(
        "The steps to come run without asking. What has read from outside still asks before it changes anything "
        "or sends anything out."
    )
    return Dialog(_("Approve the rest of this run?"), _("Approve the rest"), _("Cancel"), text=text)


def verb_dialog(verb: Verb, language: str) -> Dialog:
    """Return the dialog in which something is typed for a verb."""
    _ = translator(language)
    boxes = {
        Verb.REJECT: _("Why? The next attempt takes it into account. You may leave it empty."),
        Verb.STOP: _("Why? You may leave it empty. A stopped run does not go on."),
        Verb.ANSWER: _("Your answer"),
        Verb.EDIT: _("The plan"),
    }
    label = _(BUTTONS[verb])
    yes = _("Approve as edited") if verb is Verb.EDIT else label
    return Dialog(label, yes, _("Cancel"), box=boxes.get(verb, ""))


def ask_about_dialog(language: str) -> Dialog:
    """Return the dialog in which a Goal about a message is typed."""
    _ = translator(language)
    return Dialog(_("Ask Nod about this"), _("Ask"), _("Cancel"), box=_("What is to be done with this message?"))


def close_word(language: str) -> str:
    """Return what is on the one button of a dialog that only says something."""
    _ = translator(language)
    return _("Close")


def part_of(name: str, number: int, count: int, language: str) -> str:
    """Return the label of one of several boxes that hold a long text together."""
    _ = translator(language)
    if count == 1:
        return name
    return _("{name}, part {number} of {count}").format(name=name, number=number, count=count)


def reaction_gone(language: str) -> str:
    """Return what is said to who took a reaction away."""
    _ = translator(language)
    return _("Taking a reaction away undoes nothing: what was decided stays decided. Write stop to end the run.")


def too_late(language: str) -> str:
    """Return what is said when a dialog could not be opened in time."""
    _ = translator(language)
    return _("This took too long, so nothing was opened. Please press it once more.")


def at_work(language: str) -> str:
    """Return what a platform shows after Nod's name while a Goal is being begun."""
    _ = translator(language)
    return _("is making a plan …")


def prompts(language: str) -> tuple[str, ...]:
    """Return Goals to begin with."""
    _ = translator(language)
    return tuple(_(each) for each in PROMPTS)
