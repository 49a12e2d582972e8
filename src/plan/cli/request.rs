//! What a command line asks for.

use std::ffi::OsString;

use super::each::EachRequest;
use super::examination::Examination;
use super::invocation::{Invocation, Options};
use super::list::ListRequest;
use super::listen::{Forward, ListenRequest};
use super::options::Shell;
use super::pick::PickRequest;
use super::proxy_command::ProxyRequest;
use super::setup::Setup;

/// What the command line asks for.
#[derive(Debug, PartialEq, Eq)]
pub enum Request {
    /// Run the client for an instance.
    Connect(Box<Invocation>),
    /// Run the client with these words, without AWS: for its own queries (`-G`, `-V`, `-Q`), its usage
    /// errors, and copies on this machine.
    Client(Vec<OsString>),
    /// The same with `--dry-run`.
    ShowClient(Vec<OsString>),
    /// Run a Session Manager shell, without the client.
    Shell(Box<Invocation>),
    /// Say what is wrong with a connection (`--doctor`).
    Examine(Box<Examination>),
    /// Let the user choose an instance.
    Picker(Box<PickRequest>),
    /// List instances (`--list`).
    List(Box<ListRequest>),
    /// Run a command on each of several instances (`--each`).
    Each(Box<EachRequest>),
    /// Print this on standard output.
    Print(Document),
    /// Run as ssh's ProxyCommand.
    ProxyCommand(Box<ProxyRequest>),
    /// Forward a port of this machine to one of an instance.
    Listen(Box<ListenRequest>),
    /// Print, install or remove the configuration for plain ssh.
    Setup(Setup),
    /// Show what the configuration file sets for the destination of this request.
    ShowConfig(Box<Request>),
    /// Write an example of that file.
    InitConfig,
}

impl Request {
    /// The command line of a request with a destination.
    pub(crate) fn invocation(&self) -> Option<&Invocation> {
        match self {
            Self::Connect(invocation) | Self::Shell(invocation) => Some(invocation),
            Self::Examine(examination) => Some(&examination.invocation),
            Self::ProxyCommand(request) => Some(&request.invocation),
            Self::Listen(request) => request.0.first().map(|it| &it.invocation),
            Self::ShowConfig(request) => request.invocation(),
            Self::Client(_)
            | Self::ShowClient(_)
            | Self::Print(_)
            | Self::Setup(_)
            | Self::List(_)
            | Self::Picker(_)
            | Self::Each(_)
            | Self::InitConfig => None,
        }
    }

    /// The first port of `--listen`.
    pub(crate) fn forward(&self) -> Option<&Forward> {
        match self {
            Self::Listen(request) => request.0.first(),
            Self::ShowConfig(request) => request.forward(),
            _ => None,
        }
    }

    /// Our options, if the configuration file has a say in them.
    pub(crate) fn options(&self) -> Option<&Options> {
        match self {
            Self::List(request) => Some(&request.options),
            Self::Each(request) => Some(&request.options),
            other => other.invocation().map(|it| &it.options),
        }
    }
}

/// A text about mssh itself.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Document {
    /// `--help`.
    Help,
    /// `--version`.
    Version,
    /// `--completions SHELL`.
    Completions(Shell),
    /// `--man`.
    Man,
}
