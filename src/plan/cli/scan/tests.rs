use super::*;
use crate::plan::cli::usage::Usage;
use crate::plan::program::Program;

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
        scan.refused.is_some(),
    ))
}

/// The same for valid arguments: arguments, ours and flags.
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
    // The value of our option is not an argument for ssh.
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
fn letters_after_the_target_of_sftp_are_ours_only_if_all_of_a_word_are() {
    let ours = "debug region=eu-west-1";
    reads(Program::Sftp, &["h", "-dreu-west-1"], "h", ours, "");
    reads(Program::Sftp, &["h", "-dC"], "h -dC", "", "");
    reads(Program::Sftp, &["h", "-Cd"], "h -Cd", "", "");
    reads(Program::Sftp, &["h", "-d", "-"], "h -", "debug", "");
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
