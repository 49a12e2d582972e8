//! The signals by which others tell us that we are to go: ssh sends SIGHUP to its ProxyCommand.

use std::io;

use tokio::signal::unix::{Signal, SignalKind, signal};

/// From when it is made on, these signals end nothing by themselves.
#[derive(Debug)]
pub struct Hangup {
    signals: [Signal; 3],
}

impl Hangup {
    /// Begins to listen.
    ///
    /// # Errors
    /// When the system does not let us.
    pub fn listen() -> io::Result<Self> {
        let signals = [
            signal(SignalKind::hangup())?,
            signal(SignalKind::terminate())?,
            signal(SignalKind::interrupt())?,
        ];
        Ok(Self { signals })
    }

    /// Waits for the next of them. None is lost while nobody waits.
    pub async fn next(&mut self) {
        let [hangup, terminate, interrupt] = &mut self.signals;
        tokio::select! {
            _ = hangup.recv() => {}
            _ = terminate.recv() => {}
            _ = interrupt.recv() => {}
        }
    }
}
