//! The scanner: which words are options, values, the destination, the remote command.
//!
//! It reads as the client's own getopt(3) would and keeps the client's words as they were typed.
//! What is ours is taken out on the way. For ssh, options are still read after the destination,
//! as in the `goto again` of its `main()`; the first other word begins the remote command, which
//! is never looked into.

use std::ffi::{OsStr, OsString};
use std::os::unix::ffi::{OsStrExt, OsStringExt};

use super::destination::Destination;
use super::grammar::{Grammar, Kind, Program};
use super::names::{InstanceId, Region};
use super::options::{self, Name, Opt};
use super::usage::Usage;

/// A command line, taken apart.
#[derive(Debug, Default, PartialEq, Eq)]
pub struct Scan {
    /// The client's words in their order, ours taken out.
    pub words: Vec<OsString>,
    /// The client's options among them.
    pub flags: Vec<Flag>,
    /// Which of `words` are operands: ssh's destination; the operands of sftp and scp.
    pub operands: Vec<usize>,
    /// Our options, with their values.
    pub ours: Vec<(&'static Opt, Option<OsString>)>,
    /// Whether a remote command follows ssh's destination.
    pub command: bool,
    /// Whether the client will refuse the words, with a usage message of its own.
    pub refused: bool,
}

/// One of the client's options.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Flag {
    /// Its letter.
    pub letter: u8,
    /// Its value, if it takes one.
    pub value: Option<OsString>,
    /// Whether it stands after the destination.
    pub late: bool,
}

/// Reads `words`, which do not include the program's own name.
///
/// # Errors
/// What is wrong with an option of ours; mistakes in the client's options are its own to tell.
pub fn scan(program: Program, grammar: Grammar, words: &[OsString]) -> Result<Scan, Usage> {
    let mut scanner = Scanner {
        program,
        grammar,
        words,
        at: 0,
        ahead: false,
        scan: Scan::default(),
    };
    scanner.options()?;
    match program {
        Program::Ssh => scanner.destination_and_command()?,
        Program::Sftp | Program::Scp => scanner.operands()?,
    }
    Ok(scanner.scan)
}

/// What is the client's of a word of short options.
#[derive(Default)]
struct Theirs {
    letters: Vec<u8>,
    /// The word after it, where that is the value of the last letter.
    value: Option<OsString>,
}

struct Scanner<'a> {
    program: Program,
    grammar: Grammar,
    words: &'a [OsString],
    /// The next word to read.
    at: usize,
    /// Whether this one only looks ahead for another, to settle a `-t`.
    ahead: bool,
    scan: Scan,
}

