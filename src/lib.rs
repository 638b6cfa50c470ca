//! Chinwag: a chat server for the web.
#![forbid(unsafe_code)]
#![warn(clippy::unwrap_used)]

pub mod chat;
pub mod clock;
pub mod config;
pub mod fanout;
pub mod http;
pub mod hub;
pub mod ids;
pub mod log;
pub mod metrics;
pub mod origin;
pub mod record;
pub mod server;
pub mod tls;
pub mod transport;
pub mod wire;
