//! The agent, asked by the programs of OpenSSH and by hand. The client is this process.

mod serving;

use std::io::{Read, Write};
use std::net::{TcpListener, TcpStream};
use std::os::unix::net::UnixStream;
use std::path::Path;
use std::process::Command;

use rustix::process::geteuid;
use ssh_key::{PublicKey, Signature};

use tempfile::TempDir;

use self::serving::{Keys, Running, lines, succeeds};
use super::*;
use crate::wire::agent::{self, AgentIdentity};

#[test]
fn ssh_add_lists_our_key_once_it_is_pushed() {
    let agent = Running::start(None, |_| {});
    let mut listing = agent.ssh_add(&["-L"]).spawn().expect("ssh-add");
    std::thread::sleep(Duration::from_millis(300));
    assert!(listing.try_wait().expect("a child").is_none(), "too early");
    agent.pushed(true);
    let output = listing.wait_with_output().expect("ssh-add");
    assert_eq!(lines(&output.stdout), [format!("{} mssh", agent.line)]);

    agent.pushed(false);
    let output = agent.ssh_add(&["-L"]).output().expect("ssh-add");
    assert_eq!(lines(&output.stdout), ["The agent has no identities."]);
}

#[test]
fn keys_of_the_users_agent_are_listed_after_ours_and_sign() {
    let keys = Keys::make();
    let agent = Running::start(Some(&keys.socket), |_| {});
    agent.pushed(true);
    let output = agent.ssh_add(&["-L"]).output().expect("ssh-add");
    let theirs = keys.line("user");
    let ours = format!("{} mssh", agent.line);
    assert_eq!(lines(&output.stdout), [ours, theirs.clone()]);
    // It signs what is no login, which our key does not.
    assert!(succeeds(agent.ssh_add(&["-T"]).arg(keys.public("user"))));
    std::fs::write(keys.public("ours"), &agent.line).expect("a file");
    assert!(!succeeds(agent.ssh_add(&["-T"]).arg(keys.public("ours"))));

    // AddKeysToAgent, and the rest that concerns the user's keys alone.
    assert!(succeeds(agent.ssh_add(&["-q"]).arg(keys.path("other"))));
    assert_eq!(keys.listed(), [theirs, keys.line("other")]);
    assert!(succeeds(
        agent.ssh_add(&["-q", "-d"]).arg(keys.path("other"))
    ));
    assert!(succeeds(&mut agent.ssh_add(&["-q", "-D"])));
    assert_eq!(keys.listed(), ["The agent has no identities."]);
}

#[test]
fn an_agent_of_the_user_that_is_gone_changes_nothing() {
    let agent = Running::start(Some("/nowhere/agent".as_ref()), |_| {});
    agent.pushed(true);
    let output = agent.ssh_add(&["-L"]).output().expect("ssh-add");
    assert_eq!(lines(&output.stdout), [format!("{} mssh", agent.line)]);
    assert!(!succeeds(&mut agent.ssh_add(&["-q", "-D"])));
}

#[test]
fn other_processes_are_disconnected() {
    let agent = Running::start(None, |hooks| hooks.client = u32::MAX);
    agent.pushed(true);
    let output = agent.ssh_add(&["-L"]).output().expect("ssh-add");
    // By SIGPIPE, too.
    assert!(!output.status.success());
    assert!(output.stdout.is_empty());
    ask_credentials(&agent.socket).expect_err("a stranger");
}

#[test]
fn what_the_client_starts_after_its_login_has_the_users_agent() {
    let keys = Keys::make();
    let agent = Running::start(Some(&keys.socket), |_| {});
    agent.pushed(true);
    let mut client = agent.connect();
    assert_eq!(client.list().len(), 2);
    agent.held_back();
    let output = agent.ssh_add(&["-L"]).output().expect("ssh-add");
    assert_eq!(lines(&output.stdout), [keys.line("user")]);
    agent.pushed(true);
    // The client itself may log in again.
    assert_eq!(agent.connect().list().len(), 2);
}

#[test]
fn ssh_logs_in_with_our_key() {
    if !geteuid().is_root() || !Path::new("/usr/sbin/sshd").exists() {
        eprintln!("skipped: needs root and sshd");
        return;
    }
    let directory = TempDir::new().expect("a directory");
    let path = |name: &str| directory.path().join(name).display().to_string();
    let mut ssh_keygen = Command::new("ssh-keygen");
    ssh_keygen.args(["-q", "-t", "ed25519", "-N", "", "-f", &path("host")]);
    assert!(succeeds(&mut ssh_keygen));
    // The user of the test logs in.
    let agent = Running::start(None, |hooks| hooks.user = b"root");
    agent.pushed(true);
    std::fs::write(path("key.pub"), &agent.line).expect("a file");
    let sshd = format!(
        "/usr/sbin/sshd -i -f /dev/null -oStrictModes=no -oHostKey={} -oAuthorizedKeysFile={}",
        path("host"),
        path("key.pub")
    );
    let login = |user: &str| {
        let mut ssh = Command::new("ssh");
        ssh.args([
            "-F",
            "none",
            "-oBatchMode=yes",
            "-oStrictHostKeyChecking=no",
        ]);
        ssh.args([
            "-oUserKnownHostsFile=/dev/null",
            "-oLogLevel=ERROR",
            "-oIdentitiesOnly=yes",
        ]);
        ssh.arg(format!("-oIdentityAgent={}", agent.socket.display()));
        ssh.arg(format!("-oProxyCommand={sshd}"));
        ssh.args(["-i", &path("key.pub"), "-l", user, "host", "true"]);
        succeeds(&mut ssh)
    };
    assert!(login("root"));
    assert!(!login("daemon"));
}

