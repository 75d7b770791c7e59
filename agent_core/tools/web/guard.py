"""What may be reached: public addresses at the usual ports, and what the settings name beside them. Pure."""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from ipaddress import IPv4Address, IPv4Network, IPv6Address, IPv6Network, ip_address, ip_network
from typing import Self

from agent_core.errors import AddressRefused
from agent_core.i18n import N_, Phrase
from agent_core.tools.web.addresses import WebAddress, web_address

Address = IPv4Address | IPv6Address
Network = IPv4Network | IPv6Network

PORTS = frozenset({80, 443})

# Sources: IANA's special-purpose address registries for IPv4 and IPv6 (RFC 6890 and what followed it). One list for
# every Python: `is_global` has changed its mind between releases.
_NOT_PUBLIC = tuple(
    map(
        ip_network,
        (
            *("0.0.0.0/8", "10.0.0.0/8", "100.64.0.0/10", "127.0.0.0/8", "169.254.0.0/16", "172.16.0.0/12"),
            *("192.0.0.0/24", "192.0.2.0/24", "192.88.99.0/24", "192.168.0.0/16", "198.18.0.0/15", "198.51.100.0/24"),
            *("203.0.113.0/24", "224.0.0.0/4", "240.0.0.0/4"),
            "168.63.129.16/32",  # looks public; Azure serves each machine's own secrets there
            *("2001::/23", "2001:db8::/32", "2002::/16", "2620:4f:8000::/48", "3fff::/20"),
        ),
    )
)
_PUBLIC_IPV6 = IPv6Network("2000::/3")  # nothing else of IPv6 is given out; NAT64 and mapped addresses are beyond it
# not even a host that the settings name may lead there: no page is served from these
_NEVER = tuple(
    map(
        ip_network,
        (
            *("0.0.0.0/8", "169.254.0.0/16", "168.63.129.16/32", "100.100.100.200/32", "192.0.0.192/32"),
            *("224.0.0.0/4", "240.0.0.0/4", "::/128", "fe80::/10", "ff00::/8", "fd00:ec2::/32"),
        ),
    )
)


@dataclass(frozen=True, slots=True)
class Opening:
    """A host by name, or a network, that may be reached although it is not public; at `port`, or at the usual ones."""

    host: str = ""
    network: Network | None = None
    port: int | None = None

    @classmethod
    def parse(cls, text: str) -> Self:
        """Read `wiki.example`, `wiki.example:8080`, `10.1.0.0/16`, `127.0.0.1:8080` or `[::1]:8080`.

        Raises:
            ValueError: it is none of these.
        """
        text = text.strip()
        if "/" in text:
            return cls(network=ip_network(text))
        bare = text.count(":") > 1 and not text.startswith("[")
        try:
            address = web_address(f"http://[{text}]" if bare else f"http://{text}")
        except AddressRefused:
            raise ValueError(f"'{text}' is no host, host:port or network, for example wiki.example:8080.") from None
        port = address.port if not bare and re.search(r":\d+\Z", text) else None
        ip = address.literal
        return cls(address.host, None, port) if ip is None else cls(network=ip_network(str(ip)), port=port)

    def admits(self, host: str, port: int, ip: Address) -> bool:
        """Say whether it is the opening for a host that has this address."""
        if self.port not in (None, port):
            return False
        if self.network is not None:
            return ip in self.network
        return self.host == host and not _within(ip, _NEVER)


@dataclass(frozen=True, slots=True)
class Guard:
    """Decides what may be reached. Only who makes it says so; nothing that a model writes can widen it."""

    ports: frozenset[int] = PORTS
    allowed: tuple[Opening, ...] = ()

    @classmethod
    def of(cls, allowed: Iterable[str] = (), ports: Iterable[int] = PORTS) -> Self:
        """Return the guard with these openings, as `Opening.parse` reads them. Raises ValueError."""
        return cls(frozenset(ports), tuple(map(Opening.parse, allowed)))

    def check(self, address: WebAddress) -> None:
        """Refuse what needs no look at its name to be refused.

        Raises:
            AddressRefused: its port is not open, or its host is an IP address that may not be reached.
        """
        ip = address.literal
        if ip is not None:
            self._refuse(address, ip)
        elif address.port not in self.ports and not self._opens_port(address.host, address.port):
            raise AddressRefused(url=str(address), reason=_port_closed(address.port))

    def refusal(self, host: str, port: int, ip: Address) -> str | Phrase:
        """Return why a host that has this address may not be reached at this port; empty when it may."""
        openings = [each for each in self.allowed if each.admits(host, port, ip)]
        if port not in self.ports and not any(each.port == port for each in openings):
            return _port_closed(port)
        if openings or is_public(ip):
            return ""
        return Phrase(N_("it leads to {address}, which is not on the public web."), address=str(ip))

    def _refuse(self, address: WebAddress, ip: Address) -> None:
        if reason := self.refusal(address.host, address.port, ip):
            raise AddressRefused(url=str(address), reason=reason)

    def _opens_port(self, host: str, port: int) -> bool:
        return any(each.port == port and (each.network is not None or each.host == host) for each in self.allowed)


def is_public(ip: Address) -> bool:
    """Say whether an address is one of the public internet, and no other address in disguise."""
    if isinstance(ip, IPv6Address) and ip not in _PUBLIC_IPV6:
        return False
    return not _within(ip, _NOT_PUBLIC)


def address_of(answer: str) -> Address:
    """Return the address that a resolver answered, without its zone. Raises ValueError."""
    return ip_address(answer.partition("%")[0])


def _within(ip: Address, networks: Iterable[Network]) -> bool:
    if isinstance(ip, IPv6Address) and ip.ipv4_mapped is not None:
        return _within(ip.ipv4_mapped, networks)
    return any(ip in network for network in networks)


def _port_closed(port: int) -> Phrase:
    return Phrase(N_("port {port} is not among those that may be reached."), port=port)
