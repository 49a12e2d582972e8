//! Instances by their names and tags.

use crate::lab::instances::{ODD, ODD_NAME, PRIVATE, STOPPED, TWIN1, TWIN2, WEB1, WEB2};
use crate::sandbox::{caller, config, finish, look_ups, pushes, run};

/// Prints the user and the address of the server.
const WHERE: &str = "set -- $SSH_CONNECTION; echo $USER@$3";

#[test]
fn a_name_or_tag_finds_its_instance_by_one_look_up() {
    for (target, id, address) in [
        ("web1", WEB1, "127.0.0.11"),
        ("private", PRIVATE, "127.0.1.21"),
        ("priv*te", PRIVATE, "127.0.1.21"),
        ("tag:Name=web1", WEB1, "127.0.0.11"),
        ("tag:kubernetes.io/cluster/lab=owned", WEB1, "127.0.0.11"),
        ("tag:a:b=c:d@e", WEB1, "127.0.0.11"),
        ("tag:kubernetes.io/*", WEB1, "127.0.0.11"),
        ("tag:empty=", TWIN1, "127.0.0.111"),
        ("asg:front", WEB2, "127.0.0.12"),
        ("asg:fr*", WEB2, "127.0.0.12"),
    ] {
        let caller = caller();
        run(&caller, "mssh", [&format!("ubuntu@{target}"), WHERE])
            .prints(&format!("ubuntu@{address}\n"));
        assert_eq!(pushes(&caller), [format!("ubuntu@{id}")], "{target}");
        // In the lab, an empty page comes first.
        assert_eq!(look_ups(&caller), 2, "{target}");
    }
}

#[test]
fn any_name_is_found_as_it_is_written() {
    for word in [
        format!("tag:Name={}", ODD.replace('\\', r"\\").replace('*', r"\*")),
        r"?Büro \*1\* *".to_owned(),
    ] {
        let caller = caller();
        run(&caller, "mssh", [word.as_str(), WHERE]).prints("ec2-user@127.0.0.115\n");
        assert_eq!(pushes(&caller), [format!("ec2-user@{ODD_NAME}")], "{word}");
    }
    // A backslash makes it literal.
    run(&caller(), "mssh", [r"web\*", "true"]).fails(
        255,
        &[
            r"mssh: error: there is no instance named web\* in us-east-1 (set by AWS_REGION)",
            "mssh: hint: is it in another region (--region) or account (--profile)?",
        ],
    );
}

#[test]
fn a_host_that_resolves_or_is_in_ssh_config_is_no_name() {
    let caller = caller();
    run(&caller, "mssh", ["web2.lab", WHERE]).prints("ec2-user@127.0.0.12\n");
    assert_eq!(pushes(&caller), [format!("ec2-user@{WEB2}")]);
    let (_directory, file) = config("Host web1\n  HostName 127.0.0.12\n  User ubuntu\n");
    run(&caller, "mssh", ["-F", &file, "web1", WHERE]).prints("ubuntu@127.0.0.12\n");
}

#[test]
fn the_block_of_a_name_applies() {
    let (_directory, file) = config("Host web*\n  User ubuntu\n");
    run(&caller(), "mssh", ["-F", &file, "web1", WHERE]).prints("ubuntu@127.0.0.11\n");
    let (_directory, file) = config("Host i-*\n  User ubuntu\n");
    run(&caller(), "mssh", ["-F", &file, "tag:Name=web1", WHERE]).prints("ubuntu@127.0.0.11\n");
}

#[test]
fn an_unknown_name_is_no_instance_and_no_host() {
    run(&caller(), "mssh", ["no-such-name", "true"]).fails(
        255,
        &[
            "mssh: error: there is no instance named no-such-name in us-east-1 (set by AWS_REGION), \
             and it is no host: Name or service not known",
            "mssh: hint: is it in another region (--region) or account (--profile)?",
        ],
    );
    run(&caller(), "mssh", ["tag:role=cache", "true"]).fails(
        255,
        &[
            "mssh: error: there is no instance with the tag role=cache in us-east-1 (set by AWS_REGION)",
            "mssh: hint: is it in another region (--region) or account (--profile)?",
        ],
    );
}

#[test]
fn a_stopped_instance_is_found_if_none_is_running() {
    let outcome = run(&caller(), "mssh", ["stopped", "true"]);
    let error = format!("mssh: error: instance {STOPPED} is stopped\n");
    assert!(outcome.stderr.starts_with(&error), "{outcome:?}");
}

