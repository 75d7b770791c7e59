"""Takes secrets out of texts: known values in every usual encoding, and what has the form of a token. Pure.

There is no guessing by entropy: it takes commit ids, digests and plain prose for secrets by the thousand.
"""

import base64
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from functools import cached_property
from typing import Any, Self, cast

from agent_core.domain import Observation, Preview

HIDDEN = "***"
SHORTEST = 8  # characters; a shorter secret would blot out ordinary words

# a line may be broken anywhere: by a line end as it is, as JSON writes it, or as quoted-printable does
_BREAK = r"(?:[ \t]*(?:=?\r?\n|(?:\\+r)?\\+n)[ \t]*)?"
_BREAKS = re.compile(r"(?:\\+[rn]?|=\r?\n|\s)+")
_RUN = re.compile(r"[A-Za-z0-9]+")
_LEAST_RUN = 4  # characters; shorter ones are in every text
_ESCAPED = frozenset("\"\\/'\b\f\n\r\t")
_JSON_NAMES: Mapping[str, str] = {"\n": "n", "\r": "r", "\t": "t", "\b": "b", "\f": "f"}
_HEX_ONLY = bytes(each for each in range(256) if each not in b"0123456789abcdef")

#: forms that vendors give their tokens, each distinct enough that prose never has it; what is looked for ahead has a
#: length, or a text that begins one again and again would take the square of its own
_TOKENS = re.compile(
    r"\bsk-(?=[A-Za-z_-]{0,100}\d)[A-Za-z0-9_-]{20,}"  # OpenAI and those who took its form
    r"|\b(?:xox[a-z]|xapp)-(?=[A-Za-z-]{0,100}\d)[A-Za-z0-9-]{12,}"  # Slack
    r"|\b[MNO][A-Za-z0-9_-]{22,27}\.[A-Za-z0-9_-]{6}\.[A-Za-z0-9_-]{27,}"  # Discord
    r"|\b(?:gh[opsur]_[A-Za-z0-9]{36,}|github_pat_[A-Za-z0-9_]{50,})"  # GitHub
    r"|\bglpat-(?=[A-Za-z_-]{0,100}\d)[A-Za-z0-9_-]{20,}"  # GitLab
    r"|\bA(?:KIA|SIA)[A-Z0-9]{16}\b"  # AWS
    r"|\bAIza[A-Za-z0-9_-]{35}"  # Google
    r"|\beyJ[A-Za-z0-9_-]{10,1000}\.eyJ[A-Za-z0-9_-]{10,}\.[A-Za-z0-9_-]{20,}"  # a signed JSON Web Token
    r"|(?<=-----BEGIN PRIVATE KEY-----)[A-Za-z0-9+/=\s\\]+|(?<=-----BEGIN RSA PRIVATE KEY-----)[A-Za-z0-9+/=\s\\]+"
    r"|(?<=-----BEGIN EC PRIVATE KEY-----)[A-Za-z0-9+/=\s\\]+"
    r"|(?<=-----BEGIN OPENSSH PRIVATE KEY-----)[A-Za-z0-9+/=\s\\]+"
    r"|(?P<before>://[^\s/:@]*:)[^\s/@]+(?=@[A-Za-z0-9])"  # a password in an address
)


@dataclass(frozen=True)
class Secret:
    """One value, and how it is found. `value` has at least SHORTEST characters."""

    value: str = field(repr=False)

    def hidden_in(self, text: str, squeezed: str, digits: bytes) -> str:
        """Return the text without the value; `squeezed` and `digits` are the text as `_squeezed` and `_digits` have it.

        To look for it in those takes a thousandth of what the patterns take, and a text hardly ever has it.
        """
        if self._run in squeezed:
            text = self._plain.sub(HIDDEN, text)
        if any(core in squeezed for core in self._cores):
            text = self._base64.sub(HIDDEN, text)
        if self._hex in digits:
            text = self._hexadecimal.sub(HIDDEN, text)
        return text

    @cached_property
    def _run(self) -> str:
        """The longest part that no encoding changes; empty, which every text has, where there is none."""
        runs = _RUN.findall(_BREAKS.sub(" ", self.value))
        longest = max(runs, key=len, default="")
        return longest if len(longest) >= _LEAST_RUN else ""

    @cached_property
    def _plain(self) -> re.Pattern[str]:
        return re.compile(_BREAK.join(_spellings(letter) for letter in self.value))

    @cached_property
    def _cores(self) -> tuple[str, ...]:
        """What a text in base64 holds of the value, wherever in the text it began, in both alphabets."""
        value = self.value.encode("utf-8", "surrogatepass")
        cores = list[str]()
        for before in range(3):
            # characters that the bytes beside it have a part in are left out at both ends
            start, end = (0, 2, 3)[before], (before + len(value)) * 8 // 6
            core = base64.b64encode(bytes(before) + value).decode()[start:end]
            cores += [core, core.replace("+", "-").replace("/", "_")]
        return tuple(dict.fromkeys(cores))

    @cached_property
    def _base64(self) -> re.Pattern[str]:
        slash = {"/": r"\\*/"}  # as some write JSON
        return re.compile(
            "|".join(_BREAK.join(slash.get(letter, re.escape(letter)) for letter in core) for core in self._cores)
        )

    @cached_property
    def _hex(self) -> bytes:
        return self.value.encode("utf-8", "surrogatepass").hex().encode()

    @cached_property
    def _hexadecimal(self) -> re.Pattern[str]:
        pairs = (self._hex[at : at + 2].decode() for at in range(0, len(self._hex), 2))
        between = rf"(?:{_BREAK}|[:%, -]|\\*x|,? ?0x)"
        return re.compile(between.join(rf"{pair[0]}{_BREAK}{pair[1]}" for pair in pairs), re.IGNORECASE)


