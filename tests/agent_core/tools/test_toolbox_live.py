"""A Toolbox as a live view of Tools that come and go."""

from agent_core.domain import Observation, Risk
from agent_core.errors import ToolUnknown
from agent_core.tools import core_tools
from agent_core.tools.toolbox import Toolbox, tool


def made(name, text):
    async def _made(context):
        """Say something."""
        return Observation(text)

    return tool(risk=Risk.SEND, name=name)(_made)


class Source:
    """Tools that a test lets come and go."""

    def __init__(self, *tools, trouble=""):
        self.tools = tools
        self.troubles = {"it": trouble}
        self.asked = 0

    async def ready(self):
        self.asked += 1


async def test_tools_come_and_go_and_the_specs_keep_their_order():
    source = Source()
    box = Toolbox.of(core_tools()).with_source(source)
    before = [spec.name for spec in box.specs]

    source.tools = (made("hello", ""),)

    assert [spec.name for spec in box.specs] == sorted([*before, "hello"])
    assert (len(box), set(box)) == (len(before) + 1, {*before, "hello"})
    source.tools = ()
    assert [spec.name for spec in box.specs] == before


async def test_what_comes_replaces_neither_what_is_fixed_nor_what_came_before():
    first, second = made("hello", "first"), made("hello", "second")
    box = Toolbox.of(core_tools()).with_source(Source(first)).with_source(Source(second, made("write_file", "")))

    assert box["hello"] is first
    assert box["write_file"] in core_tools()


async def test_every_source_is_made_ready_and_its_troubles_are_told():
    source = Source(trouble="it is down; start it.")
    box = Toolbox.of([]).with_source(source)

    await box.ready()

    assert source.asked == 1
    assert box.troubles == {"it": "it is down; start it."}


async def test_a_tool_that_went_is_unknown_and_the_sentence_names_those_there_are():
    source = Source(made("hello", ""))
    box = Toolbox.of(core_tools()).with_source(source)
    source.tools = ()

    try:
        box.named("hello")
    except ToolUnknown as error:
        said = str(error)
    assert said == "There is no tool called hello; the tools are answer, list_files, read_file, write_file."
