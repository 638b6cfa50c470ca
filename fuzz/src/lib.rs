//! What the fuzz targets share: the wire itself, and a measure of what it allocates.
//!
//! Invariant held by every target: whatever the bytes, decoding does not panic, holds no
//! more memory at a time than its bound, and what it decodes encodes to the same bytes.

#[path = "../../src/ids.rs"]
pub mod ids;
#[path = "../../src/wire/mod.rs"]
pub mod wire;

mod measure;

pub use measure::peak_of;

/// Most bytes that decoding one command, or cutting one frame, may hold at a time: the
/// value and one copy.
pub const COMMAND_BYTES: usize = 2 * wire::MAX_FRAME;

/// Most bytes that decoding one event may hold at a time. Events hold lists, and serde
/// reserves up to 1 MiB for a list on the word of its length alone; the largest event has two.
/// Only clients decode events, and a client decodes those of one server.
pub const EVENT_BYTES: usize = 2 * 1024 * 1024 + COMMAND_BYTES;
