//! Makes command lines out of ssh's grammar, with our options among them, and knows which is which.

use std::ffi::OsString;

use fastrand::Rng;

/// A command line, and what is to be read in it.
pub(super) struct Case {
    /// As typed, ours included.
    pub(super) typed: Vec<OsString>,
    /// The same without ours: all that ssh is to see.
    pub(super) truth: Vec<OsString>,
    /// Where the destination stands in `truth`, if we know.
    pub(super) destination: Option<usize>,
    /// The words of the remote command.
    pub(super) command: Vec<&'static str>,
    /// Whether `--` stands before the end, so that options are over.
    pub(super) ended: bool,
    /// Whether ssh is asked something (`-G`, `-V`, `-Q`).
    pub(super) asks: bool,
    /// Whether ssh may take as a host what we refuse.
    pub(super) hostile: bool,
    pub(super) ours: Ours,
}

/// The values that our options have in the end.
#[derive(Debug, Default, PartialEq, Eq)]
pub(super) struct Ours {
    pub(super) region: Option<String>,
    pub(super) profile: Option<String>,
    pub(super) zone: Option<String>,
    pub(super) instance: Option<String>,
    pub(super) via: Option<&'static str>,
    pub(super) dry_run: bool,
    pub(super) debug: bool,
}

const SWITCHES: &[u8] = b"246aACfgkKMnNqsttTvvxXY";
#[rustfmt::skip]
const VALUED: &[(char, &[&str])] = &[
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
const OPERANDS: &[&str] = &[
    "uname", "ls", "10.0.0.9", "a@b", "", "-", "x y", "$(id)", "ü", "p=1",
];
/// For a place where ssh still reads options, and none of ours could be meant.
const BEGINNINGS: &[&str] = &["uname", "ls", "", "-", "x y", "rm -rf", "ü"];
#[rustfmt::skip]
const LOOKALIKES: &[&str] = &[
    "-p", "33", "-l", "evil", "-r", "-d", "--region", "eu-west-1", "--", "-t", "i-0abcdef0",
    "-G", "-V", "--help", "-h", "-u", "-oUser=evil", "-Z",
];
#[rustfmt::skip]
const DESTINATIONS: &[&str] = &[
    "i-0face000000000001", "i-0abcdef0", "ubuntu@i-0face000000000001", "a@b@i-0abcdef0",
    "10.0.0.1", "admin@10.0.0.1", "::1", "admin@::1", "db", "core@db", "web.example.com",
    "a@b@web.example.com", "ssh://admin@10.0.0.1:2200", "ssh://10.0.0.1", "ssh://db:33",
    "ssh://ubuntu@db:", "ssh://a%40b@db", "ssh://i-0abcdef0:44", "i-bastion",
];
const HOSTILE: &[&str] = &[
    "",
    "-",
    "a b",
    "x;y",
    "@db",
    "db:22",
    "$(id)",
    "ssh://db:0",
    "ssh://",
    "u@",
];
const REFUSED: &[&[&str]] = &[
    &["-Z"],
    &["-AZv"],
    &["-8"],
    &["-vH"],
    &["-A-x"],
    &["--bogus"],
    &["--bogus=x"],
    &["-p", "abc"],
    &["-o", "Bogus=1"],
    &["-cnope"],
    &["-:"],
];

/// Makes a case.
pub(super) fn case(rng: &mut Rng) -> Case {
    let hostile = rng.u8(..) < 12;
    let nowhere = rng.u8(..) < 8;
    let pool = if hostile { HOSTILE } else { DESTINATIONS };
    let mut writer = Writer {
        destination: if nowhere { "" } else { choose(rng, pool) },
        rng,
        typed: Vec::new(),
        truth: Vec::new(),
        asks: false,
        ours: Ours::default(),
    };
    writer.options(false);
    if nowhere {
        writer.without_destination()
    } else {
        writer.destination(hostile)
    }
}

fn choose<T: Copy>(rng: &mut Rng, pool: &[T]) -> T {
    *rng.choice(pool).expect("a pool that is not empty")
}

struct Writer<'r> {
    rng: &'r mut Rng,
    destination: &'static str,
    typed: Vec<OsString>,
    truth: Vec<OsString>,
    asks: bool,
    ours: Ours,
}

