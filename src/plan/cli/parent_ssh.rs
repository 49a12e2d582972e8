//! The command line of the ssh that has started us as its ProxyCommand.

use std::ffi::{OsStr, OsString};
use std::path::Path;

use super::grammar::Grammar;
use super::invocation::{Invocation, Options};
use super::scan;
use crate::plan::program::Program;

/// Reads the words of a process, with its name. `None` if it is not ssh(1), or logs in nowhere.
pub(crate) fn of(words: &[OsString], grammar: Grammar) -> Option<Invocation> {
    let (name, words) = words.split_first()?;
    if Path::new(name).file_name() != Some(OsStr::new("ssh")) {
        return None;
    }
    let scan = scan::scan(Program::Ssh, grammar, words).ok()?;
    let is_login = scan.ours.is_empty() && !scan.operands.is_empty();
    let invocation = is_login.then(|| super::invocation(Program::Ssh, Options::default(), scan));
    invocation?.ok()
}

/// The HostKeyAlias that the words set in the form that mssh writes.
pub(crate) fn host_key_alias(ssh: &Invocation) -> Option<&str> {
    let mut options = ssh.flags.iter().filter(|flag| flag.letter == b'o');
    options.find_map(|flag| flag.value.as_ref()?.to_str()?.strip_prefix("HostKeyAlias="))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(line: &str) -> Option<Invocation> {
        let words: Vec<OsString> = line.split(' ').map(OsString::from).collect();
        of(&words, Grammar::of(Program::Ssh))
    }

    #[test]
    fn only_ssh_is_understood() {
        let ssh = read("/usr/bin/ssh -F file -oHostKeyAlias=i-0face000000000001 web true");
        let ssh = ssh.expect("ssh");
        assert_eq!(ssh.destinations().next().map(|it| &*it.host), Some("web"));
        assert_eq!(ssh.config_file(), Some(Path::new("file")));
        assert_eq!(host_key_alias(&ssh), Some("i-0face000000000001"));
        for other in [
            "sh -c ssh",
            "ssh",
            "ssh -V",
            "python3 web",
            "ssh --eice web",
        ] {
            assert_eq!(read(other), None, "{other}");
        }
    }
}
