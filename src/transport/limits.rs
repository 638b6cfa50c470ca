//! Every bound of a carrier, as a named constant beside its reason.
//!
//! What 10,000 sessions cost: docs/performance.md has what one takes at rest, part by part. A client
//! can make the server hold, on top of that, at most
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

use quinn::{AckFrequencyConfig, IdleTimeout, TransportConfig, VarInt};

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

/// As long as nobody seems to want more: quinn keeps 42 bytes ready for every stream that may come. With
/// [`UNI_STREAMS`] it is less than 28, for which its tables have 32 places and not 128.
pub const BIDI_STREAMS_AT_FIRST: u32 = 1 + 1 + 16;

/// The room lane that shows that more are wanted. Half of those at first, so that whoever opens one after
/// the other is granted the rest before it has to wait.
pub const MANY_LANES: u32 = 8;

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

/// How long a silent connection lives. With [`BYE_LINGER`] and [`BYE_DEADLINE`] behind it some
/// 10 s, so that a dead peer is gone so long after the 15 s for which its name is held.
pub const IDLE: Duration = Duration::from_secs(8);

/// How often a silent connection is probed: two probes may be lost within [`IDLE`].
pub const PROBE: Duration = Duration::from_secs(3);

/// QUIC counts the silence anew from the first probe that goes unanswered (RFC 9000, section
/// 10.1), and repeats a probe that is lost several times within this.
pub const QUIC_IDLE: Duration = IDLE.saturating_sub(PROBE);

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
/// are read in several goes, out of what TLS has decrypted already.
pub const WS_READ_BUFFER: usize = 1024;

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

/// Packets that a client may let come before it acknowledges them, if it lets itself be asked (QUIC's
/// acknowledgement frequency extension) and none is missing. Each acknowledgement costs as much as a
/// packet. Fewer than a new connection may send at once, so that its first flight is
/// acknowledged without the delay (25 ms) that ends the waiting in any case.
pub const UNACKNOWLEDGED: u32 = 8;

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
        .max_concurrent_bidi_streams(VarInt::from_u32(BIDI_STREAMS_AT_FIRST))
        .max_concurrent_uni_streams(VarInt::from_u32(UNI_STREAMS))
        .stream_receive_window(VarInt::from_u32(STREAM_WINDOW))
        .receive_window(VarInt::from_u32(CONNECTION_WINDOW))
        .send_window(SEND_WINDOW)
        .crypto_buffer_size(CRYPTO_BUFFER)
        .datagram_receive_buffer_size(Some(DATAGRAMS))
        .datagram_send_buffer_size(0)
        .max_idle_timeout(Some(idle()))
        .keep_alive_interval(Some(PROBE))
        .ack_frequency_config(Some(acknowledgements()));
    Arc::new(transport)
}

/// A packet out of order is acknowledged at once, as without the extension: what is lost is sent again as soon.
fn acknowledgements() -> AckFrequencyConfig {
    let mut frequency = AckFrequencyConfig::default();
    frequency
        .ack_eliciting_threshold(VarInt::from_u32(UNACKNOWLEDGED))
        .reordering_threshold(VarInt::from_u32(1));
    frequency
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
    IdleTimeout::try_from(QUIC_IDLE).expect("seconds fit a QUIC idle timeout")
}
