"""The client of one alarm feed: it never gives up, never loses a press, and always says how it is."""

from feeds.subscriber.names import FeedNames
from feeds.subscriber.ports import Bookmarks, Receiver, Timing
from feeds.subscriber.subscriber import Subscriber, address_of

__all__ = ["Bookmarks", "FeedNames", "Receiver", "Subscriber", "Timing", "address_of"]
