//! The parts of generated command lines.

pub(super) const SWITCHES: &[u8] = b"246aACfgkKMnNqsttTvvxXY";
#[rustfmt::skip]
pub(super) const VALUED: &[(char, &[&str])] = &[
    ('p', &["22", "33", "2222"]),
    ('l', &["ubuntu", "admin", "jane.doe", "a@b"]),
    ('o', &["User=admin", "User ubuntu", "user=core", "Port=2200", "port 2201", "LogLevel=DEBUG",
        "ConnectTimeout 5", "ProxyCommand=nc %h %p", " AddressFamily = inet6", "HostKeyAlias=x y"]),
    ('L', &["8080:localhost:80"]),
    ('R', &["9090:localhost:90"]),
    ('D', &["1080", "localhost:1081"]),
    ('J', &["jump@192.0.2.1", "a,b:33"]),
    ('e', &["none", "^B", "~"]),
    ('c', &["aes256-ctr", "aes128-ctr,aes256-ctr"]),
    ('m', &["hmac-sha2-256"]),
    ('b', &["127.0.0.1", "-4"]),
    ('B', &["lo", "-d"]),
    ('i', &["/nowhere/key", "--region", "--"]),
    ('S', &["none", "/tmp/%C", "-p22"]),
    ('F', &["/dev/null", "none"]),
    ('W', &["localhost:22"]),
    ('w', &["0:1", "any"]),
    ('O', &["check", "exit"]),
];
pub(super) const OPERANDS: &[&str] = &[
    "uname", "ls", "10.0.0.9", "a@b", "", "-", "x y", "$(id)", "ü", "p=1",
];
/// For positions where ssh still parses options, and no option of ours is possible.
pub(super) const BEGINNINGS: &[&str] = &["uname", "ls", "", "-", "x y", "rm -rf", "ü"];
#[rustfmt::skip]
pub(super) const LOOKALIKES: &[&str] = &[
    "-p", "33", "-l", "evil", "-r", "-d", "--region", "eu-west-1", "--", "-t", "i-0abcdef0",
    "-G", "-V", "--help", "-h", "-u", "-oUser=evil", "-Z",
];
#[rustfmt::skip]
pub(super) const DESTINATIONS: &[&str] = &[
    "i-0face000000000001", "i-0abcdef0", "ubuntu@i-0face000000000001", "a@b@i-0abcdef0",
    "10.0.0.1", "admin@10.0.0.1", "::1", "admin@::1", "db", "core@db", "web.example.com",
    "a@b@web.example.com", "ssh://admin@10.0.0.1:2200", "ssh://10.0.0.1", "ssh://db:33",
    "ssh://ubuntu@db:", "ssh://a%40b@db", "ssh://i-0abcdef0:44", "i-bastion",
];
/// What we reject, even if ssh does so later or not at all.
#[rustfmt::skip]
pub(super) const HOSTILE: &[&str] = &[
    "", "-", "a b", "x;y", "@db", "db:22", "$(id)", "u@", "ssh://", "ssh://db:0", "ssh://db/x",
    "ssh://[::1]", "ssh://ubuntu@[::1]:22",
];
/// Options that ssh does not have, or values that it rejects.
#[rustfmt::skip]
pub(super) const REFUSED: &[&[&str]] = &[
    &["-Z"], &["-AZv"], &["-8"], &["-vH"], &["-A-x"], &["-:"], &["--bogus"], &["--bogus=x"],
    &["-p", "abc"], &["-o", "Bogus=1"], &["-cnope"],
];
/// Queries.
pub(super) const QUESTIONS: &[&[&str]] = &[&["-G"], &["-V"], &["-Q", "cipher"], &["-vG"]];
