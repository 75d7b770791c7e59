"""The Tool that searches the web."""

from collections.abc import Awaitable, Callable
from typing import TYPE_CHECKING, Annotated

from pydantic import Field

from agent_core.domain import Observation, Preview, PreviewFact, Risk
from agent_core.errors import SearchFailed
from agent_core.i18n import sentence, translator
from agent_core.tools.toolbox import Tool, ToolContext, tool
from agent_core.tools.web.engines import Found

if TYPE_CHECKING:
    from agent_core.tools.web.searching import SearchEngine

MOST = 10  # results in one call
USUAL = 6
QUERY = 400  # characters; Brave, Web Search API: q


def search_web_tool(opened: Callable[[], Awaitable["SearchEngine"]]) -> Tool:
    """Return the Tool that asks the engine which `opened` gives."""

    async def search_web(
        context: ToolContext,
        query: Annotated[str, Field(min_length=1, max_length=QUERY, description="Words to search for")],
        count: Annotated[int, Field(ge=1, le=MOST, description="Most results to return")] = USUAL,
    ) -> Observation:
        """Search the web: title, address and a few words of each page that was found.

        A result is no source: read its page before you write from it.
        """
        engine = await opened()
        _, sources = translator(context.language), (f"search {engine.source}",)
        try:
            found = await engine.search(query, count)
        except SearchFailed as error:
            return Observation(sentence(error, context.language), ok=False, trusted=False, sources=sources)
        if not found:
            said = _("{engine} found nothing for “{query}”.").format(engine=engine.name, query=query)
            return Observation(said, trusted=False, sources=sources)
        text = "\n\n".join(_told(number, each) for number, each in enumerate(found, start=1))
        return Observation(text, trusted=False, sources=sources)

    async def preview(context: ToolContext, query: str, count: int) -> Preview:  # noqa: ARG001  (the Tool's arguments)
        _, engine = translator(context.language), await opened()
        return Preview(facts=(PreviewFact(_("Search engine"), f"{engine.name} ({engine.source})"),))

    make: Callable[..., Tool] = tool(risk=Risk.READ, preview=preview)
    return make(search_web)


def _told(number: int, found: Found) -> str:
    lines = [f"{number}. {found.title}", found.url, found.date, found.text]
    return "\n   ".join(line for line in lines if line)
