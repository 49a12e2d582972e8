//! What leaves nothing to try: then AWS is asked for no more than ever.

use tempfile::TempDir;

use super::{PORT, look_ups, mssh, way};
use crate::lab::Tenant;
use crate::lab::instances::{CELLAR, DB1, HERMIT, MOAT, SIX, WEB1};
use crate::sandbox::{House, config, lab, proxy, pushes, run, skipped, tenant};

/// Asserts that the look-ups for tunnels are not asked for.
#[track_caller]
fn asks_for_no_tunnel(words: &[&str]) {
    let tenant = tenant();
    run(&tenant, "mssh", [words, &["echo in"]].concat()).prints("in\n");
    assert_eq!(look_ups(&tenant), [0, 0], "{words:?}");
}

#[test]
fn an_address_that_answers_or_a_way_that_was_named_is_taken() {
    for words in [
        &[WEB1][..],
        &["--private", DB1],
        &["--via=private", HERMIT],
        &["127.0.1.21"],
        &["db1.lab"],
        &["ip-127-0-1-21.ec2.internal"],
        &["-t", DB1, "db1.lab"],
    ] {
        asks_for_no_tunnel(words);
    }
    if lab().has_ipv6() {
        asks_for_no_tunnel(&[SIX]);
    } else {
        skipped("there is no ::1 here");
    }
}

/// Nobody is at that address: ssh itself says so.
#[test]
fn the_original_form_and_a_way_that_was_named_are_left_to_ssh() {
    for words in [
        &["--private", MOAT][..],
        &["--via=private", "127.0.1.84"],
        &["-t", MOAT, "127.0.1.84"],
    ] {
        let tenant = tenant();
        let outcome = mssh(&tenant, &[&["-p22"], words].concat());
        assert!(outcome.stderr.contains("Connection refused"), "{outcome:?}");
        assert_eq!((look_ups(&tenant), way(&tenant)), ([0, 0], "direct"));
    }
}

/// Whether the hops are instances or not: they lead to the address, and no tunnel does.
#[test]
fn through_hops_the_target_is_reached_directly() {
    let house = House::with("");
    let inside = "root@127.0.0.12";
    for hop in [WEB1, inside, &format!("{inside},{WEB1}")] {
        let outcome = house.run("mssh", &["-oBatchMode=yes", "-J", hop, MOAT]);
        assert_eq!(outcome.code, Some(255), "{outcome:?}");
        let line = house.run("mssh", &["--dry-run", "-J", hop, MOAT]).stdout;
        assert!(line.trim_end().ends_with("ec2-user@127.0.1.84"), "{line}");
    }
    house
        .run("mssh", &["-J", WEB1, DB1, "echo in"])
        .prints("in\n");
    assert_eq!(
        (look_ups(&house.tenant), way(&house.tenant)),
        ([0, 0], "direct")
    );
}

#[test]
fn a_port_forwarded_by_ssh_config_is_gone_to_as_ever() {
    let block = format!(
        "Host 127.0.1.84\n  HostName 127.0.2.84\n  Port {}",
        lab().port()
    );
    let (_kept, file) = config(&block);
    asks_for_no_tunnel(&["-F", &file, MOAT]);
}

#[test]
fn a_public_instance_is_not_tunnelled_to_where_its_address_may_not_be_used() {
    let tenant = tenant();
    let error = format!("mssh: error: instance {WEB1} has no IPv6 address");
    let outcome = mssh(&tenant, &["-6", WEB1]);
    assert!(outcome.stderr.starts_with(&error), "{outcome:?}");
    assert_eq!(look_ups(&tenant), [0, 0]);
}

#[test]
fn a_proxy_of_ones_own_is_left_to_know_the_way() {
    let there = proxy("127.0.2.84");
    for block in [
        // For IDs, for addresses, for all.
        format!("Host i-*\n  ProxyCommand {there}"),
        format!("Host 127.0.1.*\n  ProxyCommand {there}"),
        format!("Host *\n  ProxyCommand {there}"),
    ] {
        let (_kept, file) = config(&block);
        asks_for_no_tunnel(&["-F", &file, MOAT]);
    }
    asks_for_no_tunnel(&["-o", &format!("ProxyCommand={there}"), MOAT]);
}

#[test]
fn an_alias_of_an_id_is_as_good_as_the_id() {
    let (_kept, file) = config(&format!("Host box\n  HostName {CELLAR}"));
    let tenant = tenant();
    mssh(&tenant, &["-F", &file, PORT, "box", "echo in"]).prints("in\n");
    assert_eq!(way(&tenant), "ssm");
}

/// A ProxyCommand would be for both.
#[test]
fn of_several_instances_each_has_its_address() {
    let tenant = tenant();
    let (one, other) = (format!("{MOAT}:a"), format!("{WEB1}:b"));
    let outcome = run(&tenant, "mscp", ["--dry-run", "-3", &one, &other]);
    assert!(outcome.stdout.contains("127.0.1.84"), "{outcome:?}");
    assert!(!outcome.stdout.contains("ProxyCommand"), "{outcome:?}");
    assert_eq!(look_ups(&tenant), [0, 0]);
}

/// A ControlPath, and the master at it, which ends with this.
struct Master<'a> {
    tenant: &'a Tenant<'a>,
    path: String,
    _directory: TempDir,
}

impl<'a> Master<'a> {
    #[track_caller]
    fn of(tenant: &'a Tenant<'a>, form: &str, id: &str) -> Self {
        let directory = tempfile::tempdir().expect("a directory");
        let path = directory.path().join(form).display().to_string();
        mssh(tenant, &["-M", "-f", "-N", "-S", &path, PORT, id]).prints("");
        Self {
            tenant,
            path,
            _directory: directory,
        }
    }

    fn command(&self, command: &str, id: &str) -> bool {
        mssh(self.tenant, &["-S", &self.path, PORT, "-O", command, id]).code == Some(0)
    }
}

#[test]
fn over_a_master_nothing_is_tried_or_pushed() {
    for form in ["any", "%h", "%C", "%n", "%r@%h:%p"] {
        let tenant = tenant();
        let master = Master::of(&tenant, form, CELLAR);
        let before = tenant.calls().len();
        mssh(&tenant, &["-S", &master.path, PORT, CELLAR, "echo in"]).prints("in\n");
        assert!(master.command("check", CELLAR), "{form}");
        assert_eq!(tenant.calls().len(), before, "{form}");
        assert_eq!((pushes(&tenant).len(), way(&tenant)), (1, "ssm"), "{form}");
        assert!(master.command("exit", CELLAR), "{form}");
    }
}

#[test]
fn a_master_at_the_address_is_taken_before_anything_is_tried() {
    let tenant = tenant();
    let master = Master::of(&tenant, "%h", HERMIT);
    mssh(&tenant, &["-S", &master.path, PORT, HERMIT, "echo in"]).prints("in\n");
    assert!(master.command("check", HERMIT));
    assert_eq!((pushes(&tenant).len(), look_ups(&tenant)), (1, [0, 0]));
    assert!(master.command("exit", HERMIT));
}

#[test]
fn a_control_command_tries_nothing() {
    let tenant = tenant();
    let directory = tempfile::tempdir().expect("a directory");
    let path = directory.path().join("%h").display().to_string();
    let outcome = mssh(&tenant, &["-S", &path, "-O", "check", MOAT]);
    assert!(
        outcome.stderr.contains("Control socket connect"),
        "{outcome:?}"
    );
    assert_eq!(look_ups(&tenant), [0, 0]);
}
