"""What Nod says in a chat beside Cards when a place, a file or a right is in the way, and where to go instead."""

from agent_core.i18n import translator


def begun(language: str) -> str:
    """Return what who typed a Goal as a command is told."""
    _ = translator(language)
    return _("Nod makes a plan. Everything follows below, and in the thread there.")


def open_again(language: str) -> str:
    """Return the label of the button that opens a dialog again."""
    _ = translator(language)
    return _("Open it again")


def open_on_the_web(language: str) -> str:
    """Return the label of the link to a Run's page."""
    _ = translator(language)
    return _("Open on the web")


def digest_line(language: str) -> str:
    """Return the words before the digest that a Decision is given for."""
    _ = translator(language)
    return _("Digest")


def whole_card(language: str) -> str:
    """Return the words before the file that has all of a Card."""
    _ = translator(language)
    return _("All of this card")


def too_large(file: str, size: str, address: str, language: str) -> str:
    """Return where a file is that a chat does not take."""
    _ = translator(language)
    if address:
        words = _("{file} ({size}) is larger than what can be attached here: {address}")
        return words.format(file=file, size=size, address=address)
    return _("{file} ({size}) is larger than what can be attached here; Nod’s web workspace has it.").format(
        file=file, size=size
    )


def too_many(count: int, address: str, language: str) -> str:
    """Return where the files are that a message has no room for."""
    _ = translator(language)
    if address:
        return _("{count} more files: {address}").format(count=count, address=address)
    return _("{count} more files are in Nod’s web workspace.").format(count=count)


def place_gone(goal: str, reason: str, address: str, language: str) -> str:
    """Return what a Run's owner is told when Nod can no longer write where the Run was asked for."""
    _ = translator(language)
    if address:
        words = _("Nod can no longer write where you asked “{goal}” ({reason}). The run is here: {address}")
        return words.format(goal=goal, reason=reason, address=address)
    words = _("Nod can no longer write where you asked “{goal}” ({reason}). The run is in Nod’s web workspace.")
    return words.format(goal=goal, reason=reason)


def lacks(rights: str, language: str) -> str:
    """Return the words for permissions that Nod has not got."""
    _ = translator(language)
    return _("it lacks {rights}").format(rights=rights)


def unread(language: str) -> str:
    """Return what is said where Nod is sent messages without their text."""
    _ = translator(language)
    return _("Nod is not shown what you write here unless you mention it or reply to it. The buttons work, too.")


def unknown_button(language: str) -> str:
    """Return what is said of a button, or a dialog, that leads nowhere."""
    _ = translator(language)
    return _("This leads nowhere any more. Look at the newest messages of the thread.")


def upload_to_edit(language: str) -> str:
    """Return how a text is edited that is too long for a dialog."""
    _ = translator(language)
    return _("Too long to edit here: upload it as you want it. It is attached to the card.")


def edit_elsewhere(names: str, address: str, language: str) -> str:
    """Return where arguments are edited that a dialog has no room for."""
    _ = translator(language)
    if address:
        return _("{names}: no room here; edit on the web: {address}").format(names=names, address=address)
    return _("{names}: no room here; edit in Nod’s web workspace.").format(names=names)


def not_a_text(name: str, language: str) -> str:
    """Return what is said of an uploaded file that is no text."""
    _ = translator(language)
    return _("{name} is not a text in UTF-8; save it as one and upload it again.").format(name=name)
