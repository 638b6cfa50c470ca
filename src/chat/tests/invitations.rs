//! Invitations: who gets them, when, and how many.

use std::time::Duration;

use super::world::{World, ack};
use crate::chat::limits::{GRACE, INVITATIONS_EACH, ROOMS_PER_SESSION};
use crate::chat::{Input, LaneRef};
use crate::ids::{MemberId, RoomSecret};
use crate::wire::event::{Event, RefusalCode};
use crate::wire::raw::RawCommand;

fn you(world: &mut World, lane: LaneRef) -> MemberId {
    let heard = world.take(lane);
    let joined = heard.iter().find_map(|event| match event {
        Event::Joined(joined) => Some(joined.you),
        _ => None,
    });
    joined.unwrap_or_else(|| panic!("not let in: {heard:?}"))
}

fn invite(world: &mut World, from: LaneRef, to: MemberId, key: u8) {
    let (key, name) = (RoomSecret([key; 32]), "Den".into());
    world.raw(from, RawCommand::Invite { to, key, name });
}

/// The secrets of the invitations among some events.
fn keys(events: &[Event]) -> Vec<u8> {
    let keys = events.iter().filter_map(|event| match event {
        Event::Invited { key, .. } => Some(key.0[0]),
        _ => None,
    });
    keys.collect()
}

fn refusal(events: &[Event]) -> (RefusalCode, bool) {
    match events {
        [Event::Rejected { refusal }] => (refusal.code, refusal.retry),
        other => panic!("not refused: {other:?}"),
    }
}

/// Ann, Bob and Cy in the lobby, past their arrival; Bob's session has the token 1.
fn lobby() -> (World, [LaneRef; 3], MemberId) {
    let mut world = World::new();
    let ann = world.join("ann", "lobby");
    let conn = world.hello(None, 1);
    let bob = world.join_on(conn, ("bob", "lobby"), None);
    let cy = world.join("cy", "lobby");
    let to = you(&mut world, bob);
    for lane in [ann, bob, cy] {
        world.take(lane);
    }
    (world, [ann, bob, cy], to)
}

fn come_back(world: &mut World) -> LaneRef {
    let conn = world.hello(Some(1), 2);
    world.join_on(conn, ("bob", "lobby"), Some(0))
}

#[test]
fn an_invitation_reaches_the_one_who_is_invited_and_nobody_else() {
    let (mut world, [ann, bob, cy], to) = lobby();
    invite(&mut world, ann, to, 7);
    let heard = world.take(bob);
    let [Event::Invited { from, key, name }] = &heard[..] else {
        panic!("not invited: {heard:?}");
    };
    assert_eq!((&*from.nick, key.0, &**name), ("ann", [7; 32], "Den"));
    assert_eq!((world.take(ann), world.take(cy)), (vec![], vec![]));
    let den = world.join_private("bob", key.0, name);
    you(&mut world, den);
}

#[test]
fn an_invitation_waits_for_a_lost_connection_as_long_as_the_name_is_held() {
    let (mut world, [ann, bob, _cy], to) = lobby();
    world.input(Input::Closed(bob.conn));
    invite(&mut world, ann, to, 7);
    invite(&mut world, ann, to, 7);
    assert_eq!(world.counts().invitations, 1, "said twice, kept once");
    assert_eq!(world.take(ann), []);
    let back = come_back(&mut world);
    let heard = world.take(back);
    assert_eq!(keys(&heard), [7]);
    let is_invited = |it: &Event| matches!(it, Event::Invited { .. });
    let is_joined = |it: &Event| matches!(it, Event::Joined(_));
    let told = heard.iter().position(is_invited);
    assert!(told > heard.iter().position(is_joined), "after the join");
    assert_eq!(world.counts().invitations, 0);
    world.input(Input::Closed(back.conn));
    invite(&mut world, ann, to, 8);
    world.advance(GRACE);
    assert_eq!(world.counts().invitations, 0);
    world.take(ann);
    invite(&mut world, ann, to, 8);
    assert_eq!(refusal(&world.take(ann)), (RefusalCode::NotHere, false));
}

#[test]
fn an_invitation_waits_on_a_lane_that_is_closed_as_well() {
    let (mut world, [ann, bob, _cy], to) = lobby();
    world.input(Input::LaneClosed(bob));
    invite(&mut world, ann, to, 7);
    let again = world.join_on(bob.conn, ("bob", "lobby"), Some(0));
    assert_eq!(keys(&world.take(again)), [7]);
}

