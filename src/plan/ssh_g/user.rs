//! The tokens and environment variables in a User of ssh_config(5): `%u`, `${LOGNAME}`.
//!
//! ssh expands them since release 10.0, also in the output of `ssh -G`. Older releases do not, and
//! would log in as the user `%u`. mssh expands them for every release, since the same files may serve
//! several machines.

use super::{HostConfig, tokens};

/// The local user.
#[derive(Debug)]
pub(crate) struct Local {
    /// The name.
    pub name: String,
    /// The number.
    pub uid: u32,
    /// The home directory.
    pub home: String,
}

/// Whether there is anything to expand.
#[must_use]
pub(crate) fn has_tokens(user: &str) -> bool {
    user.contains('%') || user.contains("${")
}

/// Expands all tokens and variables in `user`; `None` if one is unknown or unset, at which ssh fails,
/// too.
pub(crate) fn expanded(
    user: &str,
    answer: &HostConfig,
    local: &Local,
    variable: impl Fn(&str) -> Option<String>,
) -> Option<String> {
    tokens::expanded(user, |token| of_token(token, answer, local), variable)
}

/// The value of a token (TOKENS in ssh_config(5)) that makes sense in a user name.
fn of_token(token: char, answer: &HostConfig, local: &Local) -> Option<String> {
    match token {
        '%' => Some("%".to_owned()),
        'u' => Some(local.name.clone()),
        'i' => Some(local.uid.to_string()),
        'd' => Some(local.home.clone()),
        'h' => Some(answer.hostname.clone()),
        'p' => answer.port.map(|port| port.to_string()),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn tokens_and_variables_are_expanded_as_by_ssh() {
        let answer = HostConfig {
            hostname: "web".into(),
            port: Some(22),
            ..HostConfig::default()
        };
        let local = Local {
            name: "jane".into(),
            uid: 1000,
            home: "/home/jane".into(),
        };
        let variable = |name: &str| (name == "LOGNAME").then(|| "j.doe".to_owned());
        let of = |user: &str| expanded(user, &answer, &local, variable);
        for (user, expected) in [
            ("%u", "jane"),
            ("${LOGNAME}", "j.doe"),
            ("a-%u-${LOGNAME}-b", "a-jane-j.doe-b"),
            ("%%u", "%u"),
            ("%u%h%p%i", "janeweb221000"),
            ("host$", "host$"),
            ("$LOGNAME", "$LOGNAME"),
        ] {
            assert_eq!(of(user).as_deref(), Some(expected), "{user}");
        }
        for unknown in ["${NOBODY}", "${LOGNAME", "%", "%C", "%r", "%é"] {
            assert_eq!(of(unknown), None, "{unknown}");
        }
        assert!(has_tokens("%u") && has_tokens("${X}"));
        assert!(!has_tokens("ec2-user") && !has_tokens("host$"));
    }
}
