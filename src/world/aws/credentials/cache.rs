//! `~/.aws/cli/cache`: sessions, shared with the AWS CLI.
//!
//! The files have the AWS CLI's names and format (botocore's `JSONFileCache`), so that each tool finds
//! the other's sessions. The cache is optional: a directory that cannot be used counts as empty.

use std::cell::RefCell;
use std::fs::{self, DirBuilder, File, OpenOptions};
use std::io;
use std::os::unix::fs::{DirBuilderExt, MetadataExt, OpenOptionsExt};
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant, SystemTime};

use aws_credential_types::Credentials;
use aws_smithy_types::DateTime;
use aws_smithy_types::date_time::Format;
use nix::errno::Errno;
use nix::fcntl::{Flock, FlockArg};
use serde_json::{Value, json};

use crate::plan::aws::bad_value::BadCharacter;
use crate::plan::aws::date;
use crate::world::aws::files;
use crate::world::process::bounded;
use crate::world::process::replace_file::replace_file;

/// A session that ends sooner is not used: as in botocore.
const WINDOW: Duration = Duration::from_mins(15);

/// The directory, if there is a home directory.
pub(super) struct Cache {
    directory: Option<PathBuf>,
    /// The file of the session that was looked up last, if it was there.
    found: RefCell<Option<CachedSession>>,
}

/// A session that was found in the cache.
#[derive(Clone, Debug)]
pub(in crate::world::aws) struct CachedSession {
    /// Its file.
    pub(in crate::world::aws) path: PathBuf,
    access_key: String,
}

impl CachedSession {
    /// Deletes its file, unless that holds another session by now or belongs to another user
    /// (`sudo -E`). Returns whether this session is gone.
    pub(in crate::world::aws) fn delete(&self) -> bool {
        let there = bounded::file(&self.path).ok();
        let there = there.and_then(|text| SessionCredentials::read(&text));
        match there {
            Some(session) if session.access_key == self.access_key => {
                is_own(&self.path) && fs::remove_file(&self.path).is_ok()
            }
            _ => true,
        }
    }
}

fn is_own(path: &Path) -> bool {
    fs::metadata(path).is_ok_and(|it| it.uid() == nix::unistd::geteuid().as_raw())
}

/// A session from STS or SSO.
pub(super) struct SessionCredentials {
    pub(super) access_key: String,
    pub(super) secret: String,
    pub(super) token: String,
    pub(super) until: DateTime,
    /// ARN and ID of the assumed role.
    pub(super) user: Option<(String, String)>,
    /// The account, if the session is from SSO.
    pub(super) sso_account: Option<String>,
}

impl Cache {
    pub(super) fn open() -> Self {
        let directory = files::home().map(|home| home.join(".aws/cli/cache"));
        Self {
            directory,
            found: RefCell::new(None),
        }
    }

    /// The file of the session that was looked up last, if it was there.
    pub(super) fn found(&self) -> Option<CachedSession> {
        self.found.borrow().clone()
    }

    /// The session of this key, if it is valid for long enough.
    pub(super) fn find(&self, key: &str) -> Option<Credentials> {
        let path = self.directory.as_ref()?.join(format!("{key}.json"));
        let session = SessionCredentials::read(&bounded::file(&path).ok()?)?;
        let until = SystemTime::try_from(session.until).ok()?;
        let left = until.duration_since(SystemTime::now()).ok()?;
        if left < WINDOW {
            return None;
        }
        let access_key = session.access_key.clone();
        *self.found.borrow_mut() = Some(CachedSession { path, access_key });
        Some(session.credentials())
    }

    /// Stores a session.
    pub(super) fn keep(&self, key: &str, session: SessionCredentials) -> Credentials {
        *self.found.borrow_mut() = None;
        // Without a writable cache, the next run gets another session.
        let _ = self.write(key, &session);
        session.credentials()
    }

    fn write(&self, key: &str, session: &SessionCredentials) -> io::Result<()> {
        let path = self.make()?.join(format!("{key}.json"));
        replace_file(&path, session.json().to_string().as_bytes(), 0o600)
    }

    /// The directory, made if needed; but not in another user's home (`sudo -E`), whose AWS CLI could not
    /// read our files.
    fn make(&self) -> io::Result<&PathBuf> {
        let directory = self.directory.as_ref().ok_or(io::ErrorKind::NotFound)?;
        let there = directory.ancestors().find(|it| it.exists());
        if !there.is_some_and(is_own) {
            return Err(io::ErrorKind::PermissionDenied.into());
        }
        DirBuilder::new()
            .recursive(true)
            .mode(0o700)
            .create(directory)?;
        Ok(directory)
    }

    /// Locks the session of this key, so that only one process asks the user for an MFA code. The lock
    /// ends with its process, too. `None` if it cannot be got in this time.
    pub(super) async fn lock(&self, key: &str, patience: Duration) -> Option<Flock<File>> {
        let file = self.make().ok()?.join(format!("{key}.lock"));
        let mut file = OpenOptions::new()
            .create(true)
            .truncate(false)
            .write(true)
            .mode(0o600)
            .open(file)
            .ok()?;
        let began = Instant::now();
        loop {
            match Flock::lock(file, FlockArg::LockExclusiveNonblock) {
                Ok(lock) => return Some(lock),
                Err((held, Errno::EWOULDBLOCK | Errno::EINTR)) if began.elapsed() < patience => {
                    file = held;
                }
                Err(_) => return None,
            }
            tokio::time::sleep(Duration::from_millis(50)).await;
        }
    }
}

impl SessionCredentials {
    fn credentials(self) -> Credentials {
        let until = SystemTime::try_from(self.until).ok();
        Credentials::new(
            self.access_key,
            self.secret,
            Some(self.token),
            until,
            "role",
        )
    }

    /// Reads the AWS CLI's format.
    fn read(bytes: &[u8]) -> Option<Self> {
        let json: Value = serde_json::from_slice(bytes).ok()?;
        let credentials = json.get("Credentials")?;
        let text = |key: &str| credentials.get(key)?.as_str();
        let good = |key: &str| {
            Some(
                text(key)
                    .filter(|it| BadCharacter::of(it).is_none())?
                    .to_owned(),
            )
        };
        Some(Self {
            access_key: good("AccessKeyId")?,
            secret: good("SecretAccessKey")?,
            token: good("SessionToken")?,
            until: instant(text("Expiration")?)?,
            user: None,
            sso_account: None,
        })
    }

    /// Writes the AWS CLI's format.
    fn json(&self) -> Value {
        let until = self.until.fmt(Format::DateTime).unwrap_or_default();
        let mut credentials = json!({
            "AccessKeyId": self.access_key,
            "SecretAccessKey": self.secret,
            "SessionToken": self.token,
        });
        let Some(account) = &self.sso_account else {
            let (arn, id) = self.user.as_ref().map_or(("", ""), |(arn, id)| (arn, id));
            credentials["Expiration"] = until.replace('Z', "UTC").into();
            if let Some(account) = arn.split(':').nth(4) {
                credentials["AccountId"] = account.into();
            }
            let user = json!({ "AssumedRoleId": id, "Arn": arn });
            return json!({ "Credentials": credentials, "AssumedRoleUser": user });
        };
        credentials["Expiration"] = until.into();
        credentials["AccountId"] = account.as_str().into();
        json!({ "ProviderType": "sso", "Credentials": credentials })
    }
}

/// A time in any format that tools write.
pub(super) fn instant(text: &str) -> Option<DateTime> {
    let (seconds, nanoseconds) = date::read(text)?;
    Some(DateTime::from_secs_and_nanos(seconds, nanoseconds))
}
