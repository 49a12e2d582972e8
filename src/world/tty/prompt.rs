//! Asks on the terminal for a text that must not be shown.
//!
//! Standard input belongs to the session, so this asks on `/dev/tty`, as getpass(3) does. While it
//! asks, the terminal sends no signals for its special keys: they arrive as bytes, and the terminal is
//! restored before this sends their signals.

use std::fs::File;
use std::io::{self, Read, Write};
use std::sync::Arc;

use rustix::process::{Signal, kill_current_process_group};
use rustix::termios::{
    LocalModes, OptionalActions, SpecialCodeIndex, SpecialCodes, Termios, tcgetattr,
};
use tokio::sync::{Mutex, oneshot};

use super::changed_modes::{self, ChangedModes};
use super::waiting;

/// The longest answer, in bytes.
const LONGEST: usize = 100;

/// Held by the one who asks: several profiles are loaded at the same time.
static TURN: Mutex<()> = Mutex::const_new(());

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
        let terminal = changed_modes::open()?;
        Some(Self { terminal })
    }

    /// Asks. Call it in the runtime, which runs other tasks meanwhile. Ctrl-C ends the process; if our
    /// parent set SIGINT to ignored, it only ends the question.
    ///
    /// # Errors
    /// If the terminal is gone.
    pub(crate) async fn ask(&self, question: &str) -> io::Result<PromptAnswer> {
        let _turn = TURN.lock().await;
        let _hidden = waiting::hide_line();
        let keys = tcgetattr(&self.terminal)?.special_codes;
        let when = OptionalActions::Flush;
        let without_echo = ChangedModes::begin(&self.terminal, when, b"", hide_input)?;
        (&*self.terminal).write_all(question.as_bytes())?;
        let terminal = Arc::clone(&self.terminal);
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
                if changed_modes::watched().contains(&signal) {
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

/// Turns echo, line editing and signal keys of a terminal off. Not cfmakeraw(3): output stays as it is,
/// since log lines may come meanwhile.
fn hide_input(modes: &mut Termios) {
    modes.local_modes -= LocalModes::ECHO | LocalModes::ICANON | LocalModes::ISIG;
    modes.special_codes[SpecialCodeIndex::VMIN] = 1;
    modes.special_codes[SpecialCodeIndex::VTIME] = 0;
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
