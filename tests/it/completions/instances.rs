//! Instances of the cached list, whatever they are called: what a shell inserts is one word, and
//! harmless.

use super::{Shell, completes_lines, is_here};
use crate::lab::Fleet;
use crate::sandbox::{SshUser, finish, look_ups};

const NAMES: &[&str] = &[
    "my box",
    "a$(touch hacked)",
    "Zed;touch hacked",
    "ev\u{9b}2Jil",
    "ev\u{202e}il",
    "-rf",
    "star*",
    "it's \"q\"",
];

const LINES: &[(&str, &str)] = &[
    ("mssh my", "mssh my\\ box "),
    ("mssh my\\ b", "mssh my\\ box "),
    ("mssh root@my", "mssh root@my\\ box "),
    ("mssh a\\$", "mssh a\\$\\(touch\\ hacked\\) "),
    ("mssh Ze", "mssh Zed\\;touch\\ hacked "),
    ("mssh star", "mssh star\\\\\\* "),
    ("mssh it", "mssh it\\'s\\ \\\"q\\\" "),
    ("mssh ev", "mssh ev"),
    ("mssh tag:Name=e", "mssh tag:Name=e"),
    ("mssh -rf", "mssh -rf"),
    ("mssh ta", "mssh tag:"),
    ("mssh tag:ro", "mssh tag:role="),
    ("mssh tag:role=w", "mssh tag:role=web "),
    ("mssh u@tag:role=w", "mssh u@tag:role=web "),
    (
        "mssh tag:team:tag-3=",
        "mssh tag:team:tag-3=some\\ value\\ 3 ",
    ),
    ("mssh tag:Name=my\\ b", "mssh tag:Name=my\\ box "),
    ("mssh tag:Name=-", "mssh tag:Name=-rf "),
    ("mssh i-0f1ee70000000000b", "mssh i-0f1ee70000000000b "),
    (
        "mssh --instance-id i-0f1ee70000000000b",
        "mssh --instance-id i-0f1ee70000000000b ",
    ),
    ("mssh -J my", "mssh -J my\\ box "),
    ("mssh --each star\\*,my", "mssh --each star\\*,my\\ box "),
    (
        "mssh --each tag:role=web,it",
        "mssh --each tag:role=web,it\\'s\\ \\\"q\\\" ",
    ),
    (
        "mssh --each tag:role=web,u@tag:role=w",
        "mssh --each tag:role=web,u@tag:role=web ",
    ),
    ("mscp --each file box,my", "mscp --each file box,my\\ box:"),
    ("mssh --list my", "mssh --list my\\ box "),
    ("mscp my", "mscp my\\ box:"),
    ("mscp fil", "mscp file "),
    ("mscp tag:role=w", "mscp tag:role=web:"),
    ("mscp file tag:Name=my\\ b", "mscp file tag:Name=my\\ box:"),
    ("msftp my", "msftp my\\ box "),
    (
        "mssh -r eu-west-1,us-east-1 my",
        "mssh -r eu-west-1,us-east-1 my\\ box ",
    ),
    ("mssh -r eu-west-1,us-e", "mssh -r eu-west-1,us-east-"),
    ("mssh --all-regions my", "mssh --all-regions my\\ box "),
    // Another region, and no cache for it.
    ("mssh -r eu-west-1 my", "mssh -r eu-west-1 my"),
    ("mssh --no-cache my", "mssh --no-cache my"),
];

#[track_caller]
fn offers_instances(name: &'static str) {
    if !is_here(name) {
        return;
    }
    let user = SshUser::with("");
    let names = NAMES.iter().map(ToString::to_string).collect();
    user.caller.fleet(Fleet {
        size: 12,
        names,
        ..Fleet::default()
    });
    let listed = user.run("mssh", &["--list"]);
    assert_eq!(listed.code, Some(0), "{listed:?}");
    // The other region would be asked for its list.
    let metadata = user.home.join(".cache/mssh");
    for entry in std::fs::read_dir(&metadata).expect("a cache").flatten() {
        let name = entry.file_name().to_string_lossy().into_owned();
        let lock = name.replace("us-east-1.tsv", "eu-west-1.lock");
        std::fs::write(metadata.join(lock), "").expect("a file");
    }
    let mut shell = Shell::of(name, user, |_| {});
    completes_lines(&mut shell, LINES);
    let run = shell.user.home.join("hacked").exists();
    assert!(!run && !shell.pty.screen().contains("\u{9b}2Jil"));
    assert_eq!(look_ups(&shell.user.caller), 1);
}

#[test]
fn bash_offers_instances() {
    offers_instances("bash");
}

#[test]
fn zsh_offers_instances() {
    offers_instances("zsh");
}

#[test]
fn fish_offers_instances() {
    offers_instances("fish");
}

#[test]
fn the_places_of_the_configuration_file_count() {
    let user = SshUser::with("");
    let listed = user.run("mssh", &["--list", "--region", "us-east-1,eu-west-1"]);
    assert_eq!(listed.code, Some(0), "{listed:?}");
    let names = |words: &[&str]| {
        let mut mssh = user.command("mssh");
        mssh.env_remove("AWS_REGION").arg("--complete").args(words);
        let lines = finish(&mut mssh).stdout;
        let names = lines.lines().skip(1).map(|it| it.split('\t').next());
        names.map(|it| it.unwrap_or_default().to_owned()).collect()
    };
    let both: Vec<String> = names(&["-r", "us-east-1,eu-west-1", "in-eu"]);
    assert_eq!(both, ["in-eu-west-1"]);
    let config = user.home.join(".config/mssh/config.toml");
    std::fs::create_dir_all(config.parent().expect("a directory")).expect("ours");
    std::fs::write(&config, "[defaults]\nregion = \"us-east-1,eu-west-1\"\n").expect("ours");
    assert_eq!(names(&["in-eu"]), both);
    assert_eq!(names(&["-r", "us-east-1", "in-eu"]), [""; 0]);
}
