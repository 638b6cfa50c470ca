//! Payloads to types and back: the only file that names bincode.
//!
//! The format is bincode's `legacy` configuration (fixed-width little-endian integers, `u32`
//! variant tags, `u64` lengths, one byte for a bool and for an option's tag), which bincode 1.3,
//! wincode and bincode-next share byte for byte, so another crate can take over. The limit
//! keeps hostile lengths from allocating; recursive types and collections of zero-sized
//! elements, against which no limit helps, do not occur in the protocol.

use bincode::config::{Configuration, Fixint, Limit, LittleEndian};
use bytes::Bytes;
use serde::Serialize;
use serde::de::DeserializeOwned;

use super::command::Command;
use super::event::Event;
use super::frame::{HEADER, MAX_FRAME};
use super::raw::RawCommand;
use crate::ids::Seq;

const CONFIG: Configuration<LittleEndian, Fixint, Limit<MAX_FRAME>> =
    bincode::config::legacy().with_limit::<MAX_FRAME>();

/// What is wrong with a frame or its payload.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum WireError {
    /// A frame is longer than [`MAX_FRAME`].
    #[error("a frame is longer than {MAX_FRAME} bytes")]
    TooLong,
    /// The bytes end inside a frame.
    #[error("the bytes end inside a frame")]
    Truncated,
    /// The payload is not a value of the expected type.
    #[error("a payload does not decode")]
    Malformed,
    /// The payload decodes, but bytes are left over.
    #[error("a payload is followed by {0} stray bytes")]
    Trailing(usize),
}

/// Decodes and parses one command.
///
/// # Errors
/// [`WireError`] when the payload is no command, is cut short or has stray bytes.
pub fn decode_command(payload: &[u8]) -> Result<Command, WireError> {
    decode::<RawCommand>(payload).map(Command::from)
}

/// Decodes one event, as a client does.
///
/// # Errors
/// [`WireError`] when the payload is no event, is cut short or has stray bytes.
pub fn decode_event(payload: &[u8]) -> Result<Event, WireError> {
    decode(payload)
}

/// Encodes one event as a frame, header included, ready to be shared by all who get it.
///
/// # Errors
/// [`WireError::TooLong`] when it does not fit a frame.
pub fn encode_event(event: &Event) -> Result<Bytes, WireError> {
    encode(event)
}

/// Encodes one command as a frame, as a client does.
///
/// # Errors
/// [`WireError::TooLong`] when it does not fit a frame.
pub fn encode_command(command: &RawCommand) -> Result<Bytes, WireError> {
    encode(command)
}

/// The version in a first frame, if it is a `Hello` of any version at all: the variant tag
/// (0) and the version stand first in every version of the protocol.
#[must_use]
pub fn hello_version(payload: &[u8]) -> Option<u16> {
    let (tag, rest) = payload.split_first_chunk::<4>()?;
    let version = rest.first_chunk::<2>()?;
    (u32::from_le_bytes(*tag) == 0).then_some(u16::from_le_bytes(*version))
}

/// Whether an encoded frame, header included, is an event after which its lane is over
/// (`JoinRefused` or `Left`): over WebSocket the lane's number is free again from there on.
#[must_use]
pub fn ends_lane(frame: &[u8]) -> bool {
    const JOIN_REFUSED: u32 = 6;
    const LEFT: u32 = 13;
    let tag = frame
        .get(HEADER..)
        .and_then(|payload| payload.first_chunk::<4>());
    tag.is_some_and(|tag| matches!(u32::from_le_bytes(*tag), JOIN_REFUSED | LEFT))
}

