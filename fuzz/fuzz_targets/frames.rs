//! Bytes of a lane and of a WebSocket message: the frames. The first byte says how large the
//! chunks are in which the rest arrives.
#![no_main]

use bytes::Bytes;
use chinwag_fuzz::wire::frame::{HEADER, LANE_TAG, take_tagged};
use chinwag_fuzz::wire::{FrameCutter, WireError};
use chinwag_fuzz::{COMMAND_BYTES, peak_of};
use libfuzzer_sys::fuzz_target;

fuzz_target!(|input: &[u8]| {
    let Some((&size, stream)) = input.split_first() else {
        return;
    };
    let (payloads, peak) = peak_of(|| cut(stream, usize::from(size) + 1));
    // The target keeps what it cut, in blocks that double.
    assert!(
        peak <= COMMAND_BYTES + 4 * input.len() + 4_096,
        "{peak} bytes"
    );
    let whole = cut(stream, stream.len().max(1));
    assert_eq!(payloads, whole, "the same frames however they are split");
    tagged(stream);
});

type Cut = (Vec<Vec<u8>>, Result<bool, WireError>);

fn cut(stream: &[u8], size: usize) -> Cut {
    let mut cutter = FrameCutter::default();
    let mut payloads = Vec::new();
    for chunk in stream.chunks(size) {
        cutter.buffer().extend_from_slice(chunk);
        loop {
            match cutter.cut() {
                Ok(Some(payload)) => payloads.push(payload.to_vec()),
                Ok(None) => break,
                Err(why) => return (payloads, Err(why)),
            }
        }
    }
    (payloads, Ok(cutter.is_mid_frame()))
}

fn tagged(message: &[u8]) {
    let mut rest = Bytes::copy_from_slice(message);
    let mut again = Vec::new();
    while !rest.is_empty() {
        let Ok((lane, payload)) = take_tagged(&mut rest) else {
            return;
        };
        let length = u32::try_from(payload.len()).expect("a frame's length fits u32");
        again.extend(lane.0.to_le_bytes());
        again.extend(length.to_le_bytes());
        again.extend_from_slice(&payload);
        assert!(again.len() >= LANE_TAG + HEADER);
    }
    assert_eq!(again, message, "whole messages are made of their frames");
}
