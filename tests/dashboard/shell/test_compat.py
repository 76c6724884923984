from bokeh.core.property.descriptors import PropertyDescriptor
from bokeh.models import ColumnDataSource, Scatter
from bokeh.server.tornado import BokehTornado

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
