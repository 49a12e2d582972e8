//! `--doctor`: judges the facts that were gathered about a login. Each check is a pure function.

mod checks;
pub(crate) mod fact;
pub(crate) mod facts;
pub(crate) mod finding;
pub(crate) mod network;
pub(crate) mod report;
pub(crate) mod trial;

pub(crate) use self::checks::image::another_user;
pub(crate) use self::checks::login::is_key_refused;
use self::facts::Facts;
use self::finding::Finding;

/// A check: the findings that these facts give, in their order. None if the check does not apply.
pub(crate) type Check = fn(&Facts) -> Vec<Finding>;

/// All checks, in the order of the report: from this machine to the instance. What comes first may be
/// the cause of what follows.
pub(crate) const CHECKS: &[Check] = &[
    checks::machine::versions,
    checks::machine::files,
    checks::machine::variables,
    checks::ssh::settings,
    checks::aws::clock,
    checks::aws::credentials,
    checks::aws::identity,
    checks::aws::region,
    checks::instance::found,
    checks::instance::state,
    checks::instance::status,
    checks::instance::age,
    checks::instance::platform,
    checks::instance::metadata,
    checks::instance::zone,
    checks::console::console,
    checks::push::push,
    checks::session::agent,
    checks::network::network,
    checks::ssh::user,
    checks::host_key::host_key,
    checks::login::login,
];
