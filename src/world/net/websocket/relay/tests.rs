use std::future::poll_fn;
use std::pin::Pin;
use std::time::Duration;

use futures_core::Stream;
use futures_sink::Sink;
use tokio::io::{AsyncReadExt, AsyncWriteExt, DuplexStream, duplex};
use tokio::time::{sleep, timeout};
use tokio_websockets::{ClientBuilder, CloseCode, Message, ServerBuilder, WebSocketStream};

use super::{EiceEnd, Pace, Relay, Streams};
use crate::error::Tunnel;

const PACE: Pace = Pace {
    frame: 1000,
    idle: Duration::from_mins(10),
};

/// Both sides of a websocket, and the far ends of our two pipes.
struct Setting {
    ours: WebSocketStream<DuplexStream>,
    peer: WebSocketStream<DuplexStream>,
    ends: Streams<DuplexStream, DuplexStream>,
    input: DuplexStream,
    output: DuplexStream,
}

fn setting() -> Setting {
    let (a, b) = duplex(4096);
    let ((input, ours_in), (ours_out, output)) = (duplex(4096), duplex(4096));
    Setting {
        ours: ClientBuilder::new().take_over(a),
        peer: ServerBuilder::new().serve(b),
        ends: Streams {
            input: ours_in,
            output: ours_out,
            input_closed: |_| false,
            output_closed: |_| false,
        },
        input,
        output,
    }
}

async fn next(peer: &mut WebSocketStream<DuplexStream>) -> Option<Message> {
    let message = poll_fn(|cx| Pin::new(&mut *peer).poll_next(cx)).await;
    message.map(|message| message.expect("a frame"))
}

async fn send(peer: &mut WebSocketStream<DuplexStream>, message: Message) {
    poll_fn(|cx| Pin::new(&mut *peer).poll_ready(cx))
        .await
        .expect("room");
    Pin::new(&mut *peer).start_send(message).expect("room");
    poll_fn(|cx| Pin::new(&mut *peer).poll_flush(cx))
        .await
        .expect("a flush");
}

fn run<T>(story: impl Future<Output = T>) -> T {
    let runtime = tokio::runtime::Builder::new_current_thread();
    let runtime = { runtime }.enable_all().build().expect("a runtime");
    let limited = async { timeout(Duration::from_secs(20), story).await };
    runtime.block_on(limited).expect("an end in time")
}

#[test]
fn bytes_go_both_ways_and_the_end_of_input_is_not_the_end() {
    let Setting {
        mut ours,
        mut peer,
        ends,
        mut input,
        mut output,
    } = setting();
    run(async {
        let mut relay = Relay::new(&mut ours, ends, PACE);
        let far = async {
            input.write_all(b"there").await.expect("a pipe");
            let there = next(&mut peer).await.expect("a frame");
            assert!(there.is_binary() && &**there.as_payload() == b"there");
            drop(input);
            sleep(Duration::from_millis(300)).await;
            send(&mut peer, Message::binary(&b"back"[..])).await;
            let mut back = [0; 4];
            output.read_exact(&mut back).await.expect("bytes");
            assert_eq!(&back, b"back");
            send(
                &mut peer,
                Message::close(Some(CloseCode::NORMAL_CLOSURE), "bye"),
            )
            .await;
        };
        let (end, ()) = tokio::join!(relay.run(), far);
        assert_eq!(
            end.expect("an end"),
            EiceEnd::Closed(Some(1000), "bye".to_owned())
        );
    });
}

#[test]
fn no_frame_is_longer_than_it_may_be() {
    let Setting {
        mut ours,
        mut peer,
        ends,
        mut input,
        output: _output,
    } = setting();
    run(async {
        let mut relay = Relay::new(&mut ours, ends, PACE);
        let far = async {
            let bytes = vec![7; 10_000];
            let writing = async { input.write_all(&bytes).await.expect("a pipe") };
            let reading = async {
                let mut heard = 0;
                while heard < 10_000 {
                    let frame = next(&mut peer).await.expect("a frame");
                    assert!(frame.as_payload().len() <= PACE.frame);
                    heard += frame.as_payload().len();
                }
                assert_eq!(heard, 10_000);
            };
            tokio::join!(writing, reading);
        };
        tokio::select! {
            end = relay.run() => panic!("{end:?}"),
            () = far => {}
        }
    });
}

