"""What people are told of a web address before anything is sent to it."""

from agent_core.domain import PreviewFact
from agent_core.i18n import translator
from agent_core.tools.web.addresses import WebAddress


def address_facts(address: WebAddress, language: str) -> tuple[PreviewFact, ...]:
    """Return host and path of an address as they will be used: the host in ASCII, and in its letters beside that."""
    _ = translator(language)
    path = address.target if len(address.target) > 1 else "/"
    facts = [PreviewFact(_("Host"), address.place), PreviewFact(_("Path"), path)]
    if letters := _letters(address.host):
        facts.insert(1, PreviewFact(_("Host in its letters"), letters))
    return tuple(facts)


def _letters(host: str) -> str:
    if "xn--" not in host:
        return ""
    try:
        return host.encode("ascii").decode("idna")
    except UnicodeError:
        return ""
