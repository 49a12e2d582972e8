//! Answers ssh's KnownHostsCommand: host keys that an instance has printed on its console are known.
//!
//! ssh asks before the key exchange and when the server has shown its key. The console is read
//! meanwhile.

mod file;
mod shown_key;

use std::sync::atomic::AtomicBool;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use ssh_key::PublicKey;
use tokio::sync::watch;
use tokio::task::{JoinHandle, spawn_blocking};
use tokio::time::{Instant, timeout, timeout_at};

use self::shown_key::{ShownKey, line, type_in_file_name};
use super::host_key_check::HostKeyCheck;
use crate::error::Error;
use crate::hint::{self, Hint};
use crate::plan::console::refusal::{DifferentKey, KeyRefusal};
use crate::plan::console::{PublishedKeys, Verdict};
use crate::wire::agent::{HostKeyAnswer, HostKeyQuestion, HostKeyRefusal};
use crate::world::openssh::remember::{instance_with, remember};
use crate::world::tty::terminal::Terminal;

/// How long ssh may be kept waiting, from the start of the call to AWS.
const USUAL: Duration = Duration::from_secs(1);

/// The same if the key must be verified.
const REQUIRED: Duration = Duration::from_secs(15);

/// How long ssh may be kept waiting while the key is added to known_hosts.
const WRITING: Duration = Duration::from_millis(200);

/// The text of a console, or why there is none, once AWS has answered.
type Console = Option<Result<Arc<[u8]>, NoConsole>>;

/// Why AWS does not give the text.
#[derive(Clone, Debug)]
struct NoConsole {
    line: String,
    hint: Option<String>,
}

/// The checks of one run.
#[derive(Debug)]
pub(crate) struct HostKeyChecks {
    begun: Mutex<Vec<Begun>>,
    /// Whether ssh got our key: it has accepted the host key before.
    has_listed: AtomicBool,
    /// The task that remembers the key of an ssh that reads a file.
    remembering: Mutex<Option<JoinHandle<()>>>,
    terminal: Terminal,
}

/// A check whose call to AWS has begun.
#[derive(Clone, Debug)]
pub(crate) struct Begun {
    check: Arc<HostKeyCheck>,
    until: Instant,
    console: watch::Receiver<Console>,
}

impl HostKeyChecks {
    pub(crate) fn new(terminal: Terminal) -> Self {
        Self {
            begun: Mutex::default(),
            has_listed: AtomicBool::default(),
            remembering: Mutex::default(),
            terminal,
        }
    }

    /// Begins to read the console of an instance. Call it in the runtime.
    pub(crate) fn begin(&self, check: HostKeyCheck) -> Begun {
        let limit = if check.is_required { REQUIRED } else { USUAL };
        let check = Arc::new(check);
        let (sender, console) = watch::channel(None);
        let (reading, terminal) = (Arc::clone(&check), self.terminal);
        tokio::spawn(async move {
            // Later, nobody waits for it.
            if let Ok(answer) = timeout(REQUIRED, read(&reading, terminal)).await {
                sender.send_replace(Some(answer));
            }
        });
        let begun = Begun {
            check,
            until: Instant::now() + limit,
            console,
        };
        self.begun().push(begun.clone());
        begun
    }

    /// Drops all checks: mssh begins again.
    pub(super) fn forget(&self) {
        self.begun().clear();
    }

    /// The answer for ssh; `None` for a host that is not to be checked. Of instances with the same
    /// address in several networks, the key of any is right.
    pub(crate) async fn answer(&self, question: HostKeyQuestion<'_>) -> Option<HostKeyAnswer> {
        let is_asked = |it: &&Begun| it.check.name.eq_ignore_ascii_case(question.name);
        let begun: Vec<Begun> = self.begun().iter().filter(is_asked).cloned().collect();
        let mut answer = None;
        for it in begun {
            let next = match question.reason {
                "ORDER" => it.known(question.name),
                "HOSTNAME" => it.judge(question, self.terminal).await,
                _ => HostKeyAnswer::default(),
            };
            if !next.lines.is_empty() {
                return Some(next);
            }
            answer = answer.or(Some(next));
        }
        answer
    }

