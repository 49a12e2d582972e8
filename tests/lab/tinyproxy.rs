//! A real HTTP proxy, and the requests it has received.

use std::fs;
use std::io;
use std::net::{Ipv4Addr, TcpListener, TcpStream};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::thread;
use std::time::{Duration, Instant};

/// tinyproxy on loopback, until dropped.
pub(crate) struct Tinyproxy {
    child: Child,
    port: u16,
    log: PathBuf,
}

impl Tinyproxy {
    /// Starts one with these lines in its configuration, and its files in `directory`.
    pub(crate) fn start(directory: &Path, lines: &[&str]) -> io::Result<Self> {
        Self::start_by(Command::new("tinyproxy"), directory, lines)
    }

    /// The same with this `tinyproxy` command.
    pub(crate) fn start_by(
        mut command: Command,
        directory: &Path,
        lines: &[&str],
    ) -> io::Result<Self> {
        fs::create_dir_all(directory)?;
        let port = TcpListener::bind((Ipv4Addr::LOCALHOST, 0))?
            .local_addr()?
            .port();
        let (config, log) = (directory.join("conf"), directory.join("log"));
        let lines = lines.join("\n");
        let text = format!(
            "Port {port}\nListen 127.0.0.1\nAllow 127.0.0.1\nTimeout 60\nLogLevel Connect\n\
             LogFile \"{}\"\n{lines}\n",
            log.display()
        );
        fs::write(&config, text)?;
        let child = command
            .arg("-d")
            .arg("-c")
            .arg(&config)
            .stdin(Stdio::null())
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .spawn()
            .map_err(|error| {
                io::Error::other(format!("tinyproxy (scripts/setup tests): {error}"))
            })?;
        let proxy = Self { child, port, log };
        let began = Instant::now();
        while TcpStream::connect((Ipv4Addr::LOCALHOST, port)).is_err() {
            if began.elapsed() > Duration::from_secs(20) {
                return Err(io::Error::other("tinyproxy does not listen"));
            }
            thread::sleep(Duration::from_millis(10));
        }
        Ok(proxy)
    }

    /// A proxy that refuses every host, without resolving it.
    pub(crate) fn refusing(directory: &Path) -> io::Result<Self> {
        fs::create_dir_all(directory)?;
        let filter = directory.join("filter");
        fs::write(&filter, "^nothing$\n")?;
        let filter = format!("Filter \"{}\"", filter.display());
        Self::start(directory, &["FilterDefaultDeny Yes", &filter])
    }

    /// `127.0.0.1:PORT`.
    pub(crate) fn address(&self) -> String {
        format!("127.0.0.1:{}", self.port)
    }

    /// The request lines so far: `CONNECT HOST:PORT HTTP/1.1`, `POST http://…`.
    pub(crate) fn requests(&self) -> Vec<String> {
        let log = fs::read_to_string(&self.log).unwrap_or_default();
        let requests = log.lines().filter_map(|line| {
            let (_, request) = line.split_once("Request (file descriptor ")?;
            Some(request.split_once("): ")?.1.to_owned())
        });
        requests.collect()
    }
}

impl Drop for Tinyproxy {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}
