"""What the guard lets through: public addresses at the usual ports, and what its maker named."""

from ipaddress import ip_address

import pytest

from agent_core.errors import AddressRefused
from agent_core.tools.web.addresses import web_address
from agent_core.tools.web.guard import Guard, Opening, is_public


@pytest.mark.parametrize("public", ["1.1.1.1", "93.184.215.14", "2606:4700:4700::1111", "2a00:1450:4001::1"])
def test_public_addresses_are_public(public: str) -> None:
    assert is_public(ip_address(public))


@pytest.mark.parametrize(
    "other",
    [
        *("0.0.0.0", "0.1.2.3", "10.1.2.3", "100.64.0.1", "100.100.100.200", "127.0.0.1", "127.255.255.254"),
        *("169.254.169.254", "172.16.0.1", "172.31.255.255", "192.0.0.192", "192.0.2.1", "192.88.99.1"),
        *("192.168.1.1", "198.18.0.1", "198.51.100.1", "203.0.113.1", "224.0.0.1", "239.1.1.1", "240.0.0.1"),
        *("255.255.255.255", "168.63.129.16"),
        *("::", "::1", "::127.0.0.1", "::ffff:127.0.0.1", "::ffff:1.1.1.1", "64:ff9b::7f00:1", "64:ff9b:1::1"),
        *("100::1", "2001::1", "2001:db8::1", "2002:7f00:1::", "3fff::1", "5f00::1", "fc00::1", "fd00:ec2::254"),
        *("fe80::1", "fec0::1", "ff02::1"),
    ],
)
def test_no_other_address_is_in_whatever_disguise(other: str) -> None:
    assert not is_public(ip_address(other))
    host = f"[{other}]" if ":" in other else other
    with pytest.raises(AddressRefused, match="is not on the public web"):
        Guard().check(web_address(f"http://{host}/"))


def test_ports_are_those_of_the_web_unless_named() -> None:
    with pytest.raises(AddressRefused, match="port 22 is not among"):
        Guard().check(web_address("http://1.1.1.1:22/"))
    with pytest.raises(AddressRefused, match="port 6379 is not among"):
        Guard().check(web_address("http://example.com:6379/"))
    Guard.of(ports=[80, 6379]).check(web_address("http://example.com:6379/"))


@pytest.mark.parametrize(
    ("text", "opening"),
    [
        ("Wiki.example", Opening("wiki.example")),
        ("wiki.example:8080", Opening("wiki.example", port=8080)),
        ("10.1.0.0/16", Opening(network=Opening.parse("10.1.0.0/16").network)),
        ("127.0.0.1:80", Opening(network=Opening.parse("127.0.0.1/32").network, port=80)),
        ("[::1]:8080", Opening(network=Opening.parse("::1/128").network, port=8080)),
        ("::1", Opening(network=Opening.parse("::1/128").network)),
    ],
)
def test_openings_are_read_from_settings(text: str, opening: Opening) -> None:
    assert Opening.parse(text) == opening


@pytest.mark.parametrize("text", ["", "http://wiki.example/", "10.1.0.1/16", "a b", "wiki:http", "me@wiki:80"])
def test_what_is_no_opening_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match=r"is no host|does not appear to be|has host bits set"):
        Opening.parse(text)


def test_a_named_host_may_be_private_at_its_port_and_only_there() -> None:
    guard = Guard.of(["wiki.example:8080"])

    assert not guard.refusal("wiki.example", 8080, ip_address("10.1.2.3"))
    assert "port 8081" in str(guard.refusal("wiki.example", 8081, ip_address("10.1.2.3")))
    assert "10.1.2.3" in str(guard.refusal("wiki.example", 443, ip_address("10.1.2.3")))
    assert "port 8080" in str(guard.refusal("other.example", 8080, ip_address("10.1.2.3")))


@pytest.mark.parametrize("never", ["169.254.169.254", "0.0.0.0", "168.63.129.16", "fe80::1", "::ffff:169.254.169.254"])
def test_a_named_host_never_leads_to_where_a_machine_keeps_its_own_secrets(never: str) -> None:
    assert Guard.of(["wiki.example"]).refusal("wiki.example", 80, ip_address(never))


def test_a_named_network_is_reached_by_whatever_name() -> None:
    guard = Guard.of(["10.1.0.0/16", "127.0.0.1:8080"])

    assert not guard.refusal("any.example", 443, ip_address("10.1.2.3"))
    assert guard.refusal("any.example", 443, ip_address("10.2.0.1"))
    assert not guard.refusal("any.example", 8080, ip_address("127.0.0.1"))
    assert guard.refusal("any.example", 80, ip_address("127.0.0.1"))
    guard.check(web_address("http://127.0.0.1:8080/"))
    with pytest.raises(AddressRefused):
        guard.check(web_address("http://[::ffff:127.0.0.1]:8080/"))