#[test]
fn several_running_instances_are_listed_and_options_choose() {
    let caller = caller();
    for (target, what) in [
        ("twin", "twin"),
        ("tag:role=db", "tag:role=db"),
        ("twi*", "twi*"),
    ] {
        run(&caller, "mssh", [target, "true"]).fails(
            255,
            &[
                &format!("mssh: error: {what} matches 2 instances"),
                &format!("mssh:   {TWIN1} twin running us-east-1a 127.0.0.111"),
                &format!("mssh:   {TWIN2} twin running us-east-1a 127.0.0.112"),
                "mssh: hint: choose one by its ID, or add --newest, --oldest or --any",
            ],
        );
        assert!(pushes(&caller).is_empty());
    }
    for (option, address) in [
        ("--newest", "127.0.0.112"),
        ("--oldest", "127.0.0.111"),
        ("--any", "127.0.0.111"),
    ] {
        for target in ["twin", "tag:role=db"] {
            run(&caller, "mssh", [option, target, WHERE]).prints(&format!("ec2-user@{address}\n"));
        }
    }
}

#[test]
fn a_look_up_that_is_denied_is_an_error() {
    let outcome = run(&caller(), "mssh", ["describe-denied", "true"]);
    assert!(
        outcome.stderr.contains("ec2:DescribeInstances"),
        "{outcome:?}"
    );
}

#[test]
fn a_name_costs_an_id_nothing() {
    let caller = caller();
    run(&caller, "mssh", [WEB1, "true"]).prints("");
    assert_eq!((look_ups(&caller), caller.calls().len()), (1, 2));
}

#[test]
fn files_are_copied_by_name() {
    let caller = caller();
    let home = tempfile::tempdir().expect("a directory");
    let here = home.path().join("here");
    std::fs::write(&here, "text").expect("written");
    for (there, back) in [
        ("web1:/tmp/by-name", "web1:/tmp/by-name"),
        ("tag:Name=web1:/tmp/by-tag", "[tag:a:b=c:d@e]:/tmp/by-tag"),
        ("twin:/tmp/by-pick", "asg:front:/tmp/by-pick"),
    ] {
        let copy = home.path().join("copy");
        let words = ["--any", here.to_str().expect("text"), there];
        finish(caller.command("mscp").args(["-q"]).args(words)).prints("");
        let words = ["-q", back, copy.to_str().expect("text")];
        finish(caller.command("mscp").args(words)).prints("");
        assert_eq!(std::fs::read_to_string(&copy).expect("a copy"), "text");
        std::fs::remove_file(&copy).expect("removed");
    }
}

/// Runs a program, which must succeed and print this among other things.
#[track_caller]
fn shows(program: &str, words: &[&str], text: &str) {
    let outcome = run(&caller(), program, words);
    assert_eq!(outcome.code, Some(0), "{outcome:?}");
    let shown = outcome.stdout.clone() + &outcome.stderr;
    assert!(shown.contains(text), "{text}: {outcome:?}");
}

#[test]
fn every_task_takes_names() {
    let tag = "tag:Name=web1";
    shows(
        "msftp",
        &["--dry-run", "tag:Name=web1:/tmp"],
        "127.0.0.11:/tmp",
    );
    for target in [tag, "web1"] {
        let with_port = format!("{target}:5432");
        shows(
            "mssh",
            &["--listen", "0", "--dry-run", &with_port],
            "127.0.0.11",
        );
        let proxy = [
            "--proxy",
            "--dry-run",
            "--agent-dir",
            "/tmp",
            target,
            "22",
            "root",
        ];
        shows("mssh", &proxy, "127.0.0.11");
        shows("mssh", &["--doctor", target], WEB1);
    }
    shows(
        "mssh",
        &["--ssm", "--dry-run", tag],
        &format!("ssm={WEB1},{WEB1}"),
    );
    shows(
        "mssh",
        &["--ssm", "--dry-run", "web1"],
        &format!("ssm=web1,{WEB1}"),
    );
    shows(
        "mssh",
        &["--serial", "--dry-run", tag],
        &format!("{WEB1}.port0@"),
    );
}

#[test]
fn without_a_region_a_name_is_an_error_that_says_so() {
    let caller = caller();
    let without_region = |target: &str| {
        let mut command = caller.command("mssh");
        for variable in ["AWS_REGION", "AWS_DEFAULT_REGION"] {
            command.env_remove(variable);
        }
        finish(command.args([target, "true"]))
    };
    for target in ["web1", "tag:Name=web1"] {
        let outcome = without_region(target);
        assert_eq!(outcome.code, Some(255), "{outcome:?}");
        let error = outcome.stderr.lines().next().unwrap_or_default();
        assert!(error.contains("region"), "{outcome:?}");
    }
    assert!(caller.calls().is_empty());
}

#[test]
fn rsync_takes_names_and_tags_in_brackets() {
    let home = tempfile::tempdir().expect("a directory");
    let here = home.path().join("here");
    std::fs::write(&here, "text").expect("written");
    let here = here.to_str().expect("text");
    for there in [
        "web1:/tmp/rsync-name",
        "privat?:/tmp/rsync-glob",
        "[tag:Name=web1]:/tmp/rsync-tag",
    ] {
        run(&caller(), "rsync", ["-e", "mssh", here, there]).prints("");
    }
}
