"""A feed server for any source: the simulator, a recording, buttons."""

from feeds.gateway.gateway import Gateway
from feeds.gateway.store import Published, message_id

__all__ = ["Gateway", "Published", "message_id"]
