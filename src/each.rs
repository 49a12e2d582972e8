//! `--each`: one command on each of several instances, or one copy to or from each.
//!
//! Each login is a run of mssh or mscp itself, with the words that a user would type for one instance:
//! key, route and host keys are the same, and whatever such a run can do, `--each` can do.

mod child;
mod find;
mod line_writer;
mod stop;

use std::pin::pin;
use std::process::ExitCode;

use futures_util::{StreamExt, stream};

use self::child::{Children, Sink};
use self::line_writer::LineWriter;
use self::stop::Stop;
use crate::error::Error;
use crate::plan::cli::each::EachRequest;
use crate::plan::each::end::{End, summary};
use crate::plan::each::file_name::stem;
use crate::plan::each::label::{Label, labels};
use crate::plan::list::row::Row;
use crate::world::process;
use crate::world::process::error::IoError;
use crate::world::process::output_dir::{self, OutputDir};
use crate::world::process::own_program;
use crate::world::process::signals::ShutdownSignals;
use crate::world::process::spool::Spool;
use crate::world::tty::printable::printable;
use crate::world::tty::terminal::Terminal;

/// Runs the command, or copies. Returns the highest exit status, or that of the signal that ended all.
///
/// # Errors
/// No instance, or what prevents all logins. A login that fails is none.
pub(crate) async fn run(request: &EachRequest, terminal: Terminal) -> Result<ExitCode, Error> {
    let terminal = terminal.with_verbosity(request.options.debug, request.verbose);
    process::make_children_waitable().map_err(IoError::Start)?;
    let found = Box::pin(find::rows(request, terminal));
    let rows = terminal.show_wait_during(false, found).await?;
    let mut signals = ShutdownSignals::listen_unless_ignored().map_err(IoError::Start)?;
    let stdin = tokio::select! {
        stdin = spooled(request) => stdin?,
        () = signals.next() => return Ok(status_of_signal(&signals)),
    };
    let labels = labels(&rows, printable);
    let stop = Stop::default();
    let children = Children {
        mssh: own_program::path().map_err(IoError::Start)?,
        sink: sink(request, &rows)?,
        request,
        rows: &rows,
        labels: &labels,
        stdin,
        stop: &stop,
    };
    let ends = all(&children, &mut signals).await;
    // Standard output and error become what they were.
    drop(children);
    report(&labels, &ends, terminal);
    stop.error()?;
    if signals.was_received() {
        return Ok(status_of_signal(&signals));
    }
    let highest = ends.iter().map(End::status).max();
    Ok(ExitCode::from(highest.unwrap_or_default()))
}

async fn spooled(request: &EachRequest) -> Result<Option<Spool>, Error> {
    if !request.options.stdin {
        return Ok(None);
    }
    let spool = Spool::of_stdin().await;
    Ok(Some(spool.map_err(IoError::Input)?))
}

/// Makes what is written to, before any login.
fn sink(request: &EachRequest, rows: &[Row]) -> Result<Sink, Error> {
    let stems = || rows.iter().map(stem).collect::<Vec<String>>();
    if let Some(dir) = request.dir_to_fill() {
        output_dir::make_dirs(dir, &stems())?;
    }
    Ok(match &request.options.output {
        Some(path) => {
            let stems = stems();
            Sink::Files(OutputDir::make(path, &stems)?, stems)
        }
        None => Sink::Lines(LineWriter::open().map_err(IoError::Output)?),
    })
}

/// Runs all, so many at once. The first signal ends them, the second one kills them.
async fn all(children: &Children<'_>, signals: &mut ShutdownSignals) -> Vec<End> {
    let count = children.rows.len();
    let stop = children.stop;
    let run = |at| async move { (at, children.run(at).await) };
    let runs = stream::iter(0..count).map(run);
    let mut runs = pin!(runs.buffer_unordered(children.request.jobs()));
    let mut ends = vec![End::NotBegun; count];
    loop {
        tokio::select! {
            // Ctrl-C ends the children of a terminal, too: they are stopped then, and have not failed.
            biased;
            () = signals.next() => stop.press(),
            () = stop.requested() => stop.press(),
            () = stop.late() => if !stop.press_again() {
                break;
            },
            next = runs.next() => match next {
                Some((at, end)) => ends[at] = end,
                None => break,
            },
        }
    }
    for at in stop.left() {
        ends[at] = End::Stopped;
    }
    ends
}

fn report(labels: &[Label], ends: &[End], terminal: Terminal) {
    let names = labels.iter().map(|label| label.text.as_str());
    for line in summary(&names.zip(ends)) {
        terminal.info(&line);
    }
}

/// As a shell has it.
fn status_of_signal(signals: &ShutdownSignals) -> ExitCode {
    let number = signals.received().and_then(|it| u8::try_from(it).ok());
    ExitCode::from(128_u8.saturating_add(number.unwrap_or_default()))
}
