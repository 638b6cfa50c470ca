//! Bytes of a lane and of a WebSocket message, and the frames in them.

use bytes::Bytes;
use chinwag::ids::LaneId;
use chinwag::wire::frame::{FrameCutter, take_tagged};
use serde_json::{Value, json};

use super::{error_name, hex};

fn header(length: u32) -> [u8; 4] {
    length.to_le_bytes()
}

fn framed(payload: &[u8]) -> Vec<u8> {
    let length = u32::try_from(payload.len()).unwrap();
    [&header(length)[..], payload].concat()
}

fn on_lane(lane: u32, payload: &[u8]) -> Vec<u8> {
    [&lane.to_le_bytes()[..], &framed(payload)].concat()
}

/// Chunks as they arrive on a lane's stream, and the payloads that come out.
pub(crate) fn streams() -> Vec<Value> {
    let two = [framed(b"one"), framed(b"two")].concat();
    let cases: [(&str, Vec<Vec<u8>>); 9] = [
        ("nothing", vec![vec![]]),
        ("one frame", vec![framed(b"one")]),
        ("an empty frame", vec![framed(b"")]),
        ("two frames in one chunk", vec![two.clone()]),
        (
            "two frames, one byte a chunk",
            two.iter().map(|&byte| vec![byte]).collect(),
        ),
        ("half a header", vec![vec![3, 0]]),
        ("a frame and half of the next", vec![two[..10].to_vec()]),
        ("the longest frame announced", vec![header(65_536).to_vec()]),
        (
            "a frame, then one that is too long",
            vec![framed(b"one"), header(65_537).to_vec()],
        ),
    ];
    let mut all: Vec<_> = cases
        .iter()
        .map(|(name, chunks)| stream(name, chunks))
        .collect();
    all.push(stream("the largest length", &[header(u32::MAX).to_vec()]));
    all
}

fn stream(name: &str, chunks: &[Vec<u8>]) -> Value {
    let mut cutter = FrameCutter::default();
    let mut payloads = Vec::new();
    let mut error = None;
    for chunk in chunks {
        cutter.buffer().extend_from_slice(chunk);
        loop {
            match cutter.cut() {
                Ok(Some(payload)) => payloads.push(hex(&payload)),
                Ok(None) => break,
                Err(why) => {
                    error = Some(error_name(why));
                    break;
                }
            }
        }
    }
    let chunks: Vec<_> = chunks.iter().map(|chunk| hex(chunk)).collect();
    match error {
        Some(error) => {
            json!({ "name": name, "chunks": chunks, "payloads": payloads, "error": error })
        }
        None => json!({
            "name": name, "chunks": chunks, "payloads": payloads, "midFrame": cutter.is_mid_frame(),
        }),
    }
}

/// WebSocket messages and the tagged frames in them.
pub(crate) fn tagged() -> Vec<Value> {
    let one = on_lane(1, b"one");
    [
        ("one frame on the control lane", on_lane(0, b"hi")),
        ("one frame", one.clone()),
        ("an empty frame", on_lane(2, b"")),
        ("the largest lane", on_lane(u32::MAX, b"one")),
        (
            "three frames on two lanes",
            [one.clone(), on_lane(7, b""), on_lane(1, b"two")].concat(),
        ),
        ("cut in the lane", one[..3].to_vec()),
        ("without a length", one[..4].to_vec()),
        ("cut in the length", one[..7].to_vec()),
        ("cut in the payload", one[..10].to_vec()),
        (
            "a frame and half of the next",
            [&one[..], &one[..5]].concat(),
        ),
        (
            "a frame that is too long",
            [&[1, 0, 0, 0][..], &header(65_537)].concat(),
        ),
    ]
    .iter()
    .map(|(name, message)| tagged_message(name, message))
    .collect()
}

fn tagged_message(name: &str, message: &[u8]) -> Value {
    let mut rest = Bytes::copy_from_slice(message);
    let mut frames = Vec::new();
    while !rest.is_empty() {
        match take_tagged(&mut rest) {
            Ok((LaneId(lane), payload)) => {
                frames.push(json!({ "lane": lane, "payload": hex(&payload) }));
            }
            Err(why) => {
                return json!({
                    "name": name, "hex": hex(message), "frames": frames, "error": error_name(why),
                });
            }
        }
    }
    json!({ "name": name, "hex": hex(message), "frames": frames })
}
