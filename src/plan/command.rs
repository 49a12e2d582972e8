//! The command line that we become, spelled from top to bottom.

use std::ffi::{OsStr, OsString};
use std::path::{Path, PathBuf};

use super::cli::{Invocation, Word};
use super::hops;
use super::names::Login;
use super::quote;
use super::route::Route;

/// A command line, spelled and not started.
#[derive(Debug, PartialEq, Eq)]
pub struct CommandLine {
    /// The client program.
    pub program: PathBuf,
    /// Its words, without its name.
    pub words: Vec<OsString>,
}

/// The key that the client logs in with.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Identity<'a> {
    /// The key in this file, which we made.
    Ephemeral(&'a Path),
    /// The user's, named among the client's own words.
    Own,
    /// None: nobody logs in, or not by a key of ours.
    Unneeded,
}

/// Where a destination is found, and as whom.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Arrival {
    /// The user whose key was pushed.
    pub login: Login,
    /// The way that is taken.
    pub route: Route,
    /// The ProxyCommand that leads there through hops, where ssh itself does not know the way.
    pub hops: Option<OsString>,
    /// Whether a master connection that runs takes us there, so that nobody logs in.
    pub shared: bool,
}

/// Spells the client's command line. `arrivals` are those of the invocation's destinations, in
/// the same order.
///
/// IdentitiesOnly and our key come before the user's words, since in OpenSSH the first value
/// wins: no key of an agent is then tried before ours, which would use up the server's patience
/// (MaxAuthTries in sshd_config(5)). The rest is as typed. The host key of a serial console comes
/// after it: it beats the user's files, and who says otherwise here and now is obeyed.
#[must_use]
pub fn spell(
    client: &Path,
    invocation: &Invocation,
    identity: Identity<'_>,
    proxy: Option<OsString>,
    arrivals: &[Arrival],
) -> CommandLine {
    let mut words: Vec<OsString> = Vec::new();
    if let Some(proxy) = proxy {
        let mut command = OsString::from("ProxyCommand=");
        command.push(proxy);
        words.extend(["-o".into(), command]);
        // Ours carries bytes, and has no descriptor to pass.
        words.extend(["-o".into(), "ProxyUseFdpass=no".into()]);
    }
    if identity != Identity::Unneeded {
        words.extend(["-o".into(), "IdentitiesOnly=yes".into()]);
    }
    if let Identity::Ephemeral(key) = identity {
        words.extend(["-i".into(), key.into()]);
    }
    for arrival in arrivals {
        if let Route::ByHostName(_, address) = arrival.route {
            words.extend(["-o".into(), format!("HostName={address}").into()]);
        }
    }
    let mut typed = invocation.words.clone();
    if let Some(command) = through_hops(arrivals) {
        let mut option = OsString::from("ProxyCommand=");
        option.push(command);
        words.extend(["-o".into(), option]);
        typed = hops::without_jump(&typed, &invocation.flags);
    }
    let mut left = arrivals.iter();
    words.extend(typed.iter().map(|word| match word {
        Word::Typed(word) => word.clone(),
        Word::Destination(destination) => left.next().map_or_else(OsString::new, |arrival| {
            let host = arrival.route.host();
            destination.spell(&arrival.login, &host, invocation.program)
        }),
    }));
    // What stands behind these dashes is no option. A console has no command that they might be in.
    let at = words.iter().position(|word| word == "--");
    let at = at.unwrap_or(words.len());
    for arrival in arrivals {
        if let Route::Serial(console) = &arrival.route {
            words.splice(at..at, console.host_key.iter().cloned());
        }
    }
    CommandLine {
        program: client.to_owned(),
        words,
    }
}

/// The ProxyCommand of all destinations: an option is for all of them, so it has to be the same.
fn through_hops(arrivals: &[Arrival]) -> Option<&OsString> {
    let (first, rest) = arrivals.split_first()?;
    let same = rest.iter().all(|arrival| arrival.hops == first.hops);
    first.hops.as_ref().filter(|_| same)
}

