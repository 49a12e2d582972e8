//! Table B: our options, and ssh's.

use super::{Row, mssh};
use crate::sandbox::{Recorder, set_mode};

#[test]
fn the_region_in_all_its_forms() {
    let calls = [
        "eu-west-1:describe IN_EU_WEST_1",
        "eu-west-1:push root@IN_EU_WEST_1",
    ];
    for (label, words) in [
        ("B01", &["-r", "eu-west-1", "root@IN_EU_WEST_1"][..]),
        ("B02", &["--region", "eu-west-1", "root@IN_EU_WEST_1"]),
        ("B03", &["--region=eu-west-1", "root@IN_EU_WEST_1"]),
        ("B04", &["-reu-west-1", "root@IN_EU_WEST_1"]),
        ("B05", &["--reg", "eu-west-1", "root@IN_EU_WEST_1"]),
        ("B06", &["--r=eu-west-1", "root@IN_EU_WEST_1"]),
        ("B07", &["root@IN_EU_WEST_1", "-r", "eu-west-1"]),
    ] {
        mssh(label, words)
            .goes(&["root@127.0.0.61"])
            .calls(&calls)
            .runs();
    }
    mssh(
        "B08",
        &["root@IN_EU_WEST_1", "--region=eu-west-1", "uptime"],
    )
    .goes(&["root@127.0.0.61", "uptime"])
    .calls(&calls)
    .runs();
    mssh("B26", &["-r", "us-west-2", "-r", "us-east-1", "root@WEB1"])
        .goes(&["root@127.0.0.11"])
        .finds("WEB1", "root")
        .runs();
}

/// A row with the caller's key in two profiles, one of which has a region.
fn profiled(row: Row, region_in_environment: bool) {
    let recorder = Recorder::new();
    let key = recorder.caller.access_key();
    let keys = format!("aws_access_key_id = {key}\naws_secret_access_key = secret\n");
    let text = format!("[profile eu]\nregion = eu-west-1\n{keys}[profile dev]\n{keys}");
    let row = row.env("AWS_CONFIG_FILE", Some(recorder.file("config", &text)));
    let row = if region_in_environment {
        row
    } else {
        row.env("AWS_REGION", None)
    };
    row.runs_with(&recorder);
}

#[test]
fn the_profile_gives_keys_and_the_default_region() {
    let calls = [
        "eu-west-1:describe IN_EU_WEST_1",
        "eu-west-1:push root@IN_EU_WEST_1",
    ];
    let row = mssh("B09", &["-u", "eu", "root@IN_EU_WEST_1"]);
    profiled(row.fails("no instance IN_EU_WEST_1").no_push(), true);
    for (label, words) in [
        ("B10", &["-u", "eu", "root@IN_EU_WEST_1"][..]),
        ("B11", &["--profile", "eu", "root@IN_EU_WEST_1"]),
        ("B12", &["--prof=eu", "root@IN_EU_WEST_1"]),
        (
            "B13",
            &["-u", "dev", "-r", "eu-west-1", "root@IN_EU_WEST_1"],
        ),
    ] {
        let row = mssh(label, words).goes(&["root@127.0.0.61"]);
        profiled(row.calls(&calls), label == "B13");
    }
}

#[test]
fn the_instance_id_in_all_its_forms() {
    for (label, words) in [
        ("B15", &["-tWEB1", "root@DNS"][..]),
        ("B16", &["--instance_id", "WEB1", "root@DNS"]),
        ("B17", &["--instance_id=WEB1", "root@DNS"]),
        ("B18", &["--inst", "WEB1", "root@DNS"]),
        // Extended: the spelling with two dashes.
        ("B19", &["--instance-id", "WEB1", "root@DNS"]),
    ] {
        mssh(label, words)
            .goes(&["root@DNS"])
            .finds("WEB1", "root")
            .runs();
    }
}

#[test]
fn the_debug_option_works_alone_or_in_a_cluster() {
    for (label, words, argv) in [
        ("B22", &["-d", "root@WEB1"][..], &["root@127.0.0.11"][..]),
        ("B23", &["--debug", "root@WEB1"], &["root@127.0.0.11"]),
        (
            "B24",
            &["-dr", "us-east-1", "root@WEB1"],
            &["root@127.0.0.11"],
        ),
        // Fixed: in a cluster with an option of ssh.
        ("B25", &["-dA", "root@WEB1"], &["-A", "root@127.0.0.11"]),
    ] {
        mssh(label, words).goes(argv).finds("WEB1", "root").runs();
    }
}

