"""Gets pygame ready: environment first, then the import, then a check that it is pygame-ce.

Every module that draws says ``from viz.boot import pygame``, so that nothing imports pygame before the
environment is set.
"""

from __future__ import annotations

import os
import sys

from viz.errors import VizError

os.environ.setdefault("PYGAME_HIDE_SUPPORT_PROMPT", "1")
if sys.platform.startswith("linux"):
    # Flipping through the accelerated frame buffer costs 12-20 ms without a GPU, the plain one 1 ms.
    os.environ.setdefault("SDL_FRAMEBUFFER_ACCELERATION", "0")
os.environ.setdefault("SDL_MOUSE_FOCUS_CLICKTHROUGH", "1")

try:
    import pygame
except ImportError as error:  # pragma: no cover - depends on the installation
    raise VizError("the visualiser needs pygame-ce: pip install pygame-ce") from error

if not getattr(pygame, "IS_CE", False):  # pragma: no cover - depends on the installation
    raise VizError(
        "this is pygame, not pygame-ce (both install into one folder and break each other): "
        "pip uninstall -y pygame pygame-ce && pip install pygame-ce"
    )

__all__ = ["has_display", "pygame"]


def has_display() -> bool:
    """Whether a window can be opened at all (on Linux: an X or Wayland display is named)."""
    if os.environ.get("SDL_VIDEODRIVER"):
        return True
    if not sys.platform.startswith("linux"):
        return True
    return bool(os.environ.get("DISPLAY") or os.environ.get("WAYLAND_DISPLAY"))
