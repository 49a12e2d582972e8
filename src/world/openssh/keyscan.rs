//! Asks a server for its host keys, by ssh-keyscan(1).

use std::process::Stdio;
use std::time::Duration;

use tokio::process::Command;
use tokio::time::timeout;

use crate::world::process::{self, bounded};

/// How long it may take.
const LIMIT: Duration = Duration::from_secs(1);

/// How many bytes it may print.
const MOST: usize = 64 * 1024;

/// The types and the keys, as in known_hosts; none if the server does not answer in time.
pub(crate) async fn host_keys(address: &str, port: u16) -> Vec<(String, String)> {
    let mut printed = Vec::new();
    let _ = timeout(LIMIT, scan(address, port, &mut printed)).await;
    let text = String::from_utf8_lossy(&printed);
    let lines = text.lines().filter(|it| !it.starts_with('#'));
    let keys = lines.filter_map(|line| {
        let mut words = line.split(' ').skip(1).map(str::to_owned);
        Some((words.next()?, words.next()?))
    });
    keys.collect()
}

async fn scan(address: &str, port: u16, printed: &mut Vec<u8>) -> Option<()> {
    let mut child = Command::new(process::find("ssh-keyscan").ok()?)
        .args(["-T", "1", "-p", &port.to_string(), "--", address])
        .stdin(Stdio::null())
        .stdout(Stdio::piped())
        .stderr(Stdio::null())
        .kill_on_drop(true)
        .spawn()
        .ok()?;
    let mut stdout = child.stdout.take()?;
    bounded::pipe(&mut stdout, printed, MOST).await.ok()
}
