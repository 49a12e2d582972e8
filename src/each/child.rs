//! One login: mssh or mscp as a child.

use std::cell::RefCell;
use std::io;
use std::os::unix::process::ExitStatusExt;
use std::path::PathBuf;
use std::process::{ExitStatus, Stdio};
use std::time::Duration;

use tokio::io::{AsyncRead, AsyncReadExt};
use tokio::process::{Child, Command};
use tokio::sync::watch;
use tokio::task::yield_now;
use tokio::time::sleep;

use super::line_writer::{LineWriter, Stream};
use super::stop::Stop;
use crate::plan::cli::each::EachRequest;
use crate::plan::each::end::{End, Reason};
use crate::plan::each::label::Label;
use crate::plan::each::lines::LineSplitter;
use crate::plan::list::row::Row;
use crate::world::process::output_dir::OutputDir;
use crate::world::process::spool::Spool;

/// How long a pipe may stay silent after the child has ended: a process that ssh leaves behind, such as
/// a master connection, keeps it open.
const SILENCE: Duration = Duration::from_millis(100);

/// How much of a file of standard error is searched for the reason, in bytes.
const END: u32 = 8 * 1024;

/// Where output goes.
pub(super) enum Sink {
    /// To ours, line by line.
    Lines(LineWriter),
    /// To files with these names.
    Files(OutputDir, Vec<String>),
}

/// All logins.
pub(super) struct Children<'a> {
    pub(super) mssh: PathBuf,
    pub(super) request: &'a EachRequest,
    pub(super) rows: &'a [Row],
    pub(super) labels: &'a [Label],
    pub(super) stdin: Option<Spool>,
    pub(super) sink: Sink,
    pub(super) stop: &'a Stop,
}

impl Children<'_> {
    /// Runs the login with this number to its end.
    pub(super) async fn run(&self, at: usize) -> End {
        if self.stop.is_begun() {
            return End::NotBegun;
        }
        let ended = match &self.sink {
            Sink::Lines(writer) => self.with_lines(at, writer).await,
            Sink::Files(dir, stems) => self.with_files(at, dir, &stems[at]).await,
        };
        // A signal that has ended the child may have come for all: it is noticed first.
        yield_now().await;
        match ended {
            Ok((status, _)) if self.stop.is_begun() && !status.success() => End::Stopped,
            Ok((status, reason)) => End::of(status.code(), status.signal(), reason),
            Err(cause) => {
                let mut reason = Reason::default();
                reason.note(format!("cannot start: {cause}").as_bytes());
                End::of(None, None, reason)
            }
        }
    }

    fn command(&self, at: usize) -> io::Result<Command> {
        let mut command = Command::new(&self.mssh);
        command
            .arg0(self.request.program.name())
            .args(self.request.words(&self.rows[at]))
            .stdin(match &self.stdin {
                Some(spool) => spool.open()?.into(),
                None => Stdio::null(),
            })
            .kill_on_drop(true);
        Ok(command)
    }

    fn start(&self, at: usize, command: &mut Command) -> io::Result<Child> {
        let child = command.spawn()?;
        self.stop.add(at, child.id());
        Ok(child)
    }

    async fn wait(&self, at: usize, child: &mut Child) -> io::Result<ExitStatus> {
        let status = child.wait().await;
        self.stop.remove(at);
        status
    }

    async fn with_files(
        &self,
        at: usize,
        dir: &OutputDir,
        stem: &str,
    ) -> io::Result<(ExitStatus, Reason)> {
        let [stdout, stderr] = dir.open(stem)?;
        let mut command = self.command(at)?;
        let mut child = self.start(at, command.stdout(stdout).stderr(stderr))?;
        // It would keep the files open.
        drop(command);
        let status = self.wait(at, &mut child).await?;
        let mut reason = Reason::default();
        let end = dir.end_of_stderr(stem, END);
        end.split(|byte| *byte == b'\n')
            .for_each(|line| reason.note(line));
        Ok((status, reason))
    }

    async fn with_lines(&self, at: usize, writer: &LineWriter) -> io::Result<(ExitStatus, Reason)> {
        let mut command = self.command(at)?;
        command.stdout(Stdio::piped()).stderr(Stdio::piped());
        let mut child = self.start(at, &mut command)?;
        let (stdout, stderr) = (child.stdout.take(), child.stderr.take());
        let reason = RefCell::new(Reason::default());
        let (ended, is_ended) = watch::channel(false);
        let copy = |stream| Copy {
            writer,
            stream,
            label: &self.labels[at],
            reason: &reason,
            stop: self.stop,
            is_ended: is_ended.clone(),
        };
        let wait = async {
            let status = self.wait(at, &mut child).await;
            ended.send_replace(true);
            status
        };
        let (status, (), ()) = tokio::join!(
            wait,
            copy(Stream::Stdout).all(stdout),
            copy(Stream::Stderr).all(stderr)
        );
        Ok((status?, reason.into_inner()))
    }
}

/// Copies one output of a child.
struct Copy<'a> {
    writer: &'a LineWriter,
    stream: Stream,
    label: &'a Label,
    reason: &'a RefCell<Reason>,
    stop: &'a Stop,
    /// Whether the child has ended.
    is_ended: watch::Receiver<bool>,
}

impl Copy<'_> {
    /// Copies to the end, line by line.
    async fn all(mut self, pipe: Option<impl AsyncRead + Unpin>) {
        let Some(mut pipe) = pipe else {
            return;
        };
        let mut splitter = LineSplitter::default();
        let mut buffer = vec![0; 16 * 1024];
        loop {
            let read = tokio::select! {
                biased;
                read = pipe.read(&mut buffer) => read,
                () = silence(&mut self.is_ended) => break,
            };
            let Ok(bytes @ 1..) = read else {
                break;
            };
            let mut lines = Vec::new();
            splitter.take(&buffer[..bytes], |line| self.add(line, &mut lines));
            self.write(&lines).await;
        }
        if let Some(last) = splitter.finish() {
            let mut line = Vec::new();
            self.add(&last, &mut line);
            self.write(&line).await;
        }
    }

    fn add(&self, line: &[u8], to: &mut Vec<u8>) {
        if self.stream == Stream::Stderr {
            self.reason.borrow_mut().note(line);
        }
        to.extend(self.writer.line(self.stream, self.label, line));
    }

    async fn write(&self, lines: &[u8]) {
        if let Err(error) = self.writer.write(self.stream, lines).await {
            self.stop.fail(error);
        }
    }
}

/// Waits until the child has ended, and a while longer.
async fn silence(is_ended: &mut watch::Receiver<bool>) {
    let _ = is_ended.wait_for(|it| *it).await;
    sleep(SILENCE).await;
}
