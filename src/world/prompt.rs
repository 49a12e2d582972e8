//! A question on the terminal, for what shall not be seen.
//!
//! Standard input belongs to the session, so it is `/dev/tty` that is asked, as getpass(3) does. The
//! terminal's special keys come to us as what they are while we ask, so that it is as it was before
//! their signals are sent; and other signals find it put back, too.

use std::fs::{File, OpenOptions};
use std::io::{self, Read, Write};
use std::sync::{Arc, Mutex, PoisonError};

use rustix::process::{Signal, kill_current_process_group};
use rustix::termios::{
    LocalModes, OptionalActions, SpecialCodeIndex, SpecialCodes, Termios, tcgetattr, tcsetattr,
};
use tokio::signal::unix::{SignalKind, signal};
use tokio::sync::oneshot;

use super::process;

/// No code is longer.
const LONGEST: usize = 100;

/// What came of asking.
#[derive(Debug, PartialEq, Eq)]
pub enum Said {
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

    /// Asks. To be called in the runtime, which goes on meanwhile. An interrupt ends us.
    ///
    /// # Errors
    /// When the terminal is gone.
    pub async fn ask(&self, question: &str) -> io::Result<Said> {
        let quiet = Arc::new(Quiet::begin(Arc::clone(&self.terminal))?);
        // It goes on for as long as we are ourselves: nobody else would hear of those signals now.
        tokio::spawn(die_of_signals(Arc::clone(&quiet)));
        (&*self.terminal).write_all(question.as_bytes())?;
        let (terminal, keys) = (Arc::clone(&self.terminal), quiet.keys.clone());
        let (answer, answered) = oneshot::channel();
        // A thread of our own: the runtime would wait for one of its own before it ends.
        std::thread::spawn(move || answer.send(read(&terminal, &keys)));
        let key = answered.await.map_err(io::Error::other)?;
        quiet.end();
        (&*self.terminal).write_all(b"\n")?;
        match key? {
            Key::Enter(line) => Ok(Said::Line(line)),
            Key::End => Ok(Said::End),
            Key::Suspend => Ok(Said::Stop),
            Key::Interrupt(signal) => {
                kill_current_process_group(signal)?;
                std::future::pending().await
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
    terminal: Arc<File>,
    before: Mutex<Option<Termios>>,
    keys: SpecialCodes,
}

impl Quiet {
    fn begin(terminal: Arc<File>) -> io::Result<Self> {
        let before = tcgetattr(&terminal)?;
        let mut modes = before.clone();
        modes.local_modes -= LocalModes::ECHO | LocalModes::ICANON | LocalModes::ISIG;
        modes.special_codes[SpecialCodeIndex::VMIN] = 1;
        modes.special_codes[SpecialCodeIndex::VTIME] = 0;
        tcsetattr(&terminal, OptionalActions::Flush, &modes)?;
        Ok(Self {
            terminal,
            keys: before.special_codes.clone(),
            before: Mutex::new(Some(before)),
        })
    }

    /// Puts the terminal back as it was.
    fn end(&self) {
        let mut before = self.before.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(before) = before.take() {
            let _ = tcsetattr(&self.terminal, OptionalActions::Flush, &before);
        }
    }
}

impl Drop for Quiet {
    fn drop(&mut self) {
        self.end();
    }
}

/// What ends the reading.
enum Key {
    Enter(String),
    End,
    Suspend,
    Interrupt(Signal),
}

/// Reads a line, with the keys that the user has set for editing it.
fn read(mut terminal: &File, keys: &SpecialCodes) -> io::Result<Key> {
    use SpecialCodeIndex as Index;
    let mut line = Vec::new();
    let mut byte = [0];
    loop {
        if terminal.read(&mut byte)? == 0 {
            return Ok(Key::End);
        }
        // One that is disabled is zero.
        let is = |key: Index| byte[0] != 0 && keys[key] == byte[0];
        match byte[0] {
            _ if is(Index::VINTR) => return Ok(Key::Interrupt(Signal::INT)),
            _ if is(Index::VQUIT) => return Ok(Key::Interrupt(Signal::QUIT)),
            _ if is(Index::VSUSP) => return Ok(Key::Suspend),
            _ if is(Index::VEOF) && line.is_empty() => return Ok(Key::End),
            b'\n' | b'\r' => return Ok(Key::Enter(String::from_utf8_lossy(&line).into_owned())),
            _ if is(Index::VERASE) || byte[0] == 0x7f => drop(line.pop()),
            _ if is(Index::VKILL) => line.clear(),
            other if line.len() < LONGEST => line.push(other),
            _ => {}
        }
    }
}

/// Waits for a signal that would end us, then puts the terminal back and dies of it.
async fn die_of_signals(terminal: Arc<Quiet>) -> io::Result<()> {
    let (mut hup, mut int) = (
        signal(SignalKind::hangup())?,
        signal(SignalKind::interrupt())?,
    );
    let (mut quit, mut term) = (
        signal(SignalKind::quit())?,
        signal(SignalKind::terminate())?,
    );
    let name = tokio::select! {
        _ = hup.recv() => "HUP",
        _ = int.recv() => "INT",
        _ = quit.recv() => "QUIT",
        _ = term.recv() => "TERM",
    };
    terminal.end();
    Err(process::die_of(name))
}
