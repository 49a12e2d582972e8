//! Closes the connection that was idle longest, if another client waits.

use std::cell::Cell;
use std::future::pending;
use std::net::SocketAddr;
use std::rc::Rc;
use std::time::{Duration, Instant};

use tokio::sync::oneshot;
use tokio::time::sleep;

use super::Caller;

/// How long a connection must be idle before it may be closed.
const IDLE: Duration = Duration::from_secs(10);

/// The open connections.
#[derive(Debug, Default)]
pub(crate) struct Connections(Vec<Entry>);

#[derive(Debug)]
struct Entry {
    peer: SocketAddr,
    used: Rc<Cell<Instant>>,
    makes_room: Rc<Cell<bool>>,
    /// Asks for its end; `None` once that has happened.
    ask: Option<oneshot::Sender<()>>,
}

impl Connections {
    /// Adds a connection. The receiver gets a message when it must close.
    pub(crate) fn add(&mut self, caller: &Caller) -> oneshot::Receiver<()> {
        self.remove_closed();
        let (ask, asked) = oneshot::channel();
        self.0.push(Entry {
            peer: caller.peer,
            used: caller.used(),
            makes_room: caller.makes_room(),
            ask: Some(ask),
        });
        asked
    }

    /// Waits until the connection that was idle longest has been so for [`IDLE`], asks for its end and
    /// returns its peer. Waits while another one is closing. May be dropped and called again.
    pub(crate) async fn make_room(&mut self) -> SocketAddr {
        self.remove_closed();
        loop {
            if self.0.iter().any(|it| it.ask.is_none()) {
                return pending().await;
            }
            let Some(longest) = self.0.iter_mut().min_by_key(|it| it.used.get()) else {
                return pending().await;
            };
            let left = IDLE.saturating_sub(longest.used.get().elapsed());
            if left.is_zero() {
                longest.makes_room.set(true);
                longest.ask.take().map(|ask| ask.send(()));
                return longest.peer;
            }
            sleep(left).await;
        }
    }

    /// A closed connection has dropped its own reference to `used`.
    fn remove_closed(&mut self) {
        self.0.retain(|it| Rc::strong_count(&it.used) > 1);
    }
}

#[cfg(test)]
mod tests {
    use tokio::net::{TcpListener, TcpStream};

    use super::*;

    #[tokio::test]
    async fn closed_connections_are_removed() -> std::io::Result<()> {
        let port = TcpListener::bind("127.0.0.1:0").await?;
        let mut served = Connections::default();
        for _ in 0..50 {
            let _there = TcpStream::connect(port.local_addr()?).await?;
            let (stream, peer) = port.accept().await?;
            drop(served.add(&Caller::new(stream, peer)));
        }
        assert_eq!(served.0.len(), 1, "only the last");
        Ok(())
    }
}
