//! What the benchmarks of tunnels measure: CPU time and memory of a tunnel, and echoes through it.

use std::fs;
use std::io::{Read, Write};
use std::net::{Ipv4Addr, TcpListener};
use std::process::Child;
use std::thread;
use std::time::{Duration, Instant};

/// What a transfer took.
pub(crate) struct Cost {
    pub(crate) took: Duration,
    /// CPU seconds of the tunnel.
    pub(crate) cpu: f64,
    /// Its peak resident memory, as Linux prints it.
    pub(crate) peak: String,
}

impl Cost {
    /// What a tunnel has taken so far. Then ends it.
    pub(crate) fn of(mut tunnel: Child, took: Duration) -> Self {
        let proc = format!("/proc/{}", tunnel.id());
        let stat = fs::read_to_string(format!("{proc}/stat")).expect("a process");
        let times = stat.rsplit(") ").next().unwrap_or_default().split(' ');
        let ticks = times.skip(11).take(2).flat_map(str::parse::<f64>);
        let ticks: f64 = ticks.sum();
        let status = fs::read_to_string(format!("{proc}/status")).expect("a process");
        let peak = status.lines().find_map(|line| line.strip_prefix("VmHWM:"));
        let peak = peak.unwrap_or("?").trim().to_owned();
        tunnel.kill().expect("a child");
        tunnel.wait().expect("a child");
        Self {
            took,
            // A clock tick is 10 ms on every Linux.
            cpu: ticks / 100.0,
            peak,
        }
    }

    pub(crate) fn print(&self, what: &str, megabytes: f64) {
        println!(
            "{what:<10}{:>8.1} MB/s{:>8.2} s of CPU for a GB,{:>10} at most",
            megabytes / self.took.as_secs_f64(),
            self.cpu / megabytes * 1000.0,
            self.peak
        );
    }
}

/// A server that echoes the bytes of one connection. Its port.
pub(crate) fn echo_server(address: Ipv4Addr) -> u16 {
    let listener = TcpListener::bind((address, 0)).expect("a port");
    let port = listener.local_addr().expect("an address").port();
    thread::spawn(move || {
        let (mut stream, _) = listener.accept().expect("a connection");
        stream.set_nodelay(true).expect("a socket");
        let mut key = [0];
        while stream.read_exact(&mut key).is_ok() && stream.write_all(&key).is_ok() {}
    });
    port
}

/// The times of the echoes of this many single bytes, sorted, in milliseconds.
pub(crate) fn echoes(to: &mut impl Write, from: &mut impl Read, keys: usize) -> Vec<f64> {
    let mut key = [b'x'];
    // The first waits for the tunnel.
    to.write_all(&key).expect("a tunnel");
    from.read_exact(&mut key).expect("an echo");
    let once = |_| {
        thread::sleep(Duration::from_millis(2));
        let started = Instant::now();
        to.write_all(&key).expect("a tunnel");
        from.read_exact(&mut key).expect("an echo");
        started.elapsed().as_secs_f64() * 1000.0
    };
    let mut times: Vec<f64> = (0..keys).map(once).collect();
    times.sort_by(f64::total_cmp);
    times
}

/// Prints the median and the 95th percentile of echoes, with and without a tunnel.
pub(crate) fn print_echoes(direct: &[f64], through: &[f64]) {
    println!("\necho of a keystroke, in ms: {} each", direct.len());
    println!("{:<28}{:>10}{:>10}", "", "median", "p95");
    for (what, times) in [("direct", direct), ("through the tunnel", through)] {
        let [median, p95] = [50, 95].map(|percent| times[times.len() * percent / 100]);
        println!("{what:<28}{median:>10.3}{p95:>10.3}");
    }
}
