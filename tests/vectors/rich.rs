//! The values whose bytes are held fixed: amendments, pages of all kinds, rooms and searches.

use chinwag::ids::{MemberId, MemberSecret, RoomSecret, Seq, Timestamp};
use chinwag::wire::event::{
    Content, Entry, Event, Joined, Member, Page, Presence, Reaction, RoomCard,
};
use chinwag::wire::raw::{Range, RawCommand, RoomRef};

use super::cases::{
    AT, MAX_SAFE, Named, UNICODE, ann, counting, entry, joined, mark, named, page, presence, send,
    text,
};

pub(crate) fn commands() -> Vec<Named<RawCommand>> {
    let mut all = said();
    all.extend(asked());
    all
}

fn said() -> Vec<Named<RawCommand>> {
    let contents = contents();
    let numbered = (7..).zip(contents);
    numbered
        .map(|(number, (name, content))| (format!("send, {name}"), send(number, content)))
        .collect()
}

/// All that is new to say, by name.
fn contents() -> Vec<Named<Content>> {
    let reply = |reply| Content::Text {
        body: "I agree.".into(),
        reply: Some(Seq(reply)),
    };
    let react = |emoji: &str, on| Content::React {
        of: Seq(3),
        emoji: emoji.into(),
        on,
    };
    let edit = |of, body: &str| Content::Edit {
        of: Seq(of),
        body: body.into(),
    };
    let topic = |text: &str| Content::Topic { text: text.into() };
    [
        ("a reply", reply(3)),
        ("a reply to the largest number", reply(MAX_SAFE)),
        ("an edit", edit(3, "Hello, moon!")),
        ("an edit beyond ASCII", edit(MAX_SAFE, UNICODE)),
        ("a deletion", Content::Delete { of: Seq(3) }),
        ("a reaction", react("👍🏽", true)),
        ("a reaction taken back", react("👩\u{200d}🚀", false)),
        ("a topic", topic("Tea & cake ☕")),
        ("no topic", topic("")),
        ("deleted", Content::Deleted),
        ("emptied", Content::Emptied),
    ]
    .map(named)
    .into()
}

fn asked() -> Vec<Named<RawCommand>> {
    let secret = RoomSecret(counting(0x40));
    let join = |room| RawCommand::Join {
        room,
        nick: "Ann".into(),
        cursor: None,
        member: MemberSecret(counting(0x60)),
    };
    let private = RoomRef::Private {
        key: secret,
        name: "Café".into(),
    };
    let history = |range| RawCommand::History { range, limit: 50 };
    [
        ("join, a private room", join(private)),
        ("history, after", history(Range::After(Seq(0)))),
        ("history, around", history(Range::Around(Seq(MAX_SAFE)))),
        ("history, at a time", history(Range::At(Timestamp(AT)))),
        ("history, before 1970", history(Range::At(Timestamp(-1)))),
        ("look, at nothing", RawCommand::Look { seqs: vec![] }),
        (
            "look",
            RawCommand::Look {
                seqs: vec![3, 1, MAX_SAFE],
            },
        ),
        ("search", search("tea cake", None, None)),
        ("search, all bounds", search("", Some("Ann"), Some(AT))),
        (
            "rooms",
            RawCommand::Rooms {
                like: "caf".into(),
                limit: 50,
            },
        ),
        (
            "rooms, all",
            RawCommand::Rooms {
                like: "".into(),
                limit: u16::MAX,
            },
        ),
        (
            "invite",
            RawCommand::Invite {
                to: ann().id,
                key: secret,
                name: "Café".into(),
            },
        ),
        ("away", RawCommand::Away { away: true }),
        ("back", RawCommand::Away { away: false }),
        ("read", RawCommand::Read { seq: 3 }),
        (
            "read, the largest number",
            RawCommand::Read { seq: MAX_SAFE },
        ),
    ]
    .map(named)
    .into()
}

fn search(text: &str, from: Option<&str>, at: Option<i64>) -> RawCommand {
    RawCommand::Search {
        text: text.into(),
        from: from.map(str::to_owned),
        after: at.map(Timestamp),
        before: at.map(|at| Timestamp(at + 1)),
        below: MAX_SAFE,
        limit: 20,
    }
}

pub(crate) fn events() -> Vec<Named<Event>> {
    let entries = (5..).zip(contents());
    let mut all: Vec<_> = entries
        .map(|(seq, (name, content))| (format!("entry, {name}"), Event::Entry(entry(seq, content))))
        .collect();
    all.extend(answers());
    all.extend(people());
    all
}

fn answers() -> Vec<Named<Event>> {
    let around = Page {
        entries: vec![amended()],
        more: true,
        newer: true,
        as_of: Seq(MAX_SAFE),
    };
    let hits = vec![amended(), entry(1, text("message 1"))];
    let card = |name: &str, topic: &str, members| RoomCard {
        name: name.into(),
        topic: topic.into(),
        members,
    };
    let rooms = vec![card("Café", "Tea & cake ☕", u32::MAX), card("den", "", 1)];
    [
        ("entry, with its state", Event::Entry(amended())),
        (
            "history, with state and newer ones",
            Event::History(around.clone()),
        ),
        ("looked, nothing", Event::Looked(Page::default())),
        ("looked", Event::Looked(around)),
        (
            "found, nothing",
            Event::Found {
                hits: vec![],
                more: false,
            },
        ),
        ("found", Event::Found { hits, more: true }),
        (
            "rooms, none",
            Event::Rooms {
                rooms: vec![],
                more: false,
            },
        ),
        ("rooms", Event::Rooms { rooms, more: true }),
    ]
    .map(named)
    .into()
}

fn people() -> Vec<Named<Event>> {
    let away = ann().id;
    let Event::Joined(plain) = joined(3, page(1..4, true), mark(2)) else {
        panic!("a join is acknowledged");
    };
    let topic = Joined {
        topic: "Tea & cake ☕".into(),
        ..plain.clone()
    };
    let read = Joined {
        read: Seq(3),
        ..plain
    };
    let roster = Event::Roster {
        room: "Lobby".into(),
        members: vec![ann()],
        more: false,
        away: vec![away],
    };
    let invited = Event::Invited {
        from: ann(),
        key: RoomSecret(counting(0x40)),
        name: "Café".into(),
    };
    [
        ("joined, with a topic", Event::Joined(topic)),
        ("joined, read up to an entry", Event::Joined(read)),
        ("roster, with one away", roster),
        ("presence, away", presence(Presence::Away { member: away })),
        ("presence, back", presence(Presence::Back { member: away })),
        ("invited", invited),
        ("read", Event::Read { seq: Seq(3) }),
    ]
    .map(named)
    .into()
}

/// A message that was edited and has reactions.
fn amended() -> Entry {
    let zoe = Member {
        id: MemberId(MAX_SAFE),
        nick: "Zoë".into(),
    };
    Entry {
        edited: Some(Timestamp(AT + 1)),
        reactions: vec![
            Reaction {
                emoji: "👍🏽".into(),
                by: vec![ann(), zoe],
            },
            Reaction {
                emoji: "👩\u{200d}🚀".into(),
                by: vec![ann()],
            },
        ],
        ..entry(3, text("Hello, moon!"))
    }
}