    fn begun(&self) -> MutexGuard<'_, Vec<Begun>> {
        self.begun.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// What the user reads about it.
fn for_user(refusal: &KeyRefusal) -> HostKeyRefusal {
    HostKeyRefusal {
        message: refusal.to_string(),
        hint: refusal.hint().unwrap_or_default(),
    }
}

/// Adds a key, `TYPE KEY`, to the user's known_hosts.
fn add(check: &HostKeyCheck, key: &str, terminal: Terminal) {
    let Some(file) = &check.file else {
        return;
    };
    for name in std::iter::once(&check.name).chain(&check.also) {
        if let Err(cause) = remember(file, name, key, check.is_hashed) {
            let file = file.display();
            terminal.debug(|| format!("cannot add {name} to {file}: {cause}"));
        }
    }
}

async fn read(check: &HostKeyCheck, terminal: Terminal) -> Result<Arc<[u8]>, NoConsole> {
    let text = async {
        let access = &check.access;
        let aws = access.with(&access.credentials, terminal).await?;
        let regional = aws.region(Some(&access.region))?;
        let regional = regional.chosen_by(access.by.clone());
        regional.console_output(&check.id).await
    };
    let text = Box::pin(text).await;
    text.map(Arc::from).map_err(|error| {
        let error = Error::from(error);
        let line = hint::line(&error);
        let id = &check.id;
        terminal.debug(|| format!("cannot read the console of {id}: {line}"));
        let hint = error.hint();
        NoConsole { line, hint }
    })
}

impl Begun {
    /// The published keys that are known by now, for ssh to choose the type of key.
    fn known(&self, name: &str) -> HostKeyAnswer {
        let lines = match &*self.console.borrow() {
            Some(Ok(text)) => PublishedKeys::read(text)
                .keys()
                .flat_map(|key| [name, " ", &key, "\n"].map(str::to_owned))
                .collect(),
            _ => String::new(),
        };
        HostKeyAnswer {
            lines,
            refusal: None,
        }
    }

    /// Waits for the text, as long as it may take.
    async fn console(&mut self) -> Console {
        let answered = self.console.wait_for(Option::is_some);
        match timeout_at(self.until, answered).await {
            Ok(Ok(console)) => console.clone(),
            _ => None,
        }
    }

    /// What the console says about the key that the server has shown.
    async fn judge(mut self, question: HostKeyQuestion<'_>, terminal: Terminal) -> HostKeyAnswer {
        let console = self.console().await;
        let shown = ShownKey::read(question.kind, question.key);
        let refusal = match (console, shown) {
            (Some(Ok(text)), Some(shown)) => match self.verdict(&text, &shown.key) {
                None => return self.vouch(question.name, &shown.key, terminal).await,
                // A certificate may count by its authority.
                Some(KeyRefusal::Different(_)) if shown.is_certified => None,
                refusal => refusal,
            },
            (Some(Err(error)), _) => {
                let (id, NoConsole { line, hint }) = (self.check.id.clone(), error);
                Some(KeyRefusal::NoConsole(id, line, hint))
            }
            (None, _) => Some(KeyRefusal::Late(self.check.id.clone())),
            (Some(Ok(_)), None) => None,
        };
        let is_different = matches!(refusal, Some(KeyRefusal::Different(_)));
        let refusal = refusal.filter(|_| is_different || self.check.is_required);
        HostKeyAnswer {
            lines: String::new(),
            refusal: refusal.as_ref().map(for_user),
        }
    }

    /// What speaks against the key.
    fn verdict(&self, text: &[u8], key: &PublicKey) -> Option<KeyRefusal> {
        let id = self.check.id.clone();
        let published = PublishedKeys::read(text);
        Some(match published.judge(key) {
            Verdict::Published => return None,
            Verdict::Different(published) => {
                let other = instance_with(&line(key), &id);
                KeyRefusal::Different(Box::new(DifferentKey {
                    kind: type_in_file_name(key),
                    shown: key.fingerprint(ssh_key::HashAlg::Sha256).to_string(),
                    published,
                    address: self.check.address.clone(),
                    other: other.filter(|_| self.check.address.is_some()),
                    id,
                }))
            }
            Verdict::Unpublished if text.is_empty() => KeyRefusal::NoOutput(id),
            Verdict::Unpublished if published.is_empty() => KeyRefusal::NoKeys(id),
            Verdict::Unpublished => KeyRefusal::NotOfType(id, key.algorithm().to_string()),
        })
    }

    /// Tells ssh that the key is right, and remembers it: ssh writes no key that a program has told it,
    /// and one that asks no program reads it in the file.
    async fn vouch(&self, name: &str, key: &PublicKey, terminal: Terminal) -> HostKeyAnswer {
        let (line, id) = (line(key), &self.check.id);
        terminal.debug(|| format!("the console of {id} shows its host key {line}"));
        let (check, added) = (Arc::clone(&self.check), line.clone());
        let remembering = spawn_blocking(move || add(&check, &added, terminal));
        // Another process may hold the file's lock.
        let _ = timeout(WRITING, remembering).await;
        HostKeyAnswer {
            lines: format!("{name} {line}\n"),
            refusal: None,
        }
    }
}
