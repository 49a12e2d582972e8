//! EC2: `StartInstances`.
//!
//! <https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_StartInstances.html>

use super::Regional;
use super::query::Form;
use crate::plan::target::ids::InstanceId;
use crate::world::aws::error::AwsError;

impl Regional<'_> {
    /// Starts a stopped instance. It is pending after that.
    ///
    /// # Errors
    /// Those of any call.
    pub(crate) async fn start_instance(&self, id: &InstanceId) -> Result<(), AwsError> {
        let call = self.call("ec2:StartInstances");
        self.query(&call, &Form::instance(id)).await.map(drop)
    }
}
