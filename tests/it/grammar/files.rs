//! `msftp` and `mscp` run their clients with the arguments as typed, without our options and with
//! the destinations replaced: generated command lines, with recorders as clients.

use std::ffi::OsString;

use fastrand::Rng;

use super::{of_case, seed};
use crate::lab::instances::{WEB1, WEB2};
use crate::sandbox::Recorder;

const CASES: usize = 60;

#[rustfmt::skip]
const VALUED: &[(&str, &[&str])] = &[
    ("-P", &["22", "2222"]),
    ("-l", &["100"]),
    ("-c", &["aes256-ctr"]),
    ("-o", &["ConnectTimeout 5", "Compression=yes", "SetEnv=A=$(id)", "ProxyJump=jump@192.0.2.1"]),
    ("-S", &["/usr/bin/ssh", "-r"]),
    ("-F", &["none"]),
];
const FILES: &[&str] = &["a.txt", "./a b", "dir/x:y", "*", "-", "./-p", "[a]", ":x"];

/// One of the programs, and its options.
struct Kind {
    program: &'static str,
    switches: &'static [u8],
    /// Options with values of this client only.
    valued: &'static [(&'static str, &'static str)],
}

#[test]
fn msftp_changes_the_destination_and_nothing_else() {
    let kind = Kind {
        program: "msftp",
        switches: b"4aACfNpqrv",
        valued: &[
            ("-b", "batch"),
            ("-B", "4096"),
            ("-R", "64"),
            ("-s", "sftp"),
        ],
    };
    goes_through(&kind, |writer| {
        let paths = ["", ":", ":file", ":/a b/$(id)", ":a:b"];
        writer.remote(&paths, "sftp");
        if writer.rng.bool() {
            // As in the original, options may follow the target.
            writer.ours();
        }
        if writer.rng.bool() {
            writer.file();
        }
    });
}

#[test]
fn mscp_changes_the_destinations_and_nothing_else() {
    let kind = Kind {
        program: "mscp",
        switches: b"34ABCOpqrRTv",
        valued: &[("-X", "nrequests=8")],
    };
    goes_through(&kind, |writer| {
        let paths = [":", ":file", ":/a b/$(id)", ":a:b"];
        let copies = writer.rng.usize(0..3);
        if writer.rng.bool() {
            writer.remote(&paths, "scp");
            (0..copies).for_each(|_| writer.remote(&paths, "scp"));
            writer.file();
        } else {
            writer.file();
            (0..copies).for_each(|_| writer.file());
            writer.remote(&paths, "scp");
        }
    });
}

fn goes_through(kind: &Kind, operands: impl Fn(&mut Writer<'_>)) {
    let seed = seed();
    println!("MSSH_SEED={seed}");
    for number in 0..CASES {
        let rng = &mut of_case(seed, number);
        let mut writer = Writer {
            login: "ec2-user",
            rng,
            typed: Vec::new(),
            truth: Vec::new(),
        };
        writer.options(kind);
        operands(&mut writer);
        let Writer { typed, truth, .. } = writer;
        let case = format!("MSSH_SEED={seed} case {number} {typed:?}");
        let recorder = Recorder::new();
        let (outcome, argv) = recorder.run(recorder.command(kind.program).args(&typed));
        let Some(argv) = argv else {
            panic!("{case}: {outcome:?}");
        };
        let argv = recorder.after_key(&kind.program[1..], &argv, &case);
        assert_eq!(argv, truth, "{case}");
        assert_eq!(outcome.code, Some(0), "{case}");
        recorder.nothing_ran_here(&case);
    }
}

struct Writer<'r> {
    rng: &'r mut Rng,
    /// The user, if the destination names none.
    login: &'static str,
    typed: Vec<OsString>,
    /// The expected arguments of the client.
    truth: Vec<OsString>,
}

impl Writer<'_> {
    fn choose<T: Copy>(&mut self, pool: &[T]) -> T {
        *self.rng.choice(pool).expect("a pool that is not empty")
    }

    fn both(&mut self, word: &str) {
        self.typed.push(word.into());
        self.truth.push(word.into());
    }

    fn options(&mut self, kind: &Kind) {
        for _ in 0..self.rng.usize(0..5) {
            match self.rng.usize(0..6) {
                0 => self.ours(),
                1 => {
                    let letter = char::from(self.choose(kind.switches));
                    let other = char::from(self.choose(kind.switches));
                    self.both(&format!("-{letter}{other}"));
                }
                2 => {
                    let (option, value) = self.choose(kind.valued);
                    self.valued(option, value);
                }
                3 => {
                    self.login = "root";
                    self.both("-oUser=root");
                }
                _ => {
                    let (option, values) = self.choose(VALUED);
                    let value = self.choose(values);
                    self.valued(option, value);
                }
            }
        }
        if self.rng.usize(0..5) == 0 {
            self.both("--");
        }
    }

    fn valued(&mut self, option: &str, value: &str) {
        if self.rng.bool() {
            self.both(option);
            self.both(value);
        } else {
            self.both(&format!("{option}{value}"));
        }
    }

    /// Adds one of our options, which must change nothing.
    fn ours(&mut self) {
        #[rustfmt::skip]
        let words = self.choose(&[
            &["--region", "us-east-1"][..], &["--region=us-east-1"], &["-r", "us-east-1"],
            &["-rus-east-1"], &["--zone", "us-east-1a"], &["-zus-east-1a"], &["--debug"],
            &["--via=public"],
        ]);
        // After a `--`, all arguments are files.
        if self.truth.iter().all(|word| word != "--") {
            self.typed.extend(words.iter().map(OsString::from));
        }
    }

    fn file(&mut self) {
        let file = self.choose(FILES);
        self.both(file);
    }

    fn remote(&mut self, paths: &[&str], scheme: &str) {
        let (id, address) = self.choose(&[(WEB1, "127.0.0.11"), (WEB2, "127.0.0.12")]);
        let user = self.choose(&["", "admin@", "jane.doe@"]);
        // An earlier User option wins over `user@`.
        let login = match (user.strip_suffix('@'), self.login) {
            (Some(user), "ec2-user") => user,
            (_, login) => login,
        };
        let (typed, truth) = if self.rng.usize(0..6) == 0 {
            let path = self.choose(&["", "/", "/file", "/a%20b"]);
            (
                format!("{scheme}://{user}{id}:22{path}"),
                format!("{scheme}://{login}@{address}:22{path}"),
            )
        } else {
            let path = self.choose(paths);
            (
                format!("{user}{id}{path}"),
                format!("{login}@{address}{path}"),
            )
        };
        self.typed.push(typed.into());
        self.truth.push(truth.into());
    }
}
