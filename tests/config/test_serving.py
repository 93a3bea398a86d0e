"""A node does not share its port with another one unnoticed."""

import socket

import click
import pytest

from gezhi.config.serving import require_free


def test_a_port_that_another_node_listens_on_is_refused() -> None:
    with socket.socket() as other:
        other.bind(("127.0.0.1", 0))
        other.listen()
        port = other.getsockname()[1]
        with pytest.raises(click.ClickException, match=f"Port {port}"):
            require_free("127.0.0.1", port)
    require_free("127.0.0.1", port)
