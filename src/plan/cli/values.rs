//! Reads the values of our options.

use std::ffi::OsStr;
use std::time::Duration;

use super::bind_address::BindAddress;
use super::invocation::{Action, LoginChoice, Options};
use super::options::{Name, Opt, Shell};
use super::scan::Scan;
use super::usage::Usage;
use super::{Document, conflict, places};
use crate::plan::host_key_alias::HostKeyAlias;
use crate::plan::key_type::KeyType;
use crate::plan::target::bad_name::BadName;
use crate::plan::target::eice_id::EndpointRef;
use crate::plan::target::ids::{InstanceId, Zone};
use crate::plan::target::{Target, pasted};
use crate::plan::verify_host_key::VerifyHostKey;
use crate::plan::wait;
use crate::plan::way::{TUNNEL_SECONDS, Way};

/// Reads our options and the document that they ask for. Of several values of an option, the last one
/// wins, except that `--listen` and `--names` may come
/// several times.
///
/// # Errors
/// A bad value, and an option that does not go with the way.
pub(super) fn read(scan: &Scan) -> Result<(Options, Option<Document>), Usage> {
    read_onto(Options::default(), scan)
}

/// The same with these values where the command line has none.
///
/// # Errors
/// As [`read`].
pub(super) fn read_onto(
    mut options: Options,
    scan: &Scan,
) -> Result<(Options, Option<Document>), Usage> {
    let mut document = None;
    for (opt, value) in &scan.ours {
        let value = match value {
            None => "",
            Some(value) => text(opt, value)?,
        };
        match asked_document(opt, value)? {
            Some(asked) => document = Some(asked),
            None => options.set(opt, value)?,
        }
    }
    // An endpoint without a way asks for a tunnel through it.
    if options.endpoint.is_some() && options.via == Way::Auto {
        options.via = Way::Eice;
    }
    conflict::check_way(&options, scan)?;
    conflict::check_key(&options, scan)?;
    if options.doctor && options.show_config {
        return Err(Usage::Against("doctor", "show-config"));
    }
    if options.places.all_regions && (options.region.is_some() || options.places.has_regions()) {
        return Err(Usage::Against("region", "all-regions"));
    }
    Ok((options, document))
}

fn asked_document(opt: &'static Opt, value: &str) -> Result<Option<Document>, Usage> {
    Ok(Some(match opt.name {
        Name::Completions => Document::Completions(choice(opt, value, Shell::parse)?),
        Name::Man => Document::Man,
        Name::Help => Document::Help,
        Name::Version => Document::Version,
        _ => return Ok(None),
    }))
}

/// One of the values that can be listed.
fn choice<T>(
    opt: &'static Opt,
    value: &str,
    parse: impl FnOnce(&str) -> Option<T>,
) -> Result<T, Usage> {
    parse(value).ok_or_else(|| Usage::BadChoice(opt, value.to_owned()))
}

fn text<'a>(opt: &'static Opt, value: &'a OsStr) -> Result<&'a str, Usage> {
    match value.to_str() {
        None => Err(Usage::NotUnicode(value.to_string_lossy().into_owned())),
        Some("") => Err(Usage::Empty(opt)),
        Some(value) => Ok(value),
    }
}

impl Options {
    /// Takes the value of one option; an empty one for a switch.
    ///
    /// # Errors
    /// A bad value.
    pub(super) fn set(&mut self, opt: &'static Opt, value: &str) -> Result<(), Usage> {
        let is_list = matches!(opt.name, Name::Region | Name::Profile | Name::Names);
        if is_list && value.split(',').any(str::is_empty) {
            return Err(Usage::ExtraComma(value.to_owned()));
        }
        match opt.name {
            Name::Region => (self.region, self.places.regions) = places::regions(value)?,
            Name::AllRegions => self.places.all_regions = true,
            Name::Profile => (self.profile, self.places.profiles) = places::profiles(value),
            Name::Pick(pick) => self.pick = Some(pick),
            Name::Zone => self.zone = Some(Zone::parse(value)?),
            Name::InstanceId => self.set_instance(value)?,
            Name::Via => self.via = choice(opt, value, Way::parse)?,
            Name::Way(way) => self.via = way,
            Name::Endpoint => self.endpoint = Some(endpoint(value)?),
            Name::Duration => self.duration = Some(duration(value)?),
            Name::KeyType => self.key_type = Some(choice(opt, value, KeyType::parse)?),
            Name::HostKeyAlias => self.host_key_alias = choice(opt, value, HostKeyAlias::parse)?,
            Name::VerifyHostKey => self.verify_host_key = choice(opt, value, VerifyHostKey::parse)?,
            Name::Login if value == "auto" => self.login = LoginChoice::Auto,
            Name::Login => return Err(Usage::BadLogin(value.to_owned())),
            Name::Listen => self.listen.push(listen_address(value)?),
            Name::KeyDir => self.key_dir = true,
            Name::AgentDir => self.agent_dir = Some(value.into()),
            Name::Names => self.names.add(value).map_err(Usage::BadNames)?,
            Name::Install => self.set_action(Action::Install)?,
            Name::Uninstall => self.set_action(Action::Uninstall)?,
            Name::ShowConfig => self.show_config = true,
            Name::DryRun => self.dry_run = true,
            Name::Doctor => self.doctor = true,
            Name::Start => self.start = true,
            Name::NoStart => self.start = false,
            Name::Wait => self.wait = Some(wait_time(value)?),
            Name::Json => self.json = true,
            Name::Tsv => self.tsv = true,
            Name::NoCache => self.no_cache = true,
            Name::Picker => self.picker = true,
            Name::Jobs => self.jobs = Some(jobs(value)?),
            Name::Output => self.output = Some(value.into()),
            Name::Stdin => self.stdin = true,
            Name::Debug => self.debug = true,
            // These select a mode or a document; and ssh gets the key.
            Name::List
            | Name::Each
            | Name::Shell
            | Name::Proxy
            | Name::SshConfig
            | Name::InitConfig
            | Name::Completions
            | Name::Man
            | Name::Help
            | Name::Version
            | Name::Key => {}
        }
        Ok(())
    }

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

fn wait_time(value: &str) -> Result<Duration, Usage> {
    wait::parse(value).ok_or_else(|| Usage::BadWait(value.to_owned()))
}

fn listen_address(value: &str) -> Result<BindAddress, Usage> {
    BindAddress::parse(value).ok_or_else(|| Usage::BadListenAddress(value.to_owned()))
}

/// More logins at once would be slower for all.
fn jobs(value: &str) -> Result<u16, Usage> {
    let jobs = value.parse().ok().filter(|it| (1..=256).contains(it));
    jobs.ok_or_else(|| Usage::BadJobs(value.to_owned()))
}

fn duration(value: &str) -> Result<u16, Usage> {
    let seconds = value.parse().ok().filter(|it| TUNNEL_SECONDS.contains(it));
    seconds.ok_or_else(|| Usage::BadDuration(value.to_owned()))
}
