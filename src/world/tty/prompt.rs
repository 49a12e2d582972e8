//! Asks on the terminal for a text that must not be shown.
//!
//! Standard input belongs to the session, so this asks on `/dev/tty`, as getpass(3) does. While it
//! asks, the terminal sends no signals for its special keys: they arrive as bytes, and the terminal is
//! restored before this sends their signals. Signals from elsewhere restore it, too. They concern
//! the whole process, so the saved state is a static.

use std::fs::{File, OpenOptions};
use std::io::{self, Read, Write};
use std::sync::{Arc, Mutex, MutexGuard, OnceLock, PoisonError};

use rustix::process::{Signal, kill_current_process_group};
use rustix::termios::{
    LocalModes, OptionalActions, SpecialCodeIndex, SpecialCodes, Termios, tcgetattr, tcsetattr,
};
use tokio::signal::unix::{SignalKind, signal};
use tokio::sync::oneshot;

use super::waiting;
use crate::world::process::signals;

/// The longest answer, in bytes.
const LONGEST: usize = 100;

/// The terminal without echo, and its state before.
static BEFORE: Mutex<Option<(Arc<File>, Termios)>> = Mutex::new(None);

/// The fatal signals that have a handler: see [`watch`].
static WATCHED: OnceLock<Vec<Signal>> = OnceLock::new();

/// The user's answer.
#[derive(Debug, PartialEq, Eq)]
pub(crate) enum PromptAnswer {
    Line(String),
    /// Ctrl-Z: the caller drops what it holds and calls [`stop`].
    Stop,
    /// The end of the input (Ctrl-D).
    End,
}

/// The terminal to ask on.
#[derive(Debug)]
pub(crate) struct Prompt {
    terminal: Arc<File>,
}

impl Prompt {
    /// Opens the terminal of our session, if it has one.
    #[must_use]
    pub(crate) fn open() -> Option<Self> {
        let terminal = OpenOptions::new().read(true).write(true).open("/dev/tty");
        let terminal = Arc::new(terminal.ok()?);
        Some(Self { terminal })
    }

    /// Asks. Call it in the runtime, which runs other tasks meanwhile. Ctrl-C ends the process; if our
    /// parent set SIGINT to ignored, it only ends the question.
    ///
    /// # Errors
    /// If the terminal is gone.
    pub(crate) async fn ask(&self, question: &str) -> io::Result<PromptAnswer> {
        let watched = WATCHED.get_or_init(watch);
        let _hidden = waiting::hide_line();
        let without_echo = WithoutEcho::begin(&self.terminal)?;
        (&*self.terminal).write_all(question.as_bytes())?;
        let (terminal, keys) = (Arc::clone(&self.terminal), without_echo.keys.clone());
        let (answer, answered) = oneshot::channel();
        // Not spawn_blocking: the runtime would wait for that thread before it ends.
        std::thread::spawn(move || answer.send(read(&terminal, &keys)));
        let key = answered.await.map_err(io::Error::other)?;
        drop(without_echo);
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

/// Stops our process group until it is continued, as the terminal would do at Ctrl-Z.
pub(crate) fn stop() {
    let _ = kill_current_process_group(Signal::TSTP);
}

/// Turns echo, line editing and signal keys of a terminal off until dropped. Not cfmakeraw(3): output
/// stays as it is, since log lines may come meanwhile.
#[derive(Debug)]
struct WithoutEcho {
    keys: SpecialCodes,
}

impl WithoutEcho {
    fn begin(terminal: &Arc<File>) -> io::Result<Self> {
        let before = tcgetattr(terminal)?;
        let keys = before.special_codes.clone();
        let mut modes = before.clone();
        modes.local_modes -= LocalModes::ECHO | LocalModes::ICANON | LocalModes::ISIG;
        modes.special_codes[SpecialCodeIndex::VMIN] = 1;
        modes.special_codes[SpecialCodeIndex::VTIME] = 0;
        tcsetattr(terminal, OptionalActions::Flush, &modes)?;
        *saved() = Some((Arc::clone(terminal), before));
        Ok(Self { keys })
    }
}

impl Drop for WithoutEcho {
    fn drop(&mut self) {
        restore();
    }
}

fn saved() -> MutexGuard<'static, Option<(Arc<File>, Termios)>> {
    BEFORE.lock().unwrap_or_else(PoisonError::into_inner)
}

/// Restores the terminal, unless that is done already.
fn restore() {
    if let Some((terminal, before)) = saved().take() {
        let _ = tcsetattr(terminal, OptionalActions::Flush, &before);
    }
}

/// Makes each fatal signal restore the terminal before it ends the process, from now on.
///
/// Ignored signals get no handler: with one, the ssh that we become would not ignore them either.
fn watch() -> Vec<Signal> {
    let watched = signals::not_ignored();
    for &number in &watched {
        if let Ok(mut stream) = signal(SignalKind::from_raw(number.as_raw())) {
            tokio::spawn(async move {
                stream.recv().await;
                restore();
                if !signals::is_handled() {
                    let _ = signals::die_of(number);
                }
            });
        }
    }
    watched
}

/// The key that ends the input.
enum Keypress {
    Enter(String),
    End,
    Suspend,
    Interrupt(Signal),
}

/// Reads a line. Obeys the user's editing keys (stty(1)).
fn read(mut terminal: &File, keys: &SpecialCodes) -> io::Result<Keypress> {
    use SpecialCodeIndex as Index;
    let mut line = Vec::new();
    let mut byte = [0];
    loop {
        if terminal.read(&mut byte)? == 0 {
            return Ok(Keypress::End);
        }
        // A disabled key is zero.
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
