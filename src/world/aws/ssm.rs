//! Systems Manager: sessions, and whether an instance can have one.
//!
//! <https://docs.aws.amazon.com/systems-manager/latest/APIReference/API_StartSession.html>,
//! `API_ResumeSession`, `API_TerminateSession`, `API_DescribeInstanceInformation`.

mod endpoint;
mod json;

use std::fmt;

use serde_json::{Value, json};

use super::Regional;
use super::call::Call;
use crate::plan::aws::instance_error::InstanceError;
use crate::plan::aws::service_host::{is_data_channel_url, partition};
use crate::plan::os_user::RunningSystem;
use crate::plan::route::tunnel::AgentStatus;
use crate::plan::target::remote_host::RemoteHost;
use crate::world::aws::error::{AwsError, Denied};

/// What a session is for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum SessionKind {
    /// A byte stream to this port of the target.
    Port(u16),
    /// The same by another document, for users who may not use that for SSH.
    Forward(u16),
    /// A byte stream to a port of another host.
    ToHost(RemoteHost, u16),
    /// A shell, by the account's default document.
    Shell,
}

impl SessionKind {
    /// The document that the session needs.
    fn document(&self) -> &'static str {
        match self {
            Self::Port(_) => "AWS-StartSSHSession",
            Self::Forward(_) => "AWS-StartPortForwardingSession",
            Self::ToHost(..) => "AWS-StartPortForwardingSessionToRemoteHost",
            Self::Shell => "SSM-SessionManagerRunShell",
        }
    }

    /// The port, and the host if it is not the target.
    pub(crate) fn port(&self) -> Option<(Option<&RemoteHost>, u16)> {
        match self {
            Self::Port(port) | Self::Forward(port) => Some((None, *port)),
            Self::ToHost(host, port) => Some((Some(host), *port)),
            Self::Shell => None,
        }
    }
}

/// A session, with all it takes to open its data channel: URL and token are secret.
#[derive(Clone)]
pub(crate) struct Session {
    /// `SessionId`.
    pub id: String,
    /// `StreamUrl`. To be used byte for byte: it holds a raw base64 value.
    pub url: String,
    /// `TokenValue`, which the first frame contains.
    pub token: String,
}

impl fmt::Debug for Session {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "session {}", self.id)
    }
}