impl<'a> Scanner<'a> {
    /// Takes the next word.
    fn next(&mut self) -> Option<&'a OsStr> {
        let word = self.words.get(self.at)?;
        self.at += 1;
        Some(word)
    }

    /// Reads options up to the first word which is none, or past a `--`.
    fn options(&mut self) -> Result<(), Usage> {
        while let Some(word) = self.words.get(self.at) {
            match word.as_bytes() {
                b"--" => {
                    self.at += 1;
                    self.scan.words.push(word.clone());
                    return Ok(());
                }
                [b'-', b'-', long @ ..] => {
                    self.at += 1;
                    self.long(long)?;
                }
                [b'-', _, ..] => {
                    self.at += 1;
                    self.cluster(word)?;
                }
                _ => return Ok(()),
            }
        }
        Ok(())
    }

    /// ssh's destination, the options after it, and the command.
    fn destination_and_command(&mut self) -> Result<(), Usage> {
        let ended = self.ended();
        let Some(destination) = self.next() else {
            return Ok(());
        };
        self.operand(destination);
        if !ended {
            self.options()?;
        }
        let command = &self.words[self.at..];
        self.scan.command = !command.is_empty();
        self.scan.words.extend_from_slice(command);
        Ok(())
    }

    /// The operands of sftp and scp. After the target of sftp our options may follow, as they
    /// could in the original; in scp they would be mistaken for files, or files for them.
    fn operands(&mut self) -> Result<(), Usage> {
        let ended = self.ended();
        while let Some(word) = self.next() {
            let bytes = word.as_bytes();
            let ours = !ended && !self.scan.operands.is_empty() && self.is_ours(bytes);
            match (self.program, ours) {
                (Program::Scp, true) if bytes.starts_with(b"--") => {
                    return Err(Usage::OptionAfterFiles(word.to_string_lossy().into()));
                }
                (Program::Sftp, true) => match bytes {
                    [b'-', b'-', long @ ..] => self.long(long)?,
                    _ => self.cluster(word)?,
                },
                _ => self.operand(word),
            }
        }
        Ok(())
    }

    /// Whether a `--` has ended the options. As in ssh, what counts is that the last of its words
    /// is one, be it an option's value; a value of ours is not among them.
    fn ended(&self) -> bool {
        self.scan.words.last().is_some_and(|word| word == "--")
    }

    fn operand(&mut self, word: &OsStr) {
        self.scan.operands.push(self.scan.words.len());
        self.scan.words.push(word.to_owned());
    }

    /// Whether a word that stands among the operands is an option of ours.
    fn is_ours(&self, word: &[u8]) -> bool {
        match word {
            [b'-', b'-', long @ ..] => {
                let name = long.split(|&b| b == b'=').next().unwrap_or_default();
                std::str::from_utf8(name).is_ok_and(|name| options::find_long(name).is_ok())
            }
            [b'-', letter, rest @ ..] => self.our_letter(*letter, rest, true).is_some(),
            _ => false,
        }
    }

    /// A long option: all of them are ours.
    fn long(&mut self, long: &[u8]) -> Result<(), Usage> {
        let equals = long.iter().position(|&b| b == b'=');
        let (name, attached) = match equals {
            Some(at) => (&long[..at], Some(OsStr::from_bytes(&long[at + 1..]))),
            None => (long, None),
        };
        let name = String::from_utf8_lossy(name);
        let opt = options::find_long(&name).map_err(|candidates| {
            let word = format!("--{name}");
            if candidates.is_empty() {
                Usage::UnknownOption(word)
            } else {
                Usage::Ambiguous(word, candidates)
            }
        })?;
        let value = match (opt.value, attached) {
            (None, None) => None,
            (None, Some(_)) => return Err(Usage::UnwantedValue(opt)),
            (Some(_), Some(value)) => Some(value),
            (Some(_), None) => Some(self.next().ok_or(Usage::NoValue(opt))?),
        };
        self.scan.ours.push((opt, value.map(OsStr::to_owned)));
        Ok(())
    }

    /// A word of short options: the client's letters, among which ours may stand.
    fn cluster(&mut self, word: &OsStr) -> Result<(), Usage> {
        let letters = &word.as_bytes()[1..];
        let mut theirs = Theirs::default();
        for (at, &letter) in letters.iter().enumerate() {
            let rest = &letters[at + 1..];
            let word_ends = match self.our_letter(letter, rest, theirs.letters.is_empty()) {
                Some(opt) => self.our_option(opt, rest)?,
                None => self.their_option(letter, rest, &mut theirs),
            };
            if word_ends {
                break;
            }
        }
        if !theirs.letters.is_empty() {
            let word = [b"-", theirs.letters.as_slice()].concat();
            self.scan.words.push(OsString::from_vec(word));
            self.scan.words.extend(theirs.value);
        }
        Ok(())
    }

    /// A letter of ours, taken out of its word; says whether it has taken the rest of it too.
    fn our_option(&mut self, opt: &'static Opt, rest: &[u8]) -> Result<bool, Usage> {
        let value = match opt.value {
            None => None,
            Some(_) => Some(self.value(rest).ok_or(Usage::NoValue(opt))?),
        };
        let has_value = value.is_some();
        self.scan.ours.push((opt, value));
        Ok(has_value)
    }

    /// A letter of the client's, kept; says whether it is the last of its word.
    fn their_option(&mut self, letter: u8, rest: &[u8], theirs: &mut Theirs) -> bool {
        theirs.letters.push(letter);
        let kind = self.grammar.kind(letter);
        if kind == Kind::Switch {
            self.flag(letter, None);
            return false;
        }
        theirs.letters.extend_from_slice(rest);
        let value = match kind {
            Kind::Valued => self.value(rest),
            Kind::Switch | Kind::Unknown => None,
        };
        match value {
            None => self.scan.refused = true,
            Some(value) => {
                theirs.value = rest.is_empty().then(|| value.clone());
                self.flag(letter, Some(value));
            }
        }
        true
    }

    /// The value of a short option: the rest of its word, or the whole next word.
    fn value(&mut self, rest: &[u8]) -> Option<OsString> {
        if rest.is_empty() {
            self.next().map(OsStr::to_owned)
        } else {
            Some(OsStr::from_bytes(rest).to_owned())
        }
    }

    fn flag(&mut self, letter: u8, value: Option<OsString>) {
        let late = self.program == Program::Ssh && !self.scan.operands.is_empty();
        self.scan.flags.push(Flag {
            letter,
            value,
            late,
        });
    }

    /// Our option of this letter, if the letter is ours here. `rest` is what follows it in its
    /// word; `leads` tells that no letter of the client's precedes it there.
    fn our_letter(&self, letter: u8, rest: &[u8], leads: bool) -> Option<&'static Opt> {
        let opt = options::find_letter(letter)?;
        let ours = match (opt.name, self.program) {
            (Name::InstanceId, Program::Ssh) => leads && self.means_instance(rest),
            (Name::InstanceId | Name::Debug, Program::Scp) => false,
            (Name::Region, Program::Sftp | Program::Scp) => leads && self.means_region(rest),
            _ => true,
        };
        ours.then_some(opt)
    }

    /// The word that a short option with this `rest` would take as its value, and where the words
    /// after it begin.
    fn peek<'b>(&'b self, rest: &'b [u8]) -> Option<(&'b [u8], usize)> {
        if rest.is_empty() {
            let word = self.words.get(self.at)?;
            Some((word.as_bytes(), self.at + 1))
        } else {
            Some((rest, self.at))
        }
    }

    /// Whether `-r` of sftp and scp is the original's region and not their "recursive": when
    /// something of a region's shape follows, and still enough operands after that.
    fn means_region(&self, rest: &[u8]) -> bool {
        let needed = if self.program == Program::Scp { 2 } else { 1 };
        self.peek(rest).is_some_and(|(value, after)| {
            let region = std::str::from_utf8(value).is_ok_and(|word| Region::parse(word).is_ok());
            let enough = !self.scan.operands.is_empty() || self.words.len() - after >= needed;
            region && enough
        })
    }

    /// Whether `-t` of ssh is the original's instance ID and not ssh's "tty": when an ID follows
    /// and, after it, an operand that looks like an address; or the destination, no ID itself,
    /// stands already.
    fn means_instance(&self, rest: &[u8]) -> bool {
        let is_id = |word: &[u8]| {
            std::str::from_utf8(word).is_ok_and(|word| InstanceId::parse(word).is_ok())
        };
        let Some((value, after)) = self.peek(rest) else {
            return false;
        };
        if !is_id(value) || self.ahead {
            return is_id(value);
        }
        if let Some(&destination) = self.scan.operands.first() {
            let word = self.scan.words[destination].as_bytes();
            let host = word.rsplit(|&b| b == b'@').next().unwrap_or_default();
            return !is_id(host);
        }
        let mut ahead = Scanner {
            at: after,
            ahead: true,
            scan: Scan::default(),
            ..*self
        };
        ahead.options().is_ok() && ahead.next().is_some_and(looks_like_address)
    }
}

