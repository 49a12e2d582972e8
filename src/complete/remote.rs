//! Paths on an instance: listed over a master connection that is open (ControlMaster in
//! ssh_config(5)), and never otherwise. There is no login, no push and no call to AWS.

use std::ffi::{OsStr, OsString};
use std::net::IpAddr;
use std::path::{Path, PathBuf};
use std::time::Duration;

use tokio::time::timeout;

use super::Line;
use super::cached_list::CachedList;
use crate::config;
use crate::plan::argv::quote;
use crate::plan::cli::complete::lists::list_words;
use crate::plan::cli::complete::remote::{Reader, RemotePath};
use crate::plan::cli::complete::scan_before;
use crate::plan::cli::config::apply::CommandWords;
use crate::plan::cli::grammar::SCP_BY_SFTP;
use crate::plan::cli::invocation::{Invocation, LoginChoice};
use crate::plan::cli::{self, Request};
use crate::plan::program::Program;
use crate::plan::ssh_g::{self, Query, QueryOptions};
use crate::plan::target::Target;
use crate::plan::target::destination::Destination;
use crate::plan::target::ids::Login;
use crate::run::wait_for;
use crate::world::openssh::{self, ConfigSource, over_master};
use crate::world::process;

/// How long a TAB may take in all.
const LIMIT: Duration = Duration::from_secs(2);

impl Line<'_> {
    /// The paths that begin with what is typed after `host`, which ends with its colon.
    pub(super) fn remote_paths(&self, host: &str, typed: &str) -> Vec<String> {
        let Some(invocation) = self.login_to(host) else {
            return Vec::new();
        };
        let paths = wait_for(async {
            let paths = self.list_paths(&invocation, typed);
            Ok(timeout(LIMIT, paths).await.ok().flatten())
        });
        paths.ok().flatten().unwrap_or_default()
    }

    /// The login that the command line would make, for this one of its destinations.
    fn login_to(&self, host: &str) -> Option<Invocation> {
        let mut words = self.words.to_vec();
        words.push(host.into());
        if self.program == Program::Scp {
            // Where to copy to.
            words.push(".".into());
        }
        let line = CommandWords {
            program: self.program,
            grammar: self.grammar,
            words: &words,
        };
        let request = cli::parse(line.program, line.grammar, &words).ok()?;
        let Request::Connect(invocation) = config::applied(line, request, self.terminal).ok()?
        else {
            return None;
        };
        let destination = invocation.destinations().last()?.clone();
        Some(invocation.with_destination(destination))
    }

    async fn list_paths(&self, invocation: &Invocation, typed: &str) -> Option<Vec<String>> {
        let ssh = process::find("ssh").ok()?;
        let socket = self.master(&ssh, invocation).await?;
        let path = RemotePath::of(typed, self.reader(invocation));
        let (tilde, rest) = path.directory();
        let rest = quote::join([OsStr::new(&rest)]);
        let mut command = OsString::from(format!("ls -1apL -- {tilde}"));
        command.push(rest);
        let listed = over_master::output(&ssh, &socket, command).await?;
        Some(path.candidates(&String::from_utf8_lossy(&listed)))
    }

    fn reader(&self, invocation: &Invocation) -> Reader {
        let has = |letter| invocation.flags.iter().any(|it| it.letter == letter);
        let by_shell = || has(b'O') || !has(b's') && openssh::is_older_than(SCP_BY_SFTP);
        let scan = scan_before(self.program, self.grammar, self.words);
        match self.program {
            Program::Ssh | Program::Sftp => Reader::Sftp,
            Program::Scp if by_shell() => Reader::Shell,
            Program::Scp if scan.is_ok_and(|it| it.operands.len() == 1) => Reader::Pattern,
            Program::Scp => Reader::Literal,
        }
    }

    /// The socket of a master that ssh would use for this login: for the host as typed, or for an
    /// address of the instance in the cached lists.
    async fn master(&self, ssh: &Path, invocation: &Invocation) -> Option<PathBuf> {
        let destination = invocation.destinations().next()?;
        let source = ConfigSource::of(invocation);
        if matches!(source, ConfigSource::Pipe) {
            return None;
        }
        let typed = Query {
            host: destination.name().to_owned(),
            ..Query::of(destination)
        };
        let config = openssh::ask(ssh, invocation, &typed, &source).await.ok()?;
        config.master.as_ref()?;
        let login = match (config.login.as_deref(), &invocation.options.login) {
            (None, LoginChoice::Named(login)) => login.clone(),
            (None, LoginChoice::Auto) => return None,
            (user, _) => Login::or_default(user).ok()?,
        };
        let options = QueryOptions {
            config: source.config(),
            canonical: typed.has_canonical_name(&config.hostname),
            debug: false,
        };
        let addresses = self.addresses(destination);
        let hosts = addresses.iter().map(IpAddr::to_string);
        for host in std::iter::once(typed.host.clone()).chain(hosts) {
            let query = Query {
                host,
                login: Some(&login),
                ..typed.clone()
            };
            let words = ssh_g::words(invocation, &query, options);
            let socket = openssh::answer(ssh, words).await.ok()?.master;
            if let Some(socket) = socket.filter(|it| openssh::master_listens(it)) {
                return Some(socket);
            }
        }
        None
    }

    /// The addresses of the instance that has this ID, or alone has this name and runs.
    fn addresses(&self, destination: &Destination) -> Vec<IpAddr> {
        let words = list_words(self.program, self.grammar, self.words).unwrap_or_default();
        let lists = CachedList::all(&words, self.terminal);
        let lists = lists.into_iter().filter_map(|it| it.cache.read());
        let mut found = Vec::new();
        for list in lists {
            let fitting = list.entries().filter(|entry| match &destination.target {
                Target::Id(id) => entry.id() == id.as_str(),
                Target::Host(name) => entry.name() == *name && entry.state() == "running",
                _ => false,
            });
            found.extend(fitting.map(|entry| entry.addresses().collect::<Vec<_>>()));
        }
        match found.len() {
            1 => found.swap_remove(0),
            _ => Vec::new(),
        }
    }
}