#[test]
fn only_logins_of_our_users_on_the_bound_session_are_signed() {
    let agent = Running::start(None, |_| {});
    let mut client = agent.connect();
    let key = PublicKey::from_openssh(&agent.line).expect("a key");
    let blob = key.to_bytes().expect("a blob");
    // Not held back.
    let login = login("session", "ec2-user", &blob);
    let reply = client.ask(&sign(&blob, &login));
    let signature = Signature::try_from(&reply[5..]).expect("a signature");
    ed25519_dalek::Verifier::verify(key.key_data(), &login, &signature).expect("a valid signature");

    assert_eq!(client.ask(&bind("session", false)), agent::success());
    assert_eq!(client.ask(&sign(&blob, &login))[0], 14);
    for data in [
        self::login("another", "ec2-user", &blob),
        self::login("session", "root", &blob),
        self::login("session", "ec2-user", b"blob"),
        b"SSHSIG".to_vec(),
    ] {
        assert_eq!(client.ask(&sign(&blob, &data)), agent::failure());
    }
    assert_eq!(client.ask(&sign(b"blob", &login)), agent::failure());
    assert_eq!(client.ask(&[]), agent::failure());
    // The server that the client forwards the agent to.
    assert_eq!(client.ask(&bind("session", true)), agent::failure());
    assert_eq!(client.ask(&sign(&blob, &login)), agent::failure());
}

#[test]
fn credentials_and_the_connection_are_handed_over() {
    let listener = TcpListener::bind(("127.0.0.1", 0)).expect("a port");
    let port = listener.local_addr().expect("an address").port();
    let opened = TcpStream::connect(("127.0.0.1", port)).expect("a connection");
    let agent = Running::start(None, |hooks| {
        hooks.credentials = Some(b"{}".to_vec());
        hooks.connection = Some(opened.into()).into();
    });
    let credentials = ask_credentials(&agent.socket).expect("an answer");
    assert_eq!(credentials.as_deref(), Some(&b"{}"[..]));
    let ask = |host| ask_connection(&agent.socket, host, port).expect("an answer");
    assert!(ask("other").is_none());
    let opened = ask("host").expect("a descriptor");
    assert!(ask("host").is_none());

    let mut here = TcpStream::from(opened);
    let (mut there, _) = listener.accept().expect("a connection");
    here.write_all(b"SSH").expect("sent");
    let mut received = [0; 3];
    there.read_exact(&mut received).expect("received");
    assert_eq!(&received, b"SSH");
    // Nothing else holds the connection open.
    drop(here);
    assert_eq!(there.read(&mut received).expect("the end"), 0);

    let without = Running::start(None, |_| {});
    assert_eq!(ask_credentials(&without.socket).expect("an answer"), None);
}

#[test]
fn a_message_over_the_limit_ends_the_connection_and_many_are_served() {
    let agent = Running::start(None, |_| {});
    agent.pushed(true);
    let mut large = UnixStream::connect(&agent.socket).expect("a connection");
    large.write_all(&[0, 4, 0, 1, 11]).expect("sent");
    // A reset, since a byte is unread.
    let _ = large.read(&mut [0]);

    let mut clients: Vec<_> = (0..MOST).map(|_| agent.connect()).collect();
    for client in &mut clients {
        assert_eq!(client.list().len(), 1);
    }
    let mut next = agent.connect();
    next.wait_at_most(Duration::from_millis(200));
    assert!(next.try_list().is_err(), "served over the limit");
    drop(clients.pop());
    next.wait_at_most(Duration::from_secs(20));
    let message = next.receive().expect("an answer");
    assert_eq!(AgentIdentity::read(&message).expect("a list").len(), 1);
}

fn string(bytes: &[u8]) -> Vec<u8> {
    agent::framed(bytes).expect("a short string")
}

fn login(session: &str, user: &str, blob: &[u8]) -> Vec<u8> {
    let (session, user) = (string(session.as_bytes()), string(user.as_bytes()));
    let (service, method) = (string(b"ssh-connection"), string(b"publickey"));
    let (algorithm, blob) = (string(b"ssh-ed25519"), string(blob));
    [
        &session,
        &[50][..],
        &user,
        &service,
        &method,
        &[1],
        &algorithm,
        &blob,
    ]
    .concat()
}

fn sign(blob: &[u8], data: &[u8]) -> Vec<u8> {
    [&[13][..], &string(blob), &string(data), &[0; 4]].concat()
}

fn bind(session: &str, is_forwarding: bool) -> Vec<u8> {
    let host_key = string(b"host key");
    let parts = [
        &host_key[..],
        &string(session.as_bytes()),
        &host_key,
        &[u8::from(is_forwarding)],
    ];
    agent::extension("session-bind@openssh.com", &parts.concat())
}
