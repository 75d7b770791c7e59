"""Secrets that must be kept in the database, sealed with a key that is not in it."""

import json
from base64 import urlsafe_b64encode

from cryptography.fernet import Fernet, InvalidToken
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF


class NotSealedHere(Exception):
    """It was sealed with another key, for another place, or was changed."""


class Seal:
    """Seals texts for the places they are kept at: one that is moved to another place does not open there."""

    def __init__(self, secret_key: str, purpose: str) -> None:
        # its own key for each purpose, so that what is sealed for one opens for no other (RFC 5869, 3.2)
        derive = HKDF(SHA256(), length=32, salt=None, info=f"nod {purpose}".encode())
        self._fernet = Fernet(urlsafe_b64encode(derive.derive(secret_key.encode())))

    def close(self, text: str, *place: str) -> str:
        """Return the text sealed for a place."""
        return self._fernet.encrypt(json.dumps([*place, text]).encode()).decode()

    def open(self, sealed: str, *place: str) -> str:
        """Return what was sealed for a place.

        Raises:
            NotSealedHere: nothing was sealed for it with this key.
        """
        try:
            *found, text = json.loads(self._fernet.decrypt(sealed.encode()))
        except (InvalidToken, ValueError):
            raise NotSealedHere from None
        if tuple(found) != place:
            raise NotSealedHere
        return str(text)