#[test]
fn whoever_has_another_name_by_then_is_still_told_what_waited() {
    let (mut world, [ann, bob, _cy], to) = lobby();
    world.input(Input::LaneClosed(bob));
    invite(&mut world, ann, to, 7);
    let anew = world.join_on(bob.conn, ("Bobby", "lobby"), None);
    assert_eq!(keys(&world.take(anew)), [7]);
    assert_eq!(world.counts().invitations, 0);
}

#[test]
fn who_is_not_here_cannot_be_invited_wherever_else_they_are() {
    let (mut world, [ann, _bob, _cy], _to) = lobby();
    let dee = world.join("dee", "den");
    let elsewhere = you(&mut world, dee);
    for to in [elsewhere, MemberId(0), MemberId(u64::MAX)] {
        invite(&mut world, ann, to, 7);
        assert_eq!(refusal(&world.take(ann)), (RefusalCode::NotHere, false));
    }
    assert_eq!(world.take(dee), []);
}

#[test]
fn who_has_no_room_or_no_name_for_it_invites_nobody() {
    let (mut world, [ann, bob, _cy], to) = lobby();
    let stray = LaneRef::control(ann.conn);
    world.take(stray);
    invite(&mut world, stray, to, 7);
    assert_eq!(refusal(&world.take(stray)), (RefusalCode::NotJoined, false));
    for name in ["", "a\u{202e}b"] {
        let (key, name) = (RoomSecret([7; 32]), name.into());
        world.raw(ann, RawCommand::Invite { to, key, name });
        assert_eq!(refusal(&world.take(ann)), (RefusalCode::RoomInvalid, false));
    }
    assert_eq!(world.take(bob), []);
}

#[test]
fn whoever_invites_without_end_is_slowed_down() {
    let (mut world, [ann, bob, _cy], to) = lobby();
    for _ in 0..ROOMS_PER_SESSION + 10 {
        invite(&mut world, ann, to, 7);
    }
    assert_eq!(keys(&world.take(bob)).len(), ROOMS_PER_SESSION);
    let heard = world.take(ann);
    assert_eq!(heard.len(), 10);
    assert_eq!(refusal(&heard[..1]), (RefusalCode::TooFast, true));
    world.advance(Duration::from_secs(2));
    invite(&mut world, ann, to, 7);
    assert_eq!(keys(&world.take(bob)), [7]);
}

#[test]
fn only_so_many_invitations_wait_for_one_member() {
    let (mut world, [ann, bob, cy], to) = lobby();
    world.input(Input::Closed(bob.conn));
    for key in 1..=INVITATIONS_EACH {
        invite(&mut world, ann, to, u8::try_from(key).unwrap());
    }
    invite(&mut world, cy, to, 99);
    assert_eq!(refusal(&world.take(cy)), (RefusalCode::Busy, true));
    assert_eq!(world.counts().invitations, INVITATIONS_EACH);
    let back = come_back(&mut world);
    assert_eq!(keys(&world.take(back)).len(), INVITATIONS_EACH);
    invite(&mut world, cy, to, 99);
    assert_eq!(keys(&world.take(back)), [99]);
}

#[test]
fn an_invitation_is_no_entry_and_uses_no_number_up() {
    let (mut world, [ann, bob, _cy], to) = lobby();
    invite(&mut world, ann, to, 7);
    world.take(bob);
    world.say(ann, 1, "the first");
    let heard = world.take(ann);
    assert!(heard.contains(&ack(1)), "{heard:?}");
    let entry = heard.iter().find_map(|event| match event {
        Event::Entry(entry) => Some(entry.seq.0),
        _ => None,
    });
    assert_eq!(entry, Some(1));
}

#[test]
fn a_restart_forgets_what_waited_and_holds_nothing_of_it() {
    let (mut world, [ann, bob, _cy], to) = lobby();
    world.input(Input::Closed(bob.conn));
    invite(&mut world, ann, to, 7);
    world.restart();
    let back = come_back(&mut world);
    assert_eq!(keys(&world.take(back)), [0; 0]);
    assert_eq!(world.counts().invitations, 0);
}
