//! Every bound of a carrier, as a named constant beside its reason.
//!
//! What 10,000 sessions cost. At rest a WebTransport session takes some 80 KB (bare QUIC 40,
//! the WebTransport layer the rest) and a WebSocket one over TLS 14 KB with the read buffer
//! below: 0.8 GB and 0.14 GB. A client can make the server hold, on top of that, at most
//!
//! | | WebTransport | WebSocket |
//! |---|---|---|
//! | received and not yet read | [`CONNECTION_WINDOW`] 64 KiB | [`WS_MESSAGE`] 64 KiB |
//! | read and not yet a whole frame | one frame on each lane, counted in the window until read: 64 KiB for a sender that fills one lane | (the same bytes) |
//! | written and not yet acknowledged | [`SEND_WINDOW`] 128 KiB, mostly shared with the other members of a room | [`WS_WRITE_BUFFER_MAX`] 48 KiB and a frame |
//! | queued | the outbox's budget, 512 KiB, shared likewise | the same |
//!
//! so that a thousand hostile clients at every bound at once cost 0.8 GB, and ten thousand
//! honest ones, whose queues are empty, 1 GB.

use std::sync::Arc;
use std::time::Duration;

use quinn::{IdleTimeout, TransportConfig, VarInt};

use crate::wire::MAX_FRAME;
use crate::wire::frame::{HEADER, LANE_TAG};

/// Connections at a time, over both carriers: 1.6 GB at rest. Sessions beyond what the chat
/// allows are told so in band; this is the wall behind that.
pub const CONNECTIONS: usize = 20_000;

/// From the first packet to an accepted session: three round trips of the slowest network
/// with two losses.
pub const HANDSHAKE_DEADLINE: Duration = Duration::from_secs(10);

/// From an accepted session to the end of its `Hello`.
pub const HELLO_DEADLINE: Duration = Duration::from_secs(10);

/// For the last words: longer than a second lost packet takes, shorter than the drain.
pub const BYE_DEADLINE: Duration = Duration::from_secs(2);

/// How long the client may take to close, having read the last words: a slow round trip.
/// Together with [`BYE_DEADLINE`] within the drain.
pub const BYE_LINGER: Duration = Duration::from_secs(1);

/// How long the client may take to close its half of a lane that is over.
pub const LANE_LINGER: Duration = Duration::from_secs(10);

/// Room lanes that one connection may have open: one more than rooms, so that the join that
/// is too many can be told so.
pub const ROOM_LANES: u32 = 65;

/// Streams that a client may have open: the request that the session hangs on, the control
/// lane and the rooms.
pub const BIDI_STREAMS: u32 = 1 + 1 + ROOM_LANES;

/// HTTP/3 itself opens three (control, QPACK encoder and decoder; RFC 9114, section 6.2);
/// the protocol opens none.
pub const UNI_STREAMS: u32 = 3;

/// What may be received and unread on one lane: a frame comes in two or three windows, so
/// one lane cannot fill its connection's window.
pub const STREAM_WINDOW: u32 = 32 * 1024;

/// What may be received and unread on one connection.
pub const CONNECTION_WINDOW: u32 = 64 * 1024;

/// What may be sent and unacknowledged: a page of history in one flight; at 100 ms of round
/// trip 1.3 MB a second.
pub const SEND_WINDOW: u64 = 128 * 1024;

/// Bytes of handshake that may come out of order: a large client hello fits twice.
pub const CRYPTO_BUFFER: usize = 8 * 1024;

/// How long a silent connection lives. Below the 15 s for which a name is held, so that a
/// lost one is noticed first.
pub const IDLE: Duration = Duration::from_secs(10);

/// How often a silent connection is probed: two probes may be lost within [`IDLE`].
pub const PROBE: Duration = Duration::from_secs(4);

/// Handshakes under way at a time. One costs some 20 KB and, at most, the deadline.
pub const HANDSHAKES: usize = 1_024;

/// From this many handshakes under way on, a client must first prove its address (QUIC
/// Retry: one more round trip, no memory). Below it nobody pays for that.
pub const RETRY_ABOVE: usize = 128;

/// First packets that wait for the accept loop, which only ever hands them on.
pub const INCOMING: usize = 1_024;

/// Bytes kept for one of them: a large client hello and early data.
pub const INCOMING_BYTES: u64 = 16 * 1024;

/// Bytes kept for all of them.
pub const INCOMING_BYTES_TOTAL: u64 = 4 * 1024 * 1024;

/// UDP receive buffer of the socket: what 1,000 clients that reconnect at once send before
/// they are read (with 208 KiB 64 of them fail, with 4 MiB none).
pub const UDP_RECEIVE_BUFFER: usize = 4 * 1024 * 1024;

/// Most that is taken from one stream at a time.
pub const READ_CHUNK: usize = 16 * 1024;

/// Longest message that is accepted over WebSocket: one tagged frame of the largest size, or
/// any number of smaller ones.
pub const WS_MESSAGE: usize = LANE_TAG + HEADER + MAX_FRAME;

/// Read buffer of a WebSocket: kept for the life of the socket, so small; larger messages
/// are read in several goes.
pub const WS_READ_BUFFER: usize = 4 * 1024;

/// From this many bytes on a WebSocket writes before it is told to flush.
pub const WS_WRITE_BUFFER: usize = 4 * 1024;

/// Frames are packed into messages up to this size, one TLS record; a larger frame has a
/// message of its own.
pub const WS_PACK: usize = 16 * 1024;

/// Most that a WebSocket holds unwritten: the largest message beside a packed one.
pub const WS_WRITE_BUFFER_MAX: usize = WS_MESSAGE + 2 * WS_PACK;

/// For one message of at most [`WS_MESSAGE`] bytes: 6.5 KB a second is the slowest reader
/// that is waited for.
pub const WRITE_DEADLINE: Duration = Duration::from_secs(10);

/// Bytes kept of datagrams that nobody reads: one of the smallest packet's size.
const DATAGRAMS: usize = 1_200;

/// The QUIC transport settings of the server.
///
/// The protocol has no datagrams, but HTTP/3 says that they can come, and whoever says so must
/// take them at the QUIC level, too (RFC 9297, section 2.1.1): at most one is kept, and nobody
/// reads it. MTU and its discovery, congestion control and
/// pacing are quinn's defaults.
#[must_use]
pub fn quic() -> Arc<TransportConfig> {
    let mut transport = TransportConfig::default();
    transport
        .max_concurrent_bidi_streams(VarInt::from_u32(BIDI_STREAMS))
        .max_concurrent_uni_streams(VarInt::from_u32(UNI_STREAMS))
        .stream_receive_window(VarInt::from_u32(STREAM_WINDOW))
        .receive_window(VarInt::from_u32(CONNECTION_WINDOW))
        .send_window(SEND_WINDOW)
        .crypto_buffer_size(CRYPTO_BUFFER)
        .datagram_receive_buffer_size(Some(DATAGRAMS))
        .datagram_send_buffer_size(0)
        .max_idle_timeout(Some(idle()))
        .keep_alive_interval(Some(PROBE));
    Arc::new(transport)
}

/// Sets the bounds on handshakes.
pub fn bound_handshakes(server: &mut quinn::ServerConfig) {
    server
        .transport_config(quic())
        .max_incoming(INCOMING)
        .incoming_buffer_size(INCOMING_BYTES)
        .incoming_buffer_size_total(INCOMING_BYTES_TOTAL);
}

fn idle() -> IdleTimeout {
    IdleTimeout::try_from(IDLE).expect("ten seconds fit a QUIC idle timeout")
}
