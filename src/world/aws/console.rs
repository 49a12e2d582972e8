//! EC2: `GetConsoleOutput`.
//!
//! <https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_GetConsoleOutput.html>

use aws_sdk_ec2::operation::get_console_output::{GetConsoleOutputError, GetConsoleOutputOutput};
use aws_smithy_types::base64;

use super::Regional;
use crate::plan::target::ids::InstanceId;
use crate::world::aws::error::AwsError;

impl Regional<'_> {
    /// The text on an instance's console: the end of it, of 64 KiB at most. Empty if AWS has none (yet).
    ///
    /// The newest text first, which AWS has for instances on Nitro only; for others, that of the last
    /// change of their state.
    ///
    /// # Errors
    /// Those of any call; also an answer that is no base64.
    pub(crate) async fn console_output(&self, id: &InstanceId) -> Result<Vec<u8>, AwsError> {
        let answer = match self.get_console_output(id, true).await {
            Err(AwsError::Service { code, .. }) if code == "UnsupportedOperation" => {
                self.get_console_output(id, false).await?
            }
            answer => answer?,
        };
        let mut output = answer.output().unwrap_or_default().to_owned();
        output.retain(|it| !it.is_ascii_whitespace());
        let text = base64::decode(output);
        text.map_err(|_| self.call("ec2:GetConsoleOutput").bad_answer())
    }

    async fn get_console_output(
        &self,
        id: &InstanceId,
        latest: bool,
    ) -> Result<GetConsoleOutputOutput, AwsError> {
        let client = self.ec2::<GetConsoleOutputError>();
        let request = client.get_console_output().instance_id(id.as_str());
        let request = request.set_latest(latest.then_some(true));
        self.call("ec2:GetConsoleOutput").send(request.send()).await
    }
}
