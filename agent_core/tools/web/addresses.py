"""Web addresses in their one form: what is written is what is checked, shown to people and connected to."""

import re
import unicodedata
from dataclasses import dataclass, replace
from ipaddress import AddressValueError, IPv4Address, IPv6Address, ip_address

from agent_core.errors import AddressRefused
from agent_core.i18n import N_
from agent_core.tools.paths import shown

LONGEST = 4096  # characters of an address; what is longer is no address but a cargo
USUAL_PORTS = {"http": 80, "https": 443}
NAMES_A_USER = N_("it names a user before the host; leave out everything up to the @.")

# labels of a host name as resolvers take them: letters, digits, hyphens, and the underscores that some zones have
_NAME = re.compile(r"(?=.{1,253}\Z)[a-z0-9_]([a-z0-9_-]{0,61}[a-z0-9_])?(\.[a-z0-9_]([a-z0-9_-]{0,61}[a-z0-9_])?)*")
_BYTE = 256
_NUMBER = re.compile(r"0[xX][0-9a-fA-F]*|[0-9]+")
_AUTHORITY = re.compile(r"(?P<scheme>[a-zA-Z][a-zA-Z0-9+.-]*):(?P<slashes>[/\\]*)(?P<authority>[^/\\?#]*)")


@dataclass(frozen=True, slots=True)
class WebAddress:
    """Where a request goes. `host` is in ASCII, in lower case, an IP address without brackets; `target` is the rest."""

    scheme: str
    host: str
    port: int
    target: str

    @property
    def literal(self) -> IPv4Address | IPv6Address | None:
        """The IP address that the host is, None when it is a name."""
        return literal(self.host)

    @property
    def place(self) -> str:
        """Host and port, without the scheme's usual port."""
        host = f"[{self.host}]" if ":" in self.host else self.host
        return host if self.port == USUAL_PORTS[self.scheme] else f"{host}:{self.port}"

    @property
    def origin(self) -> str:
        """Scheme, host and port."""
        return f"{self.scheme}://{self.place}"

    @property
    def path(self) -> str:
        """The target without its query."""
        return self.target.partition("?")[0]

    def at(self, target: str) -> "WebAddress":
        """Return the address of another target on the same host and port."""
        return replace(self, target=target)

    def __str__(self) -> str:
        return f"{self.origin}{self.target}"


def web_address(text: str, base: WebAddress | None = None) -> WebAddress:
    """Return the address that `text` is, relative to `base` if there is one (a redirect's), without its fragment.

    Raises:
        AddressRefused: it is not one of http or https, or could be read in two ways.
    """
    text = text.strip()
    import httpx2  # noqa: PLC0415  (late: most Runs have no web address)

    try:
        return _read(text, base)
    except _Fault as fault:
        raise AddressRefused(url=shown(text), reason=str(fault)) from None
    except (httpx2.InvalidURL, ValueError, AttributeError):
        raise AddressRefused(url=shown(text), reason=N_("it is not a proper web address.")) from None


def _read(text: str, base: WebAddress | None) -> WebAddress:
    import httpx2  # noqa: PLC0415  (the same)

    _look(text)
    url = httpx2.URL(text) if base is None else httpx2.URL(str(base)).join(text)
    if url.scheme not in USUAL_PORTS:
        raise _Fault(N_("only addresses that begin with http:// or https:// are read."))
    if url.userinfo:
        raise _Fault(NAMES_A_USER)
    host = _host(url.raw_host.decode("ascii"))
    port = USUAL_PORTS[url.scheme] if url.port is None else url.port
    if not 0 < port < 2**16:
        raise _Fault(N_("it has no proper port."))
    target = url.raw_path.decode("ascii")
    return WebAddress(url.scheme, host, port, target if target.startswith("/") else f"/{target}")


def literal(host: str) -> IPv4Address | IPv6Address | None:
    """Return the IP address that a host of a WebAddress is; None when it is a name."""
    try:
        return ip_address(host)
    except ValueError:
        return None


class _Fault(ValueError):
    """What is wrong with an address, in words."""


def _look(text: str) -> None:
    """Refuse what readers of addresses disagree on, before anything reads it."""
    if len(text) > LONGEST:
        raise _Fault(N_("it is too long to be an address."))
    if any(unicodedata.category(c) in {"Cc", "Cf", "Cs", "Co", "Zs", "Zl", "Zp"} for c in text):
        raise _Fault(N_("it holds a space or a character that cannot be seen."))
    found = _AUTHORITY.match(text)
    if found is None or found["scheme"].lower() not in USUAL_PORTS:
        return  # relative, or no address of the web: what comes of it is looked at later
    if found["slashes"] != "//" or "\\" in text.partition("?")[0]:
        raise _Fault(N_("write exactly two slashes after http: or https:, and no backslash."))
    if "@" in found["authority"]:
        raise _Fault(NAMES_A_USER)


def _host(raw: str) -> str:
    """Return a host in its one form: an IPv4 address however it was spelled, an IPv6 address, or a name."""
    if ":" in raw:
        if "%" in raw:
            raise _Fault(N_("an IPv6 address with a zone leads nowhere from here."))
        return str(IPv6Address(raw))
    name = raw.lower().removesuffix(".")
    number = name.rpartition(".")[2]
    if _NUMBER.fullmatch(number):
        return str(_ipv4(name))
    if not _NAME.fullmatch(name):
        raise _Fault(N_("its host is not a proper name."))
    return name


def _ipv4(name: str) -> IPv4Address:
    """Return the IPv4 address of a name that ends in a number, as the URL standard of WHATWG reads it."""
    parts = name.split(".")
    if len(parts) > 4 or not all(_NUMBER.fullmatch(part) for part in parts):  # noqa: PLR2004  (four bytes)
        raise _Fault(N_("its host is not a proper name."))
    *bytes_, last = (_number(part) for part in parts)
    if any(each >= _BYTE for each in bytes_) or last >= _BYTE ** (4 - len(bytes_)):
        raise _Fault(N_("its host is not a proper name."))
    value = last + sum(each << (8 * (3 - index)) for index, each in enumerate(bytes_))
    try:
        return IPv4Address(value)
    except AddressValueError:
        raise _Fault(N_("its host is not a proper name.")) from None


def _number(part: str) -> int:
    if part[:2].lower() == "0x":
        return int(part[2:] or "0", 16)
    return int(part, 8 if len(part) > 1 and part.startswith("0") else 10)


def is_here(host: str) -> bool:
    """Say whether a host is this machine."""
    try:
        return host == "localhost" or ip_address(host).is_loopback
    except ValueError:
        return False
