"""What stands in the process's own log lines, and what must not."""

import logging


def quote_no_page() -> None:
    """Keep out of the log what a page sent: Bokeh quotes a message, Tornado a field, that it does not understand."""
    for name in ("bokeh.server.views.ws", "bokeh.server.protocol_handler", "tornado.general"):
        logging.getLogger(name).setLevel(logging.CRITICAL)
