//! Wire values as plain JSON, in the shape that a TypeScript discriminated union takes.
//!
//! Written by hand, so that a change of the wire cannot change both sides unnoticed.

use chinwag::wire::event::{
    Bye, ByeCode, Content, Cursor, Entry, Event, Joined, Limits, Mark, Member, Page, Presence,
    Reaction, Refusal, RefusalCode, Retry, RoomCard, Welcome,
};
use chinwag::wire::raw::{Hello, MoveReason, Range, RawCommand, RoomRef, Transport};
use serde_json::{Value, json};

use super::hex;

pub(crate) fn command(command: &RawCommand) -> Value {
    match command {
        RawCommand::Hello(hello) => greeting(hello),
        RawCommand::Bye => json!({ "kind": "bye" }),
        RawCommand::Ping { nonce } => json!({ "kind": "ping", "nonce": nonce }),
        RawCommand::Join {
            room,
            nick,
            cursor,
            member,
        } => json!({
            "kind": "join",
            "room": room_ref(room),
            "nick": nick,
            "cursor": cursor.as_ref().map(place),
            "member": hex(&member.0),
        }),
        RawCommand::Leave => json!({ "kind": "leave" }),
        RawCommand::Send { number, content } => {
            json!({ "kind": "send", "number": number, "content": said(content) })
        }
        RawCommand::History { range, limit } => {
            json!({ "kind": "history", "range": part(*range), "limit": limit })
        }
        RawCommand::Typing => json!({ "kind": "typing" }),
        RawCommand::Moved { from, reason } => {
            json!({ "kind": "moved", "from": transport(*from), "reason": move_reason(*reason) })
        }
        RawCommand::Look { seqs } => json!({ "kind": "look", "seqs": seqs }),
        RawCommand::Search {
            text,
            from,
            after,
            before,
            below,
            limit,
        } => json!({
            "kind": "search",
            "text": text,
            "from": from,
            "after": after.map(|at| at.0),
            "before": before.map(|at| at.0),
            "below": below,
            "limit": limit,
        }),
        RawCommand::Rooms { like, limit } => {
            json!({ "kind": "rooms", "like": like, "limit": limit })
        }
        RawCommand::Invite { to, key, name } => {
            json!({ "kind": "invite", "to": to.0, "key": hex(&key.0), "name": name })
        }
        RawCommand::Away { away } => json!({ "kind": "away", "away": away }),
        RawCommand::Read { seq } => json!({ "kind": "read", "seq": seq }),
    }
}

fn room_ref(room: &RoomRef) -> Value {
    match room {
        RoomRef::Named(name) => json!({ "kind": "named", "name": name }),
        RoomRef::Private { key, name } => {
            json!({ "kind": "private", "key": hex(&key.0), "name": name })
        }
    }
}

fn part(range: Range) -> Value {
    match range {
        Range::Before(seq) => json!({ "kind": "before", "seq": seq.0 }),
        Range::After(seq) => json!({ "kind": "after", "seq": seq.0 }),
        Range::Around(seq) => json!({ "kind": "around", "seq": seq.0 }),
        Range::At(at) => json!({ "kind": "at", "time": at.0 }),
    }
}

fn transport(transport: Transport) -> &'static str {
    match transport {
        Transport::WebTransport => "WebTransport",
        Transport::WebSocket => "WebSocket",
    }
}

fn move_reason(reason: MoveReason) -> &'static str {
    match reason {
        MoveReason::Lost => "Lost",
        MoveReason::Stalled => "Stalled",
        MoveReason::Better => "Better",
        MoveReason::Told => "Told",
        MoveReason::Network => "Network",
    }
}

fn greeting(hello: &Hello) -> Value {
    json!({
        "kind": "hello",
        "version": hello.version,
        "token": hello.token.as_ref().map(|token| hex(token)),
        "next": hex(&hello.next),
        "client": hello.client,
    })
}

