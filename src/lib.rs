//! Chinwag: a chat server for the web.
#![forbid(unsafe_code)]

pub mod chat;
pub mod clock;
pub mod ids;
pub mod log;
pub mod record;
pub mod wire;
