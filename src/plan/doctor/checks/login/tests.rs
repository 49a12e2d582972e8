//! Tests of what the trial tells.

use super::super::only;
use super::*;
use crate::plan::doctor::facts::SshSettings;
use crate::plan::doctor::finding::Verdict::{Bad, Good, Skipped};
use crate::plan::os_user::Image;

#[test]
fn the_end_of_a_login_tells_what_refused_it() {
    for (status, stderr, verdict, what) in [
        (Some(0), "", Good, "a trial login succeeds"),
        (Some(1), "", Good, "a trial login succeeds (status 1)"),
        (
            Some(255),
            "me@10.0.0.1: Permission denied (publickey).",
            Bad,
            "sshd refuses the pushed key for the user",
        ),
        (
            Some(255),
            "ssh: connect to host 10.0.0.1 port 22: Connection refused",
            Bad,
            "nothing listens on sshd's port",
        ),
        (
            Some(255),
            "ssh: connect to host 10.0.0.1 port 22: Connection timed out",
            Bad,
            "no answer from sshd's port",
        ),
        (
            Some(255),
            "kex_exchange_identification: read: Connection reset by peer",
            Bad,
            "sshd closes the connection",
        ),
        (
            Some(255),
            "Received disconnect: Too many authentication failures",
            Bad,
            "sshd was offered too many keys",
        ),
        (
            Some(255),
            "Host key verification failed.",
            Bad,
            "ssh does not accept the host key",
        ),
        (
            Some(255),
            "mssh: error: no way\nmssh: hint: take another",
            Bad,
            "no way",
        ),
        (Some(255), "", Bad, "ssh failed without a message"),
        (
            None,
            "",
            Bad,
            "a trial login was ended, since it took too long",
        ),
    ] {
        let stderr = stderr.to_owned();
        let facts = Facts {
            login: Fact::Known(LoginEnd {
                status,
                stderr,
                host_key: None,
            }),
            ..Facts::default()
        };
        assert_eq!(only(&login(&facts)), (verdict, what));
        assert_eq!(facts.login_succeeds(), verdict == Good);
    }
    assert_eq!(only(&login(&Facts::default())).0, Skipped);
    assert!(!Facts::default().login_succeeds());
}

fn refused() -> Fact<LoginEnd> {
    Fact::Known(LoginEnd {
        status: Some(255),
        stderr: "me@10.0.0.1: Permission denied (publickey).".into(),
        host_key: None,
    })
}

#[test]
fn another_trial_tells_the_user_from_the_package() {
    let accepted = LoginEnd {
        status: Some(0),
        ..LoginEnd::default()
    };
    for (image, other, what, why, fix) in [
        (
            "ubuntu/images/hvm-ssd/ubuntu-noble-24.04",
            Some(Fact::Known(accepted)),
            "sshd refuses the pushed key for me, and takes it for ubuntu",
            "its image is ubuntu/",
            "log in as ubuntu: `-l ubuntu`",
        ),
        (
            "ubuntu/images/hvm-ssd/ubuntu-noble-24.04",
            Some(refused()),
            "sshd refuses the pushed key for me",
            "it refuses it for ubuntu, too",
            "log in with the key of its launch",
        ),
        (
            "ubuntu/images/hvm-ssd/ubuntu-noble-24.04",
            Some(Fact::NotAsked),
            "sshd refuses the pushed key for me",
            "the usual user is ubuntu",
            "log in as ubuntu: `-l ubuntu`",
        ),
        (
            "Rocky-9-EC2-Base",
            Some(refused()),
            "sshd refuses the pushed key for me",
            "comes without EC2 Instance Connect",
            "install ec2-instance-connect",
        ),
        (
            "mine",
            None,
            "sshd refuses the pushed key for me",
            "there is no user me",
            "name another user",
        ),
    ] {
        let mut facts = Facts {
            login: refused(),
            other_login: other.map(|end| ("ubuntu".into(), end)),
            ..Facts::default()
        };
        facts.ssh.settings = Fact::Known(Ok(SshSettings {
            login: "me".into(),
            ..SshSettings::default()
        }));
        facts.instance.image = Fact::Known(Some(Image {
            name: image.into(),
            ..Image::default()
        }));
        let found = login(&facts);
        assert_eq!(only(&found), (Bad, what), "{image}");
        let text = |text: &Option<String>| text.clone().unwrap_or_default();
        assert!(text(&found[0].why).contains(why), "{:?}", found[0]);
        assert!(text(&found[0].fix).contains(fix), "{:?}", found[0]);
    }
}
