//! A long session, with ssh in the background; and its memory.

use std::fs;
use std::io::{Read, Write};
use std::net::TcpStream;
use std::path::Path;
use std::process::{Command, Stdio};
use std::thread;

use super::{bytes, service, the_session, wait, words};
use crate::lab::Caller;
use crate::lab::instances::WEB1;
use crate::sandbox::{Outcome, caller, echo_server, echoes, finish, free_port, leaves_nothing};

/// `mssh --ssm` with a ControlPath.
fn sharing(caller: &Caller<'_>, socket: &Path, words: &[&str]) -> Outcome {
    let mut mssh = caller.command("mssh");
    mssh.arg("--ssm").arg(format!("-p{}", caller.lab().port()));
    finish(mssh.arg("-S").arg(socket).args(words))
}

/// Stderr is a pipe here: its reader does not wait for the tunnel, which has closed it, as ssh
/// does.
#[test]
fn with_f_the_tunnel_goes_to_the_background_and_is_shared() {
    let caller = caller();
    let port = free_port();
    let forward = format!("127.0.0.1:{port}:127.0.0.1:{}", echo_server());
    let socket = caller.run_dir().join("master");
    let words = ["-fNM", "-L", &forward, WEB1];
    sharing(&caller, &socket, &words).prints("");
    echoes(&mut TcpStream::connect(("127.0.0.1", port)).expect("a forwarded port"));
    let calls = caller.calls().len();
    let second = sharing(&caller, &socket, &[WEB1, "echo shared"]);
    second.prints("shared\n");
    assert_eq!(caller.calls().len(), calls);
    let exit = sharing(&caller, &socket, &["-O", "exit", WEB1]);
    assert_eq!(exit.code, Some(0), "{exit:?}");
    the_session(&caller);
    leaves_nothing(&caller);
}

/// A tunnel that is limited to 16 MB of data.
#[test]
fn a_long_stream_takes_little_memory() {
    let caller = caller();
    let content = bytes(30_000_000, 9);
    let sent = content.clone();
    let (port, served) = service(move |mut stream| {
        let mut writer = stream.try_clone().expect("a socket");
        let wrote = thread::spawn(move || writer.write_all(&sent).is_ok());
        let mut got = vec![0; 30_000_000];
        stream.read_exact(&mut got).expect("all of it");
        assert!(wrote.join().expect("no panic"));
        got
    });
    let mut tunnel = caller.command("prlimit");
    tunnel.args(["--data=16777216", env!("CARGO_BIN_EXE_mssh")]);
    let (up, down, peak) = through(tunnel.args(words(port)), &content);
    assert!(up == content && served.join().expect("no panic") == content);
    assert!(down.is_empty());
    the_session(&caller);
    // Without mapped files, which are the binary: it is large in a debug build.
    assert!(peak < 8 * 1024, "{peak} KiB");
}

/// Sends the content, and reads as much. Returns what arrived, what followed, and the memory.
fn through(tunnel: &mut Command, content: &[u8]) -> (Vec<u8>, Vec<u8>, u64) {
    tunnel.stdin(Stdio::piped()).stdout(Stdio::piped());
    let mut child = tunnel.spawn().expect("prlimit, of util-linux");
    let mut stdin = child.stdin.take().expect("a pipe");
    let mut stdout = child.stdout.take().expect("a pipe");
    let content = content.to_vec();
    let mut got = vec![0; content.len()];
    let writes = thread::spawn(move || {
        stdin.write_all(&content).expect("a tunnel");
        stdin
    });
    stdout.read_exact(&mut got).expect("all of it");
    let stdin = writes.join().expect("no panic");
    let status = fs::read_to_string(format!("/proc/{}/status", child.id())).expect("a process");
    let kilobytes = |name: &str| {
        let line = status.lines().find_map(|line| line.strip_prefix(name));
        let number = line.and_then(|it| it.split_whitespace().next()?.parse::<u64>().ok());
        number.expect(name)
    };
    let peak = kilobytes("VmHWM:") - kilobytes("RssFile:");
    drop(stdin);
    let mut rest = Vec::new();
    stdout.read_to_end(&mut rest).expect("the output");
    assert_eq!(wait(&mut child), Some(0));
    (got, rest, peak)
}
