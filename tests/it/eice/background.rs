//! Long-lived tunnels, with ssh in the foreground or background; and how they end.

use std::net::TcpStream;
use std::path::Path;

use rustix::process::Signal;

use crate::lab::Caller;
use crate::lab::instances::PRIVATE;
use crate::sandbox::eice::command;
use crate::sandbox::{
    Login, Outcome, PATIENCE, caller, echo_server, echoes, eventually, finish, free_port,
    leaves_nothing,
};

/// `mssh` with a ControlPath.
fn sharing(caller: &Caller<'_>, socket: &Path, words: &[&str]) -> Outcome {
    let mut mssh = command(caller, "mssh");
    finish(
        mssh.args(["--eice", "-S"])
            .arg(socket)
            .args(words)
            .arg(PRIVATE),
    )
}

/// Over a master there is no call, no key and no second tunnel. The tunnel ends with the master.
fn is_a_master(caller: &Caller<'_>, socket: &Path) {
    let calls = caller.calls().len();
    let mut second = command(caller, "mssh");
    second.args(["--eice", "-S"]).arg(socket);
    finish(second.args([PRIVATE, "echo shared"])).prints("shared\n");
    assert_eq!((caller.calls().len(), caller.tunnels().len()), (calls, 1));
    let exit = sharing(caller, socket, &["-O", "exit"]);
    assert_eq!(exit.code, Some(0), "{exit:?}");
    assert!(eventually(PATIENCE, || !caller.tunnels()[0].end.is_empty()));
    leaves_nothing(caller);
}

/// Stderr is a pipe here: its reader does not wait for the tunnel, which has closed it, as ssh
/// does.
#[test]
fn with_f_the_tunnel_goes_to_the_background_with_ssh() {
    let caller = caller();
    let port = free_port();
    let forward = format!("127.0.0.1:{port}:127.0.0.1:{}", echo_server());
    let socket = caller.run_dir().join("master");
    let strict = ["-o", "ExitOnForwardFailure=yes"];
    let words = [&["-f", "-N", "-M", "-L", &forward][..], &strict].concat();
    sharing(&caller, &socket, &words).prints("");
    echoes(&mut TcpStream::connect(("127.0.0.1", port)).expect("a forwarded port"));
    is_a_master(&caller, &socket);
}

#[test]
fn a_persistent_master_keeps_its_tunnel() {
    let caller = caller();
    let socket = caller.run_dir().join("persists");
    let persists = ["-o", "ControlMaster=auto", "-o", "ControlPersist=60"];
    let mut first = command(&caller, "mssh");
    first.arg("--eice").args(persists).arg("-S").arg(&socket);
    finish(first.args([PRIVATE, "echo first"])).prints("first\n");
    let check = sharing(&caller, &socket, &["-O", "check"]);
    assert_eq!(check.code, Some(0), "{check:?}");
    is_a_master(&caller, &socket);
}

#[test]
fn the_tunnel_ends_with_ssh_however_ssh_ends() {
    for signal in [Signal::TERM, Signal::HUP, Signal::KILL, Signal::INT] {
        let caller = caller();
        let mut session = Login::open(command(&caller, "mssh").args(["--eice", PRIVATE]));
        assert!(session.answers());
        assert_eq!(caller.tunnels()[0].end, "");
        session.signal(signal);
        session.end();
        let ended = || !caller.tunnels()[0].end.is_empty();
        assert!(
            eventually(PATIENCE, ended),
            "the tunnel outlives {signal:?}"
        );
        // Either side may close first; both do so with a close frame.
        let end = &caller.tunnels()[0].end;
        let closed = [
            "closed by the client with Some(1000)",
            "closed by the instance",
        ];
        assert!(closed.contains(&&**end), "{end}");
        leaves_nothing(&caller);
    }
}
