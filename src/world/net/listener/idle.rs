//! Who of those that are served may give way to others: whoever has been idle for longest.

use std::cell::Cell;
use std::future::pending;
use std::net::SocketAddr;
use std::rc::Rc;
use std::time::{Duration, Instant};

use tokio::sync::oneshot;
use tokio::time::sleep;

use super::Caller;

/// How long nothing must have gone either way before somebody may be asked to go.
const IDLE: Duration = Duration::from_secs(10);

/// All that are served.
#[derive(Debug, Default)]
pub struct Connections(Vec<Entry>);

#[derive(Debug)]
struct Entry {
    peer: SocketAddr,
    used: Rc<Cell<Instant>>,
    makes_room: Rc<Cell<bool>>,
    /// How to ask it to go, unless it was asked already.
    ask: Option<oneshot::Sender<()>>,
}

impl Connections {
    /// One more; gives what it hears by when it is to go.
    pub fn add(&mut self, caller: &Caller) -> oneshot::Receiver<()> {
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

    /// Asks whoever has been idle for longest to go, as soon as that is long enough, and says who
    /// that is. One at a time: while one goes, this waits. May be dropped and called again.
    pub async fn make_room(&mut self) -> SocketAddr {
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

    /// Whoever is gone has let go of it.
    fn remove_closed(&mut self) {
        self.0.retain(|it| Rc::strong_count(&it.used) > 1);
    }
}

#[cfg(test)]
mod tests {
    use tokio::net::{TcpListener, TcpStream};

    use super::*;

    #[tokio::test]
    async fn nothing_is_kept_of_whoever_is_gone() -> std::io::Result<()> {
        let port = TcpListener::bind("127.0.0.1:0").await?;
        let mut served = Connections::default();
        for _ in 0..50 {
            let _there = TcpStream::connect(port.local_addr()?).await?;
            let (stream, peer) = port.accept().await?;
            drop(served.add(&Caller::new(stream, peer)));
        }
        assert_eq!(served.0.len(), 1, "but for the last");
        Ok(())
    }
}
