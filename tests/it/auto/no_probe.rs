//! Cases without a choice of routes, which cost no further AWS calls.

use tempfile::TempDir;

use super::{PORT, look_ups, mssh, route};
use crate::lab::Caller;
use crate::lab::instances::{
    IPV6_ONLY, PRIVATE, PRIVATE_WITH_AGENT, REJECTS_DIRECT, SSM_ONLY, WEB1,
};
use crate::sandbox::{SshUser, caller, config, lab, proxy, pushes, run, skipped};

/// Asserts that there are no look-ups for tunnels.
#[track_caller]
fn looks_up_no_tunnel(words: &[&str]) {
    let caller = caller();
    run(&caller, "mssh", [words, &["echo in"]].concat()).prints("in\n");
    assert_eq!(look_ups(&caller), [0, 0], "{words:?}");
}

#[test]
fn a_reachable_address_or_a_named_route_is_used() {
    for words in [
        &[WEB1][..],
        &["--private", PRIVATE],
        &["--via=private", PRIVATE_WITH_AGENT],
        &["127.0.1.21"],
        &["private.lab"],
        &["ip-127-0-1-21.ec2.internal"],
        &["-t", PRIVATE, "private.lab"],
    ] {
        looks_up_no_tunnel(words);
    }
    if lab().has_ipv6() {
        looks_up_no_tunnel(&[IPV6_ONLY]);
    } else {
        skipped("there is no ::1 here");
    }
}

/// Nothing listens at that address; ssh itself reports that.
#[test]
fn for_the_original_form_and_a_named_route_ssh_reports_the_failure() {
    for words in [
        &["--private", REJECTS_DIRECT][..],
        &["--via=private", "127.0.1.84"],
        &["-t", REJECTS_DIRECT, "127.0.1.84"],
    ] {
        let caller = caller();
        let outcome = mssh(&caller, &[&["-p22"], words].concat());
        assert!(outcome.stderr.contains("Connection refused"), "{outcome:?}");
        assert_eq!((look_ups(&caller), route(&caller)), ([0, 0], "direct"));
    }
}

/// Whether the hops are instances or not: the connection goes through them, and not through a
/// tunnel.
#[test]
fn through_hops_the_address_is_used_directly() {
    let user = SshUser::with("");
    let inside = "root@127.0.0.12";
    for hop in [WEB1, inside, &format!("{inside},{WEB1}")] {
        let outcome = user.run("mssh", &["-oBatchMode=yes", "-J", hop, REJECTS_DIRECT]);
        assert_eq!(outcome.code, Some(255), "{outcome:?}");
        let line = user
            .run("mssh", &["--dry-run", "-J", hop, REJECTS_DIRECT])
            .stdout;
        assert!(line.trim_end().ends_with("ec2-user@127.0.1.84"), "{line}");
    }
    user.run("mssh", &["-J", WEB1, PRIVATE, "echo in"])
        .prints("in\n");
    assert_eq!(
        (look_ups(&user.caller), route(&user.caller)),
        ([0, 0], "direct")
    );
}

#[test]
fn a_host_name_and_port_of_ssh_config_are_used_as_before() {
    let block = format!(
        "Host 127.0.1.84\n  HostName 127.0.2.84\n  Port {}",
        lab().port()
    );
    let (_kept, file) = config(&block);
    looks_up_no_tunnel(&["-F", &file, REJECTS_DIRECT]);
}

#[test]
fn a_public_instance_is_not_tunneled_to_if_its_address_family_is_excluded() {
    let caller = caller();
    let error = format!("mssh: error: instance {WEB1} has no IPv6 address");
    let outcome = mssh(&caller, &["-6", WEB1]);
    assert!(outcome.stderr.starts_with(&error), "{outcome:?}");
    assert_eq!(look_ups(&caller), [0, 0]);
}

