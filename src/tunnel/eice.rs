//! The story of a tunnel through an EC2 Instance Connect Endpoint: sign, dial, relay.
//!
//! ```text
//! TCP ─→ TLS ─→ GET /openTunnel (signed, good for 60 seconds) ─→ 101 ─→ SSH's banner
//! ```
//!
//! Three round trips, which no client can do without. What took calls to AWS, the parent did.

use std::time::{Duration, Instant, SystemTime};

use tokio::io::{AsyncRead, AsyncWrite};

use crate::error::{Error, Tunnel};
use crate::plan::argv::tunnel::TunnelRequest;
use crate::plan::route::eice::Door;
use crate::plan::way::TUNNEL_SECONDS;
use crate::wire::eice;
use crate::wire::eice::{Closing, OpenTunnelRequest};
use crate::world::aws;
use crate::world::aws::{Credentials, Scope};
use crate::world::net::pump::Streams;
use crate::world::net::websocket;
use crate::world::net::websocket::relay;
use crate::world::net::websocket::relay::{EiceEnd, Pace, Relay};
use crate::world::net::websocket::{DialError, Socket};
use crate::world::process;
use crate::world::process::signals::Hangup;
use crate::world::tty::terminal::Terminal;

/// After so much silence the endpoint is asked whether it is still there. What lies between
/// forgets a connection that is silent for a few minutes.
const IDLE: Duration = Duration::from_secs(25);

/// By how much the service's clock may be before ours when a tunnel's time is over.
const ABOUT: Duration = Duration::from_millis(500);

/// Carries bytes until the far end closes, or whoever started us has had enough.
///
/// # Errors
/// Whatever is in the way.
pub async fn run<R, W>(
    request: &TunnelRequest,
    door: &Door,
    credentials: &Credentials,
    ends: Streams<R, W>,
    mut hangup: Hangup,
    terminal: Terminal,
) -> Result<(), Error>
where
    R: AsyncRead + Unpin,
    W: AsyncWrite + Unpin,
{
    let opened = tokio::select! {
        opened = open(request, door, credentials) => opened,
        () = hangup.next() => return Ok(()),
    };
    let mut socket = opened?;
    let since = Instant::now();
    terminal.debug(|| format!("tunnel to {door} is open"));
    if request.args.background {
        process::leave_stderr();
    }
    let pace = Pace {
        frame: eice::FRAME,
        idle: IDLE,
    };
    let mut relay = Relay::new(&mut socket, ends, pace);
    let end = tokio::select! {
        // First of all: whoever floods us is not to keep us from going.
        biased;
        () = hangup.next() => Ok(EiceEnd::HungUp),
        end = relay.run() => end,
    };
    if end.is_ok() {
        relay::close(&mut socket).await;
    }
    terminal.debug(|| match &end {
        Ok(EiceEnd::HungUp) => format!("tunnel to {door}: closed, since ssh is done with it"),
        Ok(EiceEnd::Closed(code, reason)) => {
            let code = code.map_or("no code".to_owned(), |code| format!("code {code}"));
            format!("tunnel to {door}: closed by the far end, with {code} {reason}")
        }
        Err(trouble) => format!("tunnel to {door}: {trouble}"),
    });
    told(request, door, since.elapsed(), end)
}

/// What there is to say of an end after so long. Whatever comes when the tunnel's time is over is
/// because it is over.
fn told(
    request: &TunnelRequest,
    door: &Door,
    lasted: Duration,
    end: Result<EiceEnd, Tunnel>,
) -> Result<(), Error> {
    let seconds = request.args.duration.unwrap_or(*TUNNEL_SECONDS.end());
    let is_over = lasted + ABOUT >= Duration::from_secs(seconds.into());
    match end {
        Ok(EiceEnd::HungUp) => Ok(()),
        _ if is_over => Err(Tunnel::TimeOver { seconds }.into()),
        Err(trouble) => Err(trouble.into()),
        Ok(EiceEnd::Closed(code, reason)) => match eice::closing(code, &reason) {
            Closing::Done => Ok(()),
            Closing::Refused(refusal) => {
                let endpoint = door.endpoint.to_string();
                Err(Tunnel::Closed { endpoint, refusal }.into())
            }
        },
    }
}

async fn open(
    request: &TunnelRequest,
    door: &Door,
    credentials: &Credentials,
) -> Result<Socket, Error> {
    let network = aws::network(request.args.profile.as_deref())?;
    let opening = OpenTunnelRequest {
        host: door.host.as_str(),
        endpoint: door.endpoint.as_str(),
        address: &door.address.to_string(),
        port: request.port,
        duration: request.args.duration,
    };
    let scope = Scope {
        service: eice::SERVICE,
        region: &door.region,
        time: SystemTime::now(),
    };
    let life = Duration::from_secs(eice::URL_LIFE);
    let url = aws::presigned(&opening.url(), credentials, scope, life)?;
    let socket = websocket::dial(&url, &[], eice::LONGEST, &network).await;
    socket.map_err(|failure| match failure {
        DialError::Refused { status, body, off } => {
            let endpoint = door.endpoint.to_string();
            let refusal = eice::refusal(status, &body, request.port);
            Tunnel::Refused {
                endpoint,
                refusal,
                off,
            }
            .into()
        }
        DialError::Other(error) => error,
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::plan::route::tunnel::Passage;

    #[test]
    fn whatever_comes_when_the_time_is_over_is_because_it_is_over() {
        let words = ["port=22", "door=x,eice-1,eice-1.lab,10.0.0.1,eu-west-1"];
        let words: Vec<_> = words.map(Into::into).into();
        let request = TunnelRequest::parse(&words).expect("words");
        let Passage::Endpoint(door) = &request.passage else {
            panic!("{request:?}");
        };
        let said = |seconds, end| match told(&request, door, Duration::from_secs(seconds), end) {
            Ok(()) => "nothing".to_owned(),
            Err(error) => error.to_string(),
        };
        let closed = |code| Ok(EiceEnd::Closed(Some(code), String::new()));
        let lost = || Err(Tunnel::Lost("why".to_owned()));
        let over = "the 3600 seconds of the tunnel are over";
        for (seconds, end, message) in [
            (9, closed(1000), "nothing"),
            (
                9,
                closed(1001),
                "eice-1 has closed the tunnel: no reason given (close code 1001)",
            ),
            (9, lost(), "the tunnel is lost: why"),
            (9, Ok(EiceEnd::HungUp), "nothing"),
            (3600, closed(1000), over),
            (3600, closed(1001), over),
            (3600, lost(), over),
            (3600, Ok(EiceEnd::HungUp), "nothing"),
        ] {
            assert_eq!(said(seconds, end), message);
        }
    }
}
