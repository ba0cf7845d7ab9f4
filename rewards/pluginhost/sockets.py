"""WebSockets to other systems: opened to an address that was checked, and with one way to end."""

from __future__ import annotations

import socket
import ssl
from typing import Any
from urllib.parse import SplitResult

from rewards.sdk.messages import Refused, TryLater
from rewards.sdk.outside import Closed

OPEN_S = 10.0
MAX_MESSAGE = 1024 * 1024
ABNORMAL = 1006


class WebSocket:
    """A socket of the package `websockets`, as sources see it."""

    def __init__(self, connection: Any) -> None:
        from websockets.exceptions import ConnectionClosed

        self._connection = connection
        self._closed = ConnectionClosed

    def send(self, text: str) -> None:
        """Send a text; `Closed` where nobody is there."""
        try:
            self._connection.send(text)
        except self._closed as closed:
            raise _ended(closed) from None

    def receive(self, wait_s: float) -> str | None:
        """The next text, None where none came in time; bytes are read as UTF-8."""
        try:
            found = self._connection.recv(timeout=max(0.0, wait_s))
        except TimeoutError:
            return None
        except self._closed as closed:
            raise _ended(closed) from None
        return found if isinstance(found, str) else bytes(found).decode("utf-8", "replace")

    def close(self) -> None:
        """Close it; one that is closed already stays so."""
        self._connection.close()


def _ended(closed: Any) -> Closed:
    return Closed(closed.rcvd.code if closed.rcvd is not None else ABNORMAL)


def open_socket(parts: SplitResult, address: str, port: int, protocol: str) -> WebSocket:
    """A WebSocket to an address that was found for the host of `parts`; `TryLater` where it cannot be opened.

    `parts` is an http or https address, `address` one of its host's, `protocol` the sub-protocol that both must speak.
    """
    try:
        from websockets.exceptions import WebSocketException
        from websockets.sync.client import connect
        from websockets.typing import Subprotocol
    except ImportError:
        raise Refused("streams need a package that is not installed: install rewards[streams]") from None
    secure = parts.scheme == "https"
    url = parts._replace(scheme="wss" if secure else "ws").geturl()
    raw = None
    try:
        raw = socket.create_connection((address, port), timeout=OPEN_S)
        opened = connect(
            url, sock=raw, ssl=ssl.create_default_context() if secure else None,
            server_hostname=parts.hostname if secure else None, subprotocols=[Subprotocol(protocol)],
            proxy=None, open_timeout=OPEN_S, close_timeout=OPEN_S, max_size=MAX_MESSAGE, legacy=True,
        )  # fmt: skip
    except (OSError, TimeoutError, WebSocketException) as error:
        if raw is not None:
            raw.close()
        raise TryLater(f"the stream cannot be opened ({type(error).__name__})") from None
    if opened.subprotocol != protocol:
        opened.close()
        raise TryLater(f"the other system does not speak {protocol}", after_s=60)
    return WebSocket(opened)
