"""The controls: turns events of keyboard, mouse and remote into changes of the state.

And into wishes for the window.

Letters and brackets go by their place on the keyboard, so that they work under any layout.
"""

from __future__ import annotations

from dataclasses import dataclass, field

from viz import knowledge
from viz.boot import pygame
from viz.geo import Camera, clamp, least_scale
from viz.keymap import DIGITS, SWITCHES, scancode
from viz.overlays import focusable
from viz.panel import TABS
from viz.scene import Scene
from viz.state import FACTORS, NORMAL_SPEED, SPEEDS, UNIT, State
from viz.words import say, short_date

QUIT, FULLSCREEN, STILL, RERUN = "quit", "fullscreen", "still", "rerun"
SETTLE, SAVE, LOAD = "settle", "save", "load "
#: Seconds after a movement of a slider until a live panel runs again: with the next frame.
LIVE_WAIT = 0.0
DOUBLE = 0.35
#: Keys of the what-if's views.
VIEWS = {pygame.KSCAN_O: "strip", pygame.KSCAN_W: "worlds", pygame.KSCAN_M: "swarm"}


@dataclass(slots=True)
class Desk:
    """What the hands are doing: a drag, the last click, a run asked for by the live panel."""

    scene: Scene
    drag: tuple[int, int] | None = None
    dragged: bool = False
    scrub: bool = False
    rerun_in: float = -1.0
    last_click: tuple[float, str] = (-9.0, "")
    clock: float = 0.0
    wishes: list[str] = field(default_factory=list[str])

    # -- the clock ---------------------------------------------------------------------------------

    def step(self, state: State, dt: float) -> None:
        """Let ``dt`` seconds of real time pass."""
        self.clock += dt
        self.scene.panel.clock = self.clock
        state.age += dt
        state.message_left = max(0.0, state.message_left - dt)
        tape = self.scene.tape
        if self.rerun_in >= 0:
            self.rerun_in -= dt
            if self.rerun_in < 0:
                self.wishes.append(RERUN)
        if not state.playing or tape is None:
            return
        before = state.hour
        hour = before + dt * state.days_per_second * 24
        if state.loop and before <= state.loop[1] <= hour:
            hour = state.loop[0]
        elif hour >= tape.hours:
            hour = float(tape.hours)
            state.playing = False
        elif state.auto_pause:
            for event in knowledge.events(tape, state.fog):
                if event.weight >= 3 and before < event.hour <= hour:
                    hour = float(event.hour)
                    state.playing = False
                    break
        state.hour = hour

    # -- events ------------------------------------------------------------------------------------

    def handle(self, event: pygame.Event, state: State) -> list[str]:
        """Change the state as an event asks.

        Returns wishes for the window (quit, full screen, still, rerun).
        """
        kind = event.type
        if kind in (pygame.QUIT, pygame.WINDOWCLOSE):
            self.wishes.append(QUIT)
        elif kind == pygame.KEYDOWN:
            self._key(event, state)
        elif kind == pygame.MOUSEBUTTONDOWN and event.button == 1:
            self._press(event.pos, state)
        elif kind == pygame.MOUSEBUTTONUP and event.button == 1:
            self._release(event.pos, state)
        elif kind == pygame.MOUSEMOTION:
            self._motion(event, state)
        elif kind == pygame.MOUSEWHEEL:
            self._wheel(event, state)
        elif kind == pygame.DROPFILE:
            self.wishes.append(f"{LOAD}{event.file}")
        elif kind == pygame.WINDOWLEAVE:
            state.pointer = (-1, -1)
        wishes, self.wishes = self.wishes, []
        return wishes

    # -- keys --------------------------------------------------------------------------------------

    def _key(self, event: pygame.Event, state: State) -> None:
        mod = getattr(event, "mod", 0)
        ctrl, shift = bool(mod & (pygame.KMOD_CTRL | pygame.KMOD_META)), bool(mod & pygame.KMOD_SHIFT)
        code = getattr(event, "scancode", 0) or scancode(event.key)
        if state.black and not (ctrl and code == pygame.KSCAN_Q):
            state.black = False
            return
        if ctrl and self._ctrl(code, event.key, state):
            return
        if self._focused_key(code, event.key, state, shift):
            return
        if code in SWITCHES:
            self._switch(SWITCHES[code], state)
        elif not self._time_key(code, event.key, state, ctrl, shift):
            self._view_key(code, event.key, state, shift)

    def _ctrl(self, code: int, key: int, state: State) -> bool:
        if code == pygame.KSCAN_Q:
            self.wishes.append(QUIT)
        elif code in (pygame.KSCAN_EQUALS, pygame.KSCAN_KP_PLUS) or key == pygame.K_PLUS:
            state.factor = min(state.factor + 1, len(FACTORS) - 1)
        elif code in (pygame.KSCAN_MINUS, pygame.KSCAN_KP_MINUS):
            state.factor = max(state.factor - 1, 0)
        elif code == pygame.KSCAN_0:
            state.factor = 2
        elif code == pygame.KSCAN_Z:
            if self.scene.panel.take_back():
                self._changed()
        elif code == pygame.KSCAN_S:
            self.wishes.append(SAVE)
        elif key == pygame.K_TAB and state.panel:
            self.scene.panel.next_tab()
            state.focus = -1
        else:
            return False
        return True

    def _time_key(self, code: int, key: int, state: State, ctrl: bool, shift: bool) -> bool:
        tape = self.scene.tape
        if tape is None:
            return False
        if key in (pygame.K_SPACE,) or code == pygame.KSCAN_K:
            self.toggle_play(state)
        elif key in (pygame.K_LEFT, pygame.K_RIGHT):
            step = 1 if key == pygame.K_RIGHT else -1
            if ctrl:
                self.event(state, step)
            else:
                self.seek(state, state.hour + step * (1 if shift else 24))
        elif key == pygame.K_PAGEDOWN:
            self.event(state, 1)
        elif key == pygame.K_PAGEUP:
            self.event(state, -1)
        elif key == pygame.K_HOME:
            self.seek(state, 0)
        elif key == pygame.K_END:
            self.seek(state, tape.hours)
        elif code == pygame.KSCAN_LEFTBRACKET:
            state.speed = max(0, state.speed - 1)
        elif code == pygame.KSCAN_RIGHTBRACKET:
            state.speed = min(len(SPEEDS) - 1, state.speed + 1)
        elif key == pygame.K_BACKSPACE:
            state.speed = NORMAL_SPEED
        elif code in DIGITS:
            self.seek(state, tape.hours * DIGITS[code] / 10)
        elif code == pygame.KSCAN_U:
            self._next_unit(state, -1 if shift else 1)
        else:
            return False
        return True

    def _view_key(self, code: int, key: int, state: State, shift: bool) -> None:
        if code in (pygame.KSCAN_EQUALS, pygame.KSCAN_KP_PLUS) or key == pygame.K_PLUS:
            self.zoom(state, 1.25, *self.scene.layout.map.center)
        elif code in (pygame.KSCAN_MINUS, pygame.KSCAN_KP_MINUS):
            self.zoom(state, 0.8, *self.scene.layout.map.center)
        elif key in (pygame.K_UP, pygame.K_DOWN):
            state.director = False
            state.camera = self._held(state, state.camera.pan(0, 90 if key == pygame.K_UP else -90))
        elif key == pygame.K_F5:
            state.lecture, state.auto_pause, state.legend_asked = True, True, False
            state.panel = state.help = state.log = False
            state.playing = self.scene.tape is not None
        elif key == pygame.K_ESCAPE:
            self._escape(state)
        elif key in (pygame.K_F11,) or code == pygame.KSCAN_F:
            self.wishes.append(FULLSCREEN)
        elif key == pygame.K_F1 or code == pygame.KSCAN_H:
            state.help = not state.help
        elif key == pygame.K_F6 or code == pygame.KSCAN_Z:
            self.whole(state)
        elif code == pygame.KSCAN_S:
            self.wishes.append(STILL)
        elif code in VIEWS:
            self._view(VIEWS[code], state)
        elif key == pygame.K_TAB:
            count = len(focusable(self.scene.layout, self.scene))
            state.focus = (
                (state.focus + (-1 if shift else 1)) % count if state.focus >= 0 else (count - 1 if shift else 0)
            )

    def _view(self, name: str, state: State) -> None:
        """Show or hide a view of the what-if; the panel comes with it."""
        views = self.scene.panel.views
        on = not getattr(views, name) or (name == "strip" and not state.panel)
        setattr(views, name, on)
        state.panel = state.panel or on
        legends = {"worlds": "worlds-legend", "swarm": "swarm-legend"}
        if on and name in legends:
            crowd = self.scene.panel.crowd
            count = crowd.shown.count if crowd is not None else 0
            state.say(say(legends[name], state.language, n=count), 6.0)

    def _escape(self, state: State) -> None:
        """Out of the nearest thing: help, selection, loop, focus, lecture."""
        if state.help:
            state.help = False
        elif state.log:
            state.log = False
        elif state.selection is not None:
            state.selection = None
        elif state.focus >= 0:
            state.focus = -1
        elif state.loop is not None:
            state.loop = None
        elif state.lecture:
            state.lecture = state.auto_pause = False

    def _switch(self, name: str, state: State) -> None:
        lang = state.language
        if name == "legend":
            shown = self.scene.legend_shown(state)
            state.legend, state.legend_asked = True, not shown
            if shown:
                state.age = max(state.age, 9.0)
        elif name == "theme":
            state.theme = "dark" if state.theme == "light" else "light"
        elif name == "language":
            state.language = (lang + 1) % 3
        elif name == "fog":
            state.fog = {-1: 0, 0: 1, 1: -1}[state.fog]
        elif name == "black":
            state.black = True
        else:
            setattr(state, name, not getattr(state, name))
            if name in ("director", "auto_pause", "reduced_motion", "compare", "captions"):
                word = {
                    "director": "help-director",
                    "auto_pause": "help-pause",
                    "reduced_motion": "help-motion",
                    "compare": "help-compare",
                    "captions": "help-captions",
                }[name]
                state.say(f"{say(word, lang)}: {say('on' if getattr(state, name) else 'off', lang)}", 1.6)

    def _focused_key(self, code: int, key: int, state: State, shift: bool) -> bool:
        """Keys of the widget that has the focus."""
        if state.focus < 0:
            return False
        spots = focusable(self.scene.layout, self.scene)
        name = spots[state.focus % len(spots)][0]
        panel = self.scene.panel
        slider = panel.slider(name)
        if slider is not None and key in (pygame.K_LEFT, pygame.K_RIGHT, pygame.K_DELETE):
            panel.remember()
            slider.value = panel.seed if name == "seed" else panel.values.get(name, slider.home)
            if key == pygame.K_DELETE:
                panel.put(name, slider.home)
            else:
                panel.put(name, slider.nudge((1 if key == pygame.K_RIGHT else -1) * (5 if shift else 1)))
            self._changed()
            return True
        if key in (pygame.K_RETURN, pygame.K_KP_ENTER, pygame.K_SPACE) and slider is None and name != "track":
            self._push(name, state)
            return True
        del code
        return False

    # -- mouse -------------------------------------------------------------------------------------

    def _press(self, pos: tuple[int, int], state: State) -> None:
        scene, layout = self.scene, self.scene.layout
        if state.black:
            state.black = False
            return
        if scene.tape is None:
            return
        if scene.timeline.button(layout).collidepoint(pos):
            self.toggle_play(state)
        elif scene.timeline.hit_track(layout, *pos):
            self._track(pos, state)
        elif layout.panel.width and layout.panel.collidepoint(pos):
            self._panel(pos, state)
        elif layout.map.collidepoint(pos):
            self.drag, self.dragged = pos, False

    def _track(self, pos: tuple[int, int], state: State) -> None:
        scene, layout = self.scene, self.scene.layout
        assert scene.tape is not None
        hour = scene.timeline.hour(layout, scene.tape, pos[0])
        event = scene.timeline.event_at(*pos)
        if pygame.key.get_mods() & pygame.KMOD_SHIFT:
            if state.loop is None or state.loop[1] < scene.tape.hours:
                start = state.hour if state.loop is None else state.loop[0]
                state.loop = (min(start, hour), max(start, hour))
            else:
                state.loop = (hour, float(scene.tape.hours))
            return
        self.seek(state, event.hour if event is not None else hour)
        self.scrub = event is None

    def _panel(self, pos: tuple[int, int], state: State) -> None:
        panel = self.scene.panel
        found = panel.hit(*pos)
        if found is None:
            return
        kind, name = found
        if kind != "slider":
            self._push(name if kind == "button" else f"card:{name}", state)
            return
        panel.remember()
        double = self.clock - self.last_click[0] < DOUBLE and self.last_click[1] == name
        self.last_click = (self.clock, name)
        slider = panel.slider(name)
        assert slider is not None
        if double:
            panel.put(name, slider.home)
            self._changed()
            return
        panel.dragged = name
        if panel.put(name, slider.at(pos[0], self.scene.layout.k)):
            self._changed()

    def _push(self, name: str, state: State) -> None:
        panel = self.scene.panel
        if name == "play":
            self.toggle_play(state)
        elif name == "run":
            self.wishes.append(RERUN)
        elif name == "reset":
            panel.reset()
            self.wishes.append(RERUN)
        elif name == "live":
            panel.live = not panel.live
        elif name == "save":
            self.wishes.append(SAVE)
        elif name == "since" and self.scene.tape is not None:
            panel.set_since(self.scene.tape.day(state.hour))
            if panel.hand.since is not None:
                lang = state.language
                state.say(say("fk-since", lang, day=short_date(panel.hand.since, lang)), 5.0)
            self._changed()
        elif name in TABS:
            panel.tab = name
            state.focus = -1
        elif name in ("strip", "worlds", "swarm"):
            self._view(name, state)
        elif name.startswith("card:"):
            panel.choose(name.partition(":")[2])
            self.wishes.append(RERUN)

    def _changed(self) -> None:
        if self.scene.panel.live:
            self.rerun_in = LIVE_WAIT

    def _motion(self, event: pygame.Event, state: State) -> None:
        state.pointer = event.pos
        scene, layout = self.scene, self.scene.layout
        if not event.buttons[0]:
            self.drag, self.scrub, scene.panel.dragged = None, False, None
            return
        if self.scrub and scene.tape is not None:
            self.seek(state, scene.timeline.hour(layout, scene.tape, event.pos[0]))
        elif scene.panel.dragged is not None:
            slider = scene.panel.slider(scene.panel.dragged)
            if slider is not None and scene.panel.put(slider.name, slider.at(event.pos[0], layout.k)):
                self._changed()
        elif self.drag is not None:
            dx, dy = event.pos[0] - self.drag[0], event.pos[1] - self.drag[1]
            if self.dragged or abs(dx) + abs(dy) > 6:
                self.dragged = True
                state.director = False
                state.camera = self._held(state, state.camera.pan(dx, dy))
                self.drag = event.pos

    def _release(self, pos: tuple[int, int], state: State) -> None:
        if self.scene.panel.dragged is not None and self.scene.panel.live:
            self.rerun_in = -1.0
            self.wishes.append(SETTLE)
        if self.drag is not None and not self.dragged and self.scene.layout.map.collidepoint(pos):
            state.selection = self.scene.hit(*pos)
        self.drag, self.scrub, self.scene.panel.dragged = None, False, None

    def _wheel(self, event: pygame.Event, state: State) -> None:
        if self.scene.layout.panel.width and self.scene.layout.panel.collidepoint(state.pointer):
            self.scene.panel.scroll(round(-event.y * 70 * self.scene.layout.k))
            return
        spot = state.pointer if self.scene.layout.map.collidepoint(state.pointer) else self.scene.layout.map.center
        self.zoom(state, 1.18**event.y, *spot)

    # -- doing -------------------------------------------------------------------------------------

    def toggle_play(self, state: State) -> None:
        """Play or pause; from the end, play from the start."""
        tape = self.scene.tape
        if tape is None:
            return
        if not state.playing and state.hour >= tape.hours:
            state.hour = 0.0
        state.playing = not state.playing

    def seek(self, state: State, hour: float) -> None:
        """Go to an hour."""
        if self.scene.tape is not None:
            state.hour = min(max(float(hour), 0.0), float(self.scene.tape.hours))

    def event(self, state: State, step: int) -> None:
        """Go to the next or last event that has an icon."""
        tape = self.scene.tape
        if tape is None:
            return
        hours = sorted({e.hour for e in knowledge.events(tape, state.fog) if e.weight >= 3})
        if step > 0:
            later = [h for h in hours if h > state.hour + 0.5]
            self.seek(state, later[0] if later else tape.hours)
        else:
            earlier = [h for h in hours if h < state.hour - 0.5]
            self.seek(state, earlier[-1] if earlier else 0)
        state.playing = False

    def zoom(self, state: State, factor: float, px: float, py: float) -> None:
        """Zoom with the sheet point under a pixel held still."""
        area = self.scene.layout.map
        state.director = False
        state.camera = self._held(
            state, state.camera.zoom(factor, px - area.left, py - area.top, area.width, area.height)
        )

    def whole(self, state: State) -> None:
        """Show the whole theatre."""
        area = self.scene.layout.map
        state.director = False
        box = state.camera.within
        least = least_scale(area.width, area.height, box)
        camera = Camera((box.west + box.east) / 2, (box.top + box.bottom) / 2, least, box)
        state.camera = clamp(camera, area.width, area.height)

    def _held(self, state: State, camera: Camera) -> Camera:
        del state
        area = self.scene.layout.map
        return clamp(camera, area.width, area.height)

    def _next_unit(self, state: State, step: int) -> None:
        """Select the next chip, from the largest on: the keyboard's way to look closer."""
        order = [s.group.lead for s in sorted(self.scene.sprites.values(), key=lambda s: (-s.group.men, s.group.lead))]
        if not order:
            return
        now = state.selection[1] if state.selection and state.selection[0] == UNIT else None
        at = (order.index(now) + step) % len(order) if now in order else 0
        state.selection = (UNIT, order[at])
