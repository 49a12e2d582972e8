//! The picker on the terminal, `/dev/tty`: reads keys, draws frames.
//!
//! It uses the terminal's other screen, so that nothing of it is left.

mod keyboard;

use std::error::Error;
use std::fmt::Write as _;
use std::fs::File;
use std::io::{self, IsTerminal, Write};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use rustix::termios::{OptionalActions, Termios, tcgetwinsize};
use tokio::signal::unix::{Signal, SignalKind, signal};
use tokio::sync::Mutex;
use tokio::sync::mpsc::UnboundedReceiver;
use tokio::time::sleep;

use self::keyboard::Keyboard;
use super::changed_modes::{self, ChangedModes};
use super::printable::printable;
use super::waiting;
use crate::hint;
use crate::plan::list::row::Row;
use crate::plan::picker::frame::{Frame, Size};
use crate::plan::picker::keys::{Key, Keys};
use crate::plan::picker::{Picker, Step};
use crate::world::process::clock::seconds;
use crate::world::tty::color;

/// How long after an Esc the rest of a key may come.
const ESCAPE: Duration = Duration::from_millis(50);

/// The other screen, in which lines that are too long are not wrapped; and back. A frame is shown as a
/// whole by terminals that know mode 2026.
///
/// Source: xterm's ctlseqs, "DEC Private Mode Set".
const ENTER: &[u8] = b"\x1b[?1049h\x1b[?7l";
const LEAVE: &[u8] = b"\x1b[?7h\x1b[?25h\x1b[?1049l";
const BEGIN_FRAME: &str = "\x1b[?2026h\x1b[?25l";
const END_FRAME: &str = "\x1b[?25h\x1b[?2026l";

/// The size if the terminal reports none.
const USUAL: Size = Size {
    columns: 80,
    rows: 24,
};

/// Instances that AWS has sent.
#[derive(Debug)]
pub(crate) enum Update {
    /// Some more.
    Add(Vec<Row>),
    /// All.
    Set(Vec<Row>),
}

/// Whether nobody is to be asked.
static FORBIDDEN: AtomicBool = AtomicBool::new(false);

/// There is one terminal: several targets are chosen one after the other.
static OPEN: Mutex<()> = Mutex::const_new(());

/// From now on nobody is asked: BatchMode, or a mode that only reports.
pub(crate) fn forbid() {
    FORBIDDEN.store(true, Ordering::Relaxed);
}

/// Whether there is a person to ask: standard input and standard error are terminals, on which a cursor
/// can be moved.
pub(crate) fn can_ask() -> bool {
    let is_allowed = !FORBIDDEN.load(Ordering::Relaxed);
    is_allowed && io::stdin().is_terminal() && io::stderr().is_terminal() && !color::is_dumb()
}

/// Lets the user choose instances, one at least; `None` if they do not. Meanwhile awaits `feed`, which sends the
/// updates. Call it in the runtime.
///
/// # Errors
/// If the terminal is gone, and the error of `feed` if there is nothing to choose from.
pub(crate) async fn choose<E>(
    mut picker: Picker,
    feed: impl Future<Output = Result<(), E>>,
    mut updates: UnboundedReceiver<Update>,
    terminal_error: impl Fn(io::Error) -> E,
) -> Result<Option<Vec<Row>>, E>
where
    E: Error,
{
    let _open = OPEN.lock().await;
    let mut screen = Screen::open().map_err(&terminal_error)?;
    let mut feed = std::pin::pin!(feed);
    let mut keys = Keys::default();
    loop {
        screen.draw(&mut picker).map_err(&terminal_error)?;
        let pressed = tokio::select! {
            bytes = screen.keyboard.read() => match bytes {
                Some(bytes) => keys.take(&bytes),
                // The terminal is gone.
                None => vec![Key::Cancel],
            },
            () = sleep(ESCAPE), if keys.has_escape() => keys.nothing_follows().into_iter().collect(),
            Some(()) = screen.resizes.recv() => Vec::new(),
            Some(update) = updates.recv() => {
                take(&mut picker, update);
                Vec::new()
            }
            end = &mut feed, if picker.is_waiting => {
                while let Ok(update) = updates.try_recv() {
                    take(&mut picker, update);
                }
                finish(&mut picker, end)?;
                Vec::new()
            }
        };
        for key in pressed {
            match picker.press(key) {
                Step::Continue => {}
                Step::Chosen(rows) => return Ok(Some(rows)),
                Step::Canceled => return Ok(None),
            }
        }
    }
}

/// Notes that AWS has answered.
///
/// # Errors
/// AWS's, if there is nothing to choose from.
fn finish<E: Error>(picker: &mut Picker, end: Result<(), E>) -> Result<(), E> {
    picker.is_waiting = false;
    match end {
        Err(error) if !picker.is_empty() => {
            picker.note = Some(format!("not current: {}", hint::line(&error)));
            Ok(())
        }
        end => end,
    }
}

fn take(picker: &mut Picker, update: Update) {
    match update {
        Update::Add(rows) => picker.add(rows, seconds()),
        Update::Set(rows) => picker.set(rows, seconds()),
    }
}

/// The terminal while the picker is open. The fields are dropped in this order.
struct Screen {
    keyboard: Keyboard,
    _modes: ChangedModes,
    terminal: Arc<File>,
    resizes: Signal,
    has_color: bool,
    _hidden: waiting::HiddenLine,
}

impl Screen {
    fn open() -> io::Result<Self> {
        let terminal = changed_modes::open().ok_or(io::ErrorKind::NotConnected)?;
        let hidden = waiting::hide_line();
        // What was typed before is typed to the picker, and what is typed after it to the session.
        let when = OptionalActions::Drain;
        let modes = ChangedModes::begin(&terminal, when, LEAVE, Termios::make_raw)?;
        (&*terminal).write_all(ENTER)?;
        Ok(Self {
            keyboard: Keyboard::of(&terminal)?,
            _modes: modes,
            resizes: signal(SignalKind::window_change())?,
            terminal,
            has_color: !color::is_unwanted(),
            _hidden: hidden,
        })
    }

    fn size(&self) -> Size {
        match tcgetwinsize(&self.terminal) {
            Ok(size) if size.ws_col > 0 && size.ws_row > 0 => Size {
                columns: size.ws_col.into(),
                rows: size.ws_row.into(),
            },
            _ => USUAL,
        }
    }

    fn draw(&self, picker: &mut Picker) -> io::Result<()> {
        let frame = picker.frame(self.size(), seconds(), printable);
        (&*self.terminal).write_all(self.text(&frame).as_bytes())
    }

    /// What shows a frame. Each line is erased before it is written: erasing after a full line would
    /// delete its last character.
    fn text(&self, frame: &Frame) -> String {
        let mut text = BEGIN_FRAME.to_owned();
        for (at, line) in frame.lines.iter().enumerate() {
            let style = match self.has_color {
                true if frame.selected == Some(at) => "\x1b[7m",
                true if frame.marked.contains(&at) => "\x1b[1m",
                true if frame.dim.contains(&at) => "\x1b[2m",
                _ => "",
            };
            let end = if style.is_empty() { "" } else { "\x1b[m" };
            let row = at + 1;
            let _ = write!(text, "\x1b[{row};1H\x1b[K{style}{line}{end}");
        }
        let (next, column) = (frame.lines.len() + 1, frame.column + 1);
        if next <= self.size().rows {
            let _ = write!(text, "\x1b[{next};1H\x1b[J");
        }
        let _ = write!(text, "\x1b[1;{column}H{END_FRAME}");
        text
    }
}
