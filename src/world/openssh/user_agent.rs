//! The user's own agent, as ssh would find it (IdentityAgent in ssh_config(5)).

use std::env;
use std::ffi::OsStr;
use std::fs;
use std::os::unix::ffi::OsStrExt;
use std::path::{Path, PathBuf};

use super::config_files;
use crate::plan::ssh_g::{AgentConfig, tokens};

/// The variable that names the agent.
const VARIABLE: &str = "SSH_AUTH_SOCK";

/// The socket of the agent that ssh would use with this value of IdentityAgent, as `ssh -G` prints
/// it. `None` if it would use none, or cannot be told of one: there are no tokens for the paths
/// that it cannot quote.
pub(crate) fn socket(config: &AgentConfig) -> Option<PathBuf> {
    let path = match config.identity_agent.as_deref() {
        None | Some(VARIABLE) => from_variable(VARIABLE)?,
        Some("none") => return None,
        Some(value) => match value.strip_prefix('$') {
            Some(name) if !name.starts_with('{') => from_variable(name)?,
            _ => expanded(value)?,
        },
    };
    let bytes = path.as_os_str().as_bytes();
    let is_quotable = !bytes.iter().any(|byte| b"\"\\\n".contains(byte));
    let has_variable = bytes.windows(2).any(|two| two == b"${");
    (path.is_absolute() && is_quotable && !has_variable).then_some(path)
}

/// The agent that the ssh which has started this process would use, without its IdentityAgent `own`
/// and with this value instead. Since OpenSSH 10.5, its SSH_AUTH_SOCK is `own` as well, and what it was
/// started with is in `/proc`.
pub(crate) fn of_parent(config: &AgentConfig, own: &Path) -> Option<PathBuf> {
    match config.identity_agent.as_deref() {
        None | Some(VARIABLE) => from_parent(own),
        Some(_) => socket(config),
    }
}

fn from_parent(own: &Path) -> Option<PathBuf> {
    let is_own = |path: &PathBuf| {
        let directory = |path: &Path| path.parent()?.canonicalize().ok();
        path.file_name() == own.file_name() && directory(path) == directory(own)
    };
    let users = from_variable(VARIABLE)?;
    if !is_own(&users) {
        return Some(users);
    }
    let parent = std::os::unix::process::parent_id();
    let environment = fs::read(format!("/proc/{parent}/environ")).ok()?;
    value_in(&environment).filter(|it| !is_own(it))
}

/// The variable's value in an environment as `/proc` has it.
fn value_in(environment: &[u8]) -> Option<PathBuf> {
    let mut variables = environment.split(|byte| *byte == 0);
    let value =
        variables.find_map(|it| it.strip_prefix(VARIABLE.as_bytes())?.strip_prefix(b"="))?;
    (!value.is_empty()).then(|| OsStr::from_bytes(value).into())
}

fn from_variable(name: &str) -> Option<PathBuf> {
    let value = env::var_os(name)?;
    (!value.is_empty()).then(|| value.into())
}

/// The value with `~`, `${VARIABLE}` and the tokens that do not depend on the host.
fn expanded(value: &str) -> Option<PathBuf> {
    let token = |token| match token {
        '%' => Some("%".to_owned()),
        'd' => config_files::home().to_str().map(str::to_owned),
        'i' => Some(rustix::process::getuid().as_raw().to_string()),
        _ => None,
    };
    let text = tokens::expanded(value, token, |name| env::var(name).ok())?;
    Some(config_files::with_home(&text))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_variable_is_found_in_an_environment() {
        let value = |text: &str| value_in(text.as_bytes());
        assert_eq!(
            value("A=1\0SSH_AUTH_SOCK=/run/a\0B=2\0"),
            Some("/run/a".into())
        );
        for none in [
            "",
            "A=SSH_AUTH_SOCK=/a\0",
            "SSH_AUTH_SOCK=\0",
            "SSH_AUTH_SOCKS=/a\0",
        ] {
            assert_eq!(value(none), None, "{none}");
        }
    }
}
