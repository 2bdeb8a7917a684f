"""Keys by their place on the keyboard: which throw a switch, which are digits."""

from __future__ import annotations

from viz.boot import pygame

SWITCHES = {
    pygame.KSCAN_L: "legend",
    pygame.KSCAN_C: "captions",
    pygame.KSCAN_P: "panel",
    pygame.KSCAN_T: "theme",
    pygame.KSCAN_G: "compare",
    pygame.KSCAN_N: "names",
    pygame.KSCAN_D: "director",
    pygame.KSCAN_B: "black",
    pygame.KSCAN_PERIOD: "black",
    pygame.KSCAN_Y: "language",
    pygame.KSCAN_V: "fog",
    pygame.KSCAN_E: "log",
    pygame.KSCAN_R: "reduced_motion",
    pygame.KSCAN_A: "auto_pause",
}
DIGITS = {
    pygame.KSCAN_1: 1,
    pygame.KSCAN_2: 2,
    pygame.KSCAN_3: 3,
    pygame.KSCAN_4: 4,
    pygame.KSCAN_5: 5,
    pygame.KSCAN_6: 6,
    pygame.KSCAN_7: 7,
    pygame.KSCAN_8: 8,
    pygame.KSCAN_9: 9,
    pygame.KSCAN_0: 0,
}


def scancode(key: int) -> int:
    """The place on an American keyboard of a key: for posted events that carry no scancode."""
    if pygame.K_a <= key <= pygame.K_z:
        return pygame.KSCAN_A + key - pygame.K_a
    if pygame.K_1 <= key <= pygame.K_9:
        return pygame.KSCAN_1 + key - pygame.K_1
    table = {
        pygame.K_0: pygame.KSCAN_0,
        pygame.K_LEFTBRACKET: pygame.KSCAN_LEFTBRACKET,
        pygame.K_PERIOD: pygame.KSCAN_PERIOD,
        pygame.K_RIGHTBRACKET: pygame.KSCAN_RIGHTBRACKET,
        pygame.K_EQUALS: pygame.KSCAN_EQUALS,
        pygame.K_MINUS: pygame.KSCAN_MINUS,
        pygame.K_KP_PLUS: pygame.KSCAN_KP_PLUS,
        pygame.K_KP_MINUS: pygame.KSCAN_KP_MINUS,
    }
    return table.get(key, 0)
