//! The messages of `--debug` and `-v` about ssh's settings.

use std::fmt;

use super::HostConfig;
use crate::plan::cli::invocation::Invocation;
use crate::plan::cli::options::Name;
use crate::plan::target::destination::Destination;
use crate::plan::target::ids::Login;
use crate::plan::way::Family;

impl fmt::Display for HostConfig {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "HostName {}", self.hostname)?;
        if let Some(port) = self.port {
            write!(f, ", Port {port}")?;
        }
        match &self.login {
            Some(user) => write!(f, ", User {user}")?,
            None => f.write_str(", no User")?,
        }
        match self.family {
            Family::Any => {}
            Family::Inet => f.write_str(", IPv4 only")?,
            Family::Inet6 => f.write_str(", IPv6 only")?,
        }
        if let Some(proxy) = &self.proxy {
            write!(f, ", {proxy}")?;
        }
        if let Some(path) = &self.master {
            write!(f, ", ControlPath {}", path.display())?;
        }
        if self.batch {
            f.write_str(", BatchMode")?;
        }
        Ok(())
    }
}

impl HostConfig {
    /// Which user to log in as, and why.
    #[must_use]
    pub fn user(&self, login: &Login, invocation: &Invocation, of: &Destination) -> String {
        let options = &invocation.options;
        match (&self.login, options.in_file(Name::Login)) {
            (None, Some(setting)) => format!("user {login}, named in {}", setting.origin),
            (None, None) => format!(
                "user {login}, the default, since neither the command line nor ssh_config names one"
            ),
            (Some(_), _) if super::user_by_words(invocation, of) => {
                format!("user {login}, named on the command line")
            }
            (Some(_), _) => format!("user {login}, named in ssh_config"),
        }
    }
}
