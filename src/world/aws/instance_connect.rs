//! EC2 Instance Connect: `SendSSHPublicKey`.
//!
//! <https://docs.aws.amazon.com/ec2-instance-connect/latest/APIReference/API_SendSSHPublicKey.html>

use aws_sdk_ec2instanceconnect::Client;
use aws_sdk_ec2instanceconnect::operation::send_ssh_public_key::SendSSHPublicKeyError;
use aws_smithy_runtime_api::box_error::BoxError;
use aws_smithy_runtime_api::client::interceptors::Intercept;
use aws_smithy_runtime_api::client::interceptors::context::BeforeTransmitInterceptorContextRef;
use aws_smithy_runtime_api::client::runtime_components::RuntimeComponents;
use aws_smithy_types::config_bag::ConfigBag;

use super::Regional;
use super::explain::{Call, Push};
use super::retry::Limits;
use crate::error::Error;
use crate::world::keeper::Bell;

/// The action, as IAM names it.
const ACTION: &str = "ec2-instance-connect:SendSSHPublicKey";

impl Regional<'_> {
    /// Gives AWS the public half of a key for this user of this instance, for 60 seconds. The
    /// zone is optional; a wrong one is refused. `bell` rings before each try, of which only the
    /// last one succeeds.
    ///
    /// # Errors
    /// Whatever can befall a call; also an answer that does not say that the key is there.
    pub async fn push(
        &self,
        push: Push<'_>,
        public_key: &str,
        bell: Option<Bell>,
    ) -> Result<(), Error> {
        let sdk = self.sdk();
        let limits = Limits::<SendSSHPublicKeyError>::of(&sdk);
        let config = aws_sdk_ec2instanceconnect::config::Builder::from(&sdk)
            .retry_classifier(limits.clone())
            .interceptor(limits)
            .interceptor(BeforeEachTry(bell));
        let request = Client::from_conf(config.build())
            .send_ssh_public_key()
            .instance_id(push.id.as_str())
            .instance_os_user(push.login.as_str())
            .set_availability_zone(push.zone.map(|zone| zone.as_str().to_owned()))
            .ssh_public_key(public_key);
        let call = Call {
            action: ACTION,
            region: self,
            about: Some(push),
        };
        let answer = self.timed("SendSSHPublicKey", request.send()).await;
        let answer = answer.map_err(|error| call.failed(&error))?;
        if answer.success() {
            Ok(())
        } else {
            Err(call.senseless())
        }
    }
}

/// Rings before each try of a call.
#[derive(Debug)]
struct BeforeEachTry(Option<Bell>);

impl Intercept for BeforeEachTry {
    fn name(&self) -> &'static str {
        "bell"
    }

    fn read_before_attempt(
        &self,
        _: &BeforeTransmitInterceptorContextRef<'_>,
        _: &RuntimeComponents,
        _: &mut ConfigBag,
    ) -> Result<(), BoxError> {
        self.0.iter().for_each(Bell::ring);
        Ok(())
    }
}
