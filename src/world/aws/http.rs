//! The HTTP client under the SDK: TLS only where it is needed.

use aws_smithy_http_client::proxy::ProxyConfig;
use aws_smithy_http_client::tls::{Provider, rustls_provider::CryptoMode};
use aws_smithy_http_client::{Builder, Connector, ConnectorBuilder};
use aws_smithy_runtime_api::client::http::{
    HttpClient, HttpConnector, HttpConnectorFuture, HttpConnectorSettings, SharedHttpClient,
    SharedHttpConnector,
};
use aws_smithy_runtime_api::client::orchestrator::HttpRequest;
use aws_smithy_runtime_api::client::runtime_components::RuntimeComponents;

/// A client that looks at each request's scheme before it makes a connector. Reading the system's
/// certificates takes milliseconds, which no request over plain HTTP (a metadata service, a local
/// endpoint) should pay.
#[derive(Clone, Debug)]
pub(super) struct SchemeClient {
    plain: SharedHttpClient,
    tls: SharedHttpClient,
}

impl SchemeClient {
    /// One client for all calls, so that connectors are made once.
    pub(super) fn shared() -> SharedHttpClient {
        let plain = Builder::new().build_with_connector_fn(|settings, components| {
            connector(settings, components).build_http()
        });
        let tls = Builder::new().build_with_connector_fn(|settings, components| {
            let provider = Provider::Rustls(CryptoMode::Ring);
            connector(settings, components)
                .tls_provider(provider)
                .build()
        });
        SharedHttpClient::new(Self { plain, tls })
    }
}

fn connector(
    settings: Option<&HttpConnectorSettings>,
    components: Option<&RuntimeComponents>,
) -> ConnectorBuilder {
    let mut builder = Connector::builder().proxy_config(ProxyConfig::from_env());
    builder.set_connector_settings(settings.cloned());
    builder.set_sleep_impl(components.and_then(RuntimeComponents::sleep_impl));
    builder
}

impl HttpClient for SchemeClient {
    fn http_connector(
        &self,
        settings: &HttpConnectorSettings,
        components: &RuntimeComponents,
    ) -> SharedHttpConnector {
        SharedHttpConnector::new(SchemeConnector {
            client: self.clone(),
            settings: settings.clone(),
            components: components.clone(),
        })
    }
}

#[derive(Debug)]
struct SchemeConnector {
    client: SchemeClient,
    settings: HttpConnectorSettings,
    components: RuntimeComponents,
}

impl HttpConnector for SchemeConnector {
    fn call(&self, request: HttpRequest) -> HttpConnectorFuture {
        let client = if request.uri().starts_with("https:") {
            &self.client.tls
        } else {
            &self.client.plain
        };
        client
            .http_connector(&self.settings, &self.components)
            .call(request)
    }
}
