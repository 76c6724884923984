"""The transform that gives every answer its headers, by itself."""

import re

from tornado.httputil import HTTPHeaders, HTTPServerRequest, RequestStartLine

from dashboard.access.guard import strict_headers


def answered(body: bytes, host: str = "localhost:5006", **headers: str) -> tuple[HTTPHeaders, bytes]:
    request = HTTPServerRequest(
        start_line=RequestStartLine("GET", "/", "HTTP/1.1"), headers=HTTPHeaders({"Host": "localhost"})
    )
    request.host = host
    given = HTTPHeaders({name.replace("_", "-"): value for name, value in headers.items()})
    _, told, chunk = strict_headers()(request).transform_first_chunk(200, given, body, True)
    return told, chunk


def test_a_script_of_a_page_carries_the_nonce_of_its_answer_alone() -> None:
    body = b'<p>a</p><script>x = "<script>";</script><SCRIPT>y</SCRIPT><script type="module" src="z.js"></script>'
    first, chunk = answered(body, Content_Type="text/html", Content_Length=str(len(body)))
    (nonce,) = re.findall(r"'nonce-([^']+)'", first["Content-Security-Policy"])
    assert chunk.count(b"nonce=") == 2
    assert b'x = "<script>";' in chunk
    assert first["Content-Length"] == str(len(chunk))
    second, _ = answered(body, Content_Type="text/html")
    assert nonce not in second["Content-Security-Policy"]


def test_what_is_saved_and_what_is_no_page_stay_as_they_were_made() -> None:
    body = b"<script>x</script>"
    for headers in (
        {"Content_Type": "text/html", "Content_Disposition": 'attachment; filename="a.html"'},
        {"Content_Type": "application/json"},
    ):
        told, chunk = answered(body, **headers)
        assert chunk == body
        assert "nonce" not in told["Content-Security-Policy"]


def test_a_host_that_is_none_does_not_enter_the_policy() -> None:
    told, _ = answered(b"", host="evil.example; script-src *")
    assert "evil" not in told["Content-Security-Policy"]
