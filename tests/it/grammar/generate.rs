//! Generates command lines from ssh's grammar, mixed with our options.

use std::ffi::OsString;

use fastrand::Rng;
use mssh::for_tests::{Grammar, LetterKind};

use super::case::{Case, Ours, SPELLINGS, values};
use super::pools::{
    BEGINNINGS, DESTINATIONS, HOSTILE, LOOKALIKES, OPERANDS, QUESTIONS, REFUSED, SWITCHES, VALUED,
};

pub(super) fn case(rng: &mut Rng, grammar: Grammar) -> Case {
    let hostile = rng.u8(..) < 12;
    let nowhere = rng.u8(..) < 8;
    let pool = if hostile { HOSTILE } else { DESTINATIONS };
    let mut writer = Writer {
        destination: if nowhere { "" } else { choose(rng, pool) },
        rng,
        grammar,
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
    grammar: Grammar,
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
        // Our instance ID would be the destination, unless ssh rejects the arguments.
        if self.one_in(2) || self.ours.instance.is_some() {
            let letter = choose(self.rng, VALUED).0;
            self.both(format!("-{letter}"));
        }
        self.done(None, Vec::new(), false, false)
    }

    fn destination(mut self, hostile: bool) -> Case {
        if self.one_in(5) {
            self.both("--");
        } else if self.one_in(16) {
            // If an option's value comes last, ssh treats it as the end of the options.
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
        for word in &command {
            self.both(*word);
        }
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
                34..=36 => self.tag(),
                31..=33 => {
                    for word in choose(self.rng, REFUSED) {
                        self.both(word);
                    }
                }
                _ => self.cluster(),
            }
        }
    }

    /// `-P`, which takes a value in newer releases only.
    fn tag(&mut self) {
        if self.grammar.kind(b'P') == LetterKind::Switch {
            return self.both("-vP");
        }
        self.both("-P");
        self.both("tag");
    }

    fn question(&mut self) {
        self.asks = true;
        for word in choose(self.rng, QUESTIONS) {
            self.both(word);
        }
    }

    /// `-t ID` as our option: with a destination that is no ID and looks like an address.
    fn original_t(&mut self, late: bool) {
        let addresses = [
            "10.0.0.1",
            "admin@10.0.0.1",
            "::1",
            "web.example.com",
            "core@db",
        ];
        let alias = late && self.destination == "db";
        if !alias && !addresses.contains(&self.destination) {
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

    /// One of our options by a long name.
    fn long(&mut self) {
        let (which, names) = choose(self.rng, SPELLINGS);
        let name = choose(self.rng, names);
        match self.our_value(which) {
            None => self.typed.push(format!("--{name}").into()),
            Some(value) if self.one_in(2) => self.typed.push(format!("--{name}={value}").into()),
            Some(value) => self
                .typed
                .extend([format!("--{name}").into(), value.into()]),
        }
    }

    /// A value for one of our options, which is recorded.
    fn our_value(&mut self, which: char) -> Option<&'static str> {
        let value = choose(self.rng, values(which));
        self.ours.note(which, value);
        (!value.is_empty()).then_some(value)
    }

    /// A cluster of ssh's and our short options, the last of which may take a value.
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
        typed.push(letter);
        typed += attached;
        if !is_ours {
            truth.push(letter);
            truth += attached;
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
