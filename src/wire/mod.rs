//! The wire: what travels between a client and the server, in bytes.
//!
//! Decides the protocol's version, its commands, events and frames, and how they are
//! encoded. Decides nothing about whether a command is allowed. Invariant: whatever
//! bytes come in, decoding ends with a typed command or an error, never a panic, and
//! allocates no more than the frame limit.

mod codec;
pub mod command;
mod entry;
pub mod event;
pub mod frame;
pub mod raw;
mod refusal;
mod state;
pub mod text;

pub use codec::{
    WireError, decode_command, decode_event, encode_command, encode_event, ends_lane, glance,
    hello_version,
};
pub use command::Command;
pub use event::Event;
pub use frame::{FrameCutter, MAX_FRAME};

/// The protocol version this server speaks. It travels in the first frame.
pub const VERSION: u16 = 1;