@dataclass(frozen=True)
class Redactor:
    """Takes out these secrets, and whatever has the form of a token. Make one with `of`."""

    secrets: tuple[Secret, ...] = ()

    @classmethod
    def of(cls, values: Iterable[str]) -> Self:
        """Return the one for these values; those too short to be told from words are left out."""
        found = {value.strip() for value in values}
        # the longest first, so that none is left over of one that holds another
        kept = sorted((value for value in found if len(value) >= SHORTEST), key=lambda value: (-len(value), value))
        return cls(tuple(map(Secret, kept)))

    def known(self, text: str) -> str:
        """Return the text without the known values."""
        if not self.secrets or len(text) < SHORTEST:
            return text
        squeezed, digits = _squeezed(text), _digits(text)
        for secret in self.secrets:
            text = secret.hidden_in(text, squeezed, digits)
        return text

    def text(self, text: str) -> str:
        """Return the text without any secret."""
        return _TOKENS.sub(lambda found: f"{found['before'] or ''}{HIDDEN}", self.known(text))

    def value(self, value: Any) -> Any:
        """Return a JSON value without any secret in its texts."""
        match value:
            case str():
                return self.text(value)
            case dict():
                return {self.text(name): self.value(each) for name, each in cast("dict[str, Any]", value).items()}
            case list() | tuple():
                return [self.value(each) for each in cast("list[Any]", value)]
            case _:
                return value

    def observation(self, seen: Observation) -> Observation:
        """Return what a Tool returned without any secret."""
        sources = tuple(map(self.text, seen.sources))
        return replace(seen, text=self.text(seen.text), answer=self.text(seen.answer), sources=sources)

    def preview(self, shown: Preview) -> Preview:
        """Return what people are shown of a call without any secret."""
        facts = tuple(replace(fact, value=self.text(fact.value)) for fact in shown.facts)
        return replace(shown, text=self.text(shown.text), facts=facts)


def _squeezed(text: str) -> str:
    """Return the text without line breaks and backslashes, however they are written."""
    return _BREAKS.sub("", text)


def _digits(text: str) -> bytes:
    """Return the hexadecimal digits of a text."""
    return text.lower().encode("utf-8", "surrogatepass").translate(None, _HEX_ONLY)


def _spellings(letter: str) -> str:
    """Return the pattern of one letter of a secret: as it is, as a URL, as JSON and as HTML have it."""
    octets = letter.encode("utf-8", "surrogatepass")
    forms = [re.escape(letter), "".join(rf"%{_either(f'{octet:02x}')}" for octet in octets)]
    if letter in _ESCAPED:
        forms[0] = rf"\\*{re.escape(letter)}"
        if letter in _JSON_NAMES:
            forms.append(rf"\\+{_JSON_NAMES[letter]}")
    units = letter.encode("utf-16-be", "surrogatepass").hex()
    forms.append("".join(rf"\\+u{_either(units[at : at + 4])}" for at in range(0, len(units), 4)))
    if letter == " ":
        forms.append(r"\+")
    if letter in _HTML:
        forms.append(_HTML[letter])
    return f"(?:{'|'.join(forms)})"


_HTML: Mapping[str, str] = {
    "&": "&amp;",
    "<": "&lt;",
    ">": "&gt;",
    '"': "(?:&quot;|&#34;)",
    "'": "(?:&#39;|&#x27;)",
}


def _either(digits: str) -> str:
    """Return the pattern of hexadecimal digits in either case."""
    return "".join(f"[{each}{each.upper()}]" if each.isalpha() else each for each in digits)