impl CommandLine {
    /// The command line as one would type it into a shell: the client by its bare name.
    #[must_use]
    pub fn quoted(&self) -> OsString {
        let name = self.program.file_name().unwrap_or(OsStr::new("ssh"));
        quote::join(std::iter::once(name).chain(self.words.iter().map(OsString::as_os_str)))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::plan::cli::{self, Request};
    use crate::plan::grammar::{Grammar, Program};
    use crate::plan::route::Way;
    use crate::plan::serial::Console;

    /// The words for the client, with a space between them, for root at each of these routes.
    fn spelled(program: Program, typed: &[&str], identity: Identity<'_>, to: &[Route]) -> String {
        let typed: Vec<OsString> = typed.iter().map(OsString::from).collect();
        let request = cli::parse(program, Grammar::of(program), &typed);
        let Ok(Request::Connect(invocation)) = request else {
            panic!("{request:?}");
        };
        let login = Login::parse("root").expect("a user");
        let arrival = |route: &Route| Arrival {
            login: login.clone(),
            route: route.clone(),
            hops: None,
            shared: false,
        };
        let arrivals: Vec<_> = to.iter().map(arrival).collect();
        let line = spell(Path::new("/bin/x"), &invocation, identity, None, &arrivals);
        line.words
            .join(OsStr::new(" "))
            .into_string()
            .expect("text")
    }

    fn key() -> Identity<'static> {
        Identity::Ephemeral(Path::new("/k"))
    }

    fn direct(address: &str) -> Route {
        Route::Direct(address.parse().expect("an address"), Way::Public)
    }

    #[test]
    fn our_words_come_first_and_the_rest_is_as_typed() {
        let typed = ["-dvvA", "-p22", "a@i-0abcdef0", "-o", "User x", "ls", "-r"];
        assert_eq!(
            spelled(Program::Ssh, &typed, key(), &[direct("10.0.0.1")]),
            "-o IdentitiesOnly=yes -i /k -vvA -p22 root@10.0.0.1 -o User x ls -r"
        );
        assert_eq!(
            spelled(
                Program::Ssh,
                &["i-0abcdef0"],
                Identity::Own,
                &[direct("::1")]
            ),
            "-o IdentitiesOnly=yes root@::1"
        );
        assert_eq!(
            spelled(
                Program::Ssh,
                &["-Oexit", "h"],
                Identity::Unneeded,
                &[direct("::1")]
            ),
            "-Oexit root@::1"
        );
    }

    #[test]
    fn each_destination_of_scp_gets_its_own_address() {
        let to = [direct("10.0.0.1"), direct("::1")];
        assert_eq!(
            spelled(Program::Scp, &["-r", "a:x", "f", "b:"], key(), &to),
            "-o IdentitiesOnly=yes -i /k -r root@10.0.0.1:x f root@[::1]:"
        );
    }

    #[test]
    fn an_alias_stays_the_host_and_the_address_becomes_its_host_name() {
        let alias = Route::ByHostName("db".to_owned(), "10.0.0.1".parse().expect("an address"));
        assert_eq!(
            spelled(Program::Sftp, &["-C", "db:/x"], key(), &[alias]),
            "-o IdentitiesOnly=yes -i /k -o HostName=10.0.0.1 -C root@db:/x"
        );
    }

    #[test]
    fn the_host_key_of_a_console_comes_after_the_users_options() {
        let console = || {
            Route::Serial(Console {
                host: "c".to_owned(),
                host_key: vec!["-oX".into()],
            })
        };
        for (typed, expected) in [
            (&["i-0abcdef0", "-v"][..], "root@c -v -oX"),
            (&["-v", "--", "i-0abcdef0"], "-v -oX -- root@c"),
        ] {
            let words = spelled(Program::Ssh, typed, Identity::Unneeded, &[console()]);
            assert_eq!(words, expected);
        }
    }

    #[test]
    fn a_command_line_is_shown_for_a_shell() {
        let line = CommandLine {
            program: "/usr/bin/ssh".into(),
            words: vec!["h".into(), "echo $HOME".into()],
        };
        assert_eq!(line.quoted(), "ssh h 'echo $HOME'");
    }
}
