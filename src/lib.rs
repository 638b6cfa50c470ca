//! Chinwag: a chat server for the web.
//!
//! # The map
//!
//! Imports go strictly downward, and a test holds that (`tests/house`).
//!
//! * Level 0: [`ids`] (what a well-formed name, room, body or position is), [`clock`] (the only
//!   caller of `now()`), [`config`], [`tls`], [`origin`], [`metrics`].
//! * Level 1: [`wire`] (bytes to commands, events to bytes), [`record`] (the words between the
//!   one that decides and the one that stores).
//! * Level 2, strangers to each other: [`chat`] decides everything, [`log`] stores, [`fanout`]
//!   delivers.
//! * Level 3: [`hub`] knows all three and drives them.
//! * Level 4: [`transport`] carries frames over WebTransport and WebSocket, [`http`] serves pages.
//! * Level 5: [`server`] binds, starts, drains; [`load`] is the other side, guests who measure a
//!   server. The binary above them reads arguments.
//!
//! # The path of one message
//!
//! A connection's read loop ([`transport`]) cuts a frame and decodes it ([`wire`]) on its own
//! task, then hands it to the [`hub`], waiting while the inbox is full. The hub takes a batch,
//! reads the clock once and calls [`chat::Chat::handle`] for each. The chat checks membership,
//! number, rate and rules, and asks for an append. The hub gives what has gathered to the
//! [`log`]'s thread as one group; when that is on disk it comes back as
//! [`chat::Input::Committed`], and only now the chat broadcasts the entry and acknowledges
//! it. The hub encodes each event once and gives it to the shards of the [`fanout`], which put
//! the same bytes into every member's outbox, from where the write loops take all that waits.
//!
//! There is no other way back but `Committed`; a stage waits only for the stage after it, and
//! the last one, the outbox, makes nobody wait: who reads too slowly is closed and resumes
//! from the log. `docs/architecture.md` tells the rest.
#![forbid(unsafe_code)]
#![warn(clippy::unwrap_used)]

pub mod chat;
pub mod clock;
pub mod config;
pub mod fanout;
pub mod http;
pub mod hub;
pub mod ids;
pub mod load;
pub mod log;
pub mod metrics;
pub mod origin;
pub mod record;
pub mod server;
pub mod tls;
pub mod transport;
pub mod wire;