impl Regional<'_> {
    /// Starts a session with an instance or managed node (`mi-…`). A caller that does not use it has to
    /// terminate it.
    ///
    /// # Errors
    /// [`InstanceError::NotManaged`] for a target that Session Manager does not reach, and those of any
    /// call.
    pub(crate) async fn start_session(
        &self,
        target: &str,
        start: &SessionKind,
    ) -> Result<Session, AwsError> {
        let mut request = json!({ "Target": target });
        if let Some((host, port)) = start.port() {
            request["DocumentName"] = start.document().into();
            request["Parameters"] = json!({ "portNumber": [port.to_string()] });
            if let Some(host) = host {
                request["Parameters"]["host"] = json!([host.to_string()]);
            }
        }
        let call = self.call("ssm:StartSession");
        let answer = self.ssm(&call, &request).await;
        let answer = answer.map_err(|error| match error {
            AwsError::Service { code, .. } if code == "TargetNotConnected" => {
                InstanceError::NotManaged {
                    target: target.to_owned(),
                    region: self.chosen(),
                }
                .into()
            }
            AwsError::Denied(denied) => AwsError::Denied(self.denied_start(denied, target, start)),
            other => other,
        })?;
        let Some(id) = answer["SessionId"].as_str().map(str::to_owned) else {
            return Err(call.bad_answer());
        };
        match self.trusted(&call, id.clone(), &answer) {
            Ok(session) => Ok(session),
            Err(error) => {
                let _ = self.terminate_session(&id).await;
                Err(error)
            }
        }
    }

    /// Asks for another data channel of a session. After that, the old URL no longer works.
    ///
    /// # Errors
    /// [`AwsError::SessionTimedOut`] or [`AwsError::SessionGone`], and those of any call.
    pub(crate) async fn resume_session(&self, id: &str) -> Result<Session, AwsError> {
        let call = self.call("ssm:ResumeSession");
        let answer = self.ssm(&call, &json!({ "SessionId": id })).await;
        let answer = answer.map_err(|error| match error {
            AwsError::Service { code, .. } if code == "DoesNotExistException" => {
                AwsError::SessionGone
            }
            other => other,
        })?;
        if answer["TokenValue"].as_str().unwrap_or_default().is_empty() {
            // By the API reference, that is the answer for a session that has timed out.
            return Err(AwsError::SessionTimedOut);
        }
        self.trusted(&call, id.to_owned(), &answer)
    }

    /// Terminates a session, if it still exists.
    ///
    /// # Errors
    /// Those of any call.
    pub(crate) async fn terminate_session(&self, id: &str) -> Result<(), AwsError> {
        let call = self.call("ssm:TerminateSession");
        let answer = self.ssm(&call, &json!({ "SessionId": id })).await;
        answer.map(drop)
    }

    /// Whether Session Manager reaches an instance: whether it knows the agent, and has heard from
    /// it in the last few minutes. And which system runs there.
    ///
    /// # Errors
    /// Those of any call.
    pub(crate) async fn agent(
        &self,
        target: &str,
    ) -> Result<(AgentStatus, Option<RunningSystem>), AwsError> {
        let known = self.information(target).await?;
        let system = known.as_ref().and_then(|it| {
            let text = |name: &str| it[name].as_str().map(str::to_owned);
            Some(RunningSystem {
                name: text("PlatformName")?,
                version: text("PlatformVersion").unwrap_or_default(),
            })
        });
        let status = match known.as_ref().map(|it| &it["PingStatus"]) {
            None | Some(Value::Null) => AgentStatus::Unknown,
            Some(status) if status == "Online" => AgentStatus::Online,
            Some(_) => AgentStatus::Silent,
        };
        Ok((status, system))
    }

    /// What Systems Manager knows of an instance (`InstanceInformation`), if it has ever heard of it.
    ///
    /// # Errors
    /// Those of any call.
    pub(super) async fn information(&self, target: &str) -> Result<Option<Value>, AwsError> {
        let call = self.call("ssm:DescribeInstanceInformation");
        let request = json!({ "Filters": [{ "Key": "InstanceIds", "Values": [target] }] });
        let mut answer = self.ssm(&call, &request).await?;
        let list = answer.get_mut("InstanceInformationList");
        let list = list.and_then(Value::as_array_mut);
        Ok(list.and_then(|it| it.drain(..).next()))
    }

    /// The session in an answer, if that is complete and names a host of the service.
    fn trusted(&self, call: &Call<'_>, id: String, answer: &Value) -> Result<Session, AwsError> {
        let text = |name: &str| answer[name].as_str().map(str::to_owned);
        let (Some(url), Some(token)) = (text("StreamUrl"), text("TokenValue")) else {
            return Err(call.bad_answer());
        };
        let own = self.aws.endpoint_urls.get("SSM");
        if is_data_channel_url(&url, &self.region, own) {
            return Ok(Session { id, url, token });
        }
        // What follows the path may be secret.
        let public = url.split(['?', '#']).next().unwrap_or_default();
        let place: Vec<&str> = public.splitn(4, '/').take(3).collect();
        Err(AwsError::ForeignStream {
            place: place.join("/"),
            region: self.chosen(),
        })
    }

    /// The denial with both resources that a policy must allow: the instance and the document.
    fn denied_start(&self, denied: Denied, target: &str, start: &SessionKind) -> Denied {
        let document = start.document();
        let (region, partition) = (&self.region, partition(&self.region));
        let resource = match denied.resource.as_str() {
            "*" if target.starts_with("mi-") => {
                format!("arn:{partition}:ssm:{region}:*:managed-instance/{target}")
            }
            "*" => format!("arn:{partition}:ec2:{region}:*:instance/{target}"),
            known => known.to_owned(),
        };
        let resource = if resource.contains(":document/") {
            resource
        } else {
            format!("{resource} and on document {document}")
        };
        Denied { resource, ..denied }
    }
}
