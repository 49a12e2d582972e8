//! The arguments of `--tunnel`, with which ssh starts mssh as its ProxyCommand. They are visible in
//! the process list, so there is no secret among them.
//!
//! ```text
//! mssh --tunnel port=%p host=%n eice=HOST,ENDPOINT,NAME,ADDRESS,REGION agent=SOCKET …
//! mssh --tunnel port=%p ssm=HOST,TARGET,REGION agent=SOCKET …
//! ```

use std::ffi::{OsStr, OsString};
use std::os::unix::ffi::{OsStrExt, OsStringExt};
use std::path::{Path, PathBuf};

use super::Resolved;
use super::quote;
use crate::plan::cli::invocation::{Invocation, Options};
use crate::plan::route::Route;
use crate::plan::route::tunnel::Tunnel;

/// The hidden option.
pub(crate) const OPTION: &str = "--tunnel";

/// The arguments for all destinations of one command line.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct TunnelArgs {
    /// Each destination by the name that ssh has for it (`%n`), with its tunnel.
    pub tunnels: Vec<(String, Tunnel)>,
    /// How long a tunnel may last, in seconds; the service's limit if there is none.
    pub duration: Option<u16>,
    /// The socket of the agent, which has the credentials that mssh has loaded.
    pub agent: Option<PathBuf>,
    /// The AWS profile to load credentials from if it is gone.
    pub profile: Option<String>,
    /// Whether ssh goes to the background after the login (`-f`).
    pub background: bool,
    /// What to report on standard error.
    pub verbosity: Verbosity,
}

/// How much a tunnel reports on standard error.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) enum Verbosity {
    /// Errors: `-q` and BatchMode.
    ErrorsOnly,
    /// Errors and warnings.
    #[default]
    Normal,
    /// Each step: `--debug`.
    Debug,
}

/// One tunnel.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct TunnelRequest {
    /// Which endpoint or session to use.
    pub tunnel: Tunnel,
    /// The port of the instance.
    pub port: u16,
    /// The other arguments.
    pub args: TunnelArgs,
}

impl TunnelArgs {
    /// The arguments that follow from our own options.
    fn of(options: &Options) -> Self {
        Self {
            duration: options.duration,
            profile: options.profile.clone(),
            verbosity: if options.debug {
                Verbosity::Debug
            } else {
                Verbosity::Normal
            },
            ..Self::default()
        }
    }

    /// The tunnels to these destinations; `None` if none of them needs one.
    pub(crate) fn to(invocation: &Invocation, resolved: &[Resolved]) -> Option<Self> {
        let tunnel = |it: &Resolved| match &it.route {
            Route::Tunnel(host, tunnel) => Some((host.clone(), tunnel.clone())),
            _ => None,
        };
        let mut tunnels: Vec<_> = resolved.iter().filter_map(tunnel).collect();
        tunnels.dedup();
        let common = Self::of(&invocation.options);
        let quiet = invocation.is_quiet() || resolved.iter().any(|it| it.batch);
        (!tunnels.is_empty()).then(|| Self {
            tunnels,
            background: invocation.runs_in_background(),
            verbosity: match common.verbosity {
                Verbosity::Normal if quiet => Verbosity::ErrorsOnly,
                verbosity => verbosity,
            },
            ..common
        })
    }

    /// The value of ssh's ProxyCommand for the binary `mssh`. ssh expands tokens in it (TOKENS in
    /// ssh_config(5)) and gives it to a shell, so each argument is quoted and its `%` doubled.
    ///
    /// `%n` is there only for several destinations: ssh before 8.1 does not know it.
    pub(crate) fn proxy_command(&self, mssh: &Path) -> OsString {
        let mut command = quote::for_ssh([mssh.as_os_str()]);
        let mut word = |word: &[u8]| {
            command.push(b' ');
            command.extend_from_slice(word);
        };
        word(OPTION.as_bytes());
        word(b"port=%p");
        if self.tunnels.len() > 1 {
            word(b"'host=%n'");
        }
        for each in self.words() {
            word(&quote::for_ssh([each.as_os_str()]));
        }
        OsString::from_vec(command)
    }

    fn words(&self) -> Vec<OsString> {
        let word = |name: &str, value: &OsStr| {
            let mut word = OsString::from(name);
            word.push("=");
            word.push(value);
            word
        };
        let mut words = Vec::new();
        for (host, tunnel) in &self.tunnels {
            words.push(tunnel.word(host).into());
        }
        if let Some(duration) = self.duration {
            words.push(word("duration", duration.to_string().as_ref()));
        }
        if let Some(socket) = &self.agent {
            words.push(word("agent", socket.as_os_str()));
        }
        if let Some(profile) = &self.profile {
            words.push(word("profile", profile.as_ref()));
        }
        words.extend(self.background.then(|| "background".into()));
        words.extend(match self.verbosity {
            Verbosity::ErrorsOnly => Some("quiet".into()),
            Verbosity::Normal => None,
            Verbosity::Debug => Some("debug".into()),
        });
        words
    }
}

