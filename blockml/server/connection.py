"""A kernel connection whose websocket does not wait for more to send."""

from __future__ import annotations

from typing import Any

from jupyter_server.services.kernels.connection.channels import ZMQChannelsWebsocketConnection


class PromptConnection(ZMQChannelsWebsocketConnection):
    """The connection of jupyter_server with ``TCP_NODELAY`` on its websocket."""

    def connect(self) -> Any:
        """Connect to the kernel, after switching the delay of the websocket off."""
        self.websocket_handler.set_nodelay(True)
        return super().connect()
