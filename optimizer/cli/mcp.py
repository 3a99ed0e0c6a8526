"""The questions as tools for assistants: ``optimizer mcp``."""

from __future__ import annotations

import click

from optimizer.cli.flags import GroupedCommand, server_flags


@click.command("mcp", cls=GroupedCommand)
@server_flags
def mcp_command(folder: str | None, packs: tuple[str, ...]) -> int:
    """Offer the questions as tools to an assistant, over stdin and stdout (Model Context Protocol).

    Needs the extra mcp: pip install 'optimizer[mcp]'.
    """
    import asyncio

    from optimizer.catalogue import load_catalogue
    from optimizer.errors import UsageError

    known = load_catalogue(folder, packs)
    try:
        from mcp.server.stdio import stdio_server

        from optimizer.web.tools import make_server

        server = make_server(known)
    except ImportError as error:
        raise UsageError.say("tools for assistants need the extra mcp: pip install 'optimizer[mcp]'") from error

    async def serve() -> None:
        async with stdio_server() as (incoming, outgoing):
            await server.run(incoming, outgoing, server.create_initialization_options())

    asyncio.run(serve())
    return 0
