//! EC2: `GetConsoleOutput`.
//!
//! <https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_GetConsoleOutput.html>

use aws_smithy_types::base64;

use super::Regional;
use super::query::Form;
use super::query::xml::text;
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
        let text = base64::decode(answer);
        text.map_err(|_| self.call("ec2:GetConsoleOutput").bad_answer())
    }

    /// The text in base64, without its line ends.
    async fn get_console_output(&self, id: &InstanceId, latest: bool) -> Result<String, AwsError> {
        let form = Form::default().with("InstanceId", id.as_str());
        let form = if latest {
            form.with("Latest", "true")
        } else {
            form
        };
        let call = self.call("ec2:GetConsoleOutput");
        let answer = self.query(&call, &form).await?;
        let answer = answer.document(&call)?;
        let output = text(answer.root_element(), "output").unwrap_or_default();
        Ok(output.split_ascii_whitespace().collect())
    }
}
