//! Usage errors of `--listen`.

use crate::lab::instances::WEB1;
use crate::sandbox::{caller, run};

/// Arguments, error, and hint.
const CASES: &[(&[&str], &str, &str)] = &[
    (
        &["--listen", "5000"],
        "no target given",
        "name one, like ec2-user@i-0123456789abcdef0; `--help` tells more",
    ),
    (
        &["--listen"],
        "--listen needs a value",
        "write --listen PORT",
    ),
    (
        &["--listen", "nowhere:5000", WEB1],
        "`nowhere:5000` is no place to listen at",
        PLACE,
    ),
    (
        &["--listen", "::1:5000", WEB1],
        "`::1:5000` is no place to listen at",
        PLACE,
    ),
    (
        &["--listen", "70000", WEB1],
        "`70000` is no place to listen at",
        PLACE,
    ),
    (
        &["--listen", "5000:localhost:80", WEB1],
        "`5000:localhost:80` is no place to listen at",
        PLACE,
    ),
    (
        &["--listen", "5000", "i-0face000000000001:0"],
        "`0` is not a port of an instance",
        THERE,
    ),
    (
        &["--listen", "5000", "web1.lab:ssh"],
        "`ssh` is not a port of an instance",
        THERE,
    ),
    (
        &["--listen", "5000", "root@web1.lab"],
        "`root@` does not go with --listen",
        ALONE,
    ),
    (
        &["--listen", "5000", "-p", "22", WEB1],
        "`-p` does not go with --listen",
        ALONE,
    ),
    (
        &["--listen", "5000", WEB1, "-L", "1:h:2"],
        "`-L` does not go with --listen",
        ALONE,
    ),
    (
        &["--listen", "5000", WEB1, "uptime"],
        "`uptime` does not go with --listen",
        ALONE,
    ),
    (
        &["--listen", "5000", "--proxy", WEB1],
        "`--proxy` does not go with --listen",
        ALONE,
    ),
    (
        &["--listen", "5000", "--shell", WEB1],
        "`--shell` does not go with --listen",
        ALONE,
    ),
    (
        &["--listen", "5000", "--serial", WEB1],
        "--listen cannot go by --via serial",
        "there ssh would have to go itself: name another",
    ),
    (
        &["--listen", "5000", "--max-tunnel-duration", "9", WEB1],
        "--max-tunnel-duration goes with --via eice alone",
        "leave it out, or say --via eice",
    ),
    (
        &["--listen", "5000", "--eice", "i-0face000000000001:5432"],
        "no EC2 Instance Connect Endpoint connects to port 5432",
        "they connect to ports 22 and 3389 alone; --ssm leads to any, and ssh forwards others: \
         `mssh --eice -N -L PORT:localhost:PORT TARGET`",
    ),
    (
        &["--list"],
        "unknown option `--list`",
        "`aws ec2 describe-instances` lists instances",
    ),
    (
        &["--listn", "5000", WEB1],
        "unknown option `--listn`",
        "did you mean --listen?",
    ),
    (
        &["--listen", "5000", "i-0abc:22"],
        "`i-0abc` is not a valid instance ID",
        "an instance ID is `i-` and 17 (or 8) hexadecimal digits",
    ),
];
const PLACE: &str = "write PORT or ADDRESS:PORT, like 5000, [::1]:5000 or *:5000";
const THERE: &str = "write TARGET:PORT, from 1 to 65535; without a port it is 22";
const ALONE: &str = "ssh has no part in it: whatever connects logs in by itself, and the port is \
                     that of TARGET:PORT";

#[test]
fn each_usage_error_has_a_line_and_a_hint() {
    let caller = caller();
    for (words, error, hint) in CASES {
        let lines = [
            format!("mssh: error: {error}"),
            format!("mssh: hint: {hint}"),
        ];
        run(&caller, "mssh", *words).fails(255, &[&lines[0], &lines[1]]);
    }
    run(&caller, "msftp", ["--listen", "5000", WEB1]).fails(
        255,
        &[
            "msftp: error: --listen belongs to mssh",
            "msftp: hint: write `mssh --listen PORT`",
        ],
    );
    run(&caller, "mscp", ["--shell", "a", "b:"]).fails(
        255,
        &[
            "mscp: error: --shell belongs to mssh",
            "mscp: hint: write `mssh --shell`",
        ],
    );
    assert!(caller.calls().is_empty());
}