pub(crate) fn event(event: &Event) -> Value {
    match event {
        Event::Welcome(it) => welcome(it),
        Event::Pong { nonce, now } => json!({ "kind": "pong", "nonce": nonce, "now": now.0 }),
        Event::Bye(it) => bye(it),
        Event::Notice { at, text } => json!({ "kind": "notice", "at": at.0, "text": text }),
        Event::Roster {
            room,
            members,
            more,
            away,
        } => {
            let members: Vec<_> = members.iter().map(member).collect();
            let away: Vec<_> = away.iter().map(|id| id.0).collect();
            json!({ "kind": "roster", "room": room, "members": members, "more": more, "away": away })
        }
        Event::Joined(it) => joined(it),
        Event::JoinRefused {
            refusal: why,
            suggestions,
        } => {
            json!({ "kind": "joinRefused", "refusal": refusal(why), "suggestions": suggestions })
        }
        Event::Entry(it) => json!({ "kind": "entry", "entry": entry(it) }),
        Event::Presence { at, change } => {
            json!({ "kind": "presence", "at": at.0, "change": presence(change) })
        }
        Event::Ack { number } => json!({ "kind": "ack", "number": number.0 }),
        Event::Refused {
            number,
            refusal: why,
        } => {
            json!({ "kind": "refused", "number": number.0, "refusal": refusal(why) })
        }
        Event::History(it) => json!({ "kind": "history", "page": page(it) }),
        Event::Typing { member } => json!({ "kind": "typing", "member": member.0 }),
        Event::Left => json!({ "kind": "left" }),
        Event::Rejected { refusal: why } => json!({ "kind": "rejected", "refusal": refusal(why) }),
        Event::Looked(it) => json!({ "kind": "looked", "page": page(it) }),
        Event::Found { hits, more } => {
            let hits: Vec<_> = hits.iter().map(entry).collect();
            json!({ "kind": "found", "hits": hits, "more": more })
        }
        Event::Rooms { rooms, more } => {
            let rooms: Vec<_> = rooms.iter().map(card).collect();
            json!({ "kind": "rooms", "rooms": rooms, "more": more })
        }
        Event::Invited { from, key, name } => {
            json!({ "kind": "invited", "from": member(from), "key": hex(&key.0), "name": name })
        }
        Event::Read { seq } => json!({ "kind": "read", "seq": seq.0 }),
    }
}

fn welcome(it: &Welcome) -> Value {
    json!({
        "kind": "welcome",
        "version": it.version,
        "resumed": it.resumed,
        "epoch": it.epoch.0,
        "now": it.now.0,
        "server": it.server,
        "limits": limits(&it.limits),
    })
}

fn limits(it: &Limits) -> Value {
    json!({
        "frameBytes": it.frame_bytes,
        "bodyChars": it.body_chars,
        "nickGraphemes": it.nick_graphemes,
        "roomGraphemes": it.room_graphemes,
        "rooms": it.rooms,
        "window": it.window,
        "graceMs": it.grace_ms,
    })
}

fn bye(it: &Bye) -> Value {
    let retry = match it.retry {
        Retry::Stop => json!({ "kind": "stop" }),
        Retry::After(ms) => json!({ "kind": "after", "ms": ms }),
    };
    json!({ "kind": "bye", "code": bye_code(it.code), "text": it.text, "retry": retry })
}

fn joined(it: &Joined) -> Value {
    json!({
        "kind": "joined",
        "you": it.you.0,
        "room": it.room,
        "epoch": it.epoch.0,
        "head": it.head.0,
        "continues": it.continues,
        "page": page(&it.page),
        "mark": mark(&it.mark),
        "topic": it.topic,
        "seat": it.seat.0,
        "read": it.read.0,
    })
}

fn card(it: &RoomCard) -> Value {
    json!({ "name": it.name, "topic": it.topic, "members": it.members })
}

fn member(it: &Member) -> Value {
    json!({ "id": it.id.0, "nick": it.nick })
}

fn presence(it: &Presence) -> Value {
    match it {
        Presence::Joined(who) => json!({ "kind": "joined", "member": member(who) }),
        Presence::Left(who) => json!({ "kind": "left", "member": member(who) }),
        Presence::Away { member } => json!({ "kind": "away", "member": member.0 }),
        Presence::Back { member } => json!({ "kind": "back", "member": member.0 }),
    }
}

