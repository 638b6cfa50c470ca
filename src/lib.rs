//! Chinwag: a chat server for the web.
#![forbid(unsafe_code)]

pub mod clock;
pub mod fanout;
pub mod ids;
pub mod log;
pub mod record;
pub mod wire;
