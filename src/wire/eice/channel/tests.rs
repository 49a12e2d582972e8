use super::*;

const START: Time = Duration::from_secs(1_700_000_000);
const SECOND: Duration = Duration::from_secs(1);

fn channel() -> EiceChannel {
    EiceChannel::new(START)
}

fn binary(bytes: &'static [u8]) -> Received<'static> {
    Received::Binary(Bytes::from_static(bytes))
}

/// Lets time pass until the channel ends, or until this time. Returns the pings that were sent; the
/// first of them, up to this number, are answered.
fn waits(channel: &mut EiceChannel, until: Time, answered: usize) -> (Vec<Time>, Option<Time>) {
    let mut pings = Vec::new();
    while let Some(now) = channel.timeout().filter(|now| *now <= until) {
        channel.tick(now);
        if let Some(event) = channel.event() {
            assert_eq!(event, Event::Ended(EiceEnd::TimedOut));
            return (pings, Some(now));
        }
        while let Some(frame) = channel.transmit(now) {
            assert_eq!(frame, Frame::Ping);
            pings.push(now);
            if pings.len() <= answered {
                channel.receive(Received::Pong, now);
            }
        }
    }
    (pings, None)
}

fn after(seconds: &[u64]) -> Vec<Time> {
    let times = seconds.iter().map(|at| START + Duration::from_secs(*at));
    times.collect()
}

#[test]
fn bytes_go_both_ways_and_the_end_of_input_is_not_the_end() {
    let mut channel = channel();
    channel.take_input(&mut b"there".to_vec(), START);
    let there = Frame::Binary(b"there".to_vec());
    assert_eq!(channel.transmit(START), Some(there));
    channel.end_of_input(START);
    assert_eq!(channel.transmit(START), None);
    channel.receive(binary(b"back"), START);
    assert_eq!(channel.output(), b"back");
    channel.wrote(1);
    assert_eq!(channel.output(), b"ack");
    channel.wrote(3);
    assert_eq!(channel.event(), None);
    channel.receive(Received::Close(Some(1000), "bye"), START);
    let closed = EiceEnd::Closed(Some(1000), "bye".to_owned());
    assert_eq!(channel.event(), Some(Event::Ended(closed)));
    assert_eq!(channel.event(), None);
}

#[test]
fn no_more_is_read_than_one_frame_on_its_way() {
    let mut channel = channel();
    let room = channel.input_room(START);
    assert_eq!(room, 65_000);
    channel.take_input(&mut vec![7; room], START);
    assert_eq!(channel.input_room(START), 0);
    assert!(channel.transmit(START).is_some());
    assert_eq!(channel.input_room(START), room);
}

#[test]
fn a_frame_takes_the_buffer_or_no_more_memory_than_it_needs() {
    let mut channel = channel();
    for (size, left) in [(100, 65_000), (65_000, 0)] {
        let mut buffer = Vec::with_capacity(65_000);
        buffer.resize(size, 7);
        channel.take_input(&mut buffer, START);
        assert_eq!((buffer.len(), buffer.capacity()), (0, left));
        match channel.transmit(START) {
            Some(Frame::Binary(frame)) => assert_eq!((frame.len(), frame.capacity()), (size, size)),
            other => panic!("{other:?}"),
        }
    }
}

#[test]
fn one_direction_that_waits_does_not_hold_up_the_other() {
    let mut channel = channel();
    channel.receive(binary(b"unread"), START);
    assert!(!channel.takes_frames());
    channel.take_input(&mut b"still".to_vec(), START);
    assert!(channel.transmit(START).is_some());
    channel.wrote(6);
    assert!(channel.takes_frames());
}

#[test]
fn a_peer_that_never_answers_pings_is_not_taken_for_dead() {
    let (pings, end) = waits(&mut channel(), START + 110 * SECOND, 0);
    assert_eq!((pings, end), (after(&[25, 50, 75, 100]), None));
}

#[test]
fn a_peer_that_has_answered_and_does_not_any_more_is_given_up() {
    let (pings, end) = waits(&mut channel(), START + 1000 * SECOND, 2);
    assert_eq!(pings, after(&[25, 50, 75, 100]));
    assert_eq!(end, Some(START + 125 * SECOND));
}

#[test]
fn only_an_idle_line_is_pinged() {
    let mut channel = channel();
    for second in [20, 40] {
        let now = START + second * SECOND;
        channel.take_input(&mut b"key".to_vec(), now);
        assert!(channel.transmit(now).is_some());
    }
    channel.receive(binary(b""), START + 60 * SECOND);
    let (pings, _) = waits(&mut channel, START + 100 * SECOND, 0);
    assert_eq!(pings, after(&[85]));
}

#[test]
fn a_peer_is_not_given_up_while_output_waits_and_nothing_is_read() {
    let mut channel = channel();
    let (pings, _) = waits(&mut channel, START + 25 * SECOND, 1);
    assert_eq!(pings, after(&[25]));
    channel.receive(binary(b"unread"), START + 25 * SECOND);
    // The line stays in use.
    let (pings, end) = waits(&mut channel, START + 200 * SECOND, 0);
    assert_eq!((pings.len(), end), (7, None));
    channel.wrote(6);
    channel.tick(START + 201 * SECOND);
    let (pings, end) = waits(&mut channel, START + 1000 * SECOND, 0);
    assert_eq!(pings, after(&[226, 251]));
    assert_eq!(end, Some(START + 276 * SECOND));
}

#[test]
fn a_text_frame_is_an_error() {
    let mut channel = channel();
    channel.receive(Received::Text, START);
    assert_eq!(channel.event(), Some(Event::Ended(EiceEnd::Text)));
}

#[test]
fn a_hang_up_drops_what_waits_in_both_directions() {
    let mut channel = channel();
    channel.receive(binary(b"unread"), START);
    channel.take_input(&mut b"unsent".to_vec(), START);
    channel.hang_up(START);
    assert_eq!(channel.event(), Some(Event::Ended(EiceEnd::HungUp)));
    assert!(channel.output().is_empty());
    assert_eq!(channel.transmit(START), None);
    assert_eq!(
        (channel.takes_frames(), channel.input_room(START)),
        (false, 0)
    );
}
