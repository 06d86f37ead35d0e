"""The server extension: it makes the canvas answer faster, and stays light.

It is imported by the Jupyter server of every student, so it imports neither torch nor the
catalogue.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from jupyter_server.serverapp import ServerApp


def _load_jupyter_server_extension(app: ServerApp) -> None:
    """Send small kernel messages at once.

    Without it the operating system holds the answers of the kernel back for about 40 ms, in
    the hope of more to send (Nagle's algorithm), and a canvas is all small answers. A server
    that was configured with another connection class keeps it.
    """
    from jupyter_server.services.kernels.connection.channels import ZMQChannelsWebsocketConnection

    from blockml.server.connection import PromptConnection

    settings = app.web_app.settings
    if settings.get("kernel_websocket_connection_class") is ZMQChannelsWebsocketConnection:
        settings["kernel_websocket_connection_class"] = PromptConnection
        app.log.info("blockml: kernel messages are sent without delay")