/// Whether an operand can only be meant as an address: it holds an `@`, a dot or a colon, and ssh
/// would take it for a destination. A command like `./run.sh` or `vi /etc/hosts.allow` is none.
fn looks_like_address(word: &OsStr) -> bool {
    word.as_bytes().iter().any(|b| b"@.:".contains(b))
        && Destination::parse(Program::Ssh, word).is_ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    /// What was read: the client's words; ours; the letters of its flags with their values, late
    /// ones after a `/`; whether the client will refuse it.
    fn read(program: Program, line: &[&str]) -> Result<(String, String, String, bool), Usage> {
        let line: Vec<OsString> = line.iter().map(OsString::from).collect();
        let scan = scan(program, Grammar::of(program), &line)?;
        let text = |word: &OsStr| word.to_string_lossy().into_owned();
        let pair = |name: &str, value: Option<&OsString>| match value {
            Some(value) => format!("{name}={}", text(value)),
            None => name.to_owned(),
        };
        let words: Vec<_> = scan.words.iter().map(|word| text(word)).collect();
        let ours = scan.ours.iter();
        let ours: Vec<_> = ours.map(|(opt, v)| pair(opt.long, v.as_ref())).collect();
        let flags = scan.flags.iter().map(|flag| {
            let late = if flag.late { "/" } else { "" };
            let letter = char::from(flag.letter);
            pair(&format!("{late}{letter}"), flag.value.as_ref())
        });
        let flags: Vec<_> = flags.collect();
        Ok((
            words.join(" "),
            ours.join(" "),
            flags.join(" "),
            scan.refused,
        ))
    }

    /// The same of words that are no mistake, as words, ours and flags.
    #[track_caller]
    fn reads(program: Program, line: &[&str], words: &str, ours: &str, flags: &str) {
        let expected = (words.to_owned(), ours.to_owned(), flags.to_owned(), false);
        assert_eq!(read(program, line), Ok(expected), "{line:?}");
    }

    const ID: &str = "i-0abcdef0";

    #[test]
    fn bundles_and_values_are_taken_apart_but_stay_as_typed() {
        let ssh = |line: &[&str], words, ours, flags| reads(Program::Ssh, line, words, ours, flags);
        ssh(&["-vvA", "-p22", "h"], "-vvA -p22 h", "", "v v A p=22");
        ssh(&["-4Cl", "u", "h"], "-4Cl u h", "", "4 C l=u");
        ssh(&["-dA", "h"], "-A h", "debug", "A");
        ssh(&["-Ad", "h"], "-A h", "debug", "A");
        ssh(
            &["-dr", "eu-west-1", "h"],
            "h",
            "debug region=eu-west-1",
            "",
        );
        ssh(&["-Areu-west-1", "h"], "-A h", "region=eu-west-1", "A");
        ssh(&["-ld", "h"], "-ld h", "", "l=d");
        ssh(&["-i", "--region", "h"], "-i --region h", "", "i=--region");
    }

    #[test]
    fn long_options_are_ours_and_may_be_abbreviated() {
        for spelling in [
            &["--region", "eu-west-1"][..],
            &["--region=eu-west-1"],
            &["--reg", "eu-west-1"],
            &["--r=eu-west-1"],
            &["-r", "eu-west-1"],
            &["-reu-west-1"],
        ] {
            let line = [spelling, &["h"]].concat();
            reads(Program::Ssh, &line, "h", "region=eu-west-1", "");
        }
        let unknown = |word: &str| Err(Usage::UnknownOption(word.to_owned()));
        assert_eq!(
            read(Program::Ssh, &["--nothing=x", "h"]),
            unknown("--nothing")
        );
        assert_eq!(read(Program::Ssh, &["--dry", "h"]), unknown("--dry"));
        let debug = options::find_letter(b'd').expect("-d");
        let wrong = Err(Usage::UnwantedValue(debug));
        assert_eq!(read(Program::Ssh, &["--debug=x", "h"]), wrong);
        let region = options::find_letter(b'r').expect("-r");
        for line in [&["--region"][..], &["-r"], &["h", "-Ar"]] {
            assert_eq!(
                read(Program::Ssh, line),
                Err(Usage::NoValue(region)),
                "{line:?}"
            );
        }
    }

    #[test]
    fn options_after_the_destination_are_read_up_to_the_command() {
        let ssh = |line: &[&str], words, ours, flags| reads(Program::Ssh, line, words, ours, flags);
        ssh(
            &["h", "-p", "33", "-d", "ls", "-d"],
            "h -p 33 ls -d",
            "debug",
            "/p=33",
        );
        ssh(&["-A", "h", "-v", "ls", "-r"], "-A h -v ls -r", "", "A /v");
        ssh(&["h", "--", "-d", "ls"], "h -- -d ls", "", "");
        ssh(&["h", "", "-d"], "h  -d", "", "");
        ssh(&["h", "-", "-d"], "h - -d", "", "");
    }

    #[test]
    fn two_dashes_end_the_options_even_as_an_options_value() {
        let ssh = |line: &[&str], words, ours, flags| reads(Program::Ssh, line, words, ours, flags);
        ssh(&["--", "h", "-d"], "-- h -d", "", "");
        ssh(&["-l", "--", "h", "-d"], "-l -- h -d", "", "l=--");
        ssh(&["-l--", "h", "-d"], "-l-- h", "debug", "l=--");
        ssh(
            &["-l", "--", "-d", "h", "-p1"],
            "-l -- h -p1",
            "debug",
            "l=--",
        );
        // The value of an option of ours is no word of ssh's.
        ssh(&["-u", "--", "h", "-p1"], "h -p1", "profile=--", "/p=1");
    }

    #[test]
    fn t_is_ours_between_an_id_and_an_address() {
        let t = format!("instance-id={ID}");
        for address in ["10.0.0.1", "::1", "db.example.com", "u@db", "ssh://db"] {
            reads(Program::Ssh, &["-t", ID, address], address, &t, "");
            reads(
                Program::Ssh,
                &["-d", "-ti-0abcdef0", address],
                address,
                &format!("debug {t}"),
                "",
            );
            let between = ["-t", ID, "-p", "22", "--", address];
            reads(
                Program::Ssh,
                &between,
                &format!("-p 22 -- {address}"),
                &t,
                "p=22",
            );
        }
        reads(Program::Ssh, &["db", "-t", ID, "ls"], "db ls", &t, "");
        reads(
            Program::Ssh,
            &["-t", ID, "-t", ID, "u@h"],
            "u@h",
            &format!("{t} {t}"),
            "",
        );
        reads(Program::Sftp, &["-t", ID, "db:x"], "db:x", &t, "");
    }

    #[test]
    fn every_other_t_is_sshs() {
        for line in [
            &["-t", ID][..],
            &["-t", ID, "top"],
            &["-t", ID, "./run.sh"],
            &["-t", ID, "vi /etc/hosts.allow"],
            &["-t", ID, "echo a@b; ls"],
            &["-t", "bogus", "db.example.com"],
        ] {
            reads(Program::Ssh, line, &line.join(" "), "", "t");
        }
        reads(Program::Ssh, &["-tt", ID], "-tt i-0abcdef0", "", "t t");
        reads(
            Program::Ssh,
            &["-At", ID, "u@h"],
            "-At i-0abcdef0 u@h",
            "",
            "A t",
        );
        reads(
            Program::Ssh,
            &["u@i-0abcdef0", "-t", ID],
            "u@i-0abcdef0 -t i-0abcdef0",
            "",
            "/t",
        );
    }

    #[test]
    fn r_of_sftp_and_scp_is_a_region_if_one_follows() {
        use Program::{Scp, Sftp};
        let region = "region=eu-west-1";
        reads(Sftp, &["-r", "eu-west-1", "h"], "h", region, "");
        reads(Sftp, &["-reu-west-1", "h"], "h", region, "");
        reads(Sftp, &["h", "-r", "eu-west-1"], "h", region, "");
        reads(Sftp, &["-r", "h"], "-r h", "", "r");
        reads(Sftp, &["-r", "eu-west-1"], "-r eu-west-1", "", "r");
        reads(
            Sftp,
            &["-Cr", "eu-west-1", "h"],
            "-Cr eu-west-1 h",
            "",
            "C r",
        );
        reads(Scp, &["-r", "eu-west-1", "a", "h:"], "a h:", region, "");
        reads(Scp, &["-r", "eu-west-1", "h:"], "-r eu-west-1 h:", "", "r");
        reads(Scp, &["-rp", "a", "h:"], "-rp a h:", "", "r p");
    }

    #[test]
    fn d_and_t_are_scps_in_scp() {
        reads(Program::Scp, &["-d", "a", "h:"], "-d a h:", "", "d");
        reads(Program::Scp, &["-t", "dir"], "-t dir", "", "t");
        reads(
            Program::Scp,
            &["--debug", "-z", "us-east-1a", "a", "h:"],
            "a h:",
            "debug zone=us-east-1a",
            "",
        );
        reads(Program::Sftp, &["-d", "h"], "h", "debug", "");
    }

    #[test]
    fn a_long_option_after_files_is_refused_in_scp_and_read_in_sftp() {
        let refused = Err(Usage::OptionAfterFiles("--region=eu-west-1".to_owned()));
        assert_eq!(
            read(Program::Scp, &["a", "h:", "--region=eu-west-1"]),
            refused
        );
        reads(Program::Scp, &["a", "-d", "h:"], "a -d h:", "", "");
        reads(
            Program::Scp,
            &["--", "a", "--debug", "h:"],
            "-- a --debug h:",
            "",
            "",
        );
        reads(Program::Sftp, &["h", "--debug", "f"], "h f", "debug", "");
        reads(
            Program::Sftp,
            &["--", "h", "--debug"],
            "-- h --debug",
            "",
            "",
        );
    }

    #[test]
    fn what_the_client_will_refuse_is_kept_for_it() {
        for line in [
            &["-Z", "h"][..],
            &["-AZv", "h"],
            &["-p"],
            &["-A", "-o"],
            &["h", "-Z"],
        ] {
            let scanned = read(Program::Ssh, line).map(|(words, _, _, refused)| (words, refused));
            assert_eq!(scanned, Ok((line.join(" "), true)), "{line:?}");
        }
    }
}
