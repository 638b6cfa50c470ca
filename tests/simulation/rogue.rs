//! A client that keeps to no rule: commands that parse and make no sense, on whatever lane, and tokens
//! that are not its own.

use chinwag::ids::{Epoch, MemberId, MemberSecret, RoomSecret, Seq};
use chinwag::wire::event::{Content, Cursor};
use chinwag::wire::raw::{Hello, RawCommand};

use crate::net::{Carrier, LinkId, Net, Up};
use crate::rooms::guessed;

pub(crate) struct Rogue {
    index: usize,
    link: Option<LinkId>,
    said: u64,
}

impl Rogue {
    pub(crate) fn new(index: usize) -> Self {
        Self {
            index,
            link: None,
            said: 0,
        }
    }

    pub(crate) fn is_connected(&self) -> bool {
        self.link.is_some()
    }

    pub(crate) fn link_lost(&mut self, link: LinkId, net: &mut Net) {
        if self.link == Some(link) {
            self.end(net);
        }
    }

    pub(crate) fn end(&mut self, net: &mut Net) {
        if let Some(link) = self.link.take() {
            net.abandon(link);
        }
    }

    /// Connects with this token, of whomever it is.
    pub(crate) fn connect(&mut self, token: Option<[u8; 32]>, net: &mut Net) {
        let carrier = net
            .random
            .pick(&[Carrier::WebTransport, Carrier::WebSocket]);
        let link = net.open(self.index, carrier);
        let hello = Hello {
            version: chinwag::wire::VERSION,
            token,
            next: net.random.token(),
            client: "rogue".into(),
        };
        let what = format_args!("ROGUE says hello on {link:?}, stolen: {}", token.is_some());
        net.trace.note(net.now, what);
        net.send_up(link, 0, Up::Command(0, RawCommand::Hello(hello)));
        self.link = Some(link);
    }

    pub(crate) fn act(&mut self, rooms: &[&'static str], net: &mut Net) {
        let Some(link) = self.link else { return };
        let count = match net.random.below(30) {
            0 => 250, // More than may wait before the welcome.
            _ => net.random.between(1, 6),
        };
        for _ in 0..count {
            let lane = u32::try_from(net.random.below(5)).expect("a small number");
            let command = self.command(rooms, net);
            net.send_up(link, lane, Up::Command(lane, command));
        }
        match net.random.below(12) {
            0 => self.end(net),
            1 => net.send_up(link, 1, Up::Finish(1)),
            _ => {}
        }
    }

    fn command(&mut self, rooms: &[&'static str], net: &mut Net) -> RawCommand {
        let number = net
            .random
            .pick(&[0, 1, 2, 3, 4, 5, 64, 65, 1 << 40, u64::MAX]);
        self.said += 1;
        match net.random.below(20) {
            0..=6 => RawCommand::Join {
                room: {
                    let room = net.random.pick(rooms);
                    guessed(room, &mut net.random)
                },
                nick: match net.random.below(4) {
                    0 => format!("client {}", net.random.below(4)),
                    1 => "admin".into(),
                    2 => " \u{200b}".into(),
                    _ => format!("rogue {}", self.index),
                },
                cursor: net.random.chance(50).then(|| Cursor {
                    epoch: Epoch(net.random.between(1, 3)),
                    seq: Seq(number),
                }),
                member: MemberSecret([200 + net.random.below(4) as u8; 32]),
            },
            7..=12 => RawCommand::Send {
                number,
                content: Content::text(format!("rogue {} says {}", self.index, self.said)),
            },
            13..=14 => RawCommand::older(number, net.random.pick(&[0, 1, 100, u16::MAX])),
            15 => RawCommand::Leave,
            16 => RawCommand::Typing,
            17 => RawCommand::Ping { nonce: number },
            18 if net.random.chance(10) => RawCommand::Bye,
            18 => RawCommand::Rooms {
                like: net.random.pick(&["", "k", "\u{1}"]).into(),
                limit: 100,
            },
            19 if net.random.chance(50) => RawCommand::Away {
                away: net.random.chance(50),
            },
            19 => RawCommand::Invite {
                to: MemberId(number),
                key: RoomSecret([9; 32]),
                name: "nowhere".into(),
            },
            _ => RawCommand::Leave,
        }
    }
}
