//! EC2's `GetConsoleOutput`.

use aws_smithy_types::base64;

use super::aws_error::AwsError;
use super::instances;
use super::request::Operation;

pub(crate) const GET_CONSOLE_OUTPUT: &str = "GetConsoleOutput";

/// What the consoles of a caller's instances show.
#[derive(Clone, Debug, Default)]
pub(crate) struct ConsoleOutput {
    /// Nothing was posted yet without it.
    pub(crate) text: Option<String>,
    /// Whether the instances are none of Nitro, which have no latest output.
    pub(crate) is_old: bool,
}

impl ConsoleOutput {
    /// A text that AWS has.
    pub(crate) fn of(text: impl Into<String>) -> Self {
        Self {
            text: Some(text.into()),
            is_old: false,
        }
    }

    pub(super) fn answer(
        &self,
        operation: &Operation,
        region: &str,
        request_id: &str,
    ) -> Result<String, AwsError> {
        let id = operation.get("InstanceId").unwrap_or_default();
        if instances::find(id).is_none_or(|it| it.region != region) {
            let message = format!("The instance ID '{id}' does not exist");
            return Err(AwsError::new(400, "InvalidInstanceID.NotFound", message));
        }
        if self.is_old && operation.get("Latest") == Some("true") {
            let message = "This instance type does not support retrieving the latest console logs";
            return Err(AwsError::new(400, "UnsupportedOperation", message));
        }
        let output = self.text.as_ref().map_or(String::new(), |text| {
            format!("<output>{}</output>", base64::encode(text))
        });
        Ok(format!(
            "<GetConsoleOutputResponse xmlns=\"http://ec2.amazonaws.com/doc/2016-11-15/\">\
             <requestId>{request_id}</requestId><instanceId>{id}</instanceId>\
             <timestamp>2026-01-06T15:27:31.000Z</timestamp>{output}</GetConsoleOutputResponse>"
        ))
    }
}
