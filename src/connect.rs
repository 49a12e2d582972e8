//! A connection with one of the clients: resolve each destination, push a key, become the client.
//!
//! Asks ssh first: its answer may mean that no push is needed. Until that is certain, there is no
//! key, no directory for it and no process that deletes it.

use std::path::{Path, PathBuf};

use crate::error::Error;
use crate::plan::argv::tunnel::TunnelArgs;
use crate::plan::argv::{self, CommandLine, Identity, Resolved};
use crate::plan::cli::invocation::Invocation;
use crate::plan::program::Program;
use crate::resolve::Resolver;
use crate::resolve::host::{Settings, Ssh};
use crate::resolve::key::{KeyFiles, LoginKey};
use crate::resolve::lazy_aws::LazyAws;
use crate::resolve::push::KeyPush;
use crate::run::{become_client, show, wait_for};
use crate::world::aws::Aws;
use crate::world::openssh::ConfigSource;
use crate::world::process;
use crate::world::process::error::IoError;
use crate::world::tty::terminal::Terminal;

/// The key's path that `--dry-run` shows: it makes no key.
const NO_KEY: &str = "EPHEMERAL_KEY";

/// Prepares the connection, then becomes the client, or shows its command line.
///
/// # Errors
/// The first step that fails. No file and no process is left behind then.
pub(crate) fn run(invocation: &Invocation, terminal: Terminal) -> Result<(), Error> {
    let options = &invocation.options;
    let terminal = terminal.with_verbosity(options.debug, invocation.is_verbose());
    let quiet = invocation.is_quiet();
    // Keep both until exec: dropping the files removes the key.
    let (line, _files) = wait_for(terminal.show_wait_during(quiet, prepare(invocation, terminal)))?;
    if options.dry_run {
        return show(&line);
    }
    terminal.debug(|| format!("becoming {}", line.quoted().to_string_lossy()));
    become_client(&line)
}

/// The client's command line, and the files that it needs.
async fn prepare(
    invocation: &Invocation,
    terminal: Terminal,
) -> Result<(CommandLine, Option<KeyFiles>), Error> {
    let client = process::find(invocation.program.client())?;
    let ssh = match invocation.program {
        Program::Ssh => client.clone(),
        Program::Sftp | Program::Scp => process::find("ssh")?,
    };
    terminal.debug(|| format!("the client is {}", client.display()));
    process::make_children_waitable().map_err(IoError::Start)?;
    let source = ConfigSource::of(invocation);
    let mut resolver = Resolver {
        invocation,
        settings: Settings::Ssh(Ssh {
            program: &ssh,
            invocation,
            source: &source,
            terminal,
        }),
        aws: LazyAws::new(
            &invocation.options,
            !invocation.has_several_destinations(),
            terminal,
        ),
        push: KeyPush::of(invocation),
        terminal,
    };
    let targets = resolver.all().await?;
    let logs_in = !invocation.is_control_command() && targets.iter().any(|it| !it.by_master);
    let tunnels = TunnelArgs::to(invocation, &targets).filter(|_| logs_in);
    let needs_credentials = tunnels.is_some() && !invocation.options.dry_run;
    let key = resolver.push.into_key().filter(|_| logs_in);
    let (files, credentials) =
        write_files(key, resolver.aws.loaded().filter(|_| needs_credentials)).await?;
    let tunnels = tunnels.map(|it| TunnelArgs { credentials, ..it });
    let key = files.as_ref().and_then(|it| it.key.as_deref());
    let identity = match key {
        _ if !logs_in => Identity::Unneeded,
        Some(key) => Identity::Ephemeral(key),
        None if invocation.identity().is_some() => Identity::Own,
        None => Identity::Ephemeral(Path::new(NO_KEY)),
    };
    let line = command_line(&client, invocation, identity, tunnels.as_ref(), &targets)?;
    Ok((line, files))
}

/// Writes what the client needs: the key, if mssh made one, and the credentials for a tunnel, if
/// there is one.
async fn write_files(
    key: Option<LoginKey>,
    aws: Option<&Aws>,
) -> Result<(Option<KeyFiles>, Option<PathBuf>), Error> {
    let files = match key {
        Some(LoginKey::Ephemeral(key)) => Some(key.write()?),
        Some(LoginKey::Own(_) | LoginKey::Shared(..)) | None => None,
    };
    let Some(aws) = aws else {
        return Ok((files, None));
    };
    let files = files.map_or_else(KeyFiles::without_key, Ok)?;
    let credentials = files.take_along(aws).await?;
    Ok((Some(files), Some(credentials)))
}

/// Our own path is looked up only if ssh is to start us: the file may have been deleted.
fn command_line(
    client: &Path,
    invocation: &Invocation,
    identity: Identity<'_>,
    tunnels: Option<&TunnelArgs>,
    targets: &[Resolved],
) -> Result<CommandLine, Error> {
    let knows_host_key = targets.iter().any(|it| it.route.host_key().is_some());
    let mssh = if tunnels.is_some() || knows_host_key {
        Some(process::mssh_path()?)
    } else {
        None
    };
    let mssh = mssh.as_deref();
    let proxy = tunnels.zip(mssh).map(|(it, mssh)| it.proxy_command(mssh));
    let proxy = proxy.as_deref();
    Ok(argv::build(
        client, invocation, identity, proxy, mssh, targets,
    ))
}
