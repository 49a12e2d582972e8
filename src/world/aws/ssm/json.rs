//! Calls of Systems Manager: JSON goes out and comes back.
//!
//! aws-sdk-ssm would be half a megabyte: each of its calls can read all errors that the service has. EC2
//! Instance Connect has the same protocol, so its operation carries these calls, by [`Exchange`].

use aws_runtime::user_agent::ApiMetadata;
use aws_sdk_ec2instanceconnect::Client;
use aws_sdk_ec2instanceconnect::config::retry::RetryPartition;
use aws_sdk_ec2instanceconnect::operation::send_ssh_public_key::SendSSHPublicKeyError;
use aws_smithy_runtime_api::box_error::BoxError;
use aws_smithy_runtime_api::client::interceptors::Intercept;
use aws_smithy_runtime_api::client::interceptors::context::BeforeSerializationInterceptorContextRef;
use aws_smithy_types::config_bag::ConfigBag;
use aws_types::SigningName;
use serde_json::Value;

use super::endpoint::SsmEndpoint;
use crate::world::aws::Regional;
use crate::world::aws::call::Call;
use crate::world::aws::error::AwsError;
use crate::world::aws::exchange::Exchange;
use crate::world::aws::retry::client_config;

/// The service in signatures and in the user agent.
const SERVICE: &str = "ssm";

impl Regional<'_> {
    /// Makes a call of Systems Manager.
    ///
    /// # Errors
    /// Those of any call.
    pub(in crate::world::aws) async fn ssm(
        &self,
        call: &Call<'_>,
        request: &Value,
    ) -> Result<Value, AwsError> {
        let action = call.action.trim_start_matches("ssm:");
        let exchange = Exchange::new(&request.to_string(), "{", "{}");
        let exchange = exchange.to(&format!("AmazonSSM.{action}"));
        let url = self.aws.endpoint_urls.get("SSM").map(str::to_owned);
        let partition = format!("{SERVICE}-{}", self.region);
        let mut config = client_config!(aws_sdk_ec2instanceconnect, self, SendSSHPublicKeyError)
            .endpoint_resolver(SsmEndpoint::default())
            .retry_partition(RetryPartition::new(partition))
            .interceptor(Service)
            .interceptor(exchange.clone());
        config.set_endpoint_url(url);
        let client = Client::from_conf(config.build());
        call.send(client.send_ssh_public_key().send()).await?;
        let answer = exchange.answer().ok_or_else(|| call.bad_answer())?;
        serde_json::from_slice(&answer).map_err(|_| call.bad_answer())
    }
}

/// Names the service in place of EC2 Instance Connect.
#[derive(Debug)]
struct Service;

impl Intercept for Service {
    fn name(&self) -> &'static str {
        "service"
    }

    fn read_before_execution(
        &self,
        _: &BeforeSerializationInterceptorContextRef<'_>,
        config: &mut ConfigBag,
    ) -> Result<(), BoxError> {
        let version = env!("CARGO_PKG_VERSION");
        let state = config.interceptor_state();
        state.store_put(SigningName::from_static(SERVICE));
        state.store_put(ApiMetadata::new(SERVICE, version));
        Ok(())
    }
}
