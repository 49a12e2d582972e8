//! A tunnel through an EC2 Instance Connect Endpoint: sign the URL, open the websocket, copy the
//! bytes.
//!
//! ```text
//! TCP ─→ TLS ─→ GET /openTunnel (signed, good for 60 seconds) ─→ 101 ─→ SSH's banner
//! ```
//!
//! No client needs fewer round trips than these three. The parent has made the calls to AWS.

pub(crate) mod ssh_answer;

use std::time::{Duration, Instant, SystemTime};

use tokio::io::{AsyncRead, AsyncWrite};

use crate::error::{Error, TunnelError};
use crate::plan::argv::tunnel::TunnelRequest;
use crate::plan::route::eice::EiceTunnel;
use crate::plan::way::TUNNEL_SECONDS;
use crate::wire::eice::channel::{EiceChannel, EiceEnd};
use crate::wire::eice::{self, Closing, OpenTunnelRequest};
use crate::world::aws::{self, Credentials, Scope};
use crate::world::net::pump::{Pump, Stop, Streams};
use crate::world::net::websocket::{self, DialError, Socket};
use crate::world::process;
use crate::world::process::clock::Clock;
use crate::world::process::signals::ShutdownSignals;
use crate::world::tty::terminal::Terminal;

/// The code, if there is one, and the reason of a close frame.
type Close = (Option<u16>, String);

/// How much earlier than ours the service's clock may end a tunnel.
const CLOCK_ERROR: Duration = Duration::from_millis(500);

/// Copies bytes until the far end closes, the local end is closed, or a signal comes.
///
/// # Errors
/// Why there is no tunnel, or why it ended, unless we or the far end closed it as intended.
pub(crate) async fn run<R, W>(
    request: &TunnelRequest,
    eice: &EiceTunnel,
    credentials: &Credentials,
    streams: Streams<R, W>,
    mut hangup: ShutdownSignals,
    terminal: Terminal,
) -> Result<(), Error>
where
    R: AsyncRead + Unpin,
    W: AsyncWrite + Unpin,
{
    let opened = tokio::select! {
        opened = open(request, eice, credentials) => opened,
        () = hangup.next() => return Ok(()),
    };
    let socket = opened?;
    let since = Instant::now();
    terminal.debug(|| format!("tunnel to {eice} is open"));
    if request.args.background {
        process::close_stderr();
    }
    let end = relay(socket, streams, hangup).await;
    terminal.debug(|| match &end {
        Ok(None) => format!("tunnel to {eice}: closed, since ssh is done with it"),
        Ok(Some((code, reason))) => {
            let code = code.map_or("no code".to_owned(), |code| format!("code {code}"));
            format!("tunnel to {eice}: closed by the far end, with {code} {reason}")
        }
        Err(error) => format!("tunnel to {eice}: {error}"),
    });
    result(request, eice, since.elapsed(), end)
}

/// Copies bytes over this websocket until we close it or the endpoint does, with this close frame.
async fn relay<R, W>(
    socket: Socket,
    streams: Streams<R, W>,
    mut hangup: ShutdownSignals,
) -> Result<Option<Close>, TunnelError>
where
    R: AsyncRead + Unpin,
    W: AsyncWrite + Unpin,
{
    let clock = Clock::start();
    let mut pump = Pump::new(EiceChannel::new(clock.now()), clock, streams);
    pump.connect(socket);
    loop {
        tokio::select! {
            // Signals first: a flood of data must not delay them.
            biased;
            () = hangup.next() => pump.hang_up().await,
            stop = pump.run() => match stop {
                Stop::Begun | Stop::Unanswered => {}
                Stop::Lost(cause) => return Err(TunnelError::Lost(cause)),
                Stop::Ended(EiceEnd::TimedOut) => return Err(TunnelError::Silent),
                Stop::Ended(EiceEnd::Text) => {
                    return Err(TunnelError::Lost("the endpoint sends text".to_owned()));
                }
                Stop::Ended(EiceEnd::Closed(code, reason)) => {
                    pump.close().await;
                    return Ok(Some((code, reason)));
                }
                Stop::Ended(EiceEnd::HungUp) => {
                    pump.close().await;
                    return Ok(None);
                }
            },
        }
    }
}

/// What the end of a tunnel means after this time. After the maximal duration, that is the reason
/// for any end.
fn result(
    request: &TunnelRequest,
    eice: &EiceTunnel,
    lasted: Duration,
    end: Result<Option<Close>, TunnelError>,
) -> Result<(), Error> {
    let seconds = request.args.duration.unwrap_or(*TUNNEL_SECONDS.end());
    let is_over = lasted + CLOCK_ERROR >= Duration::from_secs(seconds.into());
    match end {
        Ok(None) => Ok(()),
        _ if is_over => Err(TunnelError::TimeOver { seconds }.into()),
        Ok(Some((code, reason))) => match eice::closing(code, &reason) {
            Closing::Done => Ok(()),
            Closing::Refused(refusal) => {
                let endpoint = eice.endpoint.to_string();
                Err(TunnelError::Closed { endpoint, refusal }.into())
            }
        },
        Err(error) => Err(error.into()),
    }
}

async fn open(
    request: &TunnelRequest,
    eice: &EiceTunnel,
    credentials: &Credentials,
) -> Result<Socket, Error> {
    let network = aws::network(request.args.profile.as_deref())?;
    let opening = OpenTunnelRequest {
        host: eice.host.as_str(),
        endpoint: eice.endpoint.as_str(),
        address: &eice.address.to_string(),
        port: request.port,
        duration: request.args.duration,
    };
    let scope = Scope {
        service: eice::SERVICE,
        region: &eice.region,
        time: SystemTime::now(),
    };
    let life = Duration::from_secs(eice::URL_LIFE);
    let url = aws::presigned(&opening.url(), credentials, scope, life)?;
    let socket = websocket::dial(&url, &[], eice::LONGEST, &network).await;
    socket.map_err(|error| match error {
        DialError::Refused { status, body, off } => {
            let endpoint = eice.endpoint.to_string();
            let refusal = eice::refusal(status, &body, request.port);
            TunnelError::Refused {
                endpoint,
                refusal,
                off,
            }
            .into()
        }
        error => error.into(),
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::plan::route::tunnel::Tunnel;

    #[test]
    fn any_end_after_the_time_limit_is_due_to_the_limit() {
        let words = ["port=22", "eice=x,eice-1,eice-1.lab,10.0.0.1,eu-west-1"];
        let words: Vec<_> = words.map(Into::into).into();
        let request = TunnelRequest::parse(&words).expect("words");
        let Tunnel::Eice(eice) = &request.tunnel else {
            panic!("{request:?}");
        };
        let said = |seconds, end| match result(&request, eice, Duration::from_secs(seconds), end) {
            Ok(()) => "nothing".to_owned(),
            Err(error) => error.to_string(),
        };
        let closed = |code| Ok(Some((Some(code), String::new())));
        let lost = || Err(TunnelError::Lost("why".to_owned()));
        let over = "the tunnel reached its limit of 3600 seconds";
        for (seconds, end, message) in [
            (9, closed(1000), "nothing"),
            (
                9,
                closed(1001),
                "eice-1 closed the tunnel: no reason given (close code 1001)",
            ),
            (9, lost(), "the tunnel is lost: why"),
            (9, Ok(None), "nothing"),
            (3600, closed(1000), over),
            (3600, closed(1001), over),
            (3600, lost(), over),
            (3600, Ok(None), "nothing"),
        ] {
            assert_eq!(said(seconds, end), message);
        }
    }
}
