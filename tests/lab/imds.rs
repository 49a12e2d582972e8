//! The instance metadata service, version 2 (<http://169.254.169.254>), for one caller.
//!
//! <https://docs.aws.amazon.com/AWSEC2/latest/UserGuide/configuring-instance-metadata-service.html>

use std::io::{self, BufReader, Write};
use std::net::{Ipv4Addr, SocketAddr, TcpListener, TcpStream};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex};
use std::thread;
use std::time::{Duration, SystemTime};

use serde_json::json;

use super::clock;
use super::http::Request;
use super::sts::SECRET;

const TOKEN: &str = "lab-metadata-token";
const TTL: &str = "x-aws-ec2-metadata-token-ttl-seconds";
const ROLES: &str = "/latest/meta-data/iam/security-credentials/";

/// Listens until dropped.
pub(crate) struct Metadata {
    address: SocketAddr,
    closed: Arc<AtomicBool>,
    asked: Arc<Mutex<Vec<String>>>,
}

impl Metadata {
    /// The service of an instance in `region`. With an `access_key`, the instance has a role whose
    /// session key is made from it.
    pub(crate) fn start(access_key: Option<&str>, region: &str) -> io::Result<Self> {
        let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0))?;
        let service = Self {
            address: listener.local_addr()?,
            closed: Arc::default(),
            asked: Arc::default(),
        };
        let (closed, asked) = (Arc::clone(&service.closed), Arc::clone(&service.asked));
        let access_key = access_key.map(|key| key.replacen("AKIA", "ASIA", 1));
        let region = region.to_owned();
        thread::spawn(move || {
            for stream in listener.incoming().map_while(Result::ok) {
                if closed.load(Ordering::Relaxed) {
                    break;
                }
                // One connection at a time is enough here.
                let _ = converse(stream, access_key.as_deref(), &region, &asked);
            }
        });
        Ok(service)
    }

    /// For `AWS_EC2_METADATA_SERVICE_ENDPOINT`.
    pub(crate) fn url(&self) -> String {
        format!("http://{}", self.address)
    }

    /// The paths requested so far.
    pub(crate) fn asked(&self) -> Vec<String> {
        self.asked.lock().expect("the lock").clone()
    }
}

impl Drop for Metadata {
    fn drop(&mut self) {
        self.closed.store(true, Ordering::Relaxed);
        let _ = TcpStream::connect(self.address);
    }
}

fn converse(
    mut stream: TcpStream,
    access_key: Option<&str>,
    region: &str,
    asked: &Mutex<Vec<String>>,
) -> io::Result<()> {
    // A client that kept its connection open would block all others.
    stream.set_read_timeout(Some(Duration::from_secs(5)))?;
    let mut reader = BufReader::new(stream.try_clone()?);
    if let Some(request) = Request::read(&mut reader)? {
        asked.lock().expect("the lock").push(request.target.clone());
        let (status, body) = answer(&request, access_key, region);
        write!(
            stream,
            "HTTP/1.1 {status} -\r\n{TTL}: 21600\r\nContent-Type: text/plain\r\n\
             Connection: close\r\nContent-Length: {}\r\n\r\n{body}",
            body.len()
        )?;
    }
    Ok(())
}

fn answer(request: &Request, access_key: Option<&str>, region: &str) -> (u16, String) {
    let is_token = request.target == "/latest/api/token";
    if is_token && request.method == "PUT" && !request.header(TTL).is_empty() {
        return (200, TOKEN.to_owned());
    }
    if request.header("x-aws-ec2-metadata-token") != TOKEN {
        return (401, String::new());
    }
    let until = SystemTime::now() + Duration::from_hours(6);
    match (request.target.as_str(), access_key) {
        ("/latest/meta-data/placement/region", _) => (200, region.to_owned()),
        (ROLES, Some(_)) => (200, "lab-role".to_owned()),
        (path, Some(key)) if path.strip_prefix(ROLES) == Some("lab-role") => {
            let credentials = json!({
                "Code": "Success", "Type": "AWS-HMAC", "AccessKeyId": key,
                "SecretAccessKey": SECRET, "Token": format!("labtoken-{key}"),
                "LastUpdated": clock::iso(SystemTime::now()), "Expiration": clock::iso(until),
            });
            (200, credentials.to_string())
        }
        _ => (404, String::new()),
    }
}
