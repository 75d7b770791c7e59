"""Whether Nod lives and can work."""

import pytest

from tests.adapters.web.doors import app_of, visiting
from tests.adapters.web.fake_service import FakeService


async def test_it_lives_for_anybody_who_asks():
    async with visiting(app_of(FakeService()), None) as client:
        answer = await client.get("/healthz", headers={"host": "10.0.0.7:8321"})
        assert (answer.status_code, answer.text) == (200, "ok")


@pytest.mark.parametrize(
    ("checks", "status", "told"),
    [
        ({"storage": "", "model": ""}, 200, {"ready": True, "checks": {"storage": "ok", "model": "ok"}}),
        (
            {"storage": "", "model": "refused the key sk-123"},
            503,
            {"ready": False, "checks": {"storage": "ok", "model": "unavailable"}},
        ),
    ],
)
async def test_it_is_ready_when_all_it_needs_is(checks, status, told):
    async def ready():
        return checks

    async with visiting(app_of(FakeService(), ready=ready), None) as client:
        answer = await client.get("/readyz")
    assert (answer.status_code, answer.json()) == (status, told)
