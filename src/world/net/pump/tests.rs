use std::future::poll_fn;
use std::pin::Pin;
use std::time::Duration;

use futures_core::Stream;
use futures_sink::Sink;
use tokio::io::{AsyncReadExt, AsyncWriteExt, DuplexStream, duplex};
use tokio::time::{sleep, timeout};
use tokio_websockets::{ClientBuilder, CloseCode, Message, ServerBuilder, WebSocketStream};

use super::*;
use crate::wire::eice::channel::{EiceChannel, EiceEnd};

type EicePump = Pump<EiceChannel, DuplexStream, DuplexStream, DuplexStream>;

/// A pump over a websocket, the websocket's peer, and the far ends of the streams.
struct Setting {
    pump: EicePump,
    peer: WebSocketStream<DuplexStream>,
    input: DuplexStream,
    output: DuplexStream,
}

/// A pump whose output seems to have a reader, or seems to have none.
async fn setting(output_closed: fn(&DuplexStream) -> bool) -> Setting {
    let (a, b) = duplex(4096);
    let ((input, ours_in), (ours_out, output)) = (duplex(4096), duplex(4096));
    let streams = Streams {
        input: ours_in,
        output: ours_out,
        input_closed: |_| false,
        output_closed,
    };
    let clock = Clock::start();
    let mut pump = Pump::new(EiceChannel::new(clock.now()), clock, streams);
    pump.connect(ClientBuilder::new().take_over(a));
    assert_eq!(pump.run().await, Stop::Begun);
    Setting {
        pump,
        peer: ServerBuilder::new().serve(b),
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

fn run<T>(future: impl Future<Output = T>) -> T {
    let runtime = tokio::runtime::Builder::new_current_thread();
    let runtime = { runtime }.enable_all().build().expect("a runtime");
    let limited = async { timeout(Duration::from_secs(20), future).await };
    runtime.block_on(limited).expect("an end in time")
}

#[test]
fn bytes_go_both_ways_and_the_end_of_input_is_not_the_end() {
    run(async {
        let mut it = setting(|_| false).await;
        let far = async {
            it.input.write_all(b"there").await.expect("a pipe");
            let there = next(&mut it.peer).await.expect("a frame");
            assert!(there.is_binary() && &**there.as_payload() == b"there");
            drop(it.input);
            sleep(Duration::from_millis(300)).await;
            send(&mut it.peer, Message::binary(&b"back"[..])).await;
            let mut back = [0; 4];
            it.output.read_exact(&mut back).await.expect("bytes");
            assert_eq!(&back, b"back");
            let bye = Message::close(Some(CloseCode::NORMAL_CLOSURE), "bye");
            send(&mut it.peer, bye).await;
        };
        let (stop, ()) = tokio::join!(it.pump.run(), far);
        let closed = EiceEnd::Closed(Some(1000), "bye".to_owned());
        assert_eq!(stop, Stop::Ended(closed));
        let answer = async {
            let close = next(&mut it.peer).await;
            assert!(close.is_none_or(|message| message.is_close()));
        };
        tokio::join!(it.pump.close(), answer);
    });
}

#[test]
fn no_frame_is_longer_than_it_may_be() {
    run(async {
        let mut it = setting(|_| false).await;
        let far = async {
            let bytes = vec![7; 200_000];
            let writing = async { it.input.write_all(&bytes).await.expect("a pipe") };
            let reading = async {
                let mut heard = 0;
                while heard < bytes.len() {
                    let frame = next(&mut it.peer).await.expect("a frame");
                    assert!(frame.as_payload().len() <= 65_000);
                    heard += frame.as_payload().len();
                }
                assert_eq!(heard, bytes.len());
            };
            tokio::join!(writing, reading);
        };
        tokio::select! {
            stop = it.pump.run() => panic!("{stop:?}"),
            () = far => {}
        }
    });
}

/// Unread data stops the peer instead of filling our memory.
#[test]
fn one_direction_that_waits_does_not_hold_up_the_other() {
    run(async {
        let mut it = setting(|_| false).await;
        let far = async {
            for _ in 0..3 {
                send(&mut it.peer, Message::binary(vec![0; 4000])).await;
            }
            let more = send(&mut it.peer, Message::binary(vec![0; 100_000]));
            let held_up = timeout(Duration::from_millis(200), more).await;
            assert!(held_up.is_err(), "the pump has taken 100 KB");
            it.input.write_all(b"still").await.expect("a pipe");
            let still = next(&mut it.peer).await.expect("a frame");
            assert_eq!(&**still.as_payload(), b"still");
        };
        tokio::select! {
            stop = it.pump.run() => panic!("{stop:?}"),
            () = far => {}
        }
    });
}

#[test]
fn it_ends_when_the_output_has_no_reader_any_more() {
    run(async {
        let mut it = setting(|_| true).await;
        drop(it.input);
        assert_eq!(it.pump.run().await, Stop::Ended(EiceEnd::HungUp));
        let mut it = setting(|_| false).await;
        drop(it.output);
        let far = send(&mut it.peer, Message::binary(&b"x"[..]));
        let (stop, ()) = tokio::join!(it.pump.run(), far);
        assert_eq!(stop, Stop::Ended(EiceEnd::HungUp));
    });
}

#[test]
fn it_ends_even_if_the_peer_takes_nothing_more() {
    run(async {
        let mut it = setting(|_| true).await;
        let writes = async {
            // While the input is read, its end is noticed.
            sleep(Duration::from_millis(500)).await;
            it.input.write_all(&vec![7; 200_000]).await.expect("a pipe");
            std::future::pending::<()>().await;
        };
        tokio::select! {
            stop = it.pump.run() => assert_eq!(stop, Stop::Ended(EiceEnd::HungUp)),
            () = writes => unreachable!("it is pending"),
        }
    });
}

#[test]
fn a_text_frame_ends_it_and_so_does_a_connection_that_breaks() {
    run(async {
        let mut it = setting(|_| false).await;
        let far = send(&mut it.peer, Message::text("hello"));
        let (stop, ()) = tokio::join!(it.pump.run(), far);
        assert_eq!(stop, Stop::Ended(EiceEnd::Text));
        let mut it = setting(|_| false).await;
        drop(it.peer);
        let stop = it.pump.run().await;
        assert!(matches!(stop, Stop::Lost(_)), "{stop:?}");
    });
}
