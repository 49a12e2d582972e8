//! What instances print, and what they read.

use super::{each, sorted};
use crate::sandbox::{caller, finish, finish_with};

#[test]
fn bytes_of_any_kind_stay_behind_the_name() {
    let caller = caller();
    for (command, expected) in [
        ("printf 'no end'", "web1 | no end\n"),
        ("printf 'a\\n\\nb\\n'", "web1 | a\nweb1 | \nweb1 | b\n"),
        ("printf '1%%\\r2%%\\r\\n'", "web1 | 1%\r2%\r\n"),
        ("printf '\\0\\001\\n'", "web1 | \0\u{1}\n"),
        ("printf '\\377\\n'", "web1 | \u{fffd}\n"),
        ("true", ""),
    ] {
        let outcome = finish(&mut each(&caller, &["web1", "--", command]));
        let all = (outcome.stdout.as_str(), outcome.stderr.as_str());
        assert_eq!(all, (expected, "mssh: 1 ok\n"), "{command}");
    }
}

/// A line is whole as long as it can be kept in memory.
#[test]
fn a_long_line_is_cut_into_lines_with_the_name() {
    const LONGEST: usize = 64 * 1024;

    let caller = caller();
    let command = "head -c 200000 /dev/zero | tr '\\0' x; echo y; echo z";
    let outcome = finish(&mut each(&caller, &["web1,web2", command]));
    assert_eq!(outcome.stderr, "mssh: 2 ok\n");
    for name in ["web1 | ", "web2 | "] {
        let of_this = outcome
            .stdout
            .lines()
            .filter_map(|it| it.strip_prefix(name));
        let lengths: Vec<usize> = of_this.map(str::len).collect();
        let rest = 200_001 - 3 * LONGEST;
        assert_eq!(lengths, [LONGEST, LONGEST, LONGEST, rest, 1], "{name}");
    }
    let lines = outcome.stdout.lines();
    assert_eq!(lines.count(), 10, "{}", outcome.stdout.len());
}

#[test]
fn a_megabyte_of_standard_input_goes_to_each() {
    let caller = caller();
    let mut bytes = vec![0; 1 << 20];
    fastrand::Rng::with_seed(7).fill(&mut bytes);
    let mut here = std::process::Command::new("sha256sum");
    let sum = finish_with(&mut here, &bytes).stdout;
    let sum = sum.trim_end();
    let mut mssh = each(
        &caller,
        &["--stdin", "--jobs", "1", "web1,web2,twin", "sha256sum"],
    );
    let outcome = finish_with(&mut mssh, &bytes);
    assert_eq!(outcome.stderr, "mssh: 4 ok\n");
    let lines = sorted(&outcome.stdout);
    assert_eq!(lines.len(), 4);
    for line in lines {
        assert!(line.ends_with(&format!(" | {sum}")), "{line}");
    }
}
