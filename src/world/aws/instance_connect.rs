//! EC2 Instance Connect: `SendSSHPublicKey` and `SendSerialConsoleSSHPublicKey`.
//!
//! <https://docs.aws.amazon.com/ec2-instance-connect/latest/APIReference/API_SendSSHPublicKey.html>
//! <https://docs.aws.amazon.com/ec2-instance-connect/latest/APIReference/API_SendSerialConsoleSSHPublicKey.html>

use std::fmt;
use std::marker::PhantomData;

use aws_sdk_ec2instanceconnect::Client;
use aws_sdk_ec2instanceconnect::error::ProvideErrorMetadata;
use aws_sdk_ec2instanceconnect::operation::send_serial_console_ssh_public_key::SendSerialConsoleSSHPublicKeyError;
use aws_sdk_ec2instanceconnect::operation::send_ssh_public_key::SendSSHPublicKeyError;
use aws_smithy_runtime_api::box_error::BoxError;
use aws_smithy_runtime_api::client::interceptors::Intercept;
use aws_smithy_runtime_api::client::interceptors::context::FinalizerInterceptorContextRef;
use aws_smithy_runtime_api::client::runtime_components::RuntimeComponents;
use aws_smithy_types::config_bag::ConfigBag;

use super::Regional;
use super::call::{Call, PushRequest, PushTarget};
use super::retry::{OperationError, client_config, is_throttling};
use crate::world::aws::error::AwsError;

impl Regional<'_> {
    /// Gives AWS the public key for this instance, for 60 seconds. The zone is optional, but a
    /// wrong one is refused. `failed` is called after each attempt that fails,
    /// with whether AWS throttles it.
    ///
    /// # Errors
    /// Those of any call; also an answer that does not confirm the push.
    pub(crate) async fn push(
        &self,
        push: PushRequest<'_>,
        public_key: &str,
        failed: impl Fn(bool) + Send + Sync + 'static,
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
                    .instance_connect::<SendSSHPublicKeyError>(failed)
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
                    .instance_connect::<SendSerialConsoleSSHPublicKeyError>(failed)
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
    fn instance_connect<E: OperationError>(
        &self,
        failed: impl Fn(bool) + Send + Sync + 'static,
    ) -> Client {
        let watch = AfterFailedAttempt::<E, _>(failed, PhantomData);
        let config = client_config!(aws_sdk_ec2instanceconnect, self, E);
        Client::from_conf(config.interceptor(watch).build())
    }
}

/// Calls a function after each attempt that fails with an `E`, and says whether AWS throttles it.
struct AfterFailedAttempt<E, F>(F, PhantomData<fn() -> E>);

impl<E, F> fmt::Debug for AfterFailedAttempt<E, F> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("AfterFailedAttempt")
    }
}

impl<E: OperationError, F: Fn(bool) + Send + Sync> Intercept for AfterFailedAttempt<E, F> {
    fn name(&self) -> &'static str {
        "AfterFailedAttempt"
    }

    fn read_after_attempt(
        &self,
        context: &FinalizerInterceptorContextRef<'_>,
        _: &RuntimeComponents,
        _: &mut ConfigBag,
    ) -> Result<(), BoxError> {
        if let Some(Err(error)) = context.output_or_error() {
            let error = error.as_operation_error();
            let error = error.and_then(|it| it.downcast_ref::<E>());
            let code = error.and_then(ProvideErrorMetadata::code);
            (self.0)(code.is_some_and(is_throttling));
        }
        Ok(())
    }
}
