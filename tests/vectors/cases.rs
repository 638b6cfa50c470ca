//! The values whose bytes are held fixed.

use chinwag::ids::{Epoch, MemberId, MemberSecret, Number, SeatId, Seq, Timestamp};
use chinwag::wire::event::{
    Bye, ByeCode, Content, Cursor, Entry, Event, Joined, Limits, Mark, Member, Page, Presence,
    Refusal, RefusalCode, RefusedNumber, Retry, Welcome,
};
use chinwag::wire::raw::{Hello, MoveReason, RawCommand, Transport};

use super::rich;

/// The largest integer that JavaScript holds exactly.
pub(crate) const MAX_SAFE: u64 = (1 << 53) - 1;
/// A moment in November 2026.
pub(crate) const AT: i64 = 1_795_000_000_000;
/// One to four bytes a character, a joined emoji, a combining mark, both directions.
pub(crate) const UNICODE: &str = "aé€😀 👩\u{200d}🚀 e\u{301} שלום\n\t<b>&";

pub(crate) const BYE_CODES: [ByeCode; 9] = [
    ByeCode::Draining,
    ByeCode::Slow,
    ByeCode::Replaced,
    ByeCode::Malformed,
    ByeCode::Version,
    ByeCode::Timeout,
    ByeCode::Full,
    ByeCode::TokenReused,
    ByeCode::Goodbye,
];

pub(crate) const REFUSAL_CODES: [RefusalCode; 24] = [
    RefusalCode::NameOrRoomMissing,
    RefusalCode::NameInvalid,
    RefusalCode::RoomInvalid,
    RefusalCode::NameInUse,
    RefusalCode::NameReserved,
    RefusalCode::RoomFull,
    RefusalCode::TooManyRooms,
    RefusalCode::ServerFull,
    RefusalCode::NotJoined,
    RefusalCode::AlreadyJoined,
    RefusalCode::Profanity,
    RefusalCode::Blank,
    RefusalCode::TooLong,
    RefusalCode::Unprintable,
    RefusalCode::NotOnGlobe,
    RefusalCode::NumberSkipped,
    RefusalCode::TooFast,
    RefusalCode::LogUnavailable,
    RefusalCode::Busy,
    RefusalCode::NotYours,
    RefusalCode::NotThere,
    RefusalCode::TooManyReactions,
    RefusalCode::NotAnEmoji,
    RefusalCode::NotHere,
];

pub(crate) type Named<T> = (String, T);

const MOVES: [(Transport, MoveReason); 5] = [
    (Transport::WebTransport, MoveReason::Lost),
    (Transport::WebTransport, MoveReason::Stalled),
    (Transport::WebSocket, MoveReason::Better),
    (Transport::WebSocket, MoveReason::Told),
    (Transport::WebTransport, MoveReason::Network),
];

pub(crate) fn commands() -> Vec<Named<RawCommand>> {
    let mut all = plain_commands();
    all.extend(rich::commands());
    all.extend(MOVES.map(|(from, reason)| {
        let name = format!("moved, from {from:?}, {reason:?}");
        (name, RawCommand::Moved { from, reason })
    }));
    all
}

fn plain_commands() -> Vec<Named<RawCommand>> {
    [
        ("hello, a new session", hello(None, "chinwag-web 0.1.0")),
        (
            "hello, resuming",
            hello(Some(counting(0x20)), "chinwag-web 0.1.0"),
        ),
        ("hello, without a client name", hello(None, "")),
        ("bye", RawCommand::Bye),
        ("ping", RawCommand::Ping { nonce: 7 }),
        (
            "ping, the largest nonce",
            RawCommand::Ping { nonce: MAX_SAFE },
        ),
        ("join, without a cursor", join("lobby", "Ann", None)),
        (
            "join, at the beginning of a history",
            join("lobby", "Ann", Some((1, 0))),
        ),
        (
            "join, the largest cursor",
            join("Café", "👩\u{200d}🚀 Zoë", Some((MAX_SAFE, MAX_SAFE))),
        ),
        ("join, empty texts", join("", "", None)),
        ("leave", RawCommand::Leave),
        ("send, a text", send(1, text("Hello, world!"))),
        ("send, an empty text", send(2, text(""))),
        ("send, beyond ASCII", send(3, text(UNICODE))),
        (
            "send, the largest number",
            send(MAX_SAFE, text("line one\nline two")),
        ),
        (
            "send, the longest text",
            send(4, text(&"€".repeat(chinwag::ids::BODY_CHARS))),
        ),
        ("send, a position", send(5, location(51.4779, -0.0015))),
        (
            "send, a corner of the globe",
            send(6, location(-90.0, 180.0)),
        ),
        ("history", RawCommand::older(51, 50)),
        ("history, largest", RawCommand::older(MAX_SAFE, u16::MAX)),
        ("typing", RawCommand::Typing),
    ]
    .map(named)
    .into()
}

