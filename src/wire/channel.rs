//! The data channel of a tunnel, as the pump that drives it sees it.

use bytes::Bytes;

use super::Time;

/// A protocol over websockets. Its driver passes in each input ([`DataChannel::receive`],
/// [`DataChannel::take_input`], the time), and then takes all that there is to send, write or
/// handle ([`DataChannel::transmit`], [`DataChannel::output`], [`DataChannel::event`]).
pub(crate) trait DataChannel {
    /// How it ended.
    type End;

    /// Does what is due at this time.
    fn tick(&mut self, now: Time);

    /// When [`DataChannel::tick`] has something to do.
    fn timeout(&self) -> Option<Time>;

    /// The next frame for the websocket.
    fn transmit(&mut self, now: Time) -> Option<Frame>;

    /// Whether there is room for another frame. If there is none, leave the websocket unread: TCP then
    /// holds up the peer.
    fn takes_frames(&self) -> bool;

    /// Takes a frame from the websocket.
    fn receive(&mut self, frame: Received<'_>, now: Time);

    /// The websocket is lost.
    fn disconnected(&mut self);

    /// How many bytes of input there is room for. Leave the input unread if there is none.
    fn input_room(&self, now: Time) -> usize;

    /// Takes all bytes in the buffer and leaves it empty. It may keep the buffer, which spares a copy.
    fn take_input(&mut self, buffer: &mut Vec<u8>, now: Time);

    /// The input has been read to its end.
    fn end_of_input(&mut self, now: Time);

    /// The writer of the input has closed it, but the rest of it cannot be read yet, because there
    /// is no room.
    fn input_closed(&mut self, now: Time);

    /// Output to write, or the first part of it.
    fn output(&self) -> &[u8];

    /// This many bytes of the output have been written.
    fn wrote(&mut self, bytes: usize);

    /// Whether to send what waits in the input before [`DataChannel::hang_up`].
    fn sends_rest_of_input(&self) -> bool;

    /// Ends the channel from our side. Output that has not been written is dropped.
    fn hang_up(&mut self, now: Time);

    /// Whether the far end has answered: an error from now on is one of the far end.
    fn has_begun(&self) -> bool;

    /// The next event.
    fn event(&mut self) -> Option<Event<Self::End>>;
}

/// A frame for the websocket.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Frame {
    /// A text frame.
    Text(String),
    /// A binary frame.
    Binary(Vec<u8>),
    Ping,
}

/// A frame from the websocket.
#[derive(Debug)]
pub(crate) enum Received<'a> {
    /// A binary frame.
    Binary(Bytes),
    /// A text frame.
    Text,
    /// A ping, which the websocket's library answers.
    Ping,
    Pong,
    /// A close frame, with its code, if it has one, and its reason.
    Close(Option<u16>, &'a str),
}

/// What happened to a channel.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Event<End> {
    /// A message to the user.
    Message(String),
    /// The far end has not answered the first bytes of the stream yet.
    Unanswered,
    /// Nothing has come over this websocket for too long: drop it, and resume over another.
    TimedOut,
    /// The channel has ended. There may still be output to write.
    Ended(End),
}
