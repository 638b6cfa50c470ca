//! Frames: how payloads are cut out of a stream of bytes.
//!
//! A frame is its payload's length (`u32`, little-endian) and the payload. Over WebTransport
//! a lane is a stream of frames. Over WebSocket a binary message holds one or more frames,
//! each preceded by its lane (`u32`, little-endian); a frame never spans two messages.

use bytes::{Buf, Bytes, BytesMut};

use super::codec::WireError;
use crate::ids::LaneId;

/// Longest payload of a frame, in bytes: a page of history with room to spare, and small
/// enough that 10,000 clients writing at once cost what a server has.
pub const MAX_FRAME: usize = 65_536;

/// Bytes of a frame's length.
pub const HEADER: usize = 4;

/// Bytes of a frame's lane, over WebSocket.
pub const LANE_TAG: usize = 4;

/// Cuts payloads out of the bytes of one lane, however they are split.
#[derive(Debug, Default)]
pub struct FrameCutter {
    buffer: BytesMut,
}

impl FrameCutter {
    /// The buffer to read into; at most one frame and one read are ever held.
    pub fn buffer(&mut self) -> &mut BytesMut {
        &mut self.buffer
    }

    /// Takes the next whole payload, if it is there.
    ///
    /// # Errors
    /// [`WireError::TooLong`] as soon as a header announces more than [`MAX_FRAME`].
    pub fn cut(&mut self) -> Result<Option<Bytes>, WireError> {
        let Some(header) = self.buffer.first_chunk::<HEADER>() else {
            return Ok(None);
        };
        let length = payload_length(*header)?;
        if self.buffer.len() < HEADER + length {
            return Ok(None);
        }
        self.buffer.advance(HEADER);
        Ok(Some(self.buffer.split_to(length).freeze()))
    }

    /// Whether bytes of an unfinished frame are held.
    #[must_use]
    pub fn is_mid_frame(&self) -> bool {
        !self.buffer.is_empty()
    }
}

/// Takes the first tagged frame off a WebSocket message.
///
/// # Errors
/// [`WireError`] when the message ends inside a frame or a frame is too long.
pub fn take_tagged(message: &mut Bytes) -> Result<(LaneId, Bytes), WireError> {
    if message.len() < LANE_TAG + HEADER {
        return Err(WireError::Truncated);
    }
    let lane = LaneId(message.get_u32_le());
    let length = payload_length(message.get_u32_le().to_le_bytes())?;
    if message.len() < length {
        return Err(WireError::Truncated);
    }
    Ok((lane, message.split_to(length)))
}

fn payload_length(header: [u8; HEADER]) -> Result<usize, WireError> {
    match usize::try_from(u32::from_le_bytes(header)) {
        Ok(length) if length <= MAX_FRAME => Ok(length),
        Ok(_) | Err(_) => Err(WireError::TooLong),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn framed(payload: &[u8]) -> Vec<u8> {
        let mut bytes = u32::try_from(payload.len()).unwrap().to_le_bytes().to_vec();
        bytes.extend_from_slice(payload);
        bytes
    }

    #[test]
    fn frames_come_out_whole_however_the_bytes_are_split() {
        let bytes = [framed(b"one"), framed(b""), framed(b"three")].concat();
        for split in 0..bytes.len() {
            let mut cutter = FrameCutter::default();
            let mut out = Vec::new();
            for part in [&bytes[..split], &bytes[split..]] {
                cutter.buffer().extend_from_slice(part);
                while let Some(payload) = cutter.cut().unwrap() {
                    out.push(payload);
                }
            }
            assert_eq!(out, ["one", "", "three"]);
            assert!(!cutter.is_mid_frame());
        }
    }

    #[test]
    fn a_header_that_announces_too_much_is_refused_before_the_payload_comes() {
        let mut cutter = FrameCutter::default();
        let header = u32::try_from(MAX_FRAME + 1).unwrap().to_le_bytes();
        cutter.buffer().extend_from_slice(&header);
        assert_eq!(cutter.cut(), Err(WireError::TooLong));
    }

    #[test]
    fn a_tagged_frame_that_ends_early_is_refused() {
        let mut whole = 7_u32.to_le_bytes().to_vec();
        whole.extend(framed(b"hello"));
        for end in 0..whole.len() {
            let mut message = Bytes::copy_from_slice(&whole[..end]);
            assert_eq!(take_tagged(&mut message), Err(WireError::Truncated));
        }
        let mut message = Bytes::from(whole);
        let (lane, payload) = take_tagged(&mut message).unwrap();
        assert_eq!((lane, &payload[..]), (LaneId(7), &b"hello"[..]));
        assert!(message.is_empty());
    }
}
