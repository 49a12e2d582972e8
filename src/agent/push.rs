//! What the agent is to ask of AWS.

use serde_json::{Value, json};

use crate::plan::aws::region::RegionSource;
use crate::plan::target::ids::{InstanceId, Login, Region, Zone};
use crate::world::aws::error::AwsError;
use crate::world::aws::{Aws, Credentials, credentials_json};
use crate::world::tty::terminal::Terminal;

/// With what the agent calls AWS.
#[derive(Clone, Debug)]
pub(crate) struct AwsAccess {
    pub region: Region,
    /// What has set the region, if not the environment or the profile.
    pub by: Option<RegionSource>,
    pub profile: Option<String>,
    pub credentials: Credentials,
}

impl AwsAccess {
    /// AWS with these credentials instead.
    ///
    /// # Errors
    /// Those of [`Aws::with`].
    pub(super) async fn with(
        &self,
        credentials: &Credentials,
        terminal: Terminal,
    ) -> Result<Aws, AwsError> {
        let (profile, region) = (self.profile.as_deref(), Some(&self.region));
        Aws::with(credentials.clone(), profile, region, terminal).await
    }

    /// As JSON.
    pub(super) fn to_value(&self) -> Value {
        let by = match &self.by {
            Some(RegionSource::Option) => Some("option"),
            Some(RegionSource::Target) => Some("target"),
            Some(RegionSource::ConfigFile(_)) => Some("config-file"),
            _ => None,
        };
        let place = match &self.by {
            Some(RegionSource::ConfigFile(place)) => Some(place),
            _ => None,
        };
        json!({
            "place": place,
            "region": self.region.as_str(),
            "by": by,
            "profile": self.profile,
            "credentials": credentials_json::to_value(&self.credentials),
        })
    }

    /// `None` for JSON of another form.
    pub(super) fn from_value(value: &Value) -> Option<Self> {
        let text = |name: &str| value.get(name).and_then(Value::as_str);
        let by = match text("by") {
            Some("option") => Some(RegionSource::Option),
            Some("target") => Some(RegionSource::Target),
            Some("config-file") => text("place").map(|it| RegionSource::ConfigFile(it.to_owned())),
            _ => None,
        };
        Some(Self {
            region: Region::parse(text("region")?).ok()?,
            by,
            profile: text("profile").map(str::to_owned),
            credentials: credentials_json::from_value(value.get("credentials")?)?,
        })
    }
}

/// One key for one user of an instance, or for its serial console, with all that the call needs.
#[derive(Clone, Debug)]
pub(crate) struct Push {
    pub id: InstanceId,
    /// The user; `None` for the serial console.
    pub login: Option<Login>,
    pub zone: Option<Zone>,
    /// The public half of the user's own key; `None` for the agent's.
    pub own_key: Option<String>,
    pub access: AwsAccess,
}
