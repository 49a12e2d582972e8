//! Lists of several regions and accounts.

use serde_json::Value;

use crate::lab::instances::{IN_EU_WEST_1, WEB1};
use crate::lab::{DESCRIBE_INSTANCES, Fault, Fleet, Trouble};
use crate::sandbox::{AwsUser, caller, files_below, finish, run};

/// The line of an instance, with single blanks.
fn line(table: &str, id: &str) -> String {
    let line = table.lines().find(|it| it.contains(id));
    let words = line.unwrap_or_default().split_whitespace();
    words.collect::<Vec<_>>().join(" ")
}

#[test]
fn the_instances_of_all_regions_are_sorted_as_one_list() {
    for places in [&["--region", "eu-west-1,us-east-1"][..], &["--all-regions"]] {
        let caller = caller();
        let outcome = run(&caller, "mssh", [&["--list"], places].concat());
        assert_eq!((outcome.stderr.as_str(), outcome.code), ("", Some(0)));
        let table = &outcome.stdout;
        let head = "NAME ID STATE REGION TYPE PRIVATE PUBLIC AGE REACH";
        assert_eq!(line(table, "NAME"), head);
        let web1 = format!("web1 {WEB1} running us-east-1 t3.micro ");
        assert!(line(table, WEB1).starts_with(&web1), "{table}");
        let there = format!("in-eu-west-1 {IN_EU_WEST_1} running eu-west-1 ");
        assert!(line(table, IN_EU_WEST_1).starts_with(&there), "{table}");
        let names = table.lines().skip(1).filter_map(|it| it.split(' ').next());
        assert!(names.is_sorted(), "{table}");
    }
    let words = ["--list", "--region", "eu-west-1,us-east-1", "zz-*"];
    let outcome = run(&caller(), "mssh", words);
    let none = "mssh: there is no instance whose name matches zz-* in eu-west-1, us-east-1\n";
    assert_eq!(outcome.stderr, none);
    assert_eq!((outcome.stdout.as_str(), outcome.code), ("", Some(0)));
}

#[test]
fn each_place_has_its_own_cached_list() {
    let caller = caller();
    let names = Vec::new();
    caller.fleet(Fleet {
        size: 3,
        names,
        ..Fleet::default()
    });
    let base = tempfile::tempdir().expect("a directory");
    let list = |region: &str| {
        let mut command = caller.command("mssh");
        command.env("XDG_CACHE_HOME", base.path());
        finish(command.args(["--list", "--tsv", "--region", region]))
    };
    assert_eq!(list("us-east-1,eu-west-1").stdout.lines().count(), 6);
    let mut files = files_below(base.path());
    files.sort();
    let texts = files
        .iter()
        .map(|it| std::fs::read_to_string(it).expect("text"));
    let bodies: Vec<String> = texts.map(|it| it.lines().skip(1).collect()).collect();
    // The same as without the other region.
    for region in ["us-east-1", "eu-west-1"] {
        assert_eq!(list(region).code, Some(0));
    }
    let mut same = files_below(base.path());
    same.sort();
    assert_eq!(same, files);
    let texts = files
        .iter()
        .map(|it| std::fs::read_to_string(it).expect("text"));
    let again: Vec<String> = texts.map(|it| it.lines().skip(1).collect()).collect();
    assert_eq!((again.len(), &again), (2, &bodies));
}

/// Lists as a user of the profiles `good` and `bad`, the latter with a key that AWS does not know.
fn by_profiles(profiles: &str, format: &str) -> crate::sandbox::Outcome {
    let user = AwsUser::with(
        "[profile good]\n$KEYregion = eu-west-1\n[profile bad]\nregion = us-east-1\n\
         aws_access_key_id = AKIAUNKNOWNUNKNOWN00\naws_secret_access_key = x\n",
    );
    let mut command = user.command("mssh");
    for variable in ["AWS_REGION", "AWS_DEFAULT_REGION"] {
        command.env_remove(variable);
    }
    finish(command.args(["--list", format, "--profile", profiles]))
}

#[test]
fn what_fails_in_one_account_is_told_after_the_others_list() {
    let json = by_profiles("bad,good", "--json");
    assert_eq!(json.code, Some(255), "{json:?}");
    let list: Value = serde_json::from_str(&json.stdout).expect("JSON");
    assert_eq!(list[0]["profile"], "good");
    assert_eq!(list[0]["region"], "eu-west-1");
    let error = "mssh: error: cannot list 1 of 2 places\nmssh:   profile bad: ";
    assert!(json.stderr.starts_with(error), "{json:?}");
    assert!(
        json.stderr.ends_with("--region a,b chooses some\n"),
        "{json:?}"
    );
    let tsv = by_profiles("bad,good", "--tsv").stdout;
    assert!(tsv.lines().all(|it| it.ends_with("\tgood")), "{tsv}");
    let none = by_profiles("bad,", "--tsv");
    assert_eq!((none.stdout.as_str(), none.code), ("", Some(255)));
}

#[test]
fn if_every_place_fails_the_first_error_is_told() {
    let caller = caller();
    caller.fault(Fault::new(Trouble::Denied).on(DESCRIBE_INSTANCES));
    let words = ["--list", "--region", "us-east-1,eu-west-1"];
    let outcome = run(&caller, "mssh", words);
    assert_eq!((outcome.stdout.as_str(), outcome.code), ("", Some(255)));
    assert!(
        outcome.stderr.contains("ec2:DescribeInstances"),
        "{outcome:?}"
    );
    assert!(!outcome.stderr.contains("places"), "{outcome:?}");
}
