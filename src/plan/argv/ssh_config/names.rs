//! The lines for instances by their names: `ssh web-1`.
//!
//! They apply only if mssh says so: a name that ssh_config or the system's resolver knows remains a host
//! as before, also if mssh cannot be found.

use super::Block;
use crate::plan::cli::usage::Usage;
use crate::plan::target::ids::Login;
use crate::plan::target::name_patterns::NamePatterns;

/// The hidden option for `Match exec`: `--takes-name NAME HOST` succeeds if the name is to be that of an
/// instance. HOST is what ssh would connect to.
pub(crate) const TAKES_NAME: &str = "--takes-name";

/// Which hosts some lines are for.
pub(super) struct Hosts {
    /// A criterion of Match.
    pub(super) criterion: String,
    /// Another one, which takes longer.
    pub(super) condition: Vec<u8>,
    /// Whether that has to be true for a refusal, too.
    pub(super) is_condition_for_refusal: bool,
    /// The token for mssh's target. `%h` is in lower case, and names of instances may not be.
    pub(super) token: &'static str,
}

impl Block {
    /// The lines for these names; empty without patterns.
    ///
    /// # Errors
    /// [`Usage::BadPath`].
    pub(crate) fn lines_for(&self, names: &NamePatterns) -> Result<Vec<u8>, Usage> {
        if names.is_empty() {
            return Ok(Vec::new());
        }
        let comment = b"# Names of instances, unless ssh_config or the resolver knows them.\n";
        let lines = self.lines(&self.hosts_by(names)?)?;
        Ok([&comment[..], &lines].concat())
    }

    /// The lines that set the user for these names if nothing before them does; empty without patterns.
    ///
    /// # Errors
    /// [`Usage::BadPath`].
    pub(crate) fn default_user_for(
        &self,
        names: &NamePatterns,
        login: &Login,
    ) -> Result<Vec<u8>, Usage> {
        if names.is_empty() {
            return Ok(Vec::new());
        }
        let hosts = self.hosts_by(names)?;
        let head = format!("Match {} ", hosts.criterion);
        let user = format!("\n    User {login}\n");
        Ok([head.as_bytes(), &hosts.condition, user.as_bytes()].concat())
    }

    fn hosts_by(&self, names: &NamePatterns) -> Result<Hosts, Usage> {
        Ok(Hosts {
            criterion: format!("originalhost \"{}\"", names.for_match()),
            condition: self.exec(TAKES_NAME, "'%n' '%h'")?,
            is_condition_for_refusal: true,
            token: "%n",
        })
    }
}
