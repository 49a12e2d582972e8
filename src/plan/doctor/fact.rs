//! A fact, or why it is not known.

/// What was found out about one thing.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) enum Fact<T> {
    Known(T),
    /// IAM does not allow the call that would tell.
    Denied(Denial),
    /// The call failed, or took too long.
    Failed(Failure),
    /// Nothing asked: it does not apply, or what it depends on is not known.
    #[default]
    NotAsked,
}

/// A call that IAM does not allow.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Denial {
    /// As a policy names it: `ec2:DescribeInstances`.
    pub action: String,
    /// AWS's own reason.
    pub message: String,
    /// The statement that a policy needs, or who must change which policy.
    pub fix: String,
}

/// A call that failed for another reason.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Failure {
    pub message: String,
    /// What to try.
    pub hint: Option<String>,
}

impl Failure {
    /// A failure for which there is nothing to try.
    pub(crate) fn new(message: impl Into<String>) -> Self {
        Self {
            message: message.into(),
            hint: None,
        }
    }
}

impl<T> Fact<T> {
    /// The same about something else, if it is known.
    pub(crate) fn map<U>(self, known: impl FnOnce(T) -> U) -> Fact<U> {
        match self {
            Self::Known(value) => Fact::Known(known(value)),
            Self::Denied(denial) => Fact::Denied(denial),
            Self::Failed(failure) => Fact::Failed(failure),
            Self::NotAsked => Fact::NotAsked,
        }
    }

    /// The fact, if it is known.
    pub(crate) fn known(&self) -> Option<&T> {
        match self {
            Self::Known(value) => Some(value),
            Self::Denied(_) | Self::Failed(_) | Self::NotAsked => None,
        }
    }
}
