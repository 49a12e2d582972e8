//! What a run with a fault must do, and must not.

use std::time::{Duration, Instant};

use super::calls::Call;
use crate::lab::{Fault, Trouble};
use crate::sandbox::{AwsUser, Outcome, PATIENCE, eventually, finish, leaves_nothing};

/// How much longer than it waits a run may take on a busy machine.
const SLACK: Duration = Duration::from_secs(20);

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Must {
    Succeed,
    Fail,
    SucceedOrFail,
}

/// A fault, and what must come of it.
#[derive(Clone, Debug)]
pub(super) struct Trial {
    fault: Option<Fault>,
    /// How far AWS's clock is ahead, in minutes.
    ahead: i64,
    must: Must,
    within: Duration,
    /// How often the call may be made.
    calls: usize,
    attempts: Option<u8>,
}

impl Trial {
    pub(super) fn new(fault: Fault, must: Must) -> Self {
        Self {
            fault: Some(fault),
            ahead: 0,
            must,
            within: Duration::from_secs(10),
            calls: 16,
            attempts: None,
        }
    }

    /// AWS's clock is this many minutes ahead of ours.
    pub(super) fn at_another_time(ahead: i64) -> Self {
        Self {
            ahead,
            fault: None,
            ..Self::new(Fault::new(Trouble::Hang), Must::SucceedOrFail)
        }
    }

    pub(super) fn within(self, within: Duration) -> Self {
        Self { within, ..self }
    }

    /// The call is made this many times at most.
    pub(super) fn calls(self, calls: usize) -> Self {
        Self { calls, ..self }
    }

    /// With this value of AWS_MAX_ATTEMPTS.
    pub(super) fn attempts(self, attempts: u8) -> Self {
        Self {
            attempts: Some(attempts),
            ..self
        }
    }

    /// Makes the call. Returns what is wrong with the run.
    pub(super) fn run(&self, call: Call) -> Vec<String> {
        if call == Call::ResumeSession && self.must != Must::Succeed {
            // A tunnel resumes its session for five minutes.
            return Vec::new();
        }
        let user = call.user();
        if let Some(fault) = &self.fault {
            user.caller.fault(fault.clone().on(call.action()));
        }
        user.caller.clock_ahead(self.ahead);
        let mut command = call.command(&user);
        if let Some(attempts) = self.attempts {
            command.env("AWS_MAX_ATTEMPTS", attempts.to_string());
        }
        let began = Instant::now();
        let outcome = finish(&mut command);
        let took = began.elapsed();
        leaves_nothing(&user.caller);
        let complaints = [
            self.end(call, &outcome),
            self.texts(&outcome),
            self.effort(call, &user, took),
        ];
        let named = |it: String| format!("{call:?} took {took:?}: {it}: {outcome:?}");
        complaints.into_iter().flatten().map(named).collect()
    }

    /// Success, or 255 with one error.
    fn end(&self, call: Call, outcome: &Outcome) -> Option<String> {
        let errors = outcome.stderr.matches("mssh: error: ").count();
        let must = match (call, self.must) {
            // The session is over.
            (Call::TerminateSession, _) if self.ahead == 0 => Must::Succeed,
            (_, must) => must,
        };
        match (outcome.code, errors) {
            (Some(0), 0) if must != Must::Fail => None,
            (Some(255), 1) if must != Must::Succeed => None,
            _ => Some(format!("{errors} errors, must {must:?}")),
        }
    }

    /// No panic, no more than a few lines, no control characters, and the clock if it is the clock.
    fn texts(&self, outcome: &Outcome) -> Option<String> {
        let stderr = &outcome.stderr;
        let lines = stderr.lines().count();
        let hints = stderr.matches("mssh: hint: ").count();
        let control = |c: char| c.is_control() && !"\n\r".contains(c);
        if stderr.contains("panic") || stderr.contains("bug in mssh") {
            Some("a panic".to_owned())
        } else if lines > 5 || stderr.len() > 2000 || hints > 1 {
            Some(format!("{lines} lines, {hints} hints"))
        } else if stderr.contains(control) || stderr.contains('\u{fffd}') {
            Some("control characters".to_owned())
        } else if self.ahead != 0 && outcome.code != Some(0) && !stderr.contains("clock") {
            Some("no word about the clock".to_owned())
        } else {
            None
        }
    }

    /// Not too long, not too often, and no session is left.
    fn effort(&self, call: Call, user: &AwsUser, took: Duration) -> Option<String> {
        let calls = user.caller.calls_of(call.action()).len();
        // It may be a private or a public address: there is a call for each.
        let at_once = if call == Call::DescribeByAddress {
            2
        } else {
            1
        };
        let may_be_omitted = call == Call::TerminateSession || self.ahead != 0;
        // A session that mssh never learns of cannot be ended by it.
        let is_unknown = call == Call::StartSession && self.must != Must::Succeed;
        let over = || user.caller.sessions().iter().all(|it| it.ended.is_some());
        if took > self.within + SLACK {
            Some(format!("more than {:?}", self.within))
        } else if calls == 0 && !may_be_omitted || calls > at_once * self.calls {
            Some(format!("{calls} calls"))
        } else if !is_unknown && !eventually(PATIENCE, over) {
            Some("a session is left".to_owned())
        } else {
            None
        }
    }
}
