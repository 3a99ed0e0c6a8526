"""The page in a browser: ``optimizer serve``."""

from __future__ import annotations

from ipaddress import ip_address

import click

from optimizer.cli.flags import GroupedCommand, WholeNumber, server_flags
from optimizer.units.language import say

LOOPBACK = "127.0.0.1"


@click.command(cls=GroupedCommand)
@click.option(
    "--host", default=LOOPBACK, show_default=True, help="Address to listen on; 0.0.0.0 means the whole network."
)
@click.option("--port", type=WholeNumber(0, 65_535), default=8717, show_default=True, help="Port.")
@click.option("--name", "names", multiple=True, help="A further name of the server; may be repeated.")
@server_flags
def serve(host: str, port: int, names: tuple[str, ...], folder: str | None, packs: tuple[str, ...]) -> int:
    """Open the questions as a page in the browser, and as a JSON interface.

    Only this machine can open the page, unless --host says otherwise. Nothing is stored and nothing is sent elsewhere.
    Needs the extra web: pip install 'optimizer[web]'.

    \b
    optimizer serve
    optimizer serve --host 0.0.0.0 --name plans.example.org
    """
    from optimizer.catalogue import load_catalogue
    from optimizer.errors import UsageError

    try:
        import uvicorn

        from optimizer.web.app import make_app
    except ImportError as error:
        raise UsageError.say("the page needs the extra web: pip install 'optimizer[web]'") from error
    known = load_catalogue(folder, packs)
    hosts = ["127.0.0.1", "localhost", "[::1]", host, *names]
    if host != LOOPBACK and not _is_loopback(host):
        click.echo(
            say("Everybody who can reach {host} can ask: there is no password and no encryption.", host=host), err=True
        )
        if not names:
            hosts = ["*"]
    config = uvicorn.Config(
        make_app(known, hosts), host=host, port=port, log_level="warning", server_header=False, limit_concurrency=200
    )
    server = uvicorn.Server(config)
    shown = LOOPBACK if host == "0.0.0.0" else host
    click.echo(say("Open {address} in a browser; Ctrl-C ends it.", address=f"http://{shown}:{port}/"), err=True)
    server.run()
    return 0


def _is_loopback(host: str) -> bool:
    try:
        return ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"