/// Nobody reads what comes back, and the other direction goes on; what is not read holds up the
/// peer instead of filling our memory.
#[test]
fn one_direction_that_waits_does_not_hold_up_the_other() {
    let Setting {
        mut ours,
        mut peer,
        ends,
        mut input,
        output: _unread,
    } = setting();
    run(async {
        let mut relay = Relay::new(&mut ours, ends, PACE);
        let far = async {
            for _ in 0..3 {
                send(&mut peer, Message::binary(vec![0; 4000])).await;
            }
            let more = send(&mut peer, Message::binary(vec![0; 100_000]));
            let held_up = timeout(Duration::from_millis(200), more).await;
            assert!(held_up.is_err(), "somebody has taken 100 KB");
            input.write_all(b"still").await.expect("a pipe");
            let still = next(&mut peer).await.expect("a frame");
            assert_eq!(&**still.as_payload(), b"still");
        };
        tokio::select! {
            end = relay.run() => panic!("{end:?}"),
            () = far => {}
        }
    });
}

#[test]
fn a_silent_peer_is_pinged_and_a_dead_one_given_up() {
    let Setting {
        mut ours,
        mut peer,
        ends,
        input: _input,
        output: _output,
    } = setting();
    run(async {
        let idle = Duration::from_millis(100);
        let mut relay = Relay::new(&mut ours, ends, Pace { idle, ..PACE });
        let far = async {
            // Answers as long as it is polled.
            for _ in 0..4 {
                assert!(next(&mut peer).await.expect("a frame").is_ping());
            }
            std::future::pending::<()>().await;
        };
        tokio::select! {
            end = relay.run() => assert!(matches!(end, Err(Tunnel::Silent)), "{end:?}"),
            () = far => {}
        }
    });
}

#[test]
fn a_peer_that_never_answers_pings_is_not_taken_for_dead() {
    let mut it = setting();
    run(async {
        let idle = Duration::from_millis(50);
        let mut relay = Relay::new(&mut it.ours, it.ends, Pace { idle, ..PACE });
        let end = timeout(Duration::from_secs(1), relay.run()).await;
        assert!(end.is_err(), "{end:?}");
    });
}

/// The end of our side, while the far side does this.
fn end_with(
    mut ours: WebSocketStream<DuplexStream>,
    ends: Streams<DuplexStream, DuplexStream>,
    far: impl Future<Output = ()>,
) -> Result<EiceEnd, Tunnel> {
    run(async {
        let mut relay = Relay::new(&mut ours, ends, PACE);
        tokio::join!(relay.run(), far).0
    })
}

#[test]
fn when_nobody_hears_us_any_more_it_ends() {
    let mut it = setting();
    it.ends.output_closed = |_| true;
    drop(it.input);
    let end = end_with(it.ours, it.ends, async {});
    assert_eq!(end.expect("an end"), EiceEnd::HungUp);
    let mut it = setting();
    drop(it.output);
    let far = send(&mut it.peer, Message::binary(&b"x"[..]));
    assert_eq!(
        end_with(it.ours, it.ends, far).expect("an end"),
        EiceEnd::HungUp
    );
}

#[test]
fn whoever_leaves_a_peer_that_takes_nothing_ends_it() {
    let Setting {
        mut ours,
        peer: _peer,
        mut ends,
        mut input,
        output: _output,
    } = setting();
    ends.output_closed = |_| true;
    let end = run(async {
        let mut relay = Relay::new(&mut ours, ends, PACE);
        let writes = async {
            // While the peer takes something, its taking is what tells.
            sleep(Duration::from_millis(500)).await;
            input.write_all(&vec![7; 60_000]).await.expect("a pipe");
            std::future::pending::<()>().await;
        };
        tokio::select! {
            end = relay.run() => end,
            () = writes => unreachable!("it is pending"),
        }
    });
    assert_eq!(end.expect("an end"), EiceEnd::HungUp);
}

#[test]
fn whatever_is_no_stream_of_bytes_is_an_error() {
    let mut it = setting();
    let far = send(&mut it.peer, Message::text("hello"));
    let end = end_with(it.ours, it.ends, far);
    assert!(matches!(end, Err(Tunnel::Lost(_))), "{end:?}");
    let it = setting();
    drop(it.peer);
    let end = end_with(it.ours, it.ends, async {});
    assert!(matches!(end, Err(Tunnel::Lost(_))), "{end:?}");
}
