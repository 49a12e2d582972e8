//! Usage errors of `--listen`.

use crate::lab::instances::WEB1;
use crate::sandbox::{caller, run};

/// Arguments, error, and hint.
const CASES: &[(&[&str], &str, &str)] = &[
    (
        &["--listen", "5000"],
        "no target given",
        "give one, like `ec2-user@i-0123456789abcdef0`; see `--help`",
    ),
    (
        &["--listen"],
        "--listen needs a value",
        "write --listen PORT",
    ),
    (
        &["--listen", "nowhere:5000", WEB1],
        "`nowhere:5000` is not a valid address to listen on",
        PLACE,
    ),
    (
        &["--listen", "::1:5000", WEB1],
        "`::1:5000` is not a valid address to listen on",
        PLACE,
    ),
    (
        &["--listen", "70000", WEB1],
        "`70000` is not a valid address to listen on",
        PLACE,
    ),
    (
        &["--listen", "5000:localhost:80", WEB1],
        "`5000:localhost:80` is not a valid address to listen on",
        PLACE,
    ),
    (
        &["--listen", "5000", "i-0face000000000001:0"],
        "`0` is not a valid port",
        THERE,
    ),
    (
        &["--listen", "5000", "web1.lab:ssh"],
        "`ssh` is not a valid port",
        THERE,
    ),
    (
        &["--listen", "5000", "root@web1.lab"],
        "`root@` cannot be used with --listen",
        ALONE,
    ),
    (
        &["--listen", "5000", "-p", "22", WEB1],
        "`-p` cannot be used with --listen",
        ALONE,
    ),
    (
        &["--listen", "5000", WEB1, "-L", "1:h:2"],
        "`-L` cannot be used with --listen",
        ALONE,
    ),
    (
        &["--listen", "5000", WEB1, "uptime"],
        "a command cannot be used with --listen",
        ALONE,
    ),
    (
        &["--listen", "5000", "--proxy", WEB1],
        "--proxy cannot be used with --listen",
        "leave out --proxy or --listen",
    ),
    (
        &["--listen", "5000", "--shell", WEB1],
        "--shell cannot be used with --listen",
        "leave out --shell or --listen",
    ),
    (
        &["--listen", "5000", "--serial", WEB1],
        "--via serial cannot be used with --listen",
        "only ssh itself can connect that way: choose another",
    ),
    (
        &["--listen", "5000", "--max-tunnel-duration", "9", WEB1],
        "--max-tunnel-duration needs --via eice",
        "add --via eice, or leave it out",
    ),
    (
        &["--listen", "5000", "--eice", "i-0face000000000001:5432"],
        "EC2 Instance Connect Endpoints do not connect to port 5432",
        "they connect to ports 22 and 3389 only; use --ssm, or let ssh forward the port: \
         `mssh --eice -N -L PORT:localhost:PORT TARGET`",
    ),
    (
        &[
            "--listen",
            "5000",
            "--private",
            "i-0face000000000001:db:5432",
        ],
        "--via private does not lead to other hosts",
        "only Session Manager does: leave out --via, or let ssh forward the port: \
         `mssh -N -L PORT:HOST:PORT TARGET`",
    ),
    (
        &["--listen", "5000", "i-0face000000000001:-db:5432"],
        "`-db` is not a valid host to forward to",
        "write TARGET:HOST:PORT, where HOST is a name or an address; an IPv6 address has brackets",
    ),
    (
        &["--listen", "5000", "--listen", "5001", WEB1],
        "the number of targets is 1, that of --listen 2",
        "give each a target: `--listen 5432 TARGET:5432 --listen 8080 TARGET:80`",
    ),
    (&["--ls"], "unknown option `--ls`", "use --list"),
    (
        &["--listn", "5000", WEB1],
        "unknown option `--listn`",
        "did you mean --listen?",
    ),
    (
        &["--listen", "5000", "i-0abc:22"],
        "`i-0abc` is not a valid instance ID",
        "an instance ID is `i-` followed by 17 (or 8) hexadecimal digits",
    ),
];
const PLACE: &str = "use PORT or ADDRESS:PORT, like 5000, [::1]:5000 or *:5000";
const THERE: &str = "write TARGET:PORT with a port from 1 to 65535; without one it is 22";
const ALONE: &str = "ssh is not involved: clients log in by themselves, and the port is that of \
                     TARGET:PORT";

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
            "msftp: error: only mssh has --listen",
            "msftp: hint: use `mssh --listen PORT`",
        ],
    );
    run(&caller, "mscp", ["--shell", "a", "b:"]).fails(
        255,
        &[
            "mscp: error: only mssh has --shell",
            "mscp: hint: use `mssh --shell`",
        ],
    );
    assert!(caller.calls().is_empty());
}
