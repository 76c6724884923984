import json

import pytest
from bokeh.core.property.descriptors import PropertyDescriptor
from bokeh.document import Document
from bokeh.document.events import MessageSentEvent
from bokeh.models import ColumnDataSource, Div, Scatter
from bokeh.protocol.messages.patch_doc import patch_doc
from bokeh.server.tornado import BokehTornado
from hypothesis import given
from hypothesis import strategies as st
from panel.models.esm import ESMEvent
from websockets.client import ClientProtocol
from websockets.frames import Frame, Opcode
from websockets.protocol import OPEN
from websockets.uri import parse_uri

from dashboard.components.map import MapView
from dashboard.shell import compat
from maps.zones import Zones


def test_a_kept_default_is_what_bokeh_works_out_each_time(zones: Zones) -> None:
    compat.make_pages_lean(BokehTornado({}))
    for model in MapView(zones, words=str).figure.references():
        model.properties_with_values()
        for name in model.properties():
            descriptor = model.lookup(name)
            if name not in model._property_values and (type(model), name) in compat._defaults:
                assert repr(getattr(model, name)) == repr(compat._work_out(descriptor, model)), (model, name)
    assert len(compat._defaults) > 100


def test_a_default_that_belongs_to_one_model_is_no_others() -> None:
    compat.make_pages_lean(BokehTornado({}))
    one, other = ColumnDataSource(), ColumnDataSource()
    one.tags.append("mine")
    assert other.tags == []
    assert one.selected is not other.selected
    one.name = "mine"
    assert other.name is None
    assert Scatter(size=9).size == 9
    assert isinstance(Scatter.lookup("size"), PropertyDescriptor)


def test_pages_load_nothing_of_webgl() -> None:
    application = BokehTornado({})
    assert "bokeh-gl" in application.resources().components
    compat.make_pages_lean(application)
    assert application.resources().components == ["bokeh", "bokeh-widgets", "bokeh-tables", "bokeh-mathjax"]


@given(data=st.text())
def test_what_is_spoken_to_a_page_is_framed_as_bokeh_frames_it(data: str) -> None:
    document, model = Document(), Div()
    document.add_root(model)
    event = MessageSentEvent(document, "bokeh_event", ESMEvent(model=model, data=data))
    document.models.flush_synced()  # a page has its models
    theirs, ours = patch_doc.create([event]), compat.spoken(model.id, data)
    assert json.loads(ours.content_json) == json.loads(theirs.content_json)
    assert json.loads(ours.metadata_json) == json.loads(theirs.metadata_json)
    assert json.loads(ours.header_json).keys() == json.loads(theirs.header_json).keys()
    assert json.loads(ours.header_json)["msgtype"] == theirs.msgtype


@pytest.mark.parametrize("length", [0, 1, 125, 126, 0xFFFF, 0x10000, 200_000])
def test_several_messages_written_as_one_piece_are_read_one_by_one(length: int) -> None:
    protocol = ClientProtocol(parse_uri("ws://localhost"), state=OPEN, max_size=None)
    protocol.receive_data(b"".join(compat._frame(text) for text in (b"x" * length, b"{}", "é".encode())))
    frames = [frame for frame in protocol.events_received() if isinstance(frame, Frame)]
    assert [(frame.opcode, frame.fin, frame.data) for frame in frames] == [
        (Opcode.TEXT, True, b"x" * length),
        (Opcode.TEXT, True, b"{}"),
        (Opcode.TEXT, True, "é".encode()),
    ]
