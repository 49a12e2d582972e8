//! A line on the terminal that shows what mssh waits for, why it takes long, and the number of tries.
//!
//! Each slow call [begins](Wait::begin) a wait, which costs next to nothing. [`show_during`] draws the
//! line once a wait has lasted for [`PATIENCE`], and erases it when the wait ends. There is one terminal,
//! so the state is a static.

mod line;

use std::convert::Infallible;
use std::io::{self, IsTerminal};
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use tokio::time::sleep;

use self::line::DrawnLine;

/// How long a wait lasts before the line shows it, unless a mode is less patient.
const PATIENCE: Duration = Duration::from_secs(2);

/// How often the line is updated.
const TICK: Duration = Duration::from_millis(250);

static NOW: Mutex<Now> = Mutex::new(Now {
    waits: Vec::new(),
    begun: 0,
    line: DrawnLine::NONE,
    hidden: 0,
    patience: PATIENCE,
});

tokio::task_local! {
    /// The number of the wait that this task is in.
    static CURRENT: u64;
}

/// All waits, and what the terminal shows.
struct Now {
    /// The oldest first.
    waits: Vec<Waited>,
    begun: u64,
    line: DrawnLine,
    /// How many callers hide the line now.
    hidden: u32,
    patience: Duration,
}

/// One wait.
struct Waited {
    number: u64,
    what: String,
    since: Instant,
    tries: u32,
    is_throttled: bool,
    /// What it has come to, if that is known.
    progress: Option<String>,
}

impl Waited {
    fn line(&self) -> String {
        let seconds = self.since.elapsed().as_secs();
        let why = match &self.progress {
            _ if self.is_throttled => "throttled",
            Some(progress) => progress,
            None => "slow",
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

    /// Updates the line.
    fn draw(&mut self, name: &str) {
        let patience = self.patience;
        let lasting = self.waits.iter().find(|it| it.since.elapsed() >= patience);
        match lasting.filter(|_| self.hidden == 0 && line::may_be_drawn()) {
            Some(waited) => self.line.draw(&format!("{name}: {}", waited.line())),
            None => self.line.clear(),
        }
    }

    /// Erases the line and keeps it hidden.
    fn hide(&mut self) {
        self.line.clear();
        self.hidden += 1;
    }
}

/// A wait, until dropped.
#[derive(Debug)]
pub(crate) struct Wait(u64);

impl Wait {
    /// Begins a wait for `what`.
    #[must_use]
    pub(crate) fn begin(what: String) -> Self {
        let mut now = now();
        now.begun += 1;
        let number = now.begun;
        now.waits.push(Waited {
            number,
            what,
            since: Instant::now(),
            tries: 0,
            is_throttled: false,
            progress: None,
        });
        Self(number)
    }

    /// Shows this instead of `slow` from now on.
    pub(crate) fn progress(&self, progress: String) {
        if let Some(waited) = now().of(self.0) {
            waited.progress = Some(progress);
        }
    }

    /// Awaits a future. [`next_try`] and [`throttled`] in it count for this wait.
    pub(crate) async fn during<T>(self, future: impl Future<Output = T>) -> T {
        CURRENT.scope(self.0, future).await
    }
}

impl Drop for Wait {
    fn drop(&mut self) {
        let mut now = now();
        now.waits.retain(|it| it.number != self.0);
        now.line.clear();
    }
}

/// Counts a try of the current wait's call, the first one included.
pub(crate) fn next_try() {
    change(|waited| waited.tries += 1);
}

/// Notes that AWS throttles the current wait's call.
pub(crate) fn throttled() {
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

/// Erases the line, so that something else can be written.
pub(crate) fn clear() {
    now().line.clear();
}

/// Keeps the line hidden until dropped: another program or a prompt uses the terminal.
#[derive(Debug)]
pub(crate) struct HiddenLine(());

/// Erases the line and keeps it hidden.
#[must_use]
pub(crate) fn hide_line() -> HiddenLine {
    now().hide();
    HiddenLine(())
}

/// Shows the line once a wait has lasted this long.
pub(crate) fn set_patience(patience: Duration) {
    now().patience = patience;
}

/// Erases the line and shows it no more.
pub(crate) fn disable() {
    now().hide();
}

impl Drop for HiddenLine {
    fn drop(&mut self) {
        now().hidden -= 1;
    }
}

/// Awaits a future and shows the line meanwhile.
pub(crate) async fn show_during<T>(name: &str, future: impl Future<Output = T>) -> T {
    if !io::stderr().is_terminal() {
        return future.await;
    }
    let output = tokio::select! {
        biased;
        output = future => output,
        never = draw_on(name) => match never {},
    };
    clear();
    output
}

async fn draw_on(name: &str) -> Infallible {
    let patience = now().patience;
    sleep(patience).await;
    loop {
        now().draw(name);
        sleep(TICK).await;
    }
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
            progress: None,
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
        (waited.progress, waited.is_throttled) = (Some("1000 so far".to_owned()), false);
        waited.tries = 0;
        let line = waited.line();
        assert_eq!(
            line,
            "waiting for DescribeInstances in us-east-1: 1000 so far, 0 s"
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