fn page(it: &Page) -> Value {
    let entries: Vec<_> = it.entries.iter().map(entry).collect();
    json!({ "entries": entries, "more": it.more, "newer": it.newer, "asOf": it.as_of.0 })
}

fn mark(it: &Mark) -> Value {
    let refused: Vec<_> = it
        .refused
        .iter()
        .map(|one| json!({ "number": one.number.0, "code": refusal_code(one.code) }))
        .collect();
    json!({ "number": it.number.0, "refused": refused })
}

fn entry(it: &Entry) -> Value {
    json!({
        "seq": it.seq.0,
        "at": it.at.0,
        "author": it.author.0,
        "number": it.number.0,
        "nick": it.nick,
        "content": said(&it.content),
        "edited": it.edited.map(|at| at.0),
        "reactions": it.reactions.iter().map(reaction).collect::<Vec<_>>(),
        "seat": it.seat.0,
    })
}

fn reaction(it: &Reaction) -> Value {
    let by: Vec<_> = it.by.iter().map(member).collect();
    json!({ "emoji": it.emoji, "by": by })
}

fn said(it: &Content) -> Value {
    match it {
        Content::Text { body, reply } => {
            json!({ "kind": "text", "body": body, "reply": reply.map(|seq| seq.0) })
        }
        Content::Location {
            latitude,
            longitude,
        } => {
            json!({ "kind": "location", "latitude": latitude, "longitude": longitude })
        }
        Content::Edit { of, body } => json!({ "kind": "edit", "of": of.0, "body": body }),
        Content::Delete { of } => json!({ "kind": "delete", "of": of.0 }),
        Content::React { of, emoji, on } => {
            json!({ "kind": "react", "of": of.0, "emoji": emoji, "on": on })
        }
        Content::Topic { text } => json!({ "kind": "topic", "text": text }),
        Content::Deleted => json!({ "kind": "deleted" }),
        Content::Emptied => json!({ "kind": "emptied" }),
    }
}

fn place(it: &Cursor) -> Value {
    json!({ "epoch": it.epoch.0, "seq": it.seq.0 })
}

fn refusal(it: &Refusal) -> Value {
    json!({
        "code": refusal_code(it.code),
        "text": it.text,
        "retry": it.retry,
        "retryAfterMs": it.retry_after_ms,
    })
}

fn bye_code(code: ByeCode) -> &'static str {
    match code {
        ByeCode::Draining => "draining",
        ByeCode::Slow => "slow",
        ByeCode::Replaced => "replaced",
        ByeCode::Malformed => "malformed",
        ByeCode::Version => "version",
        ByeCode::Timeout => "timeout",
        ByeCode::Full => "full",
        ByeCode::TokenReused => "tokenReused",
        ByeCode::Goodbye => "goodbye",
    }
}

fn refusal_code(code: RefusalCode) -> &'static str {
    match code {
        RefusalCode::NameOrRoomMissing => "nameOrRoomMissing",
        RefusalCode::NameInvalid => "nameInvalid",
        RefusalCode::RoomInvalid => "roomInvalid",
        RefusalCode::NameInUse => "nameInUse",
        RefusalCode::NameReserved => "nameReserved",
        RefusalCode::RoomFull => "roomFull",
        RefusalCode::TooManyRooms => "tooManyRooms",
        RefusalCode::ServerFull => "serverFull",
        RefusalCode::NotJoined => "notJoined",
        RefusalCode::AlreadyJoined => "alreadyJoined",
        RefusalCode::Profanity => "profanity",
        RefusalCode::Blank => "blank",
        RefusalCode::TooLong => "tooLong",
        RefusalCode::Unprintable => "unprintable",
        RefusalCode::NotOnGlobe => "notOnGlobe",
        RefusalCode::NumberSkipped => "numberSkipped",
        RefusalCode::TooFast => "tooFast",
        RefusalCode::LogUnavailable => "logUnavailable",
        RefusalCode::Busy => "busy",
        RefusalCode::NotYours => "notYours",
        RefusalCode::NotThere => "notThere",
        RefusalCode::TooManyReactions => "tooManyReactions",
        RefusalCode::NotAnEmoji => "notAnEmoji",
        RefusalCode::NotHere => "notHere",
    }
}
