//! What the user wants of us, beside what ssh is to do.

use std::path::PathBuf;

use super::listen::{Amiss, Place};
use super::usage::Usage;
use crate::plan::argv::tunnel::DURATIONS;
use crate::plan::route::Way;
use crate::plan::route::eice::Named;
use crate::plan::target::Target;
use crate::plan::target::ids::{InstanceId, Region, Zone};
use crate::plan::target::pasted;

/// The values of our own options.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
#[expect(
    clippy::struct_excessive_bools,
    reason = "each is a switch that somebody typed"
)]
pub struct Wishes {
    /// `--region`.
    pub region: Option<Region>,
    /// `--profile`.
    pub profile: Option<String>,
    /// `--zone`.
    pub zone: Option<Zone>,
    /// `--instance-id`.
    pub instance: Option<InstanceId>,
    /// `--via`.
    pub via: Way,
    /// `--shell`.
    pub shell: bool,
    /// `--eice-endpoint`.
    pub endpoint: Option<Named>,
    /// `--max-tunnel-duration`, in seconds.
    pub duration: Option<u16>,
    /// `--listen`.
    pub listen: Option<Place>,
    /// `--proxy`.
    pub proxy: bool,
    /// `--key-dir`.
    pub key_dir: Option<PathBuf>,
    /// `--ssh-config`.
    pub ssh_config: bool,
    /// `--install`, or `--uninstall`.
    pub install: Option<bool>,
    /// `--dry-run`.
    pub dry_run: bool,
    /// `--debug`.
    pub debug: bool,
}

impl Wishes {
    /// Who names an endpoint wants to go by it, and nobody wants to limit a tunnel that there is
    /// not.
    pub(super) fn settle(&mut self) -> Result<(), Usage> {
        match self.via {
            Way::Eice => {}
            Way::Auto if self.endpoint.is_some() => self.via = Way::Eice,
            _ if self.endpoint.is_some() => return Err(Usage::NoTunnel("eice-endpoint")),
            _ if self.duration.is_some() => return Err(Usage::NoTunnel("max-tunnel-duration")),
            _ => {}
        }
        Ok(())
    }
}

impl Wishes {
    /// Takes `--instance-id`: an ID, or what has one in it, which tells the region, too.
    pub(super) fn want_instance(&mut self, value: &str) -> Result<(), Usage> {
        let Some(pasted) = pasted::read(value) else {
            self.instance = Some(InstanceId::parse(value)?);
            return Ok(());
        };
        let pasted = pasted?;
        let Target::Id(id) = pasted.target else {
            return Err(Usage::BadInstanceId(value.to_owned()));
        };
        self.instance = Some(id);
        self.region = self.region.take().or(pasted.region);
        Ok(())
    }

    /// Takes `--install`, or `--uninstall`.
    pub(super) fn want_installed(&mut self, installed: bool) -> Result<(), Usage> {
        if self.install.is_some_and(|before| before != installed) {
            return Err(Usage::Against("install", "uninstall"));
        }
        self.install = Some(installed);
        Ok(())
    }
}

pub(super) fn endpoint(value: &str) -> Result<Named, Usage> {
    Named::parse(value).ok_or_else(|| Usage::BadEndpoint(value.to_owned()))
}

pub(super) fn place(value: &str) -> Result<Place, Usage> {
    Place::parse(value).ok_or_else(|| Usage::Listen(Amiss::Place(value.to_owned())))
}

pub(super) fn duration(value: &str) -> Result<u16, Usage> {
    let seconds = value.parse().ok().filter(|it| DURATIONS.contains(it));
    seconds.ok_or_else(|| Usage::BadDuration(value.to_owned()))
}
