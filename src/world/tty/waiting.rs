//! A line on the terminal for who waits: what for, why it takes so long, and which try it is.
//!
//! Whoever makes a call [begins](Wait::begin) a wait, which costs next to nothing; the line is drawn
//! [`beside`] a story, and only where a wait has lasted. It is one line, rewritten in place, and gone
//! when it goes on. There is one of it, as there is one terminal.

use std::convert::Infallible;
use std::io::{self, IsTerminal, Write};
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use rustix::process::getpgrp;
use rustix::termios::{tcgetpgrp, tcgetwinsize};
use tokio::time::sleep;

/// How long nothing is said of a wait.
const PATIENCE: Duration = Duration::from_secs(2);

/// How often the line is brought up to date.
const TICK: Duration = Duration::from_millis(250);

/// The width of a terminal that does not tell its own.
const USUAL_WIDTH: u16 = 80;

static NOW: Mutex<Now> = Mutex::new(Now {
    waits: Vec::new(),
    begun: 0,
    drawn: String::new(),
    pauses: 0,
});

tokio::task_local! {
    /// The wait for the call that is under way.
    static CURRENT: u64;
}

/// All that is waited for, and what the terminal shows of it.
struct Now {
    /// The oldest first.
    waits: Vec<Waited>,
    begun: u64,
    /// The line that stands on the terminal; empty if there is none.
    drawn: String,
    /// How many do not want the line now.
    pauses: u32,
}

/// Something that is waited for.
struct Waited {
    number: u64,
    what: String,
    since: Instant,
    tries: u32,
    is_throttled: bool,
}

impl Waited {
    fn line(&self) -> String {
        let seconds = self.since.elapsed().as_secs();
        let why = if self.is_throttled {
            "throttled"
        } else {
            "slow"
        };
        let tries = match self.tries {
            0 => String::new(),
            tries => format!(", try {tries}"),
        };
        format!("waiting for {}: {why}{tries}, {seconds} s", self.what)
    }
}

fn now() -> MutexGuard<'static, Now> {
    NOW.lock().unwrap_or_else(PoisonError::into_inner)
}

impl Now {
    fn of(&mut self, number: u64) -> Option<&mut Waited> {
        self.waits.iter_mut().find(|it| it.number == number)
    }

    /// Brings the line up to date.
    fn draw(&mut self, name: &str) {
        let lasting = self.waits.iter().find(|it| it.since.elapsed() >= PATIENCE);
        let Some(waited) = lasting.filter(|_| self.pauses == 0 && is_in_foreground()) else {
            self.clear();
            return;
        };
        let line: String = format!("{name}: {}", waited.line())
            .chars()
            .filter(|c| !c.is_control())
            .take(width())
            .collect();
        if line != self.drawn {
            // No more than any terminal understands.
            let rest = self
                .drawn
                .chars()
                .count()
                .saturating_sub(line.chars().count());
            write(&format!("\r{line}{:rest$}", ""));
            self.drawn = line;
        }
    }

    fn clear(&mut self) {
        if !self.drawn.is_empty() {
            let width = self.drawn.chars().count();
            write(&format!("\r{:width$}\r", ""));
            self.drawn.clear();
        }
    }
}

/// Something that is waited for, until this is dropped.
#[derive(Debug)]
pub struct Wait(u64);

impl Wait {
    /// Begins to wait for this.
    #[must_use]
    pub fn begin(what: String) -> Self {
        let mut now = now();
        now.begun += 1;
        let number = now.begun;
        now.waits.push(Waited {
            number,
            what,
            since: Instant::now(),
            tries: 0,
            is_throttled: false,
        });
        Self(number)
    }

    /// Waits. Whatever [`tries`](next_try) meanwhile does so for this.
    pub async fn during<T>(self, story: impl Future<Output = T>) -> T {
        CURRENT.scope(self.0, story).await
    }
}

impl Drop for Wait {
    fn drop(&mut self) {
        let mut now = now();
        now.waits.retain(|it| it.number != self.0);
        now.clear();
    }
}

/// The call that is under way is tried, for the first time or once more.
pub fn next_try() {
    change(|waited| waited.tries += 1);
}

/// The call that is under way is made too often.
pub fn throttled() {
    change(|waited| waited.is_throttled = true);
}

fn change(how: impl FnOnce(&mut Waited)) {
    let number = CURRENT.try_with(|number| *number);
    if let Ok(number) = number
        && let Some(waited) = now().of(number)
    {
        how(waited);
    }
}

/// Takes the line off the terminal, for something else to be written.
pub fn clear() {
    now().clear();
}

/// While this lives, there is no line: somebody else has the terminal.
#[derive(Debug)]
pub struct HiddenLine(());

/// Takes the line off the terminal, and keeps it off.
#[must_use]
pub fn hide_line() -> HiddenLine {
    let mut now = now();
    now.clear();
    now.pauses += 1;
    HiddenLine(())
}

/// There is to be no line any more.
pub fn disable() {
    let mut now = now();
    now.clear();
    now.pauses += 1;
}

impl Drop for HiddenLine {
    fn drop(&mut self) {
        now().pauses -= 1;
    }
}

/// Tells a story, and draws the line beside it, which is gone with the end of the story.
pub async fn show_during<T>(name: &str, story: impl Future<Output = T>) -> T {
    if !io::stderr().is_terminal() {
        return story.await;
    }
    let told = tokio::select! {
        biased;
        told = story => told,
        never = drawing(name) => match never {},
    };
    clear();
    told
}

async fn drawing(name: &str) -> Infallible {
    sleep(PATIENCE).await;
    loop {
        now().draw(name);
        sleep(TICK).await;
    }
}

/// Whether what we write is not in the midst of somebody else's: a shell that has us in the background.
/// Where that cannot be told, the terminal is not the one that decides it.
fn is_in_foreground() -> bool {
    tcgetpgrp(io::stderr()).map_or(true, |foreground| foreground == getpgrp())
}

/// How much fits into a line, so that the cursor stays in it.
fn width() -> usize {
    let columns = tcgetwinsize(io::stderr()).map_or(0, |size| size.ws_col);
    let columns = if columns == 0 { USUAL_WIDTH } else { columns };
    usize::from(columns - 1)
}

/// A terminal that is gone is nothing to fail for.
fn write(text: &str) {
    let _ = io::stderr().write_all(text.as_bytes());
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_wait_says_what_for_why_which_try_and_how_long() {
        let mut waited = Waited {
            number: 1,
            what: "DescribeInstances in us-east-1".to_owned(),
            since: Instant::now(),
            tries: 0,
            is_throttled: false,
        };
        let line = waited.line();
        assert_eq!(
            line,
            "waiting for DescribeInstances in us-east-1: slow, 0 s"
        );
        (waited.tries, waited.is_throttled) = (3, true);
        let line = waited.line();
        assert_eq!(
            line,
            "waiting for DescribeInstances in us-east-1: throttled, try 3, 0 s"
        );
    }

    #[tokio::test]
    async fn tries_count_for_the_wait_that_they_are_made_in() {
        let tries = |number: u64| now().of(number).map(|it| (it.tries, it.is_throttled));
        let (first, second) = (Wait::begin("a".into()), Wait::begin("b".into()));
        let numbers = (first.0, second.0);
        next_try();
        first
            .during(async {
                next_try();
                second.during(async { next_try() }).await;
                throttled();
                next_try();
                assert_eq!(tries(numbers.0), Some((2, true)));
                assert_eq!(tries(numbers.1), None, "it is over");
            })
            .await;
        assert_eq!(tries(numbers.0), None);
    }
}