impl TunnelRequest {
    /// A tunnel of this process, for its one destination.
    #[must_use]
    pub(crate) fn of(options: &Options, tunnel: Tunnel, port: u16) -> Self {
        Self {
            tunnel,
            port,
            args: TunnelArgs::of(options),
        }
    }

    /// Parses the arguments after [`OPTION`]; `None` if mssh did not write them.
    pub(crate) fn parse(words: &[OsString]) -> Option<Self> {
        let mut args = TunnelArgs::default();
        let (mut host, mut port) = (None, None);
        for word in words {
            let bytes = word.as_bytes();
            let at = bytes.iter().position(|byte| *byte == b'=');
            let (name, value) = at.map_or((bytes, None), |at| {
                let value = OsStr::from_bytes(&bytes[at + 1..]);
                (&bytes[..at], Some(value))
            });
            let text = || value.and_then(OsStr::to_str);
            match name {
                b"host" => host = Some(text()?),
                b"port" => port = Some(text()?.parse().ok()?),
                b"eice" => args.tunnels.push(Tunnel::eice(text()?)?),
                b"ssm" => args.tunnels.push(Tunnel::ssm(text()?)?),
                b"duration" => args.duration = Some(text()?.parse().ok()?),
                b"agent" => args.agent = Some(value?.into()),
                b"profile" => args.profile = Some(text()?.to_owned()),
                b"background" => args.background = true,
                b"quiet" => args.verbosity = Verbosity::ErrorsOnly,
                b"debug" => args.verbosity = Verbosity::Debug,
                _ => return None,
            }
        }
        let mut tunnels = args.tunnels.iter();
        let tunnel = match host {
            None => tunnels.next(),
            Some(host) => tunnels.find(|(known, _)| known == host),
        };
        let tunnel = tunnel?.1.clone();
        Some(Self {
            tunnel,
            port: port?,
            args,
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::plan::route::eice::{EiceTunnel, EndpointId, HostName};
    use crate::plan::target::ids::Region;

    fn eice(address: &str) -> Tunnel {
        Tunnel::Eice(EiceTunnel {
            endpoint: EndpointId::parse("eice-1").expect("an ID"),
            host: HostName::parse("eice-1.example").expect("a name"),
            address: address.parse().expect("an address"),
            region: Region::parse("eu-west-1").expect("a region"),
        })
    }

    fn tunnels(hosts: &[(&str, &str)]) -> TunnelArgs {
        let eice = |(host, address): &(&str, &str)| ((*host).to_owned(), eice(address));
        TunnelArgs {
            tunnels: hosts.iter().map(eice).collect(),
            duration: Some(60),
            agent: Some("/run/a 'b%/c".into()),
            profile: Some("50% $HOME".to_owned()),
            background: true,
            verbosity: Verbosity::Debug,
        }
    }

    #[test]
    fn every_word_survives_ssh_and_a_shell() {
        let command = tunnels(&[("i-1", "10.0.0.1")]).proxy_command(Path::new("/opt/my bin/mssh"));
        assert_eq!(
            command,
            "'/opt/my bin/mssh' --tunnel port=%p eice=i-1,eice-1,eice-1.example,10.0.0.1,eu-west-1 \
             duration=60 'agent=/run/a '\"'\"'b%%/c' 'profile=50%% $HOME' background debug"
        );
        let two = tunnels(&[("a", "10.0.0.1"), ("b", "fd00::1")]);
        let two = two.proxy_command(Path::new("mssh")).into_string();
        assert!(
            two.expect("text")
                .starts_with("mssh --tunnel port=%p 'host=%n' eice=a,")
        );
    }

    #[test]
    fn what_is_written_is_parsed_again() {
        let args = tunnels(&[("a", "10.0.0.1"), ("b", "fd00::1")]);
        let mut words: Vec<OsString> = vec!["port=22".into(), "host=b".into()];
        words.extend(args.words());
        let request = TunnelRequest::parse(&words).expect("a tunnel");
        assert_eq!(request.tunnel, eice("fd00::1"));
        assert_eq!((request.port, request.args), (22, args));
        let session = Tunnel::ssm("n,mi-0123456789abcdef0,eu-west-1").expect("a session");
        assert_eq!(session.1.word("n"), "ssm=n,mi-0123456789abcdef0,eu-west-1");
        words.push(session.1.word("n").into());
        words[1] = "host=n".into();
        assert_eq!(
            TunnelRequest::parse(&words).map(|it| it.tunnel),
            Some(session.1)
        );
        words[1] = "host=c".into();
        assert_eq!(TunnelRequest::parse(&words), None);
        for words in [
            vec![],
            vec!["port=22"],
            vec!["port=22", "x=1"],
            vec!["port=x"],
        ] {
            let words: Vec<OsString> = words.into_iter().map(OsString::from).collect();
            assert_eq!(TunnelRequest::parse(&words), None, "{words:?}");
        }
    }
}
