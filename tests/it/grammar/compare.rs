//! Compares how mssh and `ssh -G` parse a generated command line.

use std::ffi::OsString;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use mssh::for_tests::{
    Config, Grammar, HostConfig, Invocation, Program, Query, QueryOptions, Request, Way, Word,
};

use super::case::{Case, Ours};
use super::installed;

/// An option that shows whether options are still parsed at its position: its values accumulate.
const PROBE: &str = "-oSendEnv=MSSH_PROBE";

/// What ssh does with some arguments.
enum Answer {
    Config(String),
    Usage,
    Refused(String),
}

/// Runs `ssh -G`, without any configuration file.
fn ask(words: impl IntoIterator<Item = OsString>) -> Answer {
    let mut command = Command::new("ssh");
    command.args(["-G", "-F", "none"]).args(words);
    let output = command.stdin(Stdio::null()).output().expect("ssh starts");
    let stderr = String::from_utf8_lossy(&output.stderr).into_owned();
    if output.status.success() {
        Answer::Config(String::from_utf8_lossy(&output.stdout).into_owned())
    } else if stderr.contains("usage: ssh") && !stderr.contains("specify a subsystem") {
        Answer::Usage
    } else {
        Answer::Refused(stderr)
    }
}

/// Runs `ssh -G` with these arguments, which must be valid.
fn config(words: impl IntoIterator<Item = OsString>) -> Result<String, String> {
    match ask(words) {
        Answer::Config(text) => Ok(text),
        Answer::Usage => Err("ssh shows its usage".to_owned()),
        Answer::Refused(why) => Err(format!("ssh refuses: {why}")),
    }
}

/// Runs both parsers.
pub(super) struct Parsers {
    pub(super) grammar: Grammar,
    local_user: String,
    directory: tempfile::TempDir,
}

impl Parsers {
    pub(super) fn new() -> Self {
        let plain = config(["x".into()]).expect("ssh -G");
        let directory = tempfile::tempdir().expect("a directory");
        let text = mssh::for_tests::config(Config::None);
        std::fs::write(directory.path().join("config"), text).expect("a file");
        Self {
            grammar: installed(),
            local_user: value(&plain, "user").to_owned(),
            directory,
        }
    }

    fn config(&self) -> PathBuf {
        Path::new(self.directory.path()).join("config")
    }

    /// Compares both results. Returns whether both would connect.
    pub(super) fn compare(&self, case: &Case, number: usize) -> Result<bool, String> {
        let answer = ask(case.truth.clone());
        let request = mssh::for_tests::parse(Program::Ssh, self.grammar, &case.typed);
        match (request, answer) {
            (Ok(Request::Client(words) | Request::ShowClient(words)), answer) => {
                same("words for ssh", &words, &case.truth)?;
                let connects = matches!(answer, Answer::Config(_)) && !case.asks;
                check(!connects, "ssh would connect")?;
                Ok(false)
            }
            (Ok(Request::Connect(invocation)), answer) => {
                same("words", &client_arguments(&invocation, case)?, &case.truth)?;
                check(!case.asks, "ssh was only asked something")?;
                match answer {
                    Answer::Usage => Err("ssh shows its usage".to_owned()),
                    Answer::Refused(_) => Ok(false),
                    Answer::Config(truth) => {
                        self.agree(case, &invocation, &truth, number).map(|()| true)
                    }
                }
            }
            // Without any operand ssh shows its usage, and mssh lets the user choose.
            (Ok(Request::Picker(_)), Answer::Usage) => Ok(false),
            (Ok(other), _) => Err(format!("we do something else: {other:?}")),
            (Err(usage), Answer::Config(_)) if !case.hostile && !case.asks => {
                Err(format!("we say: {usage}"))
            }
            (Err(_), _) => Ok(false),
        }
    }

    fn agree(
        &self,
        case: &Case,
        invocation: &Invocation,
        truth: &str,
        number: usize,
    ) -> Result<(), String> {
        same("our options", &ours(invocation), &case.ours)?;
        let again = config(rebuilt(invocation, case))?;
        same("ssh -G", &again.as_str(), &truth)?;
        if number.is_multiple_of(2) {
            self.same_login(invocation, truth)
        } else {
            self.same_command(case, number % 4 == 1)
        }
    }

