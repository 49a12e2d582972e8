//! What only `--doctor` asks AWS: whose the credentials are, and more about an instance.
//!
//! <https://docs.aws.amazon.com/STS/latest/APIReference/API_GetCallerIdentity.html>,
//! <https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_DescribeInstanceStatus.html>,
//! <https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_DescribeRegions.html>

use std::sync::{Arc, Mutex, PoisonError};

use aws_sdk_ec2::operation::describe_instance_status::DescribeInstanceStatusError;
use aws_sdk_ec2::operation::describe_instances::DescribeInstancesError;
use aws_sdk_ec2::operation::describe_regions::DescribeRegionsError;
use aws_sdk_ec2::types::{
    Instance, InstanceMetadataEndpointState, InstanceStatusSummary, Reservation,
};
use aws_sdk_ssm::operation::describe_instance_information::DescribeInstanceInformationError;
use aws_sdk_ssm::types::{InstanceInformationStringFilter, PingStatus};
use aws_sdk_sts::operation::get_caller_identity::GetCallerIdentityError;
use aws_smithy_runtime_api::box_error::BoxError;
use aws_smithy_runtime_api::client::interceptors::Intercept;
use aws_smithy_runtime_api::client::interceptors::context::BeforeDeserializationInterceptorContextRef;
use aws_smithy_runtime_api::client::runtime_components::RuntimeComponents;
use aws_smithy_types::DateTime;
use aws_smithy_types::config_bag::ConfigBag;
use aws_smithy_types::date_time::Format;

use super::Regional;
use super::retry::client_config;
use crate::plan::aws::clock::Seconds;
use crate::plan::doctor::facts::{Details, Managed, StatusChecks};
use crate::plan::target::ids::{InstanceId, Region};
use crate::world::aws::error::AwsError;

impl Regional<'_> {
    /// Whose the credentials are: an ARN. Also the service's time, if it has answered at all.
    pub(crate) async fn identity(&self) -> (Result<String, AwsError>, Option<Seconds>) {
        let date = AnswerDate::default();
        let config = client_config!(aws_sdk_sts, self, GetCallerIdentityError);
        let client = aws_sdk_sts::Client::from_conf(config.interceptor(date.clone()).build());
        let call = self.call("sts:GetCallerIdentity");
        let answer = call.send(client.get_caller_identity().send()).await;
        let arn = answer.and_then(|it| it.arn.ok_or_else(|| call.bad_answer()));
        (arn, date.get())
    }

    /// More about an instance; `None` if there is none.
    ///
    /// # Errors
    /// Those of any call.
    pub(crate) async fn details(&self, id: &InstanceId) -> Result<Option<Details>, AwsError> {
        let client = self.ec2::<DescribeInstancesError>();
        let request = client.describe_instances().instance_ids(id.as_str());
        let call = self.call("ec2:DescribeInstances");
        let answer = call.send(request.send()).await?;
        let mut all = answer
            .reservations()
            .iter()
            .flat_map(Reservation::instances);
        Ok(all.next().map(details))
    }

    /// The status checks of an instance; `None` if there is none.
    ///
    /// # Errors
    /// Those of any call.
    pub(crate) async fn status(&self, id: &InstanceId) -> Result<Option<StatusChecks>, AwsError> {
        let client = self.ec2::<DescribeInstanceStatusError>();
        let request = client.describe_instance_status();
        let request = request
            .instance_ids(id.as_str())
            .include_all_instances(true);
        let call = self.call("ec2:DescribeInstanceStatus");
        let answer = call.send(request.send()).await?;
        let name = |summary: Option<&InstanceStatusSummary>| {
            let status = summary.and_then(InstanceStatusSummary::status);
            status.map_or_else(|| "unknown".to_owned(), ToString::to_string)
        };
        Ok(answer.instance_statuses().first().map(|it| StatusChecks {
            system: name(it.system_status()),
            instance: name(it.instance_status()),
        }))
    }

    /// The regions that are enabled for the account.
    ///
    /// # Errors
    /// Those of any call.
    pub(crate) async fn enabled_regions(&self) -> Result<Vec<Region>, AwsError> {
        let client = self.ec2::<DescribeRegionsError>();
        let request = client.describe_regions().send();
        let answer = self.call("ec2:DescribeRegions").send(request).await?;
        let names = answer.regions().iter().filter_map(|it| it.region_name());
        Ok(names.filter_map(|it| Region::parse(it).ok()).collect())
    }

    /// What Session Manager knows of an instance; `None` if it has never heard of it.
    ///
    /// # Errors
    /// Those of any call.
    pub(crate) async fn managed(&self, id: &InstanceId) -> Result<Option<Managed>, AwsError> {
        let config = client_config!(aws_sdk_ssm, self, DescribeInstanceInformationError);
        let client = aws_sdk_ssm::Client::from_conf(config.build());
        let call = self.call("ssm:DescribeInstanceInformation");
        let filter = InstanceInformationStringFilter::builder()
            .key("InstanceIds")
            .values(id.as_str())
            .build();
        let filter = filter.map_err(|_| call.bad_answer())?;
        let request = client.describe_instance_information().filters(filter);
        let answer = call.send(request.send()).await?;
        let known = answer.instance_information_list().first();
        Ok(known.map(|it| Managed {
            is_online: it.ping_status() == Some(&PingStatus::Online),
            version: it.agent_version().map(str::to_owned),
        }))
    }

    /// The same configuration in another region.
    pub(crate) fn elsewhere(&self, region: Region) -> Self {
        Self {
            region,
            by: None,
            ..self.clone()
        }
    }
}

fn details(instance: &Instance) -> Details {
    let metadata = instance.metadata_options();
    let platform = instance.platform();
    let endpoint = metadata.and_then(|it| it.http_endpoint());
    Details {
        image: instance.image_id().map(str::to_owned),
        // The SDK's own value is written with a capital letter, and EC2's is not.
        is_windows: platform.is_some_and(|it| it.as_str().eq_ignore_ascii_case("windows")),
        platform: instance.platform_details().map(str::to_owned),
        usage_operation: instance.usage_operation().map(str::to_owned),
        launched: instance.launch_time().map(DateTime::secs),
        is_metadata_off: endpoint == Some(&InstanceMetadataEndpointState::Disabled),
    }
}

/// Keeps the Date of the last answer, of a refusal too.
#[derive(Clone, Debug, Default)]
struct AnswerDate(Arc<Mutex<Option<Seconds>>>);

impl AnswerDate {
    fn get(&self) -> Option<Seconds> {
        *self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Intercept for AnswerDate {
    fn name(&self) -> &'static str {
        "AnswerDate"
    }

    fn read_before_deserialization(
        &self,
        context: &BeforeDeserializationInterceptorContextRef<'_>,
        _: &RuntimeComponents,
        _: &mut ConfigBag,
    ) -> Result<(), BoxError> {
        let date = context.response().headers().get("date");
        let date = date.and_then(|date| DateTime::from_str(date, Format::HttpDate).ok());
        if let Some(date) = date {
            *self.0.lock().unwrap_or_else(PoisonError::into_inner) = Some(date.secs());
        }
        Ok(())
    }
}
