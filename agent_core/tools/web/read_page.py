"""The Tool that reads a page of the web."""

from collections.abc import Awaitable, Callable
from typing import TYPE_CHECKING, Annotated

from pydantic import AfterValidator, Field
from pydantic_core import PydanticCustomError

from agent_core.domain import Observation, Preview, Risk
from agent_core.errors import AddressRefused, WebError
from agent_core.i18n import sentence, translator
from agent_core.tools.arguments import OURS
from agent_core.tools.toolbox import Tool, ToolContext, tool
from agent_core.tools.web.addresses import web_address
from agent_core.tools.web.cache import Page
from agent_core.tools.web.facts import address_facts
from agent_core.tools.web.guard import Guard

if TYPE_CHECKING:
    from agent_core.tools.web.pages import PageReader

CHARACTERS = 20_000  # in one call: about 5,000 tokens of English, so one page cannot fill a prompt
SECONDS = 90.0  # a turn at a slow host, robots.txt, the page, and taking it apart


def _in_one_form(url: str) -> str:
    try:
        return str(web_address(url))
    except AddressRefused as error:
        raise PydanticCustomError(OURS, "{reason}", {"reason": error.fields["reason"]}) from error


WebUrl = Annotated[
    str,
    AfterValidator(_in_one_form),
    Field(description="Address that begins with https:// or http://, for example https://example.org/article"),
]


def read_page_tool(guard: Guard, opened: Callable[[], Awaitable["PageReader"]]) -> Tool:
    """Return the Tool that reads what the guard lets it, with the reader that `opened` gives."""

    async def read_page(
        context: ToolContext,
        url: WebUrl,
        offset: Annotated[int, Field(ge=0, description="Characters to pass over from the start")] = 0,
    ) -> Observation:
        """Read a web page or a PDF: its main text as Markdown with its links, title, author and date.

        A long one is read on from `offset`. Cite what you write from it by its address.
        """
        try:
            pages = await opened()
            page = await pages.page(web_address(url), read_on=offset > 0)
        except WebError as error:
            return Observation(sentence(error, context.language), ok=False, trusted=False, sources=(url,))
        sources = tuple(dict.fromkeys((page.address, page.asked)))
        _ = translator(context.language)
        if offset >= len(page.text):
            said = _("{path} has {count:,} characters; read it with an offset below that.")
            said = said.format(path=page.address, count=len(page.text))
            return Observation(said, ok=False, trusted=False, sources=sources)
        return Observation(told(page, offset, context.language), trusted=False, sources=sources)

    async def preview(context: ToolContext, url: str, offset: int) -> Preview:  # noqa: ARG001  (the Tool's arguments)
        address = web_address(url)
        guard.check(address)
        await (await opened()).readers.warm()  # while people look at it
        return Preview(facts=address_facts(address, context.language))

    make: Callable[..., Tool] = tool(risk=Risk.READ, timeout=SECONDS, preview=preview)
    return make(read_page)


def told(page: Page, offset: int, language: str) -> str:
    """Return what the model is told of a page, from `offset` on: what it is, when it was read, and its text."""
    _ = translator(language)
    lines = [page.title] if page.title else []
    lines.append(page.address)
    if page.author:
        lines.append(_("By {author}").format(author=page.author))
    if page.date:
        lines.append(_("Dated {date}").format(date=page.date))
    lines.append(_("Read on {time}").format(time=page.at.strftime("%Y-%m-%d %H:%M UTC")))
    if page.remark:
        lines.append(_(page.remark).format(**dict(page.remark_fields)))
    end = min(offset + CHARACTERS, len(page.text))
    rest = _("[{count:,} more characters; read on with offset={offset}]")
    more = [rest.format(count=len(page.text) - end, offset=end)] if end < len(page.text) else []
    return "\n\n".join(["\n".join(lines), page.text[offset:end], *more])
