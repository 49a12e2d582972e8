//! EC2 Instance Connect: `SendSSHPublicKey` and `SendSerialConsoleSSHPublicKey`.
//!
//! <https://docs.aws.amazon.com/ec2-instance-connect/latest/APIReference/API_SendSSHPublicKey.html>
//! <https://docs.aws.amazon.com/ec2-instance-connect/latest/APIReference/API_SendSerialConsoleSSHPublicKey.html>

use aws_sdk_ec2instanceconnect::Client;
use aws_sdk_ec2instanceconnect::operation::send_serial_console_ssh_public_key::SendSerialConsoleSSHPublicKeyError;
use aws_sdk_ec2instanceconnect::operation::send_ssh_public_key::SendSSHPublicKeyError;
use aws_smithy_runtime_api::box_error::BoxError;
use aws_smithy_runtime_api::client::interceptors::Intercept;
use aws_smithy_runtime_api::client::interceptors::context::BeforeTransmitInterceptorContextRef;
use aws_smithy_runtime_api::client::runtime_components::RuntimeComponents;
use aws_smithy_types::config_bag::ConfigBag;

use super::Regional;
use super::call::{Call, PushRequest, PushTarget};
use super::retry::{OperationError, client_config};
use crate::world::aws::error::AwsError;
use crate::world::key::keeper::Bell;

impl Regional<'_> {
    /// Gives AWS the public key for this instance, for 60 seconds. The zone is optional, but a
    /// wrong one is refused. `bell` notifies the key's keeper before each attempt, of which only
    /// the last succeeds.
    ///
    /// # Errors
    /// Those of any call; also an answer that does not confirm the push.
    pub(crate) async fn push(
        &self,
        push: PushRequest<'_>,
        public_key: &str,
        bell: Option<Bell>,
    ) -> Result<(), AwsError> {
        let call = |action| Call {
            push: Some(push),
            ..self.call(action)
        };
        let id = push.id.as_str();
        let (call, taken) = match push.target {
            PushTarget::User(login, zone) => {
                let call = call("ec2-instance-connect:SendSSHPublicKey");
                let request = self
                    .instance_connect::<SendSSHPublicKeyError>(bell)
                    .send_ssh_public_key()
                    .instance_id(id)
                    .instance_os_user(login.as_str())
                    .set_availability_zone(zone.map(|zone| zone.as_str().to_owned()))
                    .ssh_public_key(public_key);
                let answer = call.send(request.send()).await?;
                (call, answer.success())
            }
            PushTarget::Serial => {
                let call = call("ec2-instance-connect:SendSerialConsoleSSHPublicKey");
                let request = self
                    .instance_connect::<SendSerialConsoleSSHPublicKeyError>(bell)
                    .send_serial_console_ssh_public_key()
                    .instance_id(id)
                    .serial_port(0)
                    .ssh_public_key(public_key);
                let answer = call.send(request.send()).await?;
                (call, answer.success())
            }
        };
        if taken {
            Ok(())
        } else {
            Err(call.bad_answer())
        }
    }

    /// A client for one call that fails with an `E`.
    fn instance_connect<E: OperationError>(&self, bell: Option<Bell>) -> Client {
        let config = client_config!(aws_sdk_ec2instanceconnect, self, E);
        Client::from_conf(config.interceptor(BeforeEachTry(bell)).build())
    }
}

/// Notifies the keeper before each attempt of a call.
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
