//! Table H: `msftp`.

use super::msftp;

#[test]
fn the_path_stays_with_the_target() {
    for (label, words, argv) in [
        ("H01", &["root@WEB1"][..], &["root@127.0.0.11"][..]),
        ("H02", &["root@WEB1:file"], &["root@127.0.0.11:file"]),
        ("H03", &["root@WEB1:/dir/"], &["root@127.0.0.11:/dir/"]),
        (
            "H04",
            &["root@WEB1:file", "local"],
            &["root@127.0.0.11:file", "local"],
        ),
        ("H05", &["-t", "WEB1", "root@DNS:file"], &["root@DNS:file"]),
        // Fixed: names with colons, spaces and worse.
        ("H08", &["root@WEB1:a:b"], &["root@127.0.0.11:a:b"]),
        ("H09", &["root@WEB1:a b"], &["root@127.0.0.11:a b"]),
        (
            "H10",
            &["root@WEB1:$(touch pwned)"],
            &["root@127.0.0.11:$(touch pwned)"],
        ),
    ] {
        msftp(label, words).goes(argv).finds("WEB1", "root").runs();
    }
}

#[test]
fn options_of_sftp_are_passed_to_sftp() {
    for (label, words, argv) in [
        (
            "H06",
            &["-b", "batch", "-P", "2222", "root@WEB1"][..],
            &["-b", "batch", "-P", "2222", "root@127.0.0.11"][..],
        ),
        // Fixed: a flag with two operands.
        (
            "H07",
            &["-C", "root@WEB1:file", "local"],
            &["-C", "root@127.0.0.11:file", "local"],
        ),
        // New: `-r` is the option of sftp unless a region follows.
        ("H11", &["-r", "root@WEB1"], &["-r", "root@127.0.0.11"]),
        (
            "H11, of a region",
            &["-r", "us-east-1", "root@WEB1"],
            &["root@127.0.0.11"],
        ),
        (
            "H12",
            &["-l", "100", "root@WEB1"],
            &["-l", "100", "root@127.0.0.11"],
        ),
    ] {
        msftp(label, words).goes(argv).finds("WEB1", "root").runs();
    }
}

#[test]
fn everything_else_works_as_with_mssh() {
    // Fixed: only IPv6; the original passed sftp no destination.
    msftp("H14", &["root@IPV6_ONLY"])
        .goes(&["root@[::1]"])
        .finds("IPV6_ONLY", "root")
        .runs();
    msftp("H15", &["--help"]).prints("msftp").runs();
    msftp("H16", &[]).fails("no target").runs();
}