/// The sequence number and the text of a payload that is an entry with a message, without decoding
/// the rest of it: for clients that only count.
#[must_use]
pub fn glance(payload: &[u8]) -> Option<(Seq, &str)> {
    const ENTRY: u32 = 7;
    const TEXT: u32 = 0;
    let (tag, rest) = payload.split_first_chunk::<4>()?;
    let (seq, rest) = rest.split_first_chunk::<8>()?;
    // The time, the author and the number.
    let (_, rest) = rest.split_at_checked(3 * 8)?;
    let (_, rest) = counted(rest)?;
    let (content, rest) = rest.split_first_chunk::<4>()?;
    let (text, _) = counted(rest)?;
    let is_message = (u32::from_le_bytes(*tag), u32::from_le_bytes(*content)) == (ENTRY, TEXT);
    let text = std::str::from_utf8(text).ok()?;
    is_message.then_some((Seq(u64::from_le_bytes(*seq)), text))
}

/// Bytes with their number in front.
fn counted(bytes: &[u8]) -> Option<(&[u8], &[u8])> {
    let (length, rest) = bytes.split_first_chunk::<8>()?;
    rest.split_at_checked(usize::try_from(u64::from_le_bytes(*length)).ok()?)
}

fn decode<T: DeserializeOwned>(payload: &[u8]) -> Result<T, WireError> {
    if payload.len() > MAX_FRAME {
        return Err(WireError::TooLong);
    }
    let (value, used) =
        bincode::serde::decode_from_slice(payload, CONFIG).map_err(|_| WireError::Malformed)?;
    match payload.len() - used {
        0 => Ok(value),
        left => Err(WireError::Trailing(left)),
    }
}

fn encode<T: Serialize>(value: &T) -> Result<Bytes, WireError> {
    let mut frame = vec![0; HEADER];
    bincode::serde::encode_into_std_write(value, &mut frame, CONFIG)
        .map_err(|_| WireError::TooLong)?;
    let length = frame.len() - HEADER;
    if length > MAX_FRAME {
        return Err(WireError::TooLong);
    }
    let header = u32::try_from(length)
        .expect("a frame's length fits u32")
        .to_le_bytes();
    frame[..HEADER].copy_from_slice(&header);
    Ok(frame.into())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::ids::{MemberId, Number, SeatId, Timestamp};
    use crate::wire::event::{Content, Entry, Refusal, RefusalCode};

    #[test]
    fn a_lane_is_over_after_a_refused_join_and_after_left() {
        let refusal = Refusal {
            code: RefusalCode::NameInUse,
            text: "Username is in use!".into(),
            retry: true,
            retry_after_ms: 0,
        };
        let refused = Event::JoinRefused {
            refusal: refusal.clone(),
            suggestions: vec![],
        };
        let number = Number(1);
        let goes_on = [
            Event::Refused { number, refusal },
            Event::Ack { number },
            Event::Pong {
                nonce: 6,
                now: Timestamp(13),
            },
        ];
        for event in [refused, Event::Left] {
            assert!(ends_lane(&encode_event(&event).unwrap()), "{event:?}");
        }
        for event in goes_on {
            assert!(!ends_lane(&encode_event(&event).unwrap()), "{event:?}");
        }
        assert!(!ends_lane(b"\x02\0\0\0\x06\0"));
    }

    #[test]
    fn a_glance_sees_what_decoding_does_and_only_in_messages() {
        let entry = |content| Entry {
            seq: Seq(77),
            at: Timestamp(1_700_000_000_000),
            author: MemberId(5),
            number: Number(3),
            nick: "Ann".into(),
            content,
            edited: None,
            reactions: Vec::new(),
            seat: SeatId(6),
        };
        let payload = |content| encode_event(&Event::Entry(entry(content))).unwrap();
        let said = payload(Content::text("hello"));
        assert_eq!(glance(&said[HEADER..]), Some((Seq(77), "hello")));
        for cut in HEADER..said.len() - 26 {
            assert_eq!(glance(&said[HEADER..cut]), None, "{cut}");
        }
        for other in [
            Content::Deleted,
            Content::Topic {
                text: "hello".into(),
            },
        ] {
            assert_eq!(glance(&payload(other)[HEADER..]), None);
        }
        let left = encode_event(&Event::Left).unwrap();
        assert_eq!(glance(&left[HEADER..]), None);
    }
}
