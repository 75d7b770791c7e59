"""Nod as an MCP server: goals come in, runs are shown, and nothing is decided."""

import pytest
from mcp import Client

from adapters.mcp.server import make_server
from agent_core.domain import RunStatus
from tests.agent_core.scripted import ScriptedModel
from tests.agent_core.team import ALICE, open_team


@pytest.fixture
async def team(tmp_path):
    async with open_team(tmp_path, ScriptedModel()) as team:
        yield team


async def said(client, name, **arguments):
    result = await client.call_tool(name, arguments)
    assert not result.is_error, result.content
    return result.structured_content


async def test_it_offers_to_submit_list_and_show_and_nothing_that_decides(team):
    async with Client(make_server(team.service, ALICE)) as client:
        names = {tool.name for tool in (await client.list_tools()).tools}

    assert names == {"submit_goal", "list_runs", "show_run"}


async def test_a_goal_that_is_submitted_waits_for_people_and_can_be_looked_at(team):
    async with Client(make_server(team.service, ALICE)) as client:
        run_id = (await said(client, "submit_goal", goal="write a blog about AI"))["run_id"]
        await team.dispatcher.idle()
        shown = await said(client, "show_run", run_id=run_id)
        listed = await said(client, "list_runs")

    state = await team.state(run_id)
    assert state.status is RunStatus.WAITING
    assert (state.actor, state.origin.platform) == (ALICE, "mcp")
    assert shown["status"] == "Waiting for a decision"
    assert any(card["title"] == "Write a file" for card in shown["cards"])
    assert state.steps["s1-1"].call.digest not in str(shown)  # what a decision would be given for
    assert [each["run_id"] for each in listed["result"]] == [run_id]


async def test_what_was_done_is_shown_with_its_files(team):
    async with Client(make_server(team.service, ALICE)) as client:
        run_id = (await said(client, "submit_goal", goal="write a blog about AI"))["run_id"]
        await team.dispatcher.idle()
        await team.approve_all(run_id)
        shown = await said(client, "show_run", run_id=run_id)

    assert (shown["status"], shown["files"]) == ("Finished", ["one.md"])


async def test_a_run_that_is_not_there_is_told_in_a_sentence(team):
    async with Client(make_server(team.service, ALICE)) as client:
        result = await client.call_tool("show_run", {"run_id": "nothing"})

    assert result.is_error
    assert "There is no run nothing" in result.content[0].text
