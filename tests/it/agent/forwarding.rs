//! The user's own agent is forwarded, and never ours.

use std::fs;

use crate::lab::instances::WEB1;
use crate::sandbox::{PATIENCE, SshAgent, SshUser, eventually, finish, leaves_nothing};

/// On the instance: logs in to it once more, with the agent that is forwarded.
const SECOND_LOGIN: &str = "set -- $SSH_CONNECTION; ssh -o StrictHostKeyChecking=no \
     -o UserKnownHostsFile=/dev/null -o LogLevel=ERROR -o BatchMode=yes -p \"$4\" ec2-user@\"$3\" \
     echo second";

#[test]
fn every_way_to_forward_an_agent_forwards_the_users_own() {
    let user =
        SshUser::with("Host forwarded\n    HostName i-0face000000000001\n    ForwardAgent yes\n");
    let agent = SshAgent::of(&user);
    let key = agent.has_a_key(&user);
    let path = format!("ForwardAgent={}", agent.socket.display());
    for words in [
        &["-A", WEB1][..],
        &["-o", "ForwardAgent=yes", WEB1],
        &["-o", &path, WEB1],
        &["-A", "-o", &path, WEB1],
        &["-o", "ForwardAgent=$SSH_AUTH_SOCK", WEB1],
        &["-o", "ForwardAgent=${SSH_AUTH_SOCK}", WEB1],
        &["-o", "ForwardAgent=no", "-A", WEB1],
        &["forwarded"],
    ] {
        let words = [words, &["ssh-add -L"]].concat();
        let outcome = finish(agent.command(&user, "mssh").args(&words));
        assert_eq!(outcome.stdout, key, "{words:?}: {outcome:?}");
        assert_eq!(outcome.stderr, "", "{words:?}");
    }
    finish(
        agent
            .command(&user, "mssh")
            .args(["-A", WEB1, SECOND_LOGIN]),
    )
    .prints("second\n");
    leaves_nothing(&user.caller);
}

#[test]
fn nothing_is_forwarded_unless_the_user_says_so() {
    let user =
        SshUser::with("Host forwarded\n    HostName i-0face000000000001\n    ForwardAgent yes\n");
    let agent = SshAgent::of(&user);
    for words in [
        &[WEB1][..],
        &["-a", WEB1],
        &["-A", "-a", WEB1],
        &["-a", "forwarded"],
    ] {
        let words = [words, &["echo [$SSH_AUTH_SOCK]"]].concat();
        finish(agent.command(&user, "mssh").args(words)).prints("[]\n");
    }
}

#[test]
fn without_an_agent_of_the_users_nothing_is_forwarded_and_nothing_is_said() {
    let user = SshUser::with("");
    let gone = user.home.join("gone");
    for words in [
        &["-A"][..],
        &["-o", "ForwardAgent=yes"],
        &["-o", "ForwardAgent=$SSH_AUTH_SOCK"],
    ] {
        let words = [words, &[WEB1, "echo [$SSH_AUTH_SOCK]"]].concat();
        finish(user.command("mssh").args(&words)).prints("[]\n");
        let mut mssh = user.command("mssh");
        let outcome = finish(mssh.args(&words).env("SSH_AUTH_SOCK", &gone));
        assert_eq!(outcome.code, Some(0), "{outcome:?}");
        assert!(!outcome.stderr.contains("mssh-key"), "{outcome:?}");
    }
    leaves_nothing(&user.caller);
}

/// The agent of the user may have any path.
#[test]
fn an_agent_with_an_odd_path_is_forwarded() {
    let user = SshUser::with("");
    for name in ["a b", "100%h", "it's", "#"] {
        let directory = user.home.join(name);
        fs::create_dir(&directory).expect("a directory");
        let agent = SshAgent::at(&user, directory.join("agent"));
        let mut mssh = agent.command(&user, "mssh");
        let outcome = finish(mssh.args(["-A", WEB1, "ssh-add -L"]));
        let said = "The agent has no identities.\n";
        assert_eq!(
            (outcome.stdout.as_str(), outcome.stderr.as_str()),
            (said, ""),
            "{name}"
        );
    }
}

/// ssh looks for the agent once more when it is in the background already.
#[test]
fn an_ssh_in_the_background_forwards_the_users_own_agent() {
    let user = SshUser::with("");
    let agent = SshAgent::of(&user);
    let key = agent.has_a_key(&user);
    let seen = user.home.join("seen");
    let command = format!(
        "sleep 1; ssh-add -L >'{0}.new'; mv '{0}.new' '{0}'",
        seen.display()
    );
    let mut mssh = agent.command(&user, "mssh");
    finish(mssh.args(["-f", "-A", WEB1, &command])).prints("");
    assert!(eventually(PATIENCE, || seen.exists()), "it did not go on");
    assert_eq!(fs::read_to_string(&seen).expect("a file"), key);
    leaves_nothing(&user.caller);
}
