//! Addresses where packets are dropped, as behind a firewall.
//!
//! This needs no real firewall: the kernel drops a SYN for a listener whose queue of unaccepted
//! connections is full (listen(2), `tcp_abort_on_overflow` in tcp(7)).

use std::io;
use std::net::{IpAddr, SocketAddr, TcpStream};
use std::os::fd::OwnedFd;
use std::time::Duration;

use rustix::net::sockopt::set_socket_reuseaddr;
use rustix::net::{AddressFamily, SocketType, bind, listen, socket};

use super::instances::{Firewall, INSTANCES};

/// More than a connection on loopback takes.
const PATIENCE: Duration = Duration::from_millis(100);

pub(crate) struct Blackholes {
    listeners: Vec<OwnedFd>,
    queued: Vec<TcpStream>,
}

impl Blackholes {
    /// Opens them at the port of the instances. Those of another lab serve as well, where it has
    /// taken the addresses.
    pub(crate) fn open(port: u16) -> io::Result<Self> {
        let dropping = INSTANCES.iter().flat_map(|it| match it.firewall {
            Firewall::Open | Firewall::Rejects(_) => [None, None],
            Firewall::Drops(_) => [it.private, None],
            Firewall::DropsAll => [it.private, it.public],
        });
        let addresses = dropping.flatten().filter_map(|it| it.parse().ok());
        let mut blackholes = Self {
            listeners: Vec::new(),
            queued: Vec::new(),
        };
        for address in addresses {
            blackholes.open_at(SocketAddr::new(address, port))?;
        }
        Ok(blackholes)
    }

    /// Opens one.
    pub(crate) fn at(at: SocketAddr) -> io::Result<Self> {
        let mut blackholes = Self {
            listeners: Vec::new(),
            queued: Vec::new(),
        };
        blackholes.open_at(at)?;
        Ok(blackholes)
    }

    fn open_at(&mut self, at: SocketAddr) -> io::Result<()> {
        let family = match at {
            SocketAddr::V4(_) => AddressFamily::INET,
            SocketAddr::V6(_) => AddressFamily::INET6,
        };
        let listener = socket(family, SocketType::STREAM, None)?;
        // An earlier lab may have left connections in TIME_WAIT.
        set_socket_reuseaddr(&listener, true)?;
        match bind(&listener, &at) {
            Err(rustix::io::Errno::ADDRINUSE) => return Ok(()),
            bound => bound?,
        }
        listen(&listener, 0)?;
        self.listeners.push(listener);
        while let Ok(stream) = TcpStream::connect_timeout(&at, PATIENCE) {
            self.queued.push(stream);
        }
        Ok(())
    }
}
