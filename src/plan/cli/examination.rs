//! `--doctor`: any command line of a connection, examined instead of run.

use std::ffi::OsString;

use super::Request;
use super::invocation::Invocation;
use super::options::Name;
use super::scan::Scan;

/// A connection to examine.
#[derive(Debug, PartialEq, Eq)]
pub struct Examination {
    /// The command line without `--doctor`. Of several destinations, the first is examined.
    pub invocation: Invocation,
    /// Our options that a trial login needs, as words.
    pub(crate) options: Vec<OsString>,
}

/// The same request, to be examined. The client's own queries are not: they connect to nothing.
pub(super) fn of(request: Request, options: Vec<OsString>) -> Request {
    let invocation = match request {
        Request::Connect(invocation) | Request::Shell(invocation) => *invocation,
        Request::Listen(mut request) if !request.0.is_empty() => {
            request.0.swap_remove(0).invocation
        }
        other => return other,
    };
    Request::Examine(Box::new(Examination {
        invocation,
        options,
    }))
}

/// Our options that decide how to log in.
pub(super) fn options_for_login(scan: &Scan) -> Vec<OsString> {
    let not_for_login = [
        Name::Doctor,
        Name::Json,
        Name::Shell,
        Name::Listen,
        Name::DryRun,
        Name::Start,
        Name::Wait,
        Name::Debug,
    ];
    option_words(scan, &not_for_login)
}

/// Our options but for these, as words for another run of mssh.
pub(super) fn option_words(scan: &Scan, without: &[Name]) -> Vec<OsString> {
    let ours = scan.ours.iter();
    let ours = ours.filter(|(opt, _)| !without.contains(&opt.name));
    ours.map(|(opt, value)| {
        let mut word = OsString::from(format!("--{}", opt.long));
        if let Some(value) = value {
            word.push("=");
            word.push(value);
        }
        word
    })
    .collect()
}

#[cfg(test)]
mod tests {
    use super::super::parse;
    use super::*;
    use crate::plan::cli::grammar::Grammar;
    use crate::plan::program::Program;

    fn read(program: Program, line: &str) -> Request {
        let words: Vec<OsString> = line.split(' ').map(OsString::from).collect();
        parse(program, Grammar::of(program), &words).expect(line)
    }

    #[test]
    fn a_connection_is_examined_with_the_options_that_decide_how_to_log_in() {
        for (program, line, options) in [
            (
                Program::Ssh,
                "-p 22 --region eu-west-1 web1 --doctor",
                &["--region=eu-west-1"][..],
            ),
            (
                Program::Ssh,
                "--doctor --json --ssm i-0123abcd ls -l",
                &["--ssm"],
            ),
            (Program::Ssh, "--shell --doctor i-0123abcd", &[]),
            (Program::Ssh, "--listen 5000 --doctor i-0123abcd:80", &[]),
            (Program::Sftp, "--doctor web1:/tmp", &[]),
            (
                Program::Scp,
                "--doctor -u dev a.txt web1:",
                &["--profile=dev"],
            ),
        ] {
            let Request::Examine(examination) = read(program, line) else {
                panic!("{line}");
            };
            assert_eq!(examination.options, options, "{line}");
            assert_eq!(examination.invocation.destinations().count(), 1, "{line}");
        }
    }

    #[test]
    fn queries_of_the_client_stay_what_they_are() {
        let request = read(Program::Ssh, "-G web1 --doctor");
        assert!(matches!(request, Request::Client(_)), "{request:?}");
    }
}
