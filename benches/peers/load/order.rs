//! What the load is asked to do, as the bench says it in its arguments.

use crate::Outcome;
use crate::scene::Pace;

/// Protocols that are spoken here.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Protocol {
    Tls,
    Quic,
    WebTransport,
    /// That of axum's example: texts, the first of them a name.
    Axum,
    /// Engine.IO 4 and Socket.IO 5 over a WebSocket.
    SocketIo,
}

/// One load.
#[derive(Clone, Copy, Debug)]
pub(super) struct Order {
    pub(super) protocol: Protocol,
    pub(super) port: u16,
    /// The server's process.
    pub(super) server: u32,
    pub(super) members: usize,
    pub(super) rooms: usize,
    /// Of each room.
    pub(super) senders: usize,
    pub(super) pace: Pace,
    pub(super) seconds: u64,
}

impl Order {
    pub(super) fn read(words: &[&str]) -> Outcome<Self> {
        let &[
            protocol,
            port,
            server,
            members,
            rooms,
            senders,
            pace,
            by,
            seconds,
        ] = words
        else {
            return Err(format!("an order has nine words, not {words:?}").into());
        };
        Ok(Self {
            protocol: Protocol::read(protocol)?,
            port: port.parse()?,
            server: server.parse()?,
            members: members.parse()?,
            rooms: rooms.parse()?,
            senders: senders.parse()?,
            pace: read_pace(pace, by)?,
            seconds: seconds.parse()?,
        })
    }

    /// Everybody who speaks.
    pub(super) fn speakers(&self) -> usize {
        self.rooms * self.senders
    }
}

fn read_pace(pace: &str, by: &str) -> Outcome<Pace> {
    match pace {
        "closed" => Ok(Pace::Closed(by.parse()?)),
        "paced" => Ok(Pace::Paced(by.parse()?)),
        "once" => Ok(Pace::Once),
        _ => Err(format!("{pace} is no pace").into()),
    }
}

impl Protocol {
    fn read(name: &str) -> Outcome<Self> {
        match name {
            "bare-tls" => Ok(Self::Tls),
            "bare-quinn" => Ok(Self::Quic),
            "bare-wt" => Ok(Self::WebTransport),
            "axum" => Ok(Self::Axum),
            "socketio" => Ok(Self::SocketIo),
            _ => Err(format!("{name} is no protocol").into()),
        }
    }
}
