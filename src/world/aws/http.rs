//! The HTTP client of the SDK: with the proxies of the environment, and TLS only where needed.

mod limit;
mod long_timeout;

use std::collections::HashMap;
use std::env;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use aws_smithy_http_client::Connector;
use aws_smithy_http_client::proxy::ProxyConfig;
use aws_smithy_http_client::tls::rustls_provider::CryptoMode;
use aws_smithy_http_client::tls::{Provider, TlsContext, TrustStore};
use aws_smithy_runtime_api::client::http::{
    HttpClient, HttpConnector, HttpConnectorFuture, HttpConnectorSettings, SharedHttpClient,
    SharedHttpConnector,
};
use aws_smithy_runtime_api::client::orchestrator::HttpRequest;
use aws_smithy_runtime_api::client::result::ConnectorError;
use aws_smithy_runtime_api::client::runtime_components::RuntimeComponents;

pub(super) use self::long_timeout::LongTimeout;
use super::variables::variable;
use crate::plan::aws::http_proxy::{self, Proxies, Proxy};
use crate::world::aws::error::AwsError;
use crate::world::net::connect_error;
use crate::world::net::error::NetworkError;
use crate::world::net::trust::Trust;

/// A client that makes a connector only when it knows where a request goes: reading certificates
/// takes milliseconds, which requests over plain HTTP (metadata services, local endpoints) should
/// not pay.
#[derive(Clone, Debug)]
pub(super) struct Client(Arc<Shared>);

/// What all connectors have in common, and those made so far.
#[derive(Debug)]
struct Shared {
    trust: Trust,
    proxies: Proxies,
    connectors: Mutex<HashMap<ConnectorKey, SharedHttpConnector>>,
}

/// Requests that differ in this need connectors of their own.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
struct ConnectorKey {
    secure: bool,
    proxy: Option<Proxy>,
    timeouts: Option<[Option<Duration>; 2]>,
}

/// The variables that name proxies, and the hosts to reach without one.
const PROXIES: &[&str] = &[
    "http_proxy",
    "HTTP_PROXY",
    "https_proxy",
    "HTTPS_PROXY",
    "all_proxy",
    "ALL_PROXY",
    "no_proxy",
    "NO_PROXY",
];

/// The proxies of the environment.
///
/// # Errors
/// [`AwsError::Setting`].
pub(super) fn proxies() -> Result<Proxies, AwsError> {
    for name in PROXIES {
        variable(name)?;
    }
    Ok(Proxies::of(|name| env::var(name).ok()))
}

impl Client {
    /// One client for all calls, so that they share connections and certificates.
    pub(super) fn shared(trust: Trust, proxies: Proxies) -> SharedHttpClient {
        SharedHttpClient::new(Self(Arc::new(Shared {
            trust,
            proxies,
            connectors: Mutex::default(),
        })))
    }
}

impl HttpClient for Client {
    fn http_connector(
        &self,
        settings: &HttpConnectorSettings,
        components: &RuntimeComponents,
    ) -> SharedHttpConnector {
        SharedHttpConnector::new(ConnectorByRequest {
            client: self.clone(),
            settings: settings.clone(),
            components: components.clone(),
        })
    }
}

/// Chooses the connector by the request.
#[derive(Debug)]
struct ConnectorByRequest {
    client: Client,
    settings: HttpConnectorSettings,
    components: RuntimeComponents,
}

impl HttpConnector for ConnectorByRequest {
    fn call(&self, request: HttpRequest) -> HttpConnectorFuture {
        let uri = request.uri();
        let (scheme, _) = uri.split_once(':').unwrap_or_default();
        let authority = http_proxy::authority(uri).unwrap_or_default();
        let (host, port) = http_proxy::host_and_port(authority).unwrap_or_default();
        let port = port.unwrap_or(if scheme == "https" { 443 } else { 80 });
        let (host, secure) = (host.to_owned(), scheme == "https");
        let proxy = match self.client.0.proxies.for_url(scheme, &host, port) {
            Ok(proxy) => proxy,
            Err(bad) => return refuse(NetworkError::BadProxy(bad)),
        };
        match self.connector(secure, proxy.as_ref()) {
            Err(network) => refuse(network),
            Ok(connector) => {
                let most = limit::of(&request);
                let answer = connector.call(request);
                HttpConnectorFuture::new(async move {
                    let response = connect_error::explained(answer, host.clone(), proxy).await?;
                    Ok(limit::limited(response, &host, most))
                })
            }
        }
    }
}

impl ConnectorByRequest {
    /// The connector for a request, made if it is the first of its kind.
    ///
    /// Over TLS, the first request sets the time limits for all: another connector would parse the
    /// certificates again.
    fn connector(
        &self,
        secure: bool,
        proxy: Option<&Proxy>,
    ) -> Result<SharedHttpConnector, NetworkError> {
        let secure = secure || proxy.is_some_and(|proxy| proxy.secure);
        let limits = [
            self.settings.connect_timeout(),
            self.settings.read_timeout(),
        ];
        let key = ConnectorKey {
            secure,
            proxy: proxy.cloned(),
            timeouts: (!secure).then_some(limits),
        };
        let shared = &self.client.0;
        let mut connectors = shared
            .connectors
            .lock()
            .unwrap_or_else(PoisonError::into_inner);
        if let Some(connector) = connectors.get(&key) {
            return Ok(connector.clone());
        }
        let mut builder = Connector::builder().proxy_config(sdk_proxy(proxy)?);
        builder.set_connector_settings(Some(self.settings.clone()));
        builder.set_sleep_impl(self.components.sleep_impl());
        let connector = if secure {
            let provider = Provider::Rustls(CryptoMode::Ring);
            let context = tls_context(&shared.trust)?;
            builder.tls_provider(provider).tls_context(context).build()
        } else {
            builder.build_http()
        };
        let connector = SharedHttpConnector::new(connector);
        connectors.insert(key, connector.clone());
        Ok(connector)
    }
}

/// The certificates to trust, in the SDK's terms.
fn tls_context(trust: &Trust) -> Result<TlsContext, NetworkError> {
    let store = TrustStore::empty().with_pem_certificate(trust.pem()?);
    TlsContext::builder()
        .with_trust_store(store)
        .build()
        .map_err(|error| NetworkError::NoTls(error.to_string()))
}

/// The proxy in the SDK's terms; whether it is needed is decided already.
fn sdk_proxy(proxy: Option<&Proxy>) -> Result<ProxyConfig, NetworkError> {
    let Some(proxy) = proxy else {
        return Ok(ProxyConfig::disabled());
    };
    let config =
        ProxyConfig::all(proxy.to_string()).map_err(|error| NetworkError::ProxyUnreachable {
            proxy: proxy.to_string(),
            cause: error.to_string(),
        })?;
    // The SDK puts these into a URL, and decodes them again.
    Ok(match &proxy.auth {
        Some(auth) => {
            let (user, password) = auth.encoded();
            config.with_basic_auth(user, password)
        }
        None => config,
    })
}

/// Fails without another attempt.
fn refuse(network: NetworkError) -> HttpConnectorFuture {
    HttpConnectorFuture::ready(Err(ConnectorError::user(network.into())))
}
