"""An MCP server in good faith, over stdio: it reads, it writes, and it returns what is no text."""

import base64
import os
from pathlib import Path

from mcp.server.mcpserver import Context, MCPServer
from mcp.types import EmbeddedResource, ImageContent, TextContent, TextResourceContents, ToolAnnotations

PIXEL = base64.b64encode(b"\x89PNG\r\n\x1a\n" + b"pixel").decode()


def make() -> MCPServer:
    """Return the server."""
    server = MCPServer("good")

    @server.tool(annotations=ToolAnnotations(read_only_hint=True))
    def search(query: str, count: int = 3) -> str:
        """Search the shop's articles."""
        return "\n".join(f"{query} number {number}" for number in range(count))

    @server.tool()
    def note(text: str) -> str:
        """Write a line into the file that the environment names."""
        with Path(os.environ["NOTES"]).open("a", encoding="utf-8") as file:
            file.write(f"{text}\n")
        return "noted"

    @server.tool()
    def environment() -> str:
        """Return the names in the environment."""
        return "\n".join(sorted(os.environ))

    @server.tool()
    def picture() -> list[TextContent | ImageContent | EmbeddedResource]:
        """Return a picture, and a file's text."""
        page = TextResourceContents(uri="file:///page.txt", text="the page", mime_type="text/plain")
        return [
            TextContent(text="here it is"),
            ImageContent(data=PIXEL, mime_type="image/png"),
            EmbeddedResource(resource=page),
        ]

    @server.tool()
    def long_text(characters: int) -> str:
        """Return a text of so many characters."""
        return "x" * characters

    @server.tool()
    async def learn(context: Context) -> str:
        """Offer one tool more from now on."""

        def learned() -> str:
            """Say that it was learned."""
            return "learned"

        server.add_tool(learned)
        await context.notify_tools_changed()
        return "there is a new tool"

    return server


if __name__ == "__main__":
    make().run("stdio")
