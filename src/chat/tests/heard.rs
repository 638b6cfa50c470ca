//! What was heard, in words that a test can compare.

use super::world::World;
use crate::ids::ConnId;
use crate::wire::event::{ByeCode, Event, Presence, RefusalCode, Retry};

pub(super) fn kinds(events: &[Event]) -> Vec<&'static str> {
    events.iter().map(kind).collect()
}

fn kind(event: &Event) -> &'static str {
    match event {
        Event::Welcome(_) => "welcome",
        Event::Pong { .. } => "pong",
        Event::Bye(_) => "bye",
        Event::Notice { .. } => "notice",
        Event::Roster { .. } => "roster",
        Event::Joined(_) => "joined",
        Event::JoinRefused { .. } => "join refused",
        Event::Entry(_) => "entry",
        Event::Presence { change, .. } => match change {
            Presence::Joined(_) => "came",
            Presence::Left(_) => "went",
            Presence::Away { .. } => "is away",
            Presence::Back { .. } => "is back",
        },
        Event::Ack { .. } => "ack",
        Event::Refused { .. } => "refused",
        Event::History(_) => "history",
        Event::Typing { .. } => "typing",
        Event::Left => "left",
        Event::Rejected { .. } => "rejected",
        Event::Looked(_) => "looked",
        Event::Found { .. } => "found",
        Event::Rooms { .. } => "rooms",
        Event::Invited { .. } => "invited",
        Event::Read { .. } => "read",
    }
}

pub(super) fn names(events: &[Event]) -> Vec<String> {
    let roster = events.iter().rev().find_map(|event| match event {
        Event::Roster { members, .. } => Some(members),
        _ => None,
    });
    let roster = roster.expect("a roster was heard");
    roster
        .iter()
        .map(|member| member.nick.to_string())
        .collect()
}

pub(super) fn join_refusal(events: &[Event]) -> (RefusalCode, String) {
    match events {
        [Event::JoinRefused { refusal, .. }] => (refusal.code, refusal.text.to_string()),
        other => panic!("expected one refusal, heard {:?}", kinds(other)),
    }
}

pub(super) fn refusal(event: &Event) -> (RefusalCode, bool) {
    match event {
        Event::Refused { refusal, .. } | Event::Rejected { refusal } => {
            (refusal.code, refusal.retry)
        }
        other => panic!("expected a refusal, heard {}", kind(other)),
    }
}

/// Every goodbye that was said, without its sentence.
pub(super) fn goodbyes(world: &World) -> Vec<(ConnId, ByeCode, Retry)> {
    let told = world.closed.iter().map(|(conn, event)| match event {
        Event::Bye(bye) => (*conn, bye.code, bye.retry),
        other => panic!("no goodbye but {}", kind(other)),
    });
    told.collect()
}
