//! The refresh of the cached list behind the prompt: silent, seldom, and only where nobody has to be
//! asked for credentials.

use std::fs::{self, File};
use std::path::PathBuf;
use std::time::{Duration, SystemTime};

use crate::lab::Fleet;
use crate::sandbox::{AwsUser, PATIENCE, SshUser, eventually, files_below, finish, look_ups};

/// The cached list, or its lock.
fn cached(user: &SshUser, extension: &str) -> Option<PathBuf> {
    let base = user.home.join(".cache/mssh");
    let mut files = files_below(&base).into_iter();
    files.rfind(|it| it.extension().is_some_and(|it| it == extension))
}

#[track_caller]
fn comes(user: &SshUser, text: &str) {
    let there = || cached(user, "tsv").and_then(|it| fs::read_to_string(it).ok());
    let came = eventually(PATIENCE, || there().is_some_and(|it| it.contains(text)));
    assert!(came, "no {text:?} in {:?}", there());
}

#[test]
fn an_old_list_is_refreshed_for_the_next_time() {
    let user = SshUser::with("");
    let names = |name: &str| Fleet {
        size: 1,
        names: vec![name.to_owned()],
        ..Fleet::default()
    };
    user.caller.fleet(names("first"));
    let complete = || user.run("mssh", &["--complete", "fi"]);
    complete().prints("none\n");
    comes(&user, "first");
    let id = Fleet::id(0);
    complete().prints(&format!("none\nfirst\t{id}\n"));
    // It is fresh.
    assert_eq!(look_ups(&user.caller), 1);
    user.caller.fleet(names("final"));
    let (list, lock) = (cached(&user, "tsv"), cached(&user, "lock"));
    let (list, lock) = (list.expect("a list"), lock.expect("a lock"));
    let text = fs::read_to_string(&list).expect("a list");
    let (_, lines) = text.split_once('\n').expect("lines");
    let old = format!("mssh instances 1 1767225600\n{lines}");
    fs::write(&list, old).expect("ours");
    // The last try was a moment ago.
    complete().prints(&format!("none\nfirst\t{id}\n"));
    let begun = SystemTime::now() - Duration::from_mins(5);
    let file = File::options().write(true).open(lock).expect("a lock");
    file.set_modified(begun).expect("ours");
    for _ in 0..3 {
        assert_eq!(complete().code, Some(0));
    }
    comes(&user, "final");
    complete().prints(&format!("none\nfinal\t{id}\n"));
    assert_eq!(look_ups(&user.caller), 2);
}

#[test]
fn only_targets_refresh_a_list() {
    let user = SshUser::with("");
    for word in ["--reg", "--via="] {
        assert_eq!(user.run("mssh", &["--complete", word]).code, Some(0));
    }
    let words = ["--complete", "--no-cache", "we"];
    user.run("mssh", &words).prints("none\n");
    user.run("mssh", &["--complete-line", "mssh web ls ", ""])
        .prints("none\n");
    std::thread::sleep(Duration::from_millis(500));
    user.cost(0, 0);
    assert!(cached(&user, "lock").is_none());
}

#[test]
fn nobody_is_asked_for_credentials() {
    let user = AwsUser::with(
        "[default]\n[profile process]\ncredential_process = touch $HOME/ran\n\
         [profile wrong]\nrole_arn = arn:aws:iam::123456789012:role/x\n\
         [profile base]\n$KEY[profile mfa]\nsource_profile = base\nmfa_serial = arn:aws:iam::1:mfa/x\n\
         role_arn = arn:aws:iam::123456789012:role/lab\n",
    );
    let home = user.aws("").parent().expect("a home").to_owned();
    let config = fs::read_to_string(user.aws("config")).expect("a file");
    let config = config.replace("$HOME", home.to_str().expect("a name"));
    user.writes("config", &config);
    for profile in ["default", "process", "wrong", "none"] {
        let mut mssh = user.command("mssh");
        mssh.args(["--complete", "-u", profile, "we"]);
        finish(&mut mssh).prints("none\n");
    }
    std::thread::sleep(Duration::from_millis(500));
    assert!(!home.join("ran").exists() && !home.join(".cache").exists());
    let mut mssh = user.command("mssh");
    mssh.args(["--complete", "-u", "mfa", "we"]);
    finish(&mut mssh).prints("none\n");
    // It is tried with a cached session only, and there is none.
    let tried = eventually(PATIENCE, || {
        !files_below(&home.join(".cache/mssh")).is_empty()
    });
    assert!(tried);
    std::thread::sleep(Duration::from_millis(500));
    assert!(user.caller.calls().is_empty());
}
