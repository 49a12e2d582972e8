//! Finds out whether a user name was configured.
//!
//! `ssh -G` answers with the local user name if nothing sets another. If it does, a second `ssh -G`
//! with a fallback name at the end of the configuration shows whether anything set the name.

use std::path::{Path, PathBuf};

use super::{ConfigSource, any_file};
use crate::plan::cli::invocation::Invocation;
use crate::plan::ssh_g::{self, Config, HostConfig, Query, QueryOptions, files};
use crate::world::openssh::config_files;
use crate::world::openssh::run_ssh::run_ssh;
use crate::world::openssh::temp_config::TempConfig;
use crate::world::process::bounded;

/// A configuration that shows whether the user's files set a user name, with the user's own files in
/// it. `None` if no file can have set this name.
pub(super) fn config(
    source: &ConfigSource,
    files: Option<&[PathBuf]>,
    user: &str,
) -> Option<Vec<u8>> {
    let may = |files| any_file(files, |text| files::may_set_user(text, user));
    let given = match source {
        ConfigSource::Files(None) => None,
        ConfigSource::Files(Some(file)) => Some(file),
        ConfigSource::Pipe => return None,
    };
    if !may(files) {
        return None;
    }
    if let Some(file) = given {
        return Some(ssh_g::config(Config::Given(bounded::file(file).ok()?)));
    }
    let home = config_files::directory();
    let mut usual = vec![home.join("config")];
    // Files outside of ~/.ssh are the system's. ssh reads the first; that one includes the others.
    let others = files.unwrap_or_default().iter();
    let others: Vec<PathBuf> = others
        .filter(|it| !it.starts_with(&home))
        .cloned()
        .collect();
    if may(Some(&others)) {
        usual.extend(others.into_iter().take(1));
    }
    Some(ssh_g::config(Config::Usual(usual)))
}

/// The user name that the command line and this configuration set, if ssh accepts it.
pub(super) async fn ask(
    ssh: &Path,
    (invocation, query): (&Invocation, &Query<'_>),
    (config, options): (Vec<u8>, QueryOptions<'_>),
) -> Option<String> {
    let file = TempConfig::of(&config).ok()?;
    let options = QueryOptions {
        config: Some(file.name()),
        debug: false,
        ..options
    };
    let output = run_ssh(
        ssh,
        ssh_g::words(invocation, query, options),
        file.stdin().ok()?,
    )
    .await
    .ok()?;
    let answer = output
        .status
        .success()
        .then(|| HostConfig::parse(&output.stdout));
    answer?.login
}
