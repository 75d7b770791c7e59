"""Where people find the page. Apart from what serves it, which takes long to import."""

from bot.settings import Settings

EVERYWHERE = ("0.0.0.0", "::")  # noqa: S104  (not listened on unless HOST says so)


def address(settings: Settings, port: int) -> str:
    """Return the origin people open: NOD_PUBLIC_URL, else where Nod listens."""
    if settings.nod_public_url:
        return settings.nod_public_url
    host = "localhost" if settings.host in EVERYWHERE else settings.host
    return f"http://[{host}]:{port}" if ":" in host else f"http://{host}:{port}"
