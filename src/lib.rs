//! Chinwag: a chat server for the web.
#![forbid(unsafe_code)]

pub mod clock;
pub mod config;
pub mod ids;
pub mod record;
pub mod wire;
