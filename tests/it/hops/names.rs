//! Hops by names and tags.

use super::{WHERE, arrives, at};
use crate::lab::instances::{ODD_PORT, PRIVATE, TWIN1, TWIN2, WEB1, WEB2};
use crate::sandbox::{SshUser, finish, lab, leaves_nothing, look_ups, pushes};

#[test]
fn a_name_tag_or_pattern_is_a_hop() {
    let pushed = [at("ec2-user", WEB1), at("ec2-user", PRIVATE)];
    for hop in ["web1", "tag:Name=web1", "tag:a:b=c:d@e", "we?1"] {
        arrives(&["-J", hop, PRIVATE], "127.0.1.21", &pushed);
    }
    arrives(&["-4Jtag:Name=web1", "private"], "127.0.1.21", &pushed);
    let front = [at("admin", WEB2), at("ec2-user", PRIVATE)];
    arrives(&["-J", "admin@asg:front", PRIVATE], "127.0.1.21", &front);
}

#[test]
fn hops_by_name_are_chained_with_their_users_and_ports() {
    let port = lab().port();
    let pushed = [at("root", WEB1), at("admin", WEB2), at("ec2-user", PRIVATE)];
    for hops in [
        format!("root@web1:{port},admin@web2"),
        format!("root@we?1:{port},admin@tag:Name=web2"),
        "root@web1,admin@asg:front".to_owned(),
        format!("root@tag:Name=web1,admin@web2:{port}"),
    ] {
        arrives(&["-J", &hops, PRIVATE], "127.0.1.21", &pushed);
    }
}

/// The port of an ID's block does not apply, nor the user of all others.
#[test]
fn the_block_of_a_name_applies_to_the_hop() {
    let port = lab().odd_port();
    let config = format!("Host odd-port\n    User ubuntu\n    Port {port}\n");
    let user = SshUser::with(&config);
    user.run("mssh", &["-J", "odd-port", PRIVATE, WHERE])
        .prints("127.0.1.21\n");
    let mut pushed = pushes(&user.caller);
    pushed.sort();
    assert_eq!(pushed, [at("ec2-user", PRIVATE), at("ubuntu", ODD_PORT)]);
    leaves_nothing(&user.caller);
}

#[test]
fn several_instances_are_an_error_unless_an_option_chooses() {
    let user = SshUser::with("");
    for hop in ["twin", "twi*", "tag:role=db"] {
        user.run("mssh", &["-J", hop, PRIVATE, "true"]).fails(
            255,
            &[
                &format!("mssh: error: {hop} matches 2 instances"),
                &format!("mssh:   {TWIN1} twin running us-east-1a 127.0.0.111"),
                &format!("mssh:   {TWIN2} twin running us-east-1a 127.0.0.112"),
                "mssh: hint: choose one by its ID, or add --newest, --oldest or --any",
            ],
        );
    }
    assert!(pushes(&user.caller).is_empty());
    let newest = [at("ec2-user", TWIN2), at("ec2-user", PRIVATE)];
    for hop in ["twin", "twi*"] {
        arrives(&["--newest", "-J", hop, PRIVATE], "127.0.1.21", &newest);
    }
}

/// The hop before it may know the host, or ssh says that there is none.
#[test]
fn a_name_of_no_instance_is_left_to_ssh_and_a_tag_is_an_error() {
    let user = SshUser::with("");
    let outcome = user.run("mssh", &["-J", "no-such-name", PRIVATE, "true"]);
    let said = "Could not resolve hostname no-such-name";
    assert!(outcome.stderr.contains(said), "{outcome:?}");
    assert_eq!(outcome.code, Some(255));
    for hop in ["tag:role=cache", "no-such-*"] {
        let outcome = user.run("mssh", &["-J", hop, PRIVATE, "true"]);
        assert_eq!(outcome.code, Some(255), "{outcome:?}");
        assert!(
            outcome
                .stderr
                .starts_with("mssh: error: there is no instance "),
            "{outcome:?}"
        );
    }
    let outcome = user.run("mssh", &["-J", "tag:=x", PRIVATE, "true"]);
    assert!(outcome.stderr.contains("tag:=x"), "{outcome:?}");
}

/// Nothing is looked up for a host that resolves, or that ssh_config knows by another name.
#[test]
fn a_hop_that_is_a_host_costs_no_call() {
    let user = SshUser::with("Host web1\n    HostName localhost\n    IdentityFile ~/my\n");
    let line = |hop: &str| {
        let before = look_ups(&user.caller);
        let line = user.run("mssh", &["--dry-run", "-J", hop, PRIVATE]);
        assert_eq!(line.code, Some(0), "{line:?}");
        (look_ups(&user.caller) - before, line.stdout)
    };
    for (hop, calls) in [("web1", 1), ("localhost", 1), (WEB1, 1), ("web2", 3)] {
        let (found, line) = line(hop);
        assert_eq!(found, calls, "{hop}: {line}");
    }
    assert!(line("web1").1.contains(" -J web1 "));
}

#[test]
fn the_mssh_of_plain_ssh_takes_names_of_hops() {
    let user = SshUser::with("");
    for hop in ["web1", "tag:Name=web1"] {
        let mut command = user.command("mssh");
        command.args(["--proxy", "--dry-run", "--agent-dir", "/tmp", "-J", hop]);
        let outcome = finish(command.args([PRIVATE, "22", "root"]));
        assert_eq!(outcome.code, Some(0), "{outcome:?}");
        assert!(outcome.stdout.contains(WEB1), "{outcome:?}");
    }
}

#[test]
fn the_doctor_takes_tags_of_hops() {
    let user = SshUser::with("");
    let outcome = user.run("mssh", &["--doctor", "-J", "tag:Name=web1", PRIVATE]);
    let proxy = format!("proxyjump {WEB1}");
    assert!(outcome.stdout.contains(&proxy), "{outcome:?}");
}

#[test]
fn files_are_copied_through_a_tag() {
    let user = SshUser::with("");
    let caller = &user.caller;
    let there = format!("{PRIVATE}:/tmp/through-a-tag-{}", caller.access_key());
    std::fs::write(user.home.join("here"), "text").expect("a file");
    let words = ["-q", "-J", "tag:Name=web1", "here", &there];
    finish(user.command("mscp").current_dir(&user.home).args(words)).prints("");
    assert_eq!(pushes(caller).len(), 2);
}
