"""What the screen shows at a moment.

Everything that a key, a click or the clock may change, and nothing drawn.
"""

from __future__ import annotations

from dataclasses import dataclass, field

from viz.geo import Camera

#: Speeds of play in days of the campaign a second.
SPEEDS = (1 / 24, 1 / 8, 0.25, 0.5, 1.0, 2.0, 4.0, 8.0)
NORMAL_SPEED = 5
FACTORS = (0.8, 0.9, 1.0, 1.15, 1.3, 1.5)
UNIT, PLACE, BATTLE = "unit", "place", "battle"


@dataclass(slots=True)
class State:
    """Time, camera, switches and selection."""

    hour: float = 0.0
    playing: bool = False
    speed: int = NORMAL_SPEED
    loop: tuple[float, float] | None = None
    camera: Camera = field(default_factory=lambda: Camera(105.6, -57.3, 150.0))
    director: bool = True
    lecture: bool = False
    factor: int = 2
    theme: str = "light"
    language: int = 0
    legend: bool = True
    captions: bool = True
    names: bool = True
    panel: bool = False
    help: bool = False
    log: bool = False
    black: bool = False
    compare: bool = False
    fog: int = -1
    auto_pause: bool = False
    reduced_motion: bool = False
    selection: tuple[str, int] | None = None
    focus: int = -1
    pointer: tuple[int, int] = (-1, -1)
    message: str = ""
    message_left: float = 0.0
    #: seconds of real time since the scene appeared: the legend goes after eight of them unless asked for
    age: float = 0.0
    legend_asked: bool = False

    @property
    def days_per_second(self) -> float:
        """Speed of play."""
        return SPEEDS[self.speed]

    @property
    def text_factor(self) -> float:
        """Factor on the size of everything on the screen; lecture mode makes it larger."""
        return FACTORS[self.factor] * (1.12 if self.lecture else 1.0)

    def say(self, text: str, seconds: float = 3.0) -> None:
        """Show a short message over the map."""
        self.message, self.message_left = text, seconds
