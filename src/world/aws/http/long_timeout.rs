//! The HTTP client for a server that may have to ask a person first.

use std::time::Duration;

use aws_smithy_runtime_api::client::http::{
    HttpClient, HttpConnectorSettings, SharedHttpClient, SharedHttpConnector,
};
use aws_smithy_runtime_api::client::runtime_components::RuntimeComponents;

/// A client with a read timeout that its callers cannot set.
#[derive(Debug)]
pub(in crate::world::aws) struct LongTimeout {
    client: SharedHttpClient,
    patience: Duration,
}

impl LongTimeout {
    pub(in crate::world::aws) fn new(client: SharedHttpClient, patience: Duration) -> Self {
        Self { client, patience }
    }
}

impl HttpClient for LongTimeout {
    fn http_connector(
        &self,
        settings: &HttpConnectorSettings,
        components: &RuntimeComponents,
    ) -> SharedHttpConnector {
        let mut patient = HttpConnectorSettings::builder().read_timeout(self.patience);
        patient.set_connect_timeout(settings.connect_timeout());
        self.client.http_connector(&patient.build(), components)
    }
}