pub(crate) fn events() -> Vec<Named<Event>> {
    let mut all = control_events();
    all.extend(join_events());
    all.extend(room_events());
    all.extend(rich::events());
    all.extend(BYE_CODES.map(|code| {
        let bye = Event::Bye(Bye {
            code,
            text: "why".into(),
            retry: Retry::Stop,
        });
        (format!("bye, {code:?}"), bye)
    }));
    all.extend(REFUSAL_CODES.map(|code| {
        let refusal = refusal(code, "why", None);
        (format!("rejected, {code:?}"), Event::Rejected { refusal })
    }));
    all
}

fn control_events() -> Vec<Named<Event>> {
    [
        ("welcome, a new session", welcome(false, 4_711, AT)),
        (
            "welcome, resumed, largest values",
            welcome(true, MAX_SAFE, 9_007_199_254_740_991),
        ),
        (
            "pong",
            Event::Pong {
                nonce: 7,
                now: Timestamp(AT),
            },
        ),
        (
            "pong, before 1970",
            Event::Pong {
                nonce: MAX_SAFE,
                now: Timestamp(-1),
            },
        ),
        (
            "bye, come back",
            Event::Bye(Bye {
                code: ByeCode::Draining,
                text: "The server is restarting.".into(),
                retry: Retry::After(2_000),
            }),
        ),
        (
            "bye, largest delay, no text",
            Event::Bye(Bye {
                code: ByeCode::Slow,
                text: "".into(),
                retry: Retry::After(u32::MAX),
            }),
        ),
    ]
    .map(named)
    .into()
}

fn join_events() -> Vec<Named<Event>> {
    let in_use = refusal(RefusalCode::NameInUse, "Username is in use!", None);
    let full = refusal(RefusalCode::RoomFull, "The room is full.", Some(5_000));
    [
        (
            "notice",
            Event::Notice {
                at: Timestamp(AT),
                text: "Welcome!".into(),
            },
        ),
        ("roster, empty", roster(&[], false)),
        ("roster, one", roster(&[(1, "Ann")], false)),
        (
            "roster, a part of several",
            roster(&[(1, "Ann"), (MAX_SAFE, "Zoë 👩\u{200d}🚀"), (0, "")], true),
        ),
        (
            "joined, an empty room",
            joined(0, Page::default(), Mark::default()),
        ),
        ("joined, with history", joined(3, page(1..4, true), mark(2))),
        (
            "joined, a long page and 64 refusals",
            joined(1_050, page(1_001..1_051, true), mark(64)),
        ),
        (
            "join refused, with suggestions",
            Event::JoinRefused {
                refusal: in_use,
                suggestions: vec!["Ann2".into(), "Änn_".into()],
            },
        ),
        (
            "join refused, try later",
            Event::JoinRefused {
                refusal: full,
                suggestions: Vec::new(),
            },
        ),
    ]
    .map(named)
    .into()
}

fn room_events() -> Vec<Named<Event>> {
    let profane = refusal(RefusalCode::Profanity, "Profanity is not allowed!", None);
    let fast = refusal(RefusalCode::TooFast, "", Some(u32::MAX));
    [
        (
            "entry, a text",
            Event::Entry(entry(1, text("Hello, world!"))),
        ),
        ("entry, an empty text", Event::Entry(entry(2, text("")))),
        ("entry, beyond ASCII", Event::Entry(entry(3, text(UNICODE)))),
        (
            "entry, a position",
            Event::Entry(entry(4, location(51.4779, -0.0015))),
        ),
        ("entry, largest values", Event::Entry(largest_entry())),
        ("presence, joined", presence(Presence::Joined(ann()))),
        ("presence, left", presence(Presence::Left(ann()))),
        ("ack", Event::Ack { number: Number(1) }),
        (
            "ack, the largest number",
            Event::Ack {
                number: Number(MAX_SAFE),
            },
        ),
        (
            "refused for good",
            Event::Refused {
                number: Number(2),
                refusal: profane,
            },
        ),
        (
            "refused for now",
            Event::Refused {
                number: Number(MAX_SAFE),
                refusal: fast,
            },
        ),
        ("history, nothing", Event::History(Page::default())),
        ("history, one", Event::History(page(1..2, false))),
        ("history, a long page", Event::History(page(1..101, true))),
        (
            "typing",
            Event::Typing {
                member: MemberId(MAX_SAFE),
            },
        ),
        ("left", Event::Left),
    ]
    .map(named)
    .into()
}