impl Writer<'_> {
    fn one_in(&mut self, n: u32) -> bool {
        self.rng.u32(0..n) == 0
    }

    fn both(&mut self, word: impl Into<OsString>) {
        let word = word.into();
        self.typed.push(word.clone());
        self.truth.push(word);
    }

    fn without_destination(mut self) -> Case {
        if self.one_in(2) {
            let letter = choose(self.rng, VALUED).0;
            self.both(format!("-{letter}"));
        }
        self.done(None, Vec::new(), false, false)
    }

    fn destination(mut self, hostile: bool) -> Case {
        if self.one_in(5) {
            self.both("--");
        } else if self.one_in(16) {
            // ssh takes an option's value for the end of the options, if it stands last.
            self.both("-i");
            self.both("--");
            if self.one_in(2) {
                self.long();
            }
        }
        let mut ended = self.truth.last().is_some_and(|word| word == "--");
        let at = self.truth.len();
        self.both(self.destination);
        if !ended {
            self.options(true);
            if self.one_in(5) {
                self.both("--");
                ended = true;
            }
        }
        let words = if self.one_in(3) {
            0
        } else {
            self.rng.usize(1..5)
        };
        let mut command = Vec::new();
        for nth in 0..words {
            let pool = match nth {
                0 if !ended => BEGINNINGS,
                _ if self.one_in(2) => LOOKALIKES,
                _ => OPERANDS,
            };
            command.push(choose(self.rng, pool));
        }
        command.iter().for_each(|word| self.both(*word));
        self.done(Some(at), command, ended, hostile)
    }

    fn done(
        self,
        at: Option<usize>,
        command: Vec<&'static str>,
        ended: bool,
        hostile: bool,
    ) -> Case {
        Case {
            typed: self.typed,
            truth: self.truth,
            destination: at,
            command,
            ended,
            asks: self.asks,
            hostile,
            ours: self.ours,
        }
    }

    fn options(&mut self, late: bool) {
        for _ in 0..self.rng.usize(0..4) {
            match self.rng.u32(0..100) {
                0..=24 => self.long(),
                25..=29 => self.original_t(late),
                30 => self.question(),
                31..=33 => {
                    for word in choose(self.rng, REFUSED) {
                        self.both(*word);
                    }
                }
                _ => self.cluster(),
            }
        }
    }

    fn question(&mut self) {
        self.asks = true;
        for word in choose(
            self.rng,
            &[&["-G"][..], &["-V"], &["-Q", "cipher"], &["-vG"]],
        ) {
            self.both(*word);
        }
    }

    /// `-t ID`, where it is ours: with a destination which is no ID, and looks like an address.
    fn original_t(&mut self, late: bool) {
        let addresses = [
            "10.0.0.1",
            "admin@10.0.0.1",
            "::1",
            "web.example.com",
            "core@db",
        ];
        if !addresses.contains(&self.destination) && !(late && self.destination == "db") {
            return self.cluster();
        }
        let id = choose(self.rng, &["i-0123456789abcdef0", "i-0abcdef0"]);
        self.ours.instance = Some(id.to_owned());
        if self.one_in(2) {
            self.typed.extend(["-t".into(), id.into()]);
        } else {
            self.typed.push(format!("-t{id}").into());
        }
    }

    /// One of ours in a long spelling.
    fn long(&mut self) {
        #[rustfmt::skip]
        let spellings: &[(char, &[&str])] = &[
            ('r', &["region", "reg", "r"]),
            ('u', &["profile", "prof", "p"]),
            ('z', &["zone", "z"]),
            ('t', &["instance-id", "instance_id", "instance", "i"]),
            ('v', &["via"]),
            ('P', &["private"]),
            ('n', &["dry-run"]),
            ('d', &["debug", "deb", "d"]),
        ];
        let (which, names) = choose(self.rng, spellings);
        let name = choose(self.rng, names);
        match self.our_value(which) {
            None => self.typed.push(format!("--{name}").into()),
            Some(value) if self.one_in(2) => self.typed.push(format!("--{name}={value}").into()),
            Some(value) => self
                .typed
                .extend([format!("--{name}").into(), value.into()]),
        }
    }

    /// A value for one of ours, noted down.
    fn our_value(&mut self, which: char) -> Option<&'static str> {
        let pool: &[&str] = match which {
            'r' => &["us-east-1", "eu-west-1", "us-gov-west-1"],
            'u' => &["dev", "prod-1", "--", "-p"],
            'z' => &["us-east-1a", "us-west-2-lax-1a"],
            't' => &["i-0123456789abcdef0", "i-0abcdef0"],
            'v' => &["public", "ipv6", "instance-id"],
            _ => &[""],
        };
        let value = choose(self.rng, pool);
        match which {
            'r' => self.ours.region = Some(value.to_owned()),
            'u' => self.ours.profile = Some(value.to_owned()),
            'z' => self.ours.zone = Some(value.to_owned()),
            't' => self.ours.instance = Some(value.to_owned()),
            'v' => self.ours.via = Some(value),
            'P' => self.ours.via = Some("private"),
            'n' => self.ours.dry_run = true,
            _ => self.ours.debug = true,
        }
        (!value.is_empty()).then_some(value)
    }

    /// A word of letters, theirs and ours, of which the last one may have a value.
    fn cluster(&mut self) {
        let (mut typed, mut truth) = ("-".to_owned(), "-".to_owned());
        for _ in 0..self.rng.usize(0..3) {
            if self.one_in(6) {
                self.ours.debug = true;
                typed.push('d');
            }
            let letter = char::from(choose(self.rng, SWITCHES));
            typed.push(letter);
            truth.push(letter);
        }
        let (letter, value, is_ours) = match self.rng.u32(0..10) {
            0..=1 if typed.len() > 1 => return self.words(typed, truth, None),
            0..=2 => {
                let letter = choose(self.rng, &['r', 'u', 'z']);
                (letter, self.our_value(letter).unwrap_or_default(), true)
            }
            _ => {
                let (letter, values) = choose(self.rng, VALUED);
                (letter, choose(self.rng, values), false)
            }
        };
        let apart = self.one_in(2);
        let attached = if apart { "" } else { value };
        typed.push_str(&format!("{letter}{attached}"));
        if !is_ours {
            truth.push_str(&format!("{letter}{attached}"));
        }
        self.words(typed, truth, apart.then_some((value, is_ours)));
    }

    fn words(&mut self, typed: String, truth: String, value: Option<(&str, bool)>) {
        self.typed.push(typed.into());
        if truth.len() > 1 {
            self.truth.push(truth.into());
        }
        if let Some((value, is_ours)) = value {
            self.typed.push(value.into());
            if !is_ours {
                self.truth.push(value.into());
            }
        }
    }
}
