//! What ssh is used for, through a tunnel that mssh chose.

use std::fs;
use std::net::TcpStream;
use std::path::PathBuf;
use std::process::Command;

use super::{look_ups, port, route};
use crate::lab::Caller;
use crate::lab::instances::{REJECTS_DIRECT, SSM_ONLY};
use crate::sandbox::eice::command;
use crate::sandbox::{
    PATIENCE, caller, echo_server, echoes, eventually, finish, finish_with, free_port, lab,
    leaves_nothing, pushes,
};

/// A directory of the caller, which this machine and every instance share.
struct SharedDirectory(PathBuf);

impl SharedDirectory {
    fn of(caller: &Caller<'_>) -> Self {
        let place = lab().path().join(format!("{}.auto", caller.access_key()));
        fs::create_dir_all(place.join("into")).expect("a directory");
        for name in ["a", "b"] {
            fs::write(place.join(name), name).expect("a file");
        }
        Self(place)
    }

    fn file(&self, name: &str) -> String {
        self.0.join(name).display().to_string()
    }

    fn at(&self, id: &str, name: &str) -> String {
        format!("{id}:{}", self.file(name))
    }

    #[track_caller]
    fn has(&self, name: &str, text: &str) {
        let copy = fs::read_to_string(self.0.join(name));
        assert_eq!(copy.expect("a file"), text);
    }
}

fn with_ssm(caller: &Caller<'_>, program: &str) -> Command {
    let mut command = command(caller, program);
    let letter = if program == "mssh" { "-p" } else { "-P" };
    command.arg(format!("{letter}{}", lab().port()));
    command
}

#[test]
fn msftp_mscp_and_rsync_copy_through_a_tunnel() {
    let caller = caller();
    let place = SharedDirectory::of(&caller);
    let (a, b) = (place.at(SSM_ONLY, "a"), place.at(SSM_ONLY, "b"));
    finish(with_ssm(&caller, "mscp").args(["-q", &a, &b, &place.file("into")])).prints("");
    place.has("into/a", "a");
    place.has("into/b", "b");
    // scp starts ssh, and so a tunnel, for each source. mssh decides once.
    assert_eq!(caller.sessions().len(), 2);
    assert_eq!(look_ups(&caller), [1, 1]);

    let batch = format!("put {} {}", place.file("a"), place.file("c"));
    let mut msftp = with_ssm(&caller, "msftp");
    let outcome = finish_with(msftp.args(["-q", "-b", "-", SSM_ONLY]), batch.as_bytes());
    assert_eq!(outcome.code, Some(0), "{outcome:?}");
    place.has("c", "a");

    let mut rsync = command(&caller, "rsync");
    rsync.args([
        "-e",
        "mssh",
        &place.file("b"),
        &place.at(REJECTS_DIRECT, "d"),
    ]);
    finish(&mut rsync).prints("");
    place.has("d", "b");
    assert_eq!((caller.sessions().len(), caller.tunnels().len()), (3, 1));
    leaves_nothing(&caller);
}

/// `-f -N -L`, as a master. The tunnel goes to the background with ssh.
#[test]
fn a_background_connection_forwards_a_port_and_is_shared() {
    for (id, words, expected) in [
        (REJECTS_DIRECT, vec![], "eice"),
        (SSM_ONLY, vec![port()], "ssm"),
    ] {
        let caller = caller();
        let local = free_port();
        let forward = format!("127.0.0.1:{local}:127.0.0.1:{}", echo_server());
        let socket = caller.run_dir().join("master");
        let shared = |more: &[&str]| {
            let mut mssh = command(&caller, "mssh");
            mssh.arg("-S").arg(&socket).args(&words).args(more);
            finish(&mut mssh)
        };
        let strict = "-oExitOnForwardFailure=yes";
        shared(&["-f", "-N", "-M", strict, "-L", &forward, id]).prints("");
        echoes(&mut TcpStream::connect(("127.0.0.1", local)).expect("a forwarded port"));
        let calls = caller.calls().len();
        shared(&[id, "echo shared"]).prints("shared\n");
        assert_eq!(caller.calls().len(), calls, "{id}");
        assert_eq!((pushes(&caller).len(), route(&caller)), (1, expected));
        assert_eq!(shared(&["-O", "exit", id]).code, Some(0));
        leaves_nothing(&caller);
        let over = || match expected {
            "eice" => !caller.tunnels()[0].end.is_empty(),
            _ => caller.sessions()[0].ended.is_some(),
        };
        assert!(eventually(PATIENCE, over), "{id}");
    }
}
