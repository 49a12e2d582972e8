//! HTTP proxies: which one a connection uses, according to the environment.
//!
//! As in botocore (Python's `urllib.request.getproxies_environment`), `https_proxy` takes
//! precedence over `HTTPS_PROXY`, and disables it if it is empty. `ALL_PROXY`, which botocore does
//! not know, is used if there is no proxy for the scheme.

mod no_proxy;
mod url;

use std::fmt;

use thiserror::Error;

use self::no_proxy::NoProxy;
pub(crate) use self::url::{authority, host_and_port};

/// The proxies in the environment. Their URLs are parsed only when needed, so that a bad one does not
/// matter until then.
#[derive(Clone, Debug, Default)]
pub(crate) struct Proxies {
    http: Option<ProxyVariable>,
    https: Option<ProxyVariable>,
    exemptions: NoProxy,
}

#[derive(Clone, Debug)]
struct ProxyVariable {
    variable: &'static str,
    url: Secret,
}

/// A proxy that speaks HTTP, and over TLS if it is `secure`.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub(crate) struct Proxy {
    /// Whether connections to the proxy itself use TLS.
    pub secure: bool,
    /// A name or address; IPv6 without brackets.
    pub host: String,
    pub(crate) port: u16,
    pub(crate) auth: Option<Auth>,
}

/// The login at a proxy, no longer percent-encoded.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub(crate) struct Auth {
    pub(crate) user: String,
    password: Secret,
}

/// A text that Debug does not show.
#[derive(Clone, PartialEq, Eq, Hash)]
struct Secret(String);

/// A variable whose value is not a proxy's URL. The value is not shown: it may contain a password.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Error)]
#[error("the proxy in {variable} {fault}")]
pub(crate) struct BadProxy {
    pub(crate) variable: &'static str,
    pub(crate) fault: ProxyFault,
}

/// What is wrong with a proxy's URL.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Error)]
pub(crate) enum ProxyFault {
    #[error("has a scheme other than http and https")]
    Scheme,
    #[error("has no valid host")]
    Host,
    #[error("has no valid port")]
    Port,
}

fn is_socks(url: &str) -> bool {
    url.trim_start()
        .get(..5)
        .is_some_and(|scheme| scheme.eq_ignore_ascii_case("socks"))
}

impl Proxies {
    /// Reads the environment through `variable`.
    pub(crate) fn of(variable: impl Fn(&str) -> Option<String>) -> Self {
        let set = |lower: &'static str, upper: &'static str| match variable(lower) {
            Some(url) => Some((lower, url)),
            None => Some((upper, variable(upper)?)),
        };
        // A SOCKS proxy is useless here, so one for all programs is ignored.
        let all = set("all_proxy", "ALL_PROXY").filter(|(_, url)| !is_socks(url));
        let setting = |own: Option<(&'static str, String)>| {
            let (variable, url) = own.or_else(|| all.clone())?;
            let url = Secret(url.trim().to_owned());
            (!url.0.is_empty()).then_some(ProxyVariable { variable, url })
        };
        // In a CGI script, HTTP_PROXY is a header of the request (CVE-2016-1000110).
        let http = match variable("REQUEST_METHOD") {
            Some(_) => set("http_proxy", "http_proxy"),
            None => set("http_proxy", "HTTP_PROXY"),
        };
        let rules = variable("no_proxy").or_else(|| variable("NO_PROXY"));
        // Like botocore, reach a container's credential service without a proxy.
        let container = variable("AWS_CONTAINER_CREDENTIALS_FULL_URI").unwrap_or_default();
        Self {
            http: setting(http),
            https: setting(set("https_proxy", "HTTPS_PROXY")),
            exemptions: NoProxy::parse(&rules.unwrap_or_default())
                .and(authority(&container).unwrap_or_default()),
        }
    }

    /// The proxy for a connection to this host (IPv6 with or without brackets) and port, if any. The
    /// `scheme` is the URL's: `http`, `https`, `ws` or `wss`.
    ///
    /// # Errors
    /// [`BadProxy`], if the variable's value is not a proxy's URL.
    pub(crate) fn for_url(
        &self,
        scheme: &str,
        host: &str,
        port: u16,
    ) -> Result<Option<Proxy>, BadProxy> {
        let setting = match scheme {
            "https" | "wss" => &self.https,
            _ => &self.http,
        };
        let Some(ProxyVariable { variable, url }) = setting else {
            return Ok(None);
        };
        if self.exemptions.cover(host, port) {
            return Ok(None);
        }
        match url::proxy(&url.0) {
            Ok(proxy) => Ok(Some(proxy)),
            Err(fault) => Err(BadProxy { variable, fault }),
        }
    }
}

impl Proxy {
    /// Host and port as in a URL, with IPv6 in brackets.
    pub(crate) fn address(&self) -> String {
        let Self { host, port, .. } = self;
        if host.contains(':') {
            format!("[{host}]:{port}")
        } else {
            format!("{host}:{port}")
        }
    }
}

/// The URL without user and password.
impl fmt::Display for Proxy {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let scheme = if self.secure { "https" } else { "http" };
        write!(f, "{scheme}://{}", self.address())
    }
}

impl Auth {
    /// `user:password`, as RFC 7617 encodes it in an Authorization header.
    pub(crate) fn pair(&self) -> String {
        format!("{}:{}", self.user, self.password.0)
    }

    /// User and password, percent-encoded for a URL.
    pub(crate) fn encoded(&self) -> (String, String) {
        (url::encoded(&self.user), url::encoded(&self.password.0))
    }
}

impl fmt::Debug for Secret {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("…")
    }
}

#[cfg(test)]
mod tests;
