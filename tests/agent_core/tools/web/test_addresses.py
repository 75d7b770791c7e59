"""Web addresses in their one form, and those that are refused because they could be read in two ways."""

import pytest

from agent_core.errors import AddressRefused
from agent_core.tools.web.addresses import LONGEST, web_address


@pytest.mark.parametrize(
    ("written", "meant"),
    [
        ("http://Example.COM", "http://example.com/"),
        ("https://example.com.:443/a/../b?c=d#e", "https://example.com/b?c=d"),
        ("http://example.com:8080/", "http://example.com:8080/"),
        (" https://例え.テスト/パス ", "https://xn--r8jz45g.xn--zckzah/%E3%83%91%E3%82%B9"),
        ("https://BÜCHER.example/", "https://xn--bcher-kva.example/"),
        ("http://2130706433/", "http://127.0.0.1/"),
        ("http://0x7f000001/", "http://127.0.0.1/"),
        ("http://0X7F.1/", "http://127.0.0.1/"),
        ("http://017700000001/", "http://127.0.0.1/"),
        ("http://0x7f.0.0.01/", "http://127.0.0.1/"),
        ("http://127.1/", "http://127.0.0.1/"),
        ("http://127.0.0.1./", "http://127.0.0.1/"),
        ("http://127。0。0。1/", "http://127.0.0.1/"),
        ("http://0/", "http://0.0.0.0/"),
        ("http://[::FFFF:127.0.0.1]/", "http://[::ffff:7f00:1]/"),
        ("http://[0:0:0:0:0:0:0:1]:8080/", "http://[::1]:8080/"),
    ],
)
def test_an_address_has_one_form_however_it_is_spelled(written: str, meant: str) -> None:
    assert str(web_address(written)) == meant
    assert str(web_address(meant)) == meant


@pytest.mark.parametrize(
    "written",
    [
        "",
        "example.com",
        "//example.com/",
        "ftp://example.com/",
        "file:///etc/passwd",
        "javascript:alert(1)",
        "http:///etc/passwd",
        "http:/example.com/",
        "http:\\\\example.com",
        "http://example.com\\@127.0.0.1/",
        "http://example.com@127.0.0.1/",
        "http://@127.0.0.1/",
        "http://user:password@example.com/",
        "http://exam ple.com/",
        "http://example.com/\u202egnp.exe",
        "http://exam\u200bple.com/",
        "http://example.com/\r\nHost: other",
        "http://example.com:0/",
        "http://example.com:65536/",
        "http://example.com:http/",
        "http://127.0.0.%31/",
        "http://%6c%6f%63alhost/",
        "http://[fe80::1%25eth0]/",
        "http://[::1/",
        "http://1.2.3.4.5/",
        "http://1.2.3.256/",
        "http://256.0.0.1/",
        "http://0177.0.0.01/",
        "http://1.0x100000000/",
        "http://4294967296/",
        "http://example..com/",
        "http://-example.com/",
        "http://a'b.com/",
        "http://" + "a" * 64 + ".com/",
        "http://" + "a." * 140 + "com/",
        "http://example.com/" + "a" * LONGEST,
    ],
)
def test_what_could_be_read_in_two_ways_is_refused(written: str) -> None:
    with pytest.raises(AddressRefused):
        web_address(written)


@pytest.mark.parametrize(
    ("onward", "meant"),
    [
        ("/b", "https://a.example/b"),
        ("?c", "https://a.example/x/y?c"),
        ("b", "https://a.example/x/b"),
        ("//c.example/d", "https://c.example/d"),
        ("http://2130706433/", "http://127.0.0.1/"),
        ("", "https://a.example/x/y"),
    ],
)
def test_a_redirect_is_read_from_where_it_stands(onward: str, meant: str) -> None:
    assert str(web_address(onward, web_address("https://a.example/x/y"))) == meant


@pytest.mark.parametrize("onward", ["//me@b.example/", "file:///etc/passwd", "http:/b", "gopher://b/"])
def test_a_redirect_can_be_refused_as_any_address(onward: str) -> None:
    with pytest.raises(AddressRefused):
        web_address(onward, web_address("https://a.example/x/y"))


def test_an_address_tells_its_parts() -> None:
    address = web_address("https://example.com:8443/a/b?c=d")

    assert (address.place, address.origin, address.path) == (
        "example.com:8443",
        "https://example.com:8443",
        "/a/b",
    )
    assert address.literal is None
    assert str(address.at("/robots.txt")) == "https://example.com:8443/robots.txt"