#[test]
fn with_a_proxy_of_the_users_own_no_route_is_probed() {
    let there = proxy("127.0.2.84");
    for block in [
        // For IDs, for addresses, for every host.
        format!("Host i-*\n  ProxyCommand {there}"),
        format!("Host 127.0.1.*\n  ProxyCommand {there}"),
        format!("Host *\n  ProxyCommand {there}"),
    ] {
        let (_kept, file) = config(&block);
        looks_up_no_tunnel(&["-F", &file, REJECTS_DIRECT]);
    }
    looks_up_no_tunnel(&["-o", &format!("ProxyCommand={there}"), REJECTS_DIRECT]);
}

#[test]
fn an_alias_of_an_id_works_like_the_id() {
    let (_kept, file) = config(&format!("Host box\n  HostName {SSM_ONLY}"));
    let caller = caller();
    mssh(&caller, &["-F", &file, PORT, "box", "echo in"]).prints("in\n");
    assert_eq!(route(&caller), "ssm");
}

/// A ProxyCommand would apply to both.
#[test]
fn each_of_several_instances_is_reached_at_its_address() {
    let caller = caller();
    let (one, other) = (format!("{REJECTS_DIRECT}:a"), format!("{WEB1}:b"));
    let outcome = run(&caller, "mscp", ["--dry-run", "-3", &one, &other]);
    assert!(outcome.stdout.contains("127.0.1.84"), "{outcome:?}");
    assert!(!outcome.stdout.contains("ProxyCommand"), "{outcome:?}");
    assert_eq!(look_ups(&caller), [0, 0]);
}

/// A ControlPath with a running master, which exits on drop.
struct Master<'a> {
    caller: &'a Caller<'a>,
    path: String,
    _directory: TempDir,
}

impl<'a> Master<'a> {
    #[track_caller]
    fn of(caller: &'a Caller<'a>, form: &str, id: &str) -> Self {
        let directory = tempfile::tempdir().expect("a directory");
        let path = directory.path().join(form).display().to_string();
        mssh(caller, &["-M", "-f", "-N", "-S", &path, PORT, id]).prints("");
        Self {
            caller,
            path,
            _directory: directory,
        }
    }

    fn command(&self, command: &str, id: &str) -> bool {
        mssh(self.caller, &["-S", &self.path, PORT, "-O", command, id]).code == Some(0)
    }
}

#[test]
fn with_a_running_master_nothing_is_probed_or_pushed() {
    for form in ["any", "%h", "%C", "%n", "%r@%h:%p"] {
        let caller = caller();
        let master = Master::of(&caller, form, SSM_ONLY);
        let before = caller.calls().len();
        mssh(&caller, &["-S", &master.path, PORT, SSM_ONLY, "echo in"]).prints("in\n");
        assert!(master.command("check", SSM_ONLY), "{form}");
        assert_eq!(caller.calls().len(), before, "{form}");
        assert_eq!(
            (pushes(&caller).len(), route(&caller)),
            (1, "ssm"),
            "{form}"
        );
        assert!(master.command("exit", SSM_ONLY), "{form}");
    }
}

#[test]
fn a_master_at_the_address_is_used_before_anything_is_probed() {
    let caller = caller();
    let master = Master::of(&caller, "%h", PRIVATE_WITH_AGENT);
    mssh(
        &caller,
        &["-S", &master.path, PORT, PRIVATE_WITH_AGENT, "echo in"],
    )
    .prints("in\n");
    assert!(master.command("check", PRIVATE_WITH_AGENT));
    assert_eq!((pushes(&caller).len(), look_ups(&caller)), (1, [0, 0]));
    assert!(master.command("exit", PRIVATE_WITH_AGENT));
}

#[test]
fn a_control_command_probes_nothing() {
    let caller = caller();
    let directory = tempfile::tempdir().expect("a directory");
    let path = directory.path().join("%h").display().to_string();
    let outcome = mssh(&caller, &["-S", &path, "-O", "check", REJECTS_DIRECT]);
    assert!(
        outcome.stderr.contains("Control socket connect"),
        "{outcome:?}"
    );
    assert_eq!(look_ups(&caller), [0, 0]);
}
