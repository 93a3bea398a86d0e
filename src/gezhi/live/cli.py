"""`gezhi live`"""

import click

BACKLOG = 4096  # a thousand pages return in one moment when the process was started again


@click.command()
@click.option("--port", default=8001, show_default=True)
@click.option("--host", default="127.0.0.1", show_default=True)
def live(port: int, host: str) -> None:
    """Stream to open pages what is committed, until interrupted."""
    from django.conf import settings
    from django.db import connections
    from granian import Granian
    from granian.constants import HTTPModes, Interfaces

    from gezhi.lib.parent import end_with_parent, mark_children

    connections.close_all()
    end_with_parent()
    mark_children()
    Granian(
        "gezhi.live.asgi:application",
        address=host,
        port=port,
        interface=Interfaces.ASGI,
        workers=1,
        http=HTTPModes.http1,
        backlog=BACKLOG,
        backpressure=settings.LIVE_CLIENTS
        + BACKLOG,  # the hub refuses in words before the server does in silence
        respawn_failed_workers=True,
        workers_kill_timeout=1,  # its streams never end by themselves
        websockets=False,
        log_level="error",  # type: ignore[arg-type]
    ).serve()
