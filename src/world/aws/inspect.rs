//! What only `--doctor` asks AWS: whose the credentials are, and more about an instance.
//!
//! <https://docs.aws.amazon.com/STS/latest/APIReference/API_GetCallerIdentity.html>,
//! <https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_DescribeInstanceStatus.html>,
//! <https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_DescribeRegions.html>

use std::sync::{Arc, Mutex, PoisonError};

use aws_sdk_sts::operation::get_caller_identity::GetCallerIdentityError;
use aws_smithy_runtime_api::box_error::BoxError;
use aws_smithy_runtime_api::client::interceptors::Intercept;
use aws_smithy_runtime_api::client::interceptors::context::BeforeDeserializationInterceptorContextRef;
use aws_smithy_runtime_api::client::runtime_components::RuntimeComponents;
use aws_smithy_types::DateTime;
use aws_smithy_types::config_bag::ConfigBag;
use aws_smithy_types::date_time::Format;
use roxmltree::Node;

use super::Regional;
use super::ec2::{is_metadata_off, is_windows, launched};
use super::query::Form;
use super::query::xml::{string, text};
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
        let all = self.each_instance(Form::instance(id), |it| Some(details(it)));
        Ok(all.await?.into_iter().next())
    }

    /// The status checks of an instance; `None` if there is none.
    ///
    /// # Errors
    /// Those of any call.
    pub(crate) async fn status(&self, id: &InstanceId) -> Result<Option<StatusChecks>, AwsError> {
        let form = Form::instance(id).with("IncludeAllInstances", "true");
        let name =
            |it: Node<'_, '_>, path: &str| string(it, path).unwrap_or_else(|| "unknown".to_owned());
        let all = self.query_all(
            "ec2:DescribeInstanceStatus",
            form,
            "instanceStatusSet",
            |it| {
                Some(StatusChecks {
                    system: name(it, "systemStatus/status"),
                    instance: name(it, "instanceStatus/status"),
                })
            },
        );
        Ok(all.await?.into_iter().next())
    }

    /// The regions that are enabled for the account.
    ///
    /// # Errors
    /// Those of any call.
    pub(crate) async fn enabled_regions(&self) -> Result<Vec<Region>, AwsError> {
        let region = |it: Node<'_, '_>| Region::parse(text(it, "regionName")?).ok();
        self.query_all("ec2:DescribeRegions", Form::default(), "regionInfo", region)
            .await
    }

    /// What Session Manager knows of an instance; `None` if it has never heard of it.
    ///
    /// # Errors
    /// Those of any call.
    pub(crate) async fn managed(&self, id: &InstanceId) -> Result<Option<Managed>, AwsError> {
        let known = self.information(id.as_str()).await?;
        Ok(known.map(|it| Managed {
            is_online: it["PingStatus"] == "Online",
            version: it["AgentVersion"].as_str().map(str::to_owned),
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

fn details(instance: Node<'_, '_>) -> Details {
    Details {
        image: string(instance, "imageId"),
        is_windows: is_windows(instance),
        platform: string(instance, "platformDetails"),
        usage_operation: string(instance, "usageOperation"),
        launched: launched(instance),
        is_metadata_off: is_metadata_off(instance),
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
