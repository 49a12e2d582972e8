//! The user's own agent (ssh-agent(1)) with the block installed: it is forwarded, and its keys log in
//! where ours does not.

use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};

use crate::lab::instances::WEB1;
use crate::sandbox::{Outcome, PATIENCE, SshUser, eventually, finish};

/// A real ssh-agent with a key that WEB1 accepts for a minute; killed on drop.
struct Agent {
    child: Child,
    socket: PathBuf,
}

impl Agent {
    /// With the RSA key `my`, whose private half is in the agent only.
    #[track_caller]
    fn of(user: &SshUser) -> Self {
        let socket = user.home.join("agent");
        let mut agent = user.command("ssh-agent");
        agent.args(["-D", "-a"]).arg(&socket).stdin(Stdio::null());
        let child = agent.stdout(Stdio::null()).spawn().expect("ssh-agent");
        assert!(eventually(PATIENCE, || socket.exists()));
        let agent = Self { child, socket };
        user.run("ssh-keygen", &["-q", "-t", "rsa", "-N", "", "-f", "my"])
            .prints("");
        user.run("mssh", &["-i", "my", WEB1, "true"]).prints("");
        let mut add = user.command("ssh-add");
        add.env("SSH_AUTH_SOCK", &agent.socket);
        let outcome = finish(add.args(["-q", "my"]));
        assert_eq!(outcome.code, Some(0), "{outcome:?}");
        std::fs::remove_file(user.home.join("my")).expect("a file");
        agent
    }
}

impl Drop for Agent {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

fn ssh(user: &SshUser, agent: Option<&Path>, words: &[&str]) -> Outcome {
    let mut ssh: Command = user.command("ssh");
    if let Some(agent) = agent {
        ssh.env("SSH_AUTH_SOCK", agent);
    }
    finish(ssh.args(words))
}

/// Does not let ssh use our key, which is an ed25519 key.
const RSA_ONLY: [&str; 2] = ["-o", "PubkeyAcceptedAlgorithms=rsa-sha2-512,rsa-sha2-256"];

/// The public half of `my`, as `ssh-add -L` prints it.
fn public(user: &SshUser) -> String {
    super::text(&user.home.join("my.pub"))
}

#[test]
fn the_users_agent_is_forwarded_and_not_ours() {
    let yes = SshUser::installed("Host *\n    ForwardAgent yes\n", &[]);
    let no = SshUser::installed("", &[]);
    for (user, flag) in [(&yes, "-n"), (&no, "-A")] {
        let agent = Agent::of(user);
        let listed = ssh(user, Some(&agent.socket), &[flag, WEB1, "ssh-add -L"]);
        listed.prints(&public(user));
        // Without an agent of the user's, nothing is in there.
        let listed = ssh(user, None, &[flag, WEB1, "ssh-add -L"]);
        assert_eq!(listed.code, Some(1), "{listed:?}");
        assert!(!listed.stdout.contains("ssh-"), "{listed:?}");
        user.is_clean();
    }
}

/// What a server asks for through ssh goes to the agent of that ssh, whoever else has logged in since.
#[test]
fn forwarding_outlives_later_logins() {
    let user = SshUser::installed("", &[]);
    let agent = Agent::of(&user);
    let mut ssh = user.command("ssh");
    ssh.env("SSH_AUTH_SOCK", &agent.socket);
    ssh.args(["-A", WEB1, "while read -r _; do ssh-add -L; done"]);
    ssh.stdin(Stdio::piped()).stdout(Stdio::piped());
    let mut session = ssh.spawn().expect("ssh");
    let mut stdin = session.stdin.take().expect("a pipe");
    let stdout = session.stdout.take().expect("a pipe");
    let mut lines = std::io::BufRead::lines(std::io::BufReader::new(stdout));
    let mut ask = || {
        use std::io::Write;
        stdin.write_all(b"\n").expect("written");
        lines.next().expect("a line").expect("text") + "\n"
    };
    assert_eq!(ask(), public(&user));
    for _ in 0..2 {
        user.run("ssh", &[WEB1, "true"]).prints("");
        assert_eq!(ask(), public(&user));
    }
    drop(stdin);
    assert!(session.wait().expect("a child").success());
    user.is_clean();
}

#[test]
fn a_key_that_only_the_users_agent_has_logs_in() {
    for config in ["", "Host *\n    IdentityFile ~/my.pub\n"] {
        let user = SshUser::installed(config, &[]);
        let agent = Agent::of(&user);
        let words = [&RSA_ONLY[..], &[WEB1, "echo in"]].concat();
        ssh(&user, Some(&agent.socket), &words).prints("in\n");
        let denied = ssh(&user, None, &words);
        assert_eq!(denied.code, Some(255), "{denied:?}");
        user.is_clean();
    }
}

/// Since 10.5, ssh gives its ProxyCommand the path of its IdentityAgent as SSH_AUTH_SOCK.
#[test]
fn the_users_agent_is_found_where_the_variable_names_ours() {
    let user = SshUser::installed("", &[]);
    let agent = Agent::of(&user);
    let file = user.dot_ssh("mssh.conf");
    let ours = format!("env SSH_AUTH_SOCK='{}/%h.%p.%r' ", user.keys().display());
    let block = super::text(&file).replace("ProxyCommand ", &format!("ProxyCommand {ours}"));
    std::fs::write(&file, block).expect("a file");
    let words = [&RSA_ONLY[..], &["-A", WEB1, "ssh-add -L"]].concat();
    ssh(&user, Some(&agent.socket), &words).prints(&public(&user));
    let denied = ssh(&user, None, &words);
    assert_eq!(denied.code, Some(255), "{denied:?}");
    user.is_clean();
}

#[test]
fn an_identity_agent_of_the_users_is_asked() {
    let user = SshUser::installed("Include more.*\n", &[]);
    let text = "Host *\n    identityagent=\"~/agent\"\n";
    std::fs::write(user.dot_ssh("more.conf"), text).expect("a file");
    let _agent = Agent::of(&user);
    let words = [&RSA_ONLY[..], &["-A", WEB1, "ssh-add -L"]].concat();
    ssh(&user, Some(Path::new("/nowhere")), &words).prints(&public(&user));
    let none = SshUser::installed("Host *\n    IdentityAgent none\n", &[]);
    let agent = Agent::of(&none);
    let denied = ssh(&none, Some(&agent.socket), &words);
    assert_eq!(denied.code, Some(255), "{denied:?}");
    user.is_clean();
}
