//! Reads the values of our options.

use std::ffi::OsStr;

use super::bind_address::BindAddress;
use super::invocation::{Action, LoginChoice, Options};
use super::options::{Name, Opt, Shell};
use super::scan::Scan;
use super::usage::Usage;
use super::{Document, conflict};
use crate::plan::host_key_alias::HostKeyAlias;
use crate::plan::key_type::KeyType;
use crate::plan::target::bad_name::BadName;
use crate::plan::target::eice_id::EndpointRef;
use crate::plan::target::ids::{InstanceId, Region, Zone};
use crate::plan::target::{Target, pasted};
use crate::plan::verify_host_key::VerifyHostKey;
use crate::plan::way::{TUNNEL_SECONDS, Way};

/// Reads our options and the document that they ask for. Of several values of an option, the last one
/// wins.
///
/// # Errors
/// A bad value, and an option that does not go with the way.
pub(super) fn read(scan: &Scan) -> Result<(Options, Option<Document>), Usage> {
    let mut options = Options::default();
    let mut document = None;
    for (opt, value) in &scan.ours {
        let value = match value {
            None => "",
            Some(value) => text(opt, value)?,
        };
        match opt.name {
            Name::Region => options.region = Some(Region::parse(value)?),
            Name::Profile => options.profile = Some(value.to_owned()),
            Name::Zone => options.zone = Some(Zone::parse(value)?),
            Name::InstanceId => options.set_instance(value)?,
            Name::Via => {
                let way = Way::parse(value);
                options.via = way.ok_or_else(|| Usage::BadChoice(opt, value.to_owned()))?;
            }
            Name::Way(way) => options.via = way,
            Name::Endpoint => options.endpoint = Some(endpoint(value)?),
            Name::Duration => options.duration = Some(duration(value)?),
            Name::KeyType => {
                let kind = KeyType::parse(value);
                let kind = kind.ok_or_else(|| Usage::BadChoice(opt, value.to_owned()))?;
                options.key_type = Some(kind);
            }
            Name::HostKeyAlias => {
                let alias = HostKeyAlias::parse(value);
                let alias = alias.ok_or_else(|| Usage::BadChoice(opt, value.to_owned()))?;
                options.host_key_alias = alias;
            }
            Name::VerifyHostKey => {
                let verify = VerifyHostKey::parse(value);
                let verify = verify.ok_or_else(|| Usage::BadChoice(opt, value.to_owned()))?;
                options.verify_host_key = verify;
            }
            Name::Login if value == "auto" => options.login = LoginChoice::Auto,
            Name::Login => return Err(Usage::BadLogin(value.to_owned())),
            Name::Listen => options.listen = Some(listen_address(value)?),
            Name::KeyDir => options.key_dir = true,
            Name::AgentDir => options.agent_dir = Some(value.into()),
            Name::Install => options.set_action(Action::Install)?,
            Name::Uninstall => options.set_action(Action::Uninstall)?,
            // These select a mode and have no value.
            Name::Shell | Name::Proxy | Name::SshConfig => {}
            Name::DryRun => options.dry_run = true,
            Name::Doctor => options.doctor = true,
            Name::Json => options.json = true,
            Name::Debug => options.debug = true,
            Name::Completions => {
                let shell = Shell::parse(value);
                let shell = shell.ok_or_else(|| Usage::BadChoice(opt, value.to_owned()))?;
                document = Some(Document::Completions(shell));
            }
            Name::Man => document = Some(Document::Man),
            Name::Help => document = Some(Document::Help),
            Name::Version => document = Some(Document::Version),
        }
    }
    // An endpoint without a way asks for a tunnel through it.
    if options.endpoint.is_some() && options.via == Way::Auto {
        options.via = Way::Eice;
    }
    conflict::check_way(&options, scan)?;
    conflict::check_key(&options, scan)?;
    if options.json && !options.doctor {
        return Err(Usage::JsonAlone);
    }
    Ok((options, document))
}

fn text<'a>(opt: &'static Opt, value: &'a OsStr) -> Result<&'a str, Usage> {
    match value.to_str() {
        None => Err(Usage::NotUnicode(value.to_string_lossy().into_owned())),
        Some("") => Err(Usage::Empty(opt)),
        Some(value) => Ok(value),
    }
}

impl Options {
    /// Takes `--instance-id`: an ID, or an ARN or URL, which contains the region as well.
    fn set_instance(&mut self, value: &str) -> Result<(), Usage> {
        let Some(pasted) = pasted::read(value) else {
            self.instance = Some(InstanceId::parse(value)?);
            return Ok(());
        };
        let pasted = pasted?;
        let Target::Id(id) = pasted.target else {
            return Err(BadName::InstanceId(value.to_owned()).into());
        };
        self.instance = Some(id);
        self.region = self.region.take().or(pasted.region);
        Ok(())
    }

    fn set_action(&mut self, action: Action) -> Result<(), Usage> {
        if ![Action::Print, action].contains(&self.action) {
            return Err(Usage::Against("install", "uninstall"));
        }
        self.action = action;
        Ok(())
    }
}

fn endpoint(value: &str) -> Result<EndpointRef, Usage> {
    EndpointRef::parse(value).ok_or_else(|| Usage::BadEndpoint(value.to_owned()))
}

fn listen_address(value: &str) -> Result<BindAddress, Usage> {
    BindAddress::parse(value).ok_or_else(|| Usage::BadListenAddress(value.to_owned()))
}

fn duration(value: &str) -> Result<u16, Usage> {
    let seconds = value.parse().ok().filter(|it| TUNNEL_SECONDS.contains(it));
    seconds.ok_or_else(|| Usage::BadDuration(value.to_owned()))
}
