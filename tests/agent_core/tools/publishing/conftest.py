"""A WordPress that is there for the whole test run, and what publishes on it."""

from urllib.parse import urlsplit

import pytest

from agent_core.tools.publishing.publish_post import publish_post_tool
from agent_core.tools.publishing.settings import WordPressSettings
from agent_core.tools.publishing.wordpress import open_wordpress
from agent_core.tools.toolbox import ToolContext
from tests.peers.relay import open_relay
from tests.peers.wordpress.keeper import shared_site


@pytest.fixture(scope="session")
def wordpress(tmp_path_factory, worker_id):
    root = tmp_path_factory.getbasetemp()
    with shared_site((root if worker_id == "master" else root.parent) / "wordpress") as site:
        yield site


@pytest.fixture
async def relay(wordpress):
    """The line to it."""
    where = urlsplit(wordpress.url)
    async with open_relay(where.hostname, where.port) as relay:
        yield relay


@pytest.fixture
async def blog(wordpress, relay):
    settings = {"user": wordpress.user, "password": wordpress.password}
    async with open_wordpress("blog", WordPressSettings(url=f"http://127.0.0.1:{relay.port}", **settings)) as site:
        yield site


@pytest.fixture
def publish_post(blog):
    return publish_post_tool({"blog": blog})


@pytest.fixture
def context(workspace):
    return ToolContext("r1", workspace, frozenset(), "en")