#[test]
fn options_of_ssh_are_passed_unchanged() {
    // `@` stands for the target. From B34 on, the original mostly failed with a command, since it
    // took every option for one with a value; or its shell split the values.
    for (label, words) in [
        (
            "B35",
            &[
                "-o",
                "ConnectTimeout=5",
                "-o",
                "LogLevel=ERROR",
                "@",
                "uptime",
            ][..],
        ),
        ("B36", &["-oConnectTimeout=5", "@"]),
        ("B37", &["-oConnectTimeout=5", "@", "uptime"]),
        ("B38", &["-o", "ConnectTimeout 5", "@"]),
        ("B39", &["-o", "ProxyCommand=nc %h %p", "@"]),
        ("B40", &["-A", "@"]),
        ("B41", &["-A", "@", "uptime"]),
        ("B42", &["-v", "@", "uptime"]),
        ("B43", &["-q", "@", "uptime"]),
        ("B44", &["-4", "@", "uptime"]),
        ("B45", &["-T", "@", "uptime"]),
        ("B46", &["-tt", "@"]),
        ("B47", &["-tt", "@", "uptime"]),
        ("B48", &["-N", "-L", "8080:localhost:80", "@"]),
        ("B49", &["-L", "8080:localhost:80", "-N", "@"]),
        ("B50", &["-L", "8080:localhost:80", "@", "uptime"]),
        ("B51", &["-D", "1080", "-N", "-f", "@"]),
        ("B54", &["-W", "localhost:22", "@"]),
        ("B55", &["@", "-p", "22"]),
        ("B56", &["@", "-p", "22", "uptime"]),
        ("B57", &["@", "-v", "uptime"]),
        ("B59", &["@", "grep", "-i", "foo"]),
        ("B61", &["-o", "IdentityFile=/tmp/key", "@"]),
        ("B62", &["--", "@"]),
        ("B63", &["--", "@", "uptime"]),
        ("B64", &["@", "--", "ls", "-r"]),
        // As in B81, but ssh accepts this value: it is one argument, and nothing runs locally.
        (
            "B81, of a proxy",
            &["-o", "ProxyCommand=nc %h %p;touch pwned", "@"],
        ),
    ] {
        let with = |target: &'static str| -> Vec<&str> {
            let word = |word: &&'static str| if *word == "@" { target } else { *word };
            words.iter().map(word).collect()
        };
        let row = mssh(label, &with("root@WEB1")).goes(&with("root@127.0.0.11"));
        row.finds("WEB1", "root").runs();
    }
}

/// New: a hop is parsed like a target, so EC2 is asked for an instance with its address.
#[test]
fn a_hop_that_is_no_instance_is_passed_to_ssh() {
    let (public, private) = (
        "describe network-interface.addresses.association.public-ip",
        "describe network-interface.addresses.private-ip-address",
    );
    mssh("B53", &["-J", "jump@192.0.2.1", "root@WEB1"])
        .goes(&["-J", "jump@192.0.2.1", "root@127.0.0.11"])
        // With a filter, the lab returns an empty page first.
        .calls(&[
            public,
            public,
            private,
            private,
            "describe WEB1",
            "push root@WEB1",
        ])
        .runs();
}

#[test]
fn the_port_is_passed_to_ssh() {
    for (label, words, argv) in [
        (
            "B32",
            &["-p", "2216", "root@ODD_PORT"][..],
            &["-p", "2216", "root@127.0.0.51"][..],
        ),
        (
            "B33",
            &["-p2216", "root@ODD_PORT"],
            &["-p2216", "root@127.0.0.51"],
        ),
        (
            "B34",
            &["-p2216", "root@ODD_PORT", "uptime"],
            &["-p2216", "root@127.0.0.51", "uptime"],
        ),
    ] {
        mssh(label, words)
            .goes(argv)
            .finds("ODD_PORT", "root")
            .runs();
    }
}

/// As for ssh, a file given with `-F` may belong to others and be writable for them.
#[test]
fn any_config_file_is_passed_to_ssh() {
    let recorder = Recorder::new();
    let shared = recorder.file("shared-config", "Host *\n    ConnectTimeout 5\n");
    set_mode(&shared, 0o664);
    let shared = shared.to_string_lossy().into_owned();
    for (label, file) in [("B52", "/dev/null"), ("B52, of a shared file", &shared)] {
        mssh(label, &["-F", file, "root@WEB1"])
            .goes(&["-F", file, "root@127.0.0.11"])
            .finds("WEB1", "root")
            .runs();
    }
}

#[test]
fn queries_make_no_call() {
    mssh("B65", &["-h"]).prints("mssh").runs();
    mssh("B66", &["--help"]).prints("mssh").runs();
    // B67, `--version`, asks ssh for its own: see `texts`.
    mssh("B68", &["-V"]).asks().runs();
}