    /// The `ssh -G` that mssh runs must give the expected login.
    fn same_login(&self, invocation: &Invocation, truth: &str) -> Result<(), String> {
        let destination = invocation.destinations().next().ok_or("no destination")?;
        let subject = Query {
            destination,
            host: destination.host.clone(),
            hostname: None,
            port: None,
            login: None,
        };
        let file = self.config();
        let manner = QueryOptions {
            config: Some(&file),
            canonical: true,
            debug: true,
        };
        let words = mssh::for_tests::words(invocation, &subject, manner);
        let output = config(words)?;
        let answer = HostConfig::parse(output.as_bytes());
        let login = answer.login.as_deref().unwrap_or(&self.local_user);
        same("login", &login, &value(truth, "user"))?;
        same("host", &answer.hostname.as_str(), &value(truth, "hostname"))?;
        same("port", &value(&output, "port"), &value(truth, "port"))?;
        same(
            "family",
            &answer.family,
            &HostConfig::parse(truth.as_bytes()).family,
        )?;
        same(
            "proxy",
            &answer.proxy,
            &HostConfig::parse(truth.as_bytes()).proxy,
        )
    }

    /// We parse a further option at the end if and only if ssh does: the command begins at the same
    /// word. And ssh sees a command where we do.
    fn same_command(&self, case: &Case, refusal: bool) -> Result<(), String> {
        let longer = |words: &[OsString]| [words, &[PROBE.into()]].concat();
        let request = mssh::for_tests::parse(Program::Ssh, self.grammar, &longer(&case.typed));
        let Ok(Request::Connect(invocation)) = request else {
            return Err(format!("with a word more: {request:?}"));
        };
        let value = Some(PROBE[2..].into());
        let ours = invocation.flags.iter().any(|f| f.late && f.value == value);
        same(
            "the command's begin",
            &ours,
            &(!case.ended && case.command.is_empty()),
        )?;
        // A subsystem or a background session needs a command.
        if let Answer::Config(text) = ask(longer(&case.truth)) {
            same("ssh's begin", &text.contains("sendenv MSSH_PROBE"), &ours)?;
        }
        if refusal {
            let remote = ["-o".into(), "RemoteCommand=true".into()];
            // ssh accepted it without these arguments; with -q it does not tell why it fails now.
            let refused = !matches!(
                ask(remote.into_iter().chain(case.truth.clone())),
                Answer::Config(_)
            );
            // A single empty word is no command for ssh.
            same("a command", &refused, &!case.command.join(" ").is_empty())?;
        }
        Ok(())
    }
}

/// Our arguments for the client, with the destination as typed, which must be at its position.
fn client_arguments(invocation: &Invocation, case: &Case) -> Result<Vec<OsString>, String> {
    let is_destination = |word: &Word| matches!(word, Word::Destination(_));
    let at = invocation.words.iter().position(is_destination);
    if !case.hostile && case.destination.is_some() {
        same("the destination's place", &at, &case.destination)?;
    }
    let words = invocation.words.iter().zip(&case.truth);
    let words = words.map(|(word, typed)| match word {
        Word::Typed(word) => word.clone(),
        Word::Destination(_) => typed.clone(),
    });
    let words: Vec<OsString> = words.collect();
    same(
        "number of words",
        &invocation.words.len(),
        &case.truth.len(),
    )?;
    Ok(words)
}

/// The arguments, rebuilt from the parsed ones: each option by itself, in its place.
fn rebuilt(invocation: &Invocation, case: &Case) -> Vec<OsString> {
    let flags = |late| {
        let flags = invocation
            .flags
            .iter()
            .filter(move |flag| flag.late == late);
        flags.map(|flag| {
            let mut word = OsString::from(format!("-{}", char::from(flag.letter)));
            word.push(flag.value.as_deref().unwrap_or_default());
            word
        })
    };
    let mut words: Vec<OsString> = flags(false).collect();
    words.extend(case.destination.map(|at| case.truth[at].clone()));
    words.extend(flags(true));
    if !case.command.is_empty() {
        words.extend(["--".into(), "command".into()]);
    }
    words
}

fn ours(invocation: &Invocation) -> Ours {
    let options = &invocation.options;
    let text = |text: &str| text.to_owned();
    Ours {
        region: options.region.as_ref().map(|it| text(it.as_str())),
        profile: options.profile.clone(),
        zone: options.zone.as_ref().map(|it| text(it.as_str())),
        instance: options.instance.as_ref().map(|it| text(it.as_str())),
        via: Some(options.via)
            .filter(|way| *way != Way::Auto)
            .map(Way::name),
        dry_run: options.dry_run,
        debug: options.debug,
    }
}

/// The value of a keyword in the output of `ssh -G`.
fn value<'a>(output: &'a str, keyword: &str) -> &'a str {
    let of = |line: &'a str| line.strip_prefix(keyword)?.strip_prefix(' ');
    output.lines().find_map(of).unwrap_or_default()
}

fn same<T: PartialEq + std::fmt::Debug>(what: &str, ours: &T, truth: &T) -> Result<(), String> {
    check(ours == truth, &format!("{what}: {ours:?} but {truth:?}"))
}

fn check(holds: bool, why: &str) -> Result<(), String> {
    if holds { Ok(()) } else { Err(why.to_owned()) }
}
