"""The Tool that speaks to the thread."""

from typing import Annotated

from pydantic import Field

from agent_core.domain import Observation, Risk
from agent_core.i18n import translator
from agent_core.tools.toolbox import ToolContext, tool

ANSWER_CHARACTERS = 20_000  # a longer text is read better as a file


async def _answer(
    context: ToolContext,
    text: Annotated[
        str, Field(min_length=1, max_length=ANSWER_CHARACTERS, pattern=r"\S", description="What to say, in Markdown")
    ],
) -> Observation:
    """Give the people in the thread an answer. For long texts, write a file instead."""
    _ = translator(context.language)
    return Observation(_("The answer is in the thread."), answer=text)


# it shows only where the goal was asked, so it reaches nobody who could not read the run already
answer = tool(risk=Risk.READ, outside=False)(_answer)
