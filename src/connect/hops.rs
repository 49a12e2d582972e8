//! Hops that are instances: who logs in there, and what leads through them.

use std::net::IpAddr;
use std::path::{Path, PathBuf};

use crate::error::Error;
use crate::plan::argv::jump::JumpChain;
use crate::plan::argv::ssh_config::{Block, Key};
use crate::plan::cli::invocation::{Invocation, Options, Word};
use crate::plan::cli::setup;
use crate::plan::program::Program;
use crate::plan::route::hops as plan_hops;
use crate::plan::ssh_g::{HostConfig, Query};
use crate::plan::target::hop::Hop;
use crate::plan::way::Way;
use crate::world::key::keeper::Keeper;
use crate::world::key::{room, shared};
use crate::world::openssh;
use crate::world::openssh::Source;
use crate::world::openssh::config_files;
use crate::world::openssh::error::SshError;
use crate::world::process;

/// A way through hops.
pub(super) struct Hops {
    ssh: PathBuf,
    config: Option<PathBuf>,
    block: Block,
    keys: PathBuf,
    each: Vec<Hop>,
}

/// Has ssh say of each hop what it is and who logs in there, as of any target; and looks up in EC2
/// what it knows by an address. Not being allowed that look-up, or finding nothing, is an answer.
///
/// # Errors
/// What is wrong with a hop that is an instance.
pub(super) async fn told(
    mut hops: Vec<Hop>,
    (invocation, source): (&Invocation, &Source),
    is_instance: impl AsyncFn(IpAddr) -> Result<bool, Error>,
) -> Result<Vec<Hop>, Error> {
    for (at, hop) in hops.iter_mut().enumerate() {
        if hop.needs_ssh_g() {
            let ssh = process::find("ssh")?;
            match ask(&ssh, hop, invocation, source).await {
                Ok(answer) => plan_hops::apply(hop, &answer, at == 0)?,
                Err(error) if hop.is_instance() => return Err(error.into()),
                // It will say so itself.
                Err(_) => {}
            }
            if let Some(login) = hop.login.as_ref().filter(|_| hop.is_instance()) {
                login.for_push()?;
            }
        }
        if let Some(address) = hop.address() {
            let found = is_instance(address).await?;
            hop.settle_address(found, config_files::is_there);
        }
    }
    Ok(hops)
}

impl Hops {
    /// What leads through them, once it is known what each is. The first one is reached by the way
    /// that leads there.
    pub(super) fn settle(
        hops: Vec<Hop>,
        invocation: &Invocation,
        lead: Way,
    ) -> Result<Self, Error> {
        let keys = room::for_this_run()?;
        // Such a way is the destination's alone.
        let lead = if lead.is_for_ssh() { Way::Auto } else { lead };
        let mut words = setup::words(&invocation.options, lead);
        words.extend(invocation.options.debug.then(|| "--debug".into()));
        Ok(Self {
            ssh: process::find("ssh")?,
            config: invocation.config_file().map(Path::to_owned),
            block: Block {
                mssh: process::ourselves()?,
                words,
                key: Key::Ephemeral(keys.clone()),
            },
            keys,
            each: hops,
        })
    }

    /// How to spell what leads through them.
    pub(super) fn chain(&self) -> JumpChain<'_> {
        JumpChain {
            ssh: &self.ssh,
            config: self.config.as_deref(),
            block: &self.block,
            hops: &self.each,
        }
    }

    /// Has one key for each hop for all that this run starts: several ssh at the same time must not
    /// find one key that becomes another.
    pub(super) fn share_keys(&self) -> Result<(), Error> {
        for hop in self.each.iter().filter(|hop| hop.is_instance()) {
            let room = self.keys.join(hop.hostname.to_ascii_lowercase());
            // From here on it sees when we are gone, or the client that we become.
            Keeper::start_shared(&room)?;
            shared::key(&room)?;
        }
        Ok(())
    }
}

/// What ssh says of a hop: of the command line nothing but `-F` is handed on to it.
async fn ask(
    ssh: &Path,
    hop: &Hop,
    invocation: &Invocation,
    source: &Source,
) -> Result<HostConfig, SshError> {
    let flags = invocation.flags.iter().filter(|flag| flag.letter == b'F');
    let invocation = Invocation {
        program: Program::Ssh,
        options: Options::default(),
        words: vec![Word::Destination(hop.destination.clone())],
        flags: flags.cloned().collect(),
        command: false,
    };
    let subject = Query::of(&hop.destination);
    openssh::ask(ssh, &invocation, &subject, source).await
}
