"""The connections of a server, bounded: headers and bodies that never end, thousands that say nothing, readers that don't read.

A page's line (websocket) lasts a shift, so lines are counted by themselves: whatever number of them one person opens, others'
lines, feeds and orders have files of their own. Nothing is counted by address: behind a proxy all have one.
"""

from collections import Counter, OrderedDict

from tornado.http1connection import HTTP1Connection
from tornado.httputil import HTTPConnection, HTTPMessageDelegate
from tornado.iostream import IOStream
from tornado.web import Application

from dashboard.shell import compat

HEADERS_S = 75.0  # until a request's headers are whole; more than nginx keeps an idle connection (60 s)
BODY_S = 30.0  # until its body is
MAX_HEADERS = 32 << 10  # bytes
MAX_BODY = 128 << 10  # bytes of what is posted; an upload sets its own limits
MOST = 1000  # connections that are no line
MOST_UNREAD = 64 << 20  # bytes that were answered to one person, and are not read
MOST_LINES = 128  # lines of one person: a room that shares an account has fewer
FILES = 8192  # open at once: the system's own 1,024 would be too few for the connections and the lines


class Connections:
    """Those of one server. Of more than `most` that are no line the one that is longest at its request is closed.

    Of more lines of one person than `most_lines` their oldest is closed; of more of all than half of the files, the oldest of
    the person who has most: a page that comes back after a cut always finds room.
    """

    def __init__(self, most: int = MOST, most_lines: int = MOST_LINES) -> None:
        files = _files()
        self.most, self.most_lines, self.most_of_all = min(most, files // 4), most_lines, files // 2
        # Who asks by each; the one longest at its request first.
        self._open: OrderedDict[IOStream, str] = OrderedDict()
        self._lines: list[tuple[str, IOStream]] = []

    def watch(self, application: Application) -> None:
        """Bound what this application's servers take. It is asked at the beginning of each request, before its first byte."""
        begun = application.start_request

        def start_request(server_conn: object, request_conn: HTTPConnection) -> HTTPMessageDelegate:
            request = request_conn
            assert isinstance(request, HTTP1Connection)
            request.params.header_timeout = HEADERS_S
            request.params.max_header_size = MAX_HEADERS
            request.set_body_timeout(BODY_S)
            request.set_max_body_size(MAX_BODY)
            self._begin(request.stream)
            return begun(server_conn, request)

        application.start_request = start_request  # type: ignore[method-assign]  # of this application alone

    def asks(self, stream: IOStream, person: str) -> None:
        """This person asks by it. Of what they were answered and don't read, the oldest beyond so many bytes is cut."""
        self._open[stream] = person
        mine = [(one, size) for one, whose in self._open.items() if whose == person and (size := compat.unread(one))]
        unread = sum(size for _, size in mine)
        for one, size in mine:
            if unread <= MOST_UNREAD:
                break
            unread -= size
            one.close()

    def leave(self, stream: IOStream, person: str) -> None:
        """This one becomes a line of this person. "": of nobody, where nobody signs in."""
        self._open.pop(stream, None)
        self._lines = [(one, line) for one, line in self._lines if not line.closed()]
        self._lines.append((person, stream))
        have = Counter(one for one, _ in self._lines)
        if person and have[person] > self.most_lines:
            greedy = person
        elif len(self._lines) > self.most_of_all:
            greedy = have.most_common(1)[0][0]
        else:
            return
        next(line for one, line in self._lines if one == greedy).close()

    def _begin(self, stream: IOStream) -> None:
        self._open.pop(stream, None)
        self._open[stream] = ""
        if len(self._open) <= self.most:
            return
        for one in [one for one in self._open if one.closed()]:
            del self._open[one]
        while len(self._open) > self.most:
            self._open.popitem(last=False)[0].close()


def _files() -> int:
    """How many files this process may have open, after it asked for enough."""
    try:
        import resource
    except ImportError:  # Windows has no such limit
        return FILES
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    wanted = FILES if hard == resource.RLIM_INFINITY else min(FILES, hard)
    if soft != resource.RLIM_INFINITY and soft < wanted:
        resource.setrlimit(resource.RLIMIT_NOFILE, (wanted, hard))
    return max(soft, wanted)
