//! What users type, and what ssh makes of it.

use std::collections::HashSet;
use std::ffi::{OsStr, OsString};
use std::os::unix::ffi::OsStrExt;

use super::{LONGEST, mutations, texts};
use crate::plan::cli;
use crate::plan::cli::grammar::Grammar;
use crate::plan::cli::scan::{Scan, scan};
use crate::plan::program::Program;
use crate::plan::target::Target;
use crate::plan::target::destination::Destination;
use crate::plan::target::hop;
use crate::plan::target::ids::{InstanceId, Login, Region, Zone};

/// Command lines, a word in each line.
const LINES: &[&[u8]] = &[
    b"-vvA\n-p22\nec2-user@i-0abcdef0\n-L\n8080:localhost:80\nls -l",
    b"--profile\nwork\n--region=eu-west-1\n--eice\n-J\nadmin@i-0abcdef1,b:22\nweb\n-N",
    b"-dAt\ni-0abcdef0\n-z\nus-east-1a\n-o\nProxyCommand=none\n10.0.0.1\n--\nuname",
    b"-P\n22\n-r\nfile\nec2-user@i-0abcdef0:dir/\n.",
    b"--listen\n127.0.0.1:0\n--ssm\ni-0abcdef0\n--debug\n--dry-run",
    b"--proxy\n--via\nauto\n%h\n22\n%r",
    b"ssh://me@host:2222\n-T\ncat",
];

const DESTINATIONS: &[&str] = &[
    "ec2-user@i-0abcdef0123456789",
    "ssh://me@10.0.0.1:22",
    "sftp://a%40b@host/path",
    "CORP\\jane@[2001:db8::1]:dir",
    "ip-10-0-0-1.eu-west-1.compute.internal",
    "ec2-1-2-3-4.compute-1.amazonaws.com",
    "i-bastion",
    "mi-0123456789abcdef0",
    "arn:aws:ec2:eu-west-1:123456789012:instance/i-0abcdef0",
    "https://console.aws.amazon.com/ec2/home?region=us-east-1#InstanceDetails:instanceId=i-0abcdef0",
    "a@i-0abcdef0:22,b@[::1]:2222,host",
    "us-east-1a",
    "me@tag:role=web-*:/path",
    "[asg:web]:dir",
];

fn scanned(program: Program, words: &[OsString]) -> Option<Scan> {
    scan(program, Grammar::of(program), words).ok()
}

/// The words of the client are its own: they stay what they are if they are read once more. A word that
/// had letters of ours may be another then: `-tdi-0abcdef0`.
#[test]
fn command_lines() {
    // Each of the letters looks ahead for the destination.
    let letters = b"-t\ni-0abcdef0\n".repeat(LONGEST / 14);
    let in_words = b"-ti-0abcdef0\n".repeat(LONGEST / 13);
    let files = b"a:b\n".repeat(LONGEST / 4);
    let corpus = [LINES, &[letters.as_slice(), in_words.as_slice(), &files]].concat();
    mutations(&corpus, |bytes| {
        let words = bytes.split(|byte| *byte == b'\n');
        let words: Vec<OsString> = words.map(|it| OsStr::from_bytes(it).to_owned()).collect();
        let mut accepted = false;
        for program in [Program::Ssh, Program::Sftp, Program::Scp] {
            accepted |= cli::parse(program, Grammar::of(program), &words).is_ok();
            let Some(first) = scanned(program, &words) else {
                continue;
            };
            let length = |words: &[OsString]| words.iter().map(|it| it.len()).sum::<usize>();
            assert!(length(&first.words) <= length(&words));
            assert!(first.operands.iter().all(|at| *at < first.words.len()));
            assert!(first.flags.iter().all(|it| it.at < first.words.len()));
            let known: HashSet<&OsString> = words.iter().collect();
            let are_whole = first.words.iter().all(|word| known.contains(word));
            if first.refused.is_none() && are_whole {
                let again = scanned(program, &first.words);
                let again = again.expect("no option of ours is left to be wrong");
                assert_eq!(again.words, first.words);
                assert_eq!(again.operands, first.operands);
                assert!(again.ours.is_empty(), "{:?}", again.ours);
            }
        }
        accepted
    });
}

/// Nothing that is read as a target becomes an option of ssh, or a line of its own.
#[test]
fn destinations() {
    texts(DESTINATIONS, |word| {
        let login = Login::parse("ec2-user").expect("a user");
        for program in [Program::Ssh, Program::Sftp, Program::Scp] {
            let Ok(destination) = Destination::parse(program, OsStr::new(word)) else {
                continue;
            };
            let client = destination.for_client(&login, "host", program);
            assert!(!client.as_bytes().starts_with(b"-"), "{client:?}");
            assert!(client.len() <= 3 * word.len() + 40, "{client:?}");
        }
        let _ = Destination::parse_operand(OsStr::new(word));
        let hops = hop::parse(word);
        assert!(hops.is_err() || hops.is_ok_and(|it| it.len() <= word.len() + 1));
        Target::parse(word).is_ok()
    });
}

/// An ID, a user, a region or a zone is safe in any command line.
#[test]
fn names() {
    texts(DESTINATIONS, |word| {
        let plain = |text: &str| {
            let allowed = |byte: u8| byte.is_ascii_lowercase() || b"0123456789-".contains(&byte);
            !text.starts_with('-') && text.len() <= 40 && text.bytes().all(allowed)
        };
        assert!(
            InstanceId::parse(word).is_ok_and(|it| plain(it.as_str()))
                || InstanceId::parse(word).is_err()
        );
        assert!(
            Region::parse(word).is_ok_and(|it| plain(it.as_str())) || Region::parse(word).is_err()
        );
        assert!(Zone::parse(word).is_ok_and(|it| plain(it.as_str())) || Zone::parse(word).is_err());
        if let Ok(login) = Login::parse(word) {
            assert!(!login.as_str().starts_with('-'));
            assert!(
                !login
                    .as_str()
                    .contains(['\n', '\0', '\'', '"', '`', ';', '|', '&'])
            );
        }
        true
    });
}