/// The session of Ann's that writes.
const SEAT: u64 = 0x0000_0a0b_0c0d_0e0f;

pub(crate) fn named<T>((name, value): (&str, T)) -> Named<T> {
    (name.to_owned(), value)
}

/// 32 bytes that count up from `first`.
pub(crate) fn counting(first: u8) -> [u8; 32] {
    std::array::from_fn(|index| first + u8::try_from(index).expect("an index below 32"))
}

fn hello(token: Option<[u8; 32]>, client: &str) -> RawCommand {
    RawCommand::Hello(Hello {
        version: chinwag::wire::VERSION,
        token,
        next: counting(0),
        client: client.to_owned(),
    })
}

fn join(room: &str, nick: &str, cursor: Option<(u64, u64)>) -> RawCommand {
    RawCommand::Join {
        room: room.into(),
        nick: nick.to_owned(),
        cursor: cursor.map(|(epoch, seq)| Cursor {
            epoch: Epoch(epoch),
            seq: Seq(seq),
        }),
        member: MemberSecret(counting(0x60)),
    }
}

pub(crate) fn send(number: u64, content: Content) -> RawCommand {
    RawCommand::Send { number, content }
}

pub(crate) fn text(body: &str) -> Content {
    Content::text(body)
}

fn location(latitude: f64, longitude: f64) -> Content {
    Content::Location {
        latitude,
        longitude,
    }
}

fn welcome(resumed: bool, epoch: u64, now: i64) -> Event {
    Event::Welcome(Welcome {
        version: 1,
        resumed,
        epoch: Epoch(epoch),
        now: Timestamp(now),
        server: "chinwag 0.1.0".into(),
        limits: Limits {
            frame_bytes: 65_536,
            body_chars: 4_000,
            nick_graphemes: 32,
            room_graphemes: 64,
            rooms: 16,
            window: 64,
            grace_ms: 15_000,
        },
    })
}

pub(crate) fn ann() -> Member {
    Member {
        id: MemberId(0x0000_1122_3344_5566),
        nick: "Ann".into(),
    }
}

fn roster(members: &[(u64, &str)], more: bool) -> Event {
    let members = members.iter().map(|&(id, nick)| Member {
        id: MemberId(id),
        nick: nick.into(),
    });
    Event::Roster {
        room: "Lobby".into(),
        members: members.collect(),
        more,
        away: Vec::new(),
    }
}

pub(crate) fn joined(head: u64, page: Page, mark: Mark) -> Event {
    Event::Joined(Joined {
        you: ann().id,
        room: "Lobby".into(),
        epoch: Epoch(4_711),
        head: Seq(head),
        continues: head == 3,
        page,
        mark,
        topic: "".into(),
        seat: SeatId(SEAT),
        read: Seq(0),
    })
}

pub(crate) fn page(seqs: std::ops::Range<u64>, more: bool) -> Page {
    let seqs_end = seqs.end - 1;
    let entries = seqs.map(|seq| entry(seq, text(&format!("message {seq}"))));
    Page {
        entries: entries.collect(),
        more,
        newer: false,
        as_of: Seq(seqs_end),
    }
}

pub(crate) fn mark(refused: u64) -> Mark {
    let refused = (1..=refused)
        .zip(REFUSAL_CODES.into_iter().cycle())
        .map(|(number, code)| RefusedNumber {
            number: Number(number),
            code,
        });
    Mark {
        number: Number(99),
        refused: refused.collect(),
    }
}

pub(crate) fn entry(seq: u64, content: Content) -> Entry {
    Entry {
        seq: Seq(seq),
        at: Timestamp(AT),
        author: ann().id,
        number: Number(seq),
        nick: ann().nick,
        content,
        edited: None,
        reactions: Vec::new(),
        seat: SeatId(SEAT),
    }
}

fn largest_entry() -> Entry {
    Entry {
        seq: Seq(MAX_SAFE),
        at: Timestamp(9_007_199_254_740_991),
        author: MemberId(MAX_SAFE),
        number: Number(MAX_SAFE),
        nick: "Z".repeat(32).into(),
        content: location(90.0, -180.0),
        edited: Some(Timestamp(9_007_199_254_740_991)),
        reactions: vec![],
        seat: SeatId(MAX_SAFE),
    }
}

pub(crate) fn presence(change: Presence) -> Event {
    Event::Presence {
        at: Timestamp(AT),
        change,
    }
}

fn refusal(code: RefusalCode, text: &str, after_ms: Option<u32>) -> Refusal {
    Refusal {
        code,
        text: text.into(),
        retry: after_ms.is_some(),
        retry_after_ms: after_ms.unwrap_or(0),
    }
}
