"""What part of the world is on screen, and how large a metre is there. All x and y are web Mercator (EPSG:3857)."""

import msgspec

# The page's map at 1920x1080, before the browser has said how large it is.
ASSUMED_WIDTH_PX = 1056
ASSUMED_HEIGHT_PX = 992


class Viewport(msgspec.Struct, frozen=True):
    """The visible rectangle in Mercator metres and its size on screen in CSS pixels."""

    x0: float
    x1: float
    y0: float
    y1: float
    width_px: float = ASSUMED_WIDTH_PX
    height_px: float = ASSUMED_HEIGHT_PX

    @property
    def box(self) -> tuple[float, float, float, float]:
        """x0, y0, x1, y1."""
        return self.x0, self.y0, self.x1, self.y1

    @property
    def m_per_px(self) -> float:
        """Mercator metres a pixel."""
        return (self.x1 - self.x0) / self.width_px

    def contains(self, x: float, y: float, margin: float = 0.0) -> bool:
        """Whether a point is on screen, at least `margin` (a share of the screen) from its edges."""
        mx, my = margin * (self.x1 - self.x0), margin * (self.y1 - self.y0)
        return self.x0 + mx <= x <= self.x1 - mx and self.y0 + my <= y <= self.y1 - my

    def within(self, other: "Viewport") -> bool:
        """Whether all of it lies in another."""
        return other.x0 <= self.x0 and self.x1 <= other.x1 and other.y0 <= self.y0 and self.y1 <= other.y1

    def widened(self, times: float) -> "Viewport":
        """The rectangle so many times as wide and high, about the same centre."""
        dx, dy = (times - 1) / 2 * (self.x1 - self.x0), (times - 1) / 2 * (self.y1 - self.y0)
        return msgspec.structs.replace(self, x0=self.x0 - dx, x1=self.x1 + dx, y0=self.y0 - dy, y1=self.y1 + dy)

    def showing(self, bounds: tuple[float, float, float, float]) -> "Viewport":
        """The smallest rectangle of this screen's proportions that holds bounds (x0, y0, x1, y1)."""
        x0, y0, x1, y1 = bounds
        m_per_px = max((x1 - x0) / self.width_px, (y1 - y0) / self.height_px, 1e-3)
        dx, dy = m_per_px * self.width_px / 2, m_per_px * self.height_px / 2
        cx, cy = (x0 + x1) / 2, (y0 + y1) / 2
        return msgspec.structs.replace(self, x0=cx - dx, x1=cx + dx, y0=cy - dy, y1=cy + dy)
