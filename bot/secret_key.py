"""The key that signs what Nod gives out: NOD_SECRET_KEY, or a file that Nod makes for itself."""

import os
import secrets
from pathlib import Path

from agent_core.errors import SettingsError
from bot.settings import SHORTEST_SECRET, Settings

FILE_NAME = "secret_key"


def secret_key(settings: Settings) -> str:
    """Return the key that signs web sign-ins: the setting's, else the one in NOD_DATA, made with mode 0600 if missing.

    Raises:
        SettingsError: the file cannot be made or read, or holds no key.
    """
    if settings.nod_secret_key:
        return settings.nod_secret_key.get_secret_value()
    path = settings.nod_data / FILE_NAME
    try:
        settings.nod_data.mkdir(parents=True, exist_ok=True)
        if not path.exists():
            _make(path)
        path.chmod(0o600)  # a copy or a restored backup may have been opened to others
        key = path.read_text(encoding="utf-8").strip()
    except (OSError, UnicodeDecodeError) as error:
        why = error.strerror if isinstance(error, OSError) else "it is not text"
        what_to_do = "make NOD_DATA a folder that Nod may write, or set NOD_SECRET_KEY"
        raise SettingsError(reason=f"The key file {path} cannot be used ({why}); {what_to_do}.") from None
    if len(key) < SHORTEST_SECRET:
        raise SettingsError(reason=f"The key file {path} holds no key; delete it, and Nod makes a new one.")
    return key


def _make(path: Path) -> None:
    """Put a whole key file in place or none, whoever else does the same and whenever the power goes."""
    draft = path.with_name(f"{path.name}.{os.getpid()}.{secrets.token_hex(4)}")
    try:
        with os.fdopen(os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w", encoding="utf-8") as file:
            file.write(secrets.token_hex(32))
            file.flush()
            os.fsync(file.fileno())
        try:
            os.link(draft, path)  # unlike a rename, it does not replace a key that came first
        except FileExistsError:
            return
    finally:
        draft.unlink(missing_ok=True)
