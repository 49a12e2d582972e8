//! A question on the terminal, for what shall not be seen.
//!
//! Standard input belongs to the session, so it is `/dev/tty` that is asked, as getpass(3) does. The
//! terminal's special keys come to us as what they are while we ask, so that it is as it was before
//! their signals are sent; and other signals find it put back, too. Signals are the process's, and so
//! is what is to be put back: there is one of it, however often we ask.

use std::fs::{File, OpenOptions};
use std::io::{self, Read, Write};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use rustix::process::{Signal, kill_current_process_group};
use rustix::termios::{
    LocalModes, OptionalActions, SpecialCodeIndex, SpecialCodes, Termios, tcgetattr, tcsetattr,
};
use tokio::signal::unix::{SignalKind, signal};
use tokio::sync::{OnceCell, oneshot};

use super::waiting;
use crate::world::process;
use crate::world::process::signals;

/// No code is longer.
const LONGEST: usize = 100;

/// What would end us while we ask. Once we have asked we have handlers for them.
const FATAL: [(Signal, &str); 4] = [
    (Signal::HUP, "HUP"),
    (Signal::INT, "INT"),
    (Signal::QUIT, "QUIT"),
    (Signal::TERM, "TERM"),
];

/// The terminal that is without echo, and how it was before.
static BEFORE: Mutex<Option<(Arc<File>, Termios)>> = Mutex::new(None);

/// Those of [`FATAL`] that we die of, and not ignore: see [`watch`].
static WATCHED: OnceCell<Vec<Signal>> = OnceCell::const_new();

/// What came of asking.
#[derive(Debug, PartialEq, Eq)]
pub enum PromptAnswer {
    /// A line.
    Line(String),
    /// The wish to stop for now (Ctrl-Z): to be followed by [`stop`].
    Stop,
    /// Nothing, and no more is to come (Ctrl-D).
    End,
}

/// A terminal that can be asked.
#[derive(Debug)]
pub struct Prompt {
    terminal: Arc<File>,
}

impl Prompt {
    /// The terminal of our session, if it has one.
    #[must_use]
    pub fn open() -> Option<Self> {
        let terminal = OpenOptions::new().read(true).write(true).open("/dev/tty");
        let terminal = Arc::new(terminal.ok()?);
        Some(Self { terminal })
    }

    /// Asks. To be called in the runtime, which goes on meanwhile. An interrupt ends us; where who
    /// called us has us ignore it, it ends the asking alone.
    ///
    /// # Errors
    /// When the terminal is gone.
    pub async fn ask(&self, question: &str) -> io::Result<PromptAnswer> {
        let watched = WATCHED.get_or_init(watch).await;
        let _pause = waiting::hide_line();
        let quiet = Quiet::begin(&self.terminal)?;
        (&*self.terminal).write_all(question.as_bytes())?;
        let (terminal, keys) = (Arc::clone(&self.terminal), quiet.keys.clone());
        let (answer, answered) = oneshot::channel();
        // A thread of our own: the runtime would wait for one of its own before it ends.
        std::thread::spawn(move || answer.send(read(&terminal, &keys)));
        let key = answered.await.map_err(io::Error::other)?;
        drop(quiet);
        (&*self.terminal).write_all(b"\n")?;
        match key? {
            Keypress::Enter(line) => Ok(PromptAnswer::Line(line)),
            Keypress::End => Ok(PromptAnswer::End),
            Keypress::Suspend => Ok(PromptAnswer::Stop),
            Keypress::Interrupt(signal) => {
                kill_current_process_group(signal)?;
                if watched.contains(&signal) {
                    std::future::pending().await
                } else {
                    Ok(PromptAnswer::End)
                }
            }
        }
    }
}

/// Stops until we are continued, with all of our job, as the terminal would have had it.
pub fn stop() {
    let _ = kill_current_process_group(Signal::TSTP);
}

/// A terminal without echo, until this ends.
#[derive(Debug)]
struct Quiet {
    keys: SpecialCodes,
}

impl Quiet {
    fn begin(terminal: &Arc<File>) -> io::Result<Self> {
        let before = tcgetattr(terminal)?;
        let keys = before.special_codes.clone();
        let mut modes = before.clone();
        modes.local_modes -= LocalModes::ECHO | LocalModes::ICANON | LocalModes::ISIG;
        modes.special_codes[SpecialCodeIndex::VMIN] = 1;
        modes.special_codes[SpecialCodeIndex::VTIME] = 0;
        tcsetattr(terminal, OptionalActions::Flush, &modes)?;
        *before_now() = Some((Arc::clone(terminal), before));
        Ok(Self { keys })
    }
}

impl Drop for Quiet {
    fn drop(&mut self) {
        put_back();
    }
}

fn before_now() -> MutexGuard<'static, Option<(Arc<File>, Termios)>> {
    BEFORE.lock().unwrap_or_else(PoisonError::into_inner)
}

/// Puts the terminal back as it was, if it is not yet.
fn put_back() {
    if let Some((terminal, before)) = before_now().take() {
        let _ = tcsetattr(terminal, OptionalActions::Flush, &before);
    }
}

/// Has each signal that would end us put the terminal back first. It stays so for as long as we are
/// ourselves: nobody else would hear of those signals now.
///
/// But what who called us has us ignore (nohup(1), a `&` without job control) stays ignored, since a
/// handler would take that from ssh, too. Shells ignore SIGINT and SIGQUIT together, and to try the
/// latter might leave a core; so it is taken to be as the former.
async fn watch() -> Vec<Signal> {
    let mut watched = Vec::new();
    // All are tried before any has a handler.
    for (signal, name) in FATAL {
        let name = if name == "QUIT" { "INT" } else { name };
        if !process::is_ignored(name).await {
            watched.push(signal);
        }
    }
    for (number, name) in FATAL {
        if watched.contains(&number)
            && let Ok(mut stream) = signal(SignalKind::from_raw(number.as_raw()))
        {
            tokio::spawn(async move {
                stream.recv().await;
                put_back();
                if !signals::is_handled(name) {
                    let _ = process::die_of(name);
                }
            });
        }
    }
    watched
}

/// What ends the reading.
enum Keypress {
    Enter(String),
    End,
    Suspend,
    Interrupt(Signal),
}

/// Reads a line, with the keys that the user has set for editing it.
fn read(mut terminal: &File, keys: &SpecialCodes) -> io::Result<Keypress> {
    use SpecialCodeIndex as Index;
    let mut line = Vec::new();
    let mut byte = [0];
    loop {
        if terminal.read(&mut byte)? == 0 {
            return Ok(Keypress::End);
        }
        // One that is disabled is zero.
        let is = |key: Index| byte[0] != 0 && keys[key] == byte[0];
        match byte[0] {
            _ if is(Index::VINTR) => return Ok(Keypress::Interrupt(Signal::INT)),
            _ if is(Index::VQUIT) => return Ok(Keypress::Interrupt(Signal::QUIT)),
            _ if is(Index::VSUSP) => return Ok(Keypress::Suspend),
            _ if is(Index::VEOF) && line.is_empty() => return Ok(Keypress::End),
            b'\n' | b'\r' => {
                return Ok(Keypress::Enter(String::from_utf8_lossy(&line).into_owned()));
            }
            _ if is(Index::VERASE) || byte[0] == 0x7f => drop(line.pop()),
            _ if is(Index::VKILL) => line.clear(),
            other if line.len() < LONGEST => line.push(other),
            _ => {}
        }
    }
}
