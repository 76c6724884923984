"""The operator's map, as one component: `MapView`."""

from dashboard.components.map.view import MapView

__all__ = ["MapView"]
