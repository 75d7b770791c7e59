"""Tools of MCP servers, with real servers as programs."""

from agent_core.domain import Risk
from agent_core.tools.mcp.opening import open_mcp
from agent_core.tools.toolbox import Toolbox
from tests.agent_core.mcp_servers import QUICK, context_in, program


async def test_a_servers_tools_appear_with_its_name_before_theirs_and_count_as_sending(tmp_path):
    async with open_mcp({"shop": program("good", read=("search",))}, pauses=QUICK) as source:
        box = Toolbox.of([]).with_source(source)
        await box.ready()

        assert {name: box[name].risk for name in box} == {
            "shop_search": Risk.READ,  # said by the team lead
            "shop_note": Risk.SEND,
            "shop_environment": Risk.SEND,
            "shop_picture": Risk.SEND,
            "shop_long_text": Risk.SEND,
            "shop_learn": Risk.SEND,
        }
        assert all(tool.outside for tool in box.values())


async def test_a_call_runs_and_what_it_returns_is_untrusted(tmp_path):
    async with open_mcp({"shop": program("good")}, pauses=QUICK) as source:
        await source.ready()
        tool = next(tool for tool in source.tools if tool.name == "shop_search")

        preview = await tool.preview(context_in(tmp_path), {"query": "tea"})
        seen = await tool.run(context_in(tmp_path, preview.basis), {"query": "tea", "count": 2})

    assert (seen.text, seen.ok, seen.trusted) == ("tea number 0\ntea number 1", True, False)
    assert seen.sources == ("MCP server shop",)
