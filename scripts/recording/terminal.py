"""A program in a terminal, and what that shows over time."""

import copy
import fcntl
import os
import pty
import select
import signal
import struct
import termios
import time
from dataclasses import dataclass

import pyte

# Seconds without output after which the screen counts as complete.
QUIET = 0.03
# The most that a moment without a change lasts in the recording.
LONGEST = 0.6


@dataclass
class Frame:
    """What the terminal shows from `since` to `until`, in seconds: rows of spans, and the cursor."""

    since: float
    until: float
    rows: tuple
    cursor: object


class Screen(pyte.Screen):
    """pyte's screen, with the alternate screen and faint text, which it lacks."""

    def set_mode(self, *modes, **how):
        super().set_mode(*modes, **how)
        if how.get("private") and 1049 in modes:
            self.kept = copy.deepcopy(self.buffer), copy.copy(self.cursor)
            self.erase_in_display(2)

    def reset_mode(self, *modes, **how):
        super().reset_mode(*modes, **how)
        if how.get("private") and 1049 in modes and hasattr(self, "kept"):
            self.buffer, self.cursor = self.kept
            self.dirty.update(range(self.lines))

    def select_graphic_rendition(self, *codes, **how):
        # Blinking stands for faint.
        super().select_graphic_rendition(*(5 if code == 2 else code for code in codes), **how)

    def spans(self, row):
        """A row as (column, text, style) for each stretch of one style; style is hashable."""
        found = []
        for column in range(self.columns):
            char = self.buffer[row][column]
            style = (char.fg, char.bg, char.bold, char.blink, char.reverse)
            if found and found[-1][2] == style:
                found[-1][1].append(char.data)
            else:
                found.append((column, [char.data], style))
        plain = ("default", "default", False, False, False)
        texts = [(column, "".join(text), style) for column, text, style in found]
        texts = [(c, text.rstrip() if s == plain else text, s) for c, text, s in texts]
        return tuple((c, text, s) for c, text, s in texts if s[4] or text.strip())


class Terminal:
    """Runs a program in a terminal, types, and keeps frames from `begin` on."""

    def __init__(self, argv, columns, rows):
        self.screen = Screen(columns, rows)
        self.stream = pyte.ByteStream(self.screen)
        self.frames = []
        self.now = None
        self.child, self.fd = pty.fork()
        if self.child == 0:
            os.environ["TERM"] = "xterm-256color"
            os.execvp(argv[0], argv)
        fcntl.ioctl(self.fd, termios.TIOCSWINSZ, struct.pack("HHHH", rows, columns, 0, 0))

    def __enter__(self):
        return self

    def __exit__(self, *_):
        os.kill(self.child, signal.SIGHUP)
        os.close(self.fd)
        os.waitpid(self.child, 0)

    def begin(self):
        """Time begins."""
        self.now = 0.0
        self.keep()

    def keep(self):
        """Keeps what is shown now, if it has changed."""
        if self.now is None:
            return
        cursor = self.screen.cursor
        rows = tuple(self.screen.spans(row) for row in range(self.screen.lines))
        place = None if cursor.hidden else (cursor.y, min(cursor.x, self.screen.columns - 1))
        last = self.frames[-1] if self.frames else None
        if last:
            last.until = self.now
        if not last or (last.rows, last.cursor) != (rows, place):
            self.frames.append(Frame(self.now, self.now, rows, place))

    def read(self, seconds):
        """Takes output for so long at most. Whether there was any."""
        ready, _, _ = select.select([self.fd], [], [], seconds)
        if ready:
            try:
                self.stream.feed(os.read(self.fd, 1 << 16))
            except OSError:
                raise SystemExit("record: the shell has ended:\n" + self.text()) from None
        return bool(ready)

    def settle(self):
        """Takes output until there is none for a moment, and keeps the screen."""
        while self.read(QUIET):
            pass
        self.keep()

    def pass_time(self, seconds):
        if self.now is not None:
            self.now += seconds

    def type(self, text, pace=0.045):
        """Types a text, key by key."""
        for key in text:
            os.write(self.fd, key.encode())
            self.settle()
            # Nobody watches spaces.
            self.pass_time(pace if key != " " else pace / 4)

    def pause(self, seconds):
        """Lets time pass in the recording."""
        self.settle()
        self.pass_time(seconds)
        self.keep()

    def text(self):
        """What is shown, without blanks at the ends; a form feed is at its top."""
        lines = [line.rstrip() for line in self.screen.display]
        return "\f" + "\n".join(lines).rstrip()

    def wait_for(self, text, limit=120):
        """Waits until a text is shown: with a blank at its end, as the last one."""
        found = text.rstrip(" ")
        self.until(lambda: self.text().endswith(found) if found != text else found in self.text(),
                   text, limit)

    def wait_for_prompt(self, prompt, limit):
        """Waits until the last row is just the prompt."""
        self.until(lambda: self.text().endswith("\n" + prompt.rstrip()), prompt, limit)

    def until(self, is_there, what, limit):
        end = time.monotonic() + limit
        changed = time.monotonic()
        while not is_there():
            if time.monotonic() > end:
                raise SystemExit(f"record: no {what!r} in:\n{self.text()}")
            if self.read(QUIET):
                self.settle()
                self.pass_time(min(time.monotonic() - changed, LONGEST))
                changed = time.monotonic()
        self.settle()
        self.pass_time(min(time.monotonic() - changed, LONGEST))
