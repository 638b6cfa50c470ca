//! What the end-to-end tests share: the real server as its own process, and a client that knows
//! only the wire.
//!
//! Nothing here waits for luck: whatever is waited for has [`DEADLINE`], and that nothing
//! happens is shown by something that would have come after it.

// Each test binary takes what it needs.
#![allow(dead_code, unreachable_pub, unused_imports, clippy::unwrap_used)]

pub mod client;
pub mod link;
pub mod server;

use std::future::Future;
use std::time::Duration;

pub use client::{Client, Denied, Room};
pub use link::{Carrier, Failure, Lane, Link, Target};
pub use server::Server;

/// Far longer than anything takes on a busy machine.
pub const DEADLINE: Duration = Duration::from_secs(30);

/// Waits for `what`, but not for ever.
pub async fn within<T>(what: &str, future: impl Future<Output = T>) -> T {
    match tokio::time::timeout(DEADLINE, future).await {
        Ok(value) => value,
        Err(_) => panic!("{what} did not come within {DEADLINE:?}"),
    }
}

/// Makes each `async fn name(carrier: Carrier)` of the file two tests, one over each carrier.
#[macro_export]
macro_rules! both_carriers {
    ($($name:ident),+ $(,)?) => {
        mod over_webtransport {
            $(#[tokio::test] async fn $name() { super::$name($crate::common::Carrier::WebTransport).await; })+
        }
        mod over_websocket {
            $(#[tokio::test] async fn $name() { super::$name($crate::common::Carrier::WebSocket).await; })+
        }
    };
}
