//! The keys of a terminal, read by a thread that can be stopped: what is typed afterwards is left for
//! the next program.

use std::fs::File;
use std::io::{self, PipeReader, PipeWriter, Read};
use std::sync::Arc;
use std::thread::JoinHandle;

use rustix::event::{PollFd, PollFlags, poll};
use rustix::io::Errno;
use tokio::sync::mpsc::{UnboundedReceiver, UnboundedSender, unbounded_channel};

/// The keys that are pressed until this is dropped.
pub(super) struct Keyboard {
    bytes: UnboundedReceiver<Vec<u8>>,
    /// The thread ends when this is closed.
    stop: Option<PipeWriter>,
    thread: Option<JoinHandle<()>>,
}

impl Keyboard {
    /// Starts to read.
    ///
    /// # Errors
    /// If the system has no thread or pipe left.
    pub(super) fn of(terminal: &Arc<File>) -> io::Result<Self> {
        let (stopped, stop) = io::pipe()?;
        let (sender, bytes) = unbounded_channel();
        let terminal = Arc::clone(terminal);
        let thread = std::thread::Builder::new();
        let thread = thread.spawn(move || read(&terminal, &stopped, &sender))?;
        Ok(Self {
            bytes,
            stop: Some(stop),
            thread: Some(thread),
        })
    }

    /// The next bytes; `None` if the terminal is gone.
    pub(super) async fn read(&mut self) -> Option<Vec<u8>> {
        self.bytes.recv().await
    }
}

impl Drop for Keyboard {
    fn drop(&mut self) {
        self.stop = None;
        if let Some(thread) = self.thread.take() {
            let _ = thread.join();
        }
    }
}

fn read(mut terminal: &File, stopped: &PipeReader, sender: &UnboundedSender<Vec<u8>>) {
    let mut bytes = [0; 256];
    loop {
        let mut fds = [
            PollFd::new(terminal, PollFlags::IN),
            PollFd::new(stopped, PollFlags::IN),
        ];
        match poll(&mut fds, None) {
            Err(Errno::INTR) => continue,
            Ok(_) if fds[1].revents().is_empty() => {}
            Ok(_) | Err(_) => return,
        }
        match terminal.read(&mut bytes) {
            Ok(count @ 1..) if sender.send(bytes[..count].to_vec()).is_ok() => {}
            _ => return,
        }
    }
}
