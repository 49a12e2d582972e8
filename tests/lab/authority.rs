//! The lab's own certificate authority, and the fake AWS over TLS with its certificates.

use std::fs;
use std::io::{self, Read, Write};
use std::net::{Ipv4Addr, TcpListener, TcpStream};
use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::Arc;
use std::thread;

use rustls::pki_types::pem::PemObject;
use rustls::pki_types::{CertificateDer, PrivateKeyDer};
use rustls::{ServerConfig, ServerConnection, StreamOwned};

use super::fake_aws::FakeAws;
use super::server::converse;

/// `openssl` makes it anew in each run, so that the sources hold no key and nothing expires.
pub(crate) struct Authority {
    directory: PathBuf,
}

impl Authority {
    pub(crate) fn make(directory: PathBuf) -> io::Result<Self> {
        fs::create_dir_all(&directory)?;
        let authority = Self { directory };
        let subject = ["-subj", "/CN=authority of the lab"];
        authority.request("ca", &[&subject[..], &["-days", "2"]].concat())?;
        Ok(authority)
    }

    pub(crate) fn certificate(&self) -> PathBuf {
        self.directory.join("ca.pem")
    }

    /// Serves the fake AWS over TLS on loopback for as long as the process lives, with a
    /// certificate for these names (in the syntax of `subjectAltName`). Returns the port.
    pub(super) fn serve(&self, aws: Arc<FakeAws>, names: &str) -> io::Result<u16> {
        self.serve_at((Ipv4Addr::LOCALHOST, 0), aws, names)
    }

    pub(super) fn serve_at(
        &self,
        at: (Ipv4Addr, u16),
        aws: Arc<FakeAws>,
        names: &str,
    ) -> io::Result<u16> {
        let config = Arc::new(self.server(names)?);
        listen(at, move |stream| converse(secured(stream, &config)?, &aws))
    }

    /// The same behind a proxy that speaks TLS itself, and connects every client to the fake AWS,
    /// whatever host it asks for.
    pub(super) fn serve_proxied(&self, aws: Arc<FakeAws>, names: &str) -> io::Result<u16> {
        let config = Arc::new(self.server(names)?);
        listen((Ipv4Addr::LOCALHOST, 0), move |stream| {
            let mut stream = secured(stream, &config)?;
            let mut head = Vec::new();
            while !head.ends_with(b"\r\n\r\n") {
                let mut byte = [0];
                stream.read_exact(&mut byte)?;
                head.extend(byte);
            }
            if !head.starts_with(b"CONNECT ") {
                return stream.write_all(b"HTTP/1.1 400 No\r\n\r\n");
            }
            stream.write_all(b"HTTP/1.1 200 OK\r\n\r\n")?;
            converse(secured(stream, &config)?, &aws)
        })
    }

    pub(super) fn server(&self, names: &str) -> io::Result<ServerConfig> {
        let plain = names.chars().filter(char::is_ascii_alphanumeric);
        let name: String = plain.take(100).collect();
        let names = format!("subjectAltName={names}");
        let (ca, key) = (self.certificate(), self.directory.join("ca.key"));
        let signed = ["-subj", "/CN=aws", "-days", "1", "-addext", &names, "-CA"];
        let by = [
            path(&ca),
            "-CAkey",
            path(&key),
            "-addext",
            "basicConstraints=CA:FALSE",
        ];
        self.request(&name, &[&signed[..], &by].concat())?;
        let file = |ending| self.directory.join(format!("{name}.{ending}"));
        let certificate = CertificateDer::from_pem_file(file("pem")).map_err(io::Error::other)?;
        let key = PrivateKeyDer::from_pem_file(file("key")).map_err(io::Error::other)?;
        let provider = Arc::new(rustls::crypto::ring::default_provider());
        ServerConfig::builder_with_provider(provider)
            .with_safe_default_protocol_versions()
            .and_then(|it| {
                it.with_no_client_auth()
                    .with_single_cert(vec![certificate], key)
            })
            .map_err(io::Error::other)
    }

    /// A new key and a certificate for it, as `NAME.key` and `NAME.pem`.
    fn request(&self, name: &str, options: &[&str]) -> io::Result<()> {
        let made = Command::new("openssl")
            .args([
                "req",
                "-x509",
                "-newkey",
                "ec",
                "-pkeyopt",
                "ec_paramgen_curve:prime256v1",
            ])
            .args([
                "-noenc",
                "-keyout",
                &format!("{name}.key"),
                "-out",
                &format!("{name}.pem"),
            ])
            .args(options)
            .current_dir(&self.directory)
            .output()?;
        if made.status.success() {
            return Ok(());
        }
        let said = String::from_utf8_lossy(&made.stderr).into_owned();
        Err(io::Error::other(format!("openssl: {said}")))
    }
}

/// Serves each connection in a thread of its own. Errors are dropped: a client that does not trust
/// the certificate hangs up.
fn listen(
    at: (Ipv4Addr, u16),
    serve: impl Fn(TcpStream) -> io::Result<()> + Clone + Send + 'static,
) -> io::Result<u16> {
    let listener = TcpListener::bind(at)?;
    let port = listener.local_addr()?.port();
    thread::spawn(move || {
        for stream in listener.incoming().map_while(Result::ok) {
            let serve = serve.clone();
            thread::spawn(move || {
                stream.set_nodelay(true)?;
                serve(stream)
            });
        }
    });
    Ok(port)
}

fn secured<S: Read + Write>(
    stream: S,
    config: &Arc<ServerConfig>,
) -> io::Result<StreamOwned<ServerConnection, S>> {
    let connection = ServerConnection::new(Arc::clone(config)).map_err(io::Error::other)?;
    Ok(StreamOwned::new(connection, stream))
}

fn path(path: &Path) -> &str {
    path.to_str().expect("a UTF-8 path")
}
