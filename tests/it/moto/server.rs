//! A server of moto.

use std::fs;
use std::io::{self, BufRead, BufReader, Read, Write};
use std::net::TcpStream;
use std::process::{Child, Command, Stdio};
use std::sync::OnceLock;

use percent_encoding::{NON_ALPHANUMERIC, utf8_percent_encode};
use tempfile::TempDir;

use crate::lab::Caller;
use crate::sandbox::skipped;

/// moto's server, which ends with its standard input, and so with this process.
const PROGRAM: &str = "import os, sys, threading
threading.Thread(target=lambda: (sys.stdin.read(), os._exit(0)), daemon=True).start()
from moto.server import main
main(sys.argv[1:])";

/// A running server. It knows any access key until `enforce_policies`.
pub(super) struct Moto {
    child: Child,
    address: String,
    directory: TempDir,
}

impl Moto {
    /// Starts a server. Reports that the test is skipped, if moto is not installed.
    pub(super) fn start() -> Option<Self> {
        let directory = TempDir::new().expect("a directory");
        let mut python = Command::new("python3");
        python.args(["-c", PROGRAM, "-H", "127.0.0.1", "-p", "0"]);
        python.current_dir(&directory);
        python.env("MOTO_RECORDER_FILEPATH", directory.path().join("recording"));
        python.env("MOTO_IAM_LOAD_MANAGED_POLICIES", "true");
        python.stdin(Stdio::piped()).stdout(Stdio::null());
        let mut child = python.stderr(Stdio::piped()).spawn().ok()?;
        let mut log = BufReader::new(child.stderr.take().expect("a pipe")).lines();
        let address = log.by_ref().map_while(Result::ok).find_map(|line| {
            let (_, address) = line.split_once("Running on http://")?;
            Some(address.trim().to_owned())
        });
        let Some(address) = address else {
            let _ = child.wait();
            skipped("moto is not installed: nothing is compared with it (scripts/setup tests)");
            return None;
        };
        // The server must never wait for a reader of its log.
        std::thread::spawn(move || log.for_each(drop));
        Some(Self {
            child,
            address,
            directory,
        })
    }

    /// The server that tests share; `None` if moto is not installed.
    pub(super) fn shared() -> Option<&'static Self> {
        static MOTO: OnceLock<Option<Moto>> = OnceLock::new();
        MOTO.get_or_init(Self::start).as_ref()
    }

    pub(super) fn url(&self) -> String {
        format!("http://{}", self.address)
    }

    /// A command in the lab's environment, for which moto is AWS.
    pub(super) fn command(&self, caller: &Caller<'_>, program: &str) -> Command {
        let mut command = caller.command(program);
        command.env("AWS_ENDPOINT_URL", self.url());
        command
    }

    /// Calls an action of EC2 or IAM in us-east-1. The answer, as XML.
    pub(super) fn call(&self, service: &str, parameters: &[(&str, &str)]) -> String {
        let version = match service {
            "iam" => "2010-05-08",
            _ => "2016-11-15",
        };
        let all = [("Version", version)].into_iter();
        let body = all.chain(parameters.iter().copied()).map(|(name, value)| {
            let value = utf8_percent_encode(value, NON_ALPHANUMERIC);
            format!("{name}={value}")
        });
        let body = body.collect::<Vec<_>>().join("&");
        let head = format!(
            "Content-Type: application/x-www-form-urlencoded\r\nAuthorization: AWS4-HMAC-SHA256 \
             Credential=AKIALABMOTO/20260101/us-east-1/{service}/aws4_request, \
             SignedHeaders=host, Signature=0\r\n"
        );
        let answer = self.post("/", &head, &body);
        answer.unwrap_or_else(|error| panic!("{parameters:?}: {error}"))
    }

    /// From now on, calls need a valid signature and a policy that allows them.
    pub(super) fn enforce_policies(&self) {
        let head = "Content-Type: text/plain\r\n";
        let path = "/moto-api/reset-auth";
        self.post(path, head, "0").expect("an answer");
    }

    /// From now on, `recording` has the requests.
    pub(super) fn record(&self) {
        let path = "/moto-api/recorder/start-recording";
        self.post(path, "", "").expect("an answer");
    }

    /// The recorded requests: one object a line.
    pub(super) fn recording(&self) -> String {
        fs::read_to_string(self.directory.path().join("recording")).unwrap_or_default()
    }

    /// The body of the answer to a request with more header lines. Only 200 is good.
    fn post(&self, path: &str, head: &str, body: &str) -> io::Result<String> {
        let mut connection = TcpStream::connect(&self.address)?;
        let length = body.len();
        let request = format!(
            "POST {path} HTTP/1.1\r\nHost: {}\r\nConnection: close\r\n{head}\
             Content-Length: {length}\r\n\r\n{body}",
            self.address
        );
        connection.write_all(request.as_bytes())?;
        let mut answer = String::new();
        connection.read_to_string(&mut answer)?;
        match answer.split_once("\r\n\r\n") {
            Some((head, body)) if head.contains(" 200 ") => Ok(body.to_owned()),
            _ => Err(io::Error::other(answer)),
        }
    }
}

impl Drop for Moto {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// The text of the first element of this name.
pub(super) fn element(xml: &str, name: &str) -> String {
    let (_, rest) = xml.split_once(&format!("<{name}>")).unwrap_or_default();
    rest.split('<').next().unwrap_or_default().to_owned()
}
