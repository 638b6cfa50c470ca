//! Being away: who is told, how often, and what stays.

use std::time::Duration;

use super::world::{World, settings};
use crate::chat::limits::{AWAY_MEMBERS, GRACE, ROOMS_PER_SESSION};
use crate::chat::{Input, LaneRef, Settings};
use crate::ids::{ConnId, MemberId};
use crate::wire::event::{Event, Presence, RefusalCode};
use crate::wire::raw::RawCommand;

fn set(world: &mut World, conn: ConnId, away: bool) {
    world.raw(LaneRef::control(conn), RawCommand::Away { away });
}

/// What was told of it: true for away, false for back.
fn told(world: &mut World, lane: LaneRef) -> Vec<(MemberId, bool)> {
    let heard = world.take(lane);
    let changes = heard.iter().filter_map(|event| match event {
        Event::Presence { change, .. } => Some(change),
        _ => None,
    });
    let away = changes.filter_map(|change| match change {
        Presence::Away { member } => Some((*member, true)),
        Presence::Back { member } => Some((*member, false)),
        Presence::Joined(_) | Presence::Left(_) => None,
    });
    away.collect()
}

/// Who is away in the list that came with a join.
fn away_in_roster(world: &mut World, lane: LaneRef) -> Vec<MemberId> {
    let heard = world.take(lane);
    let parts = heard.iter().filter_map(|event| match event {
        Event::Roster { away, .. } => Some(away),
        _ => None,
    });
    parts.flatten().copied().collect()
}

fn you(world: &mut World, lane: LaneRef) -> MemberId {
    let heard = world.take(lane);
    let joined = heard.iter().find_map(|event| match event {
        Event::Joined(joined) => Some(joined.you),
        _ => None,
    });
    joined.unwrap_or_else(|| panic!("not let in: {heard:?}"))
}

/// Ann and Bob in the lobby; Bob's session has the token 1.
fn lobby() -> (World, LaneRef, LaneRef, MemberId) {
    let mut world = World::new();
    let ann = world.join("ann", "lobby");
    let conn = world.hello(None, 1);
    let bob = world.join_on(conn, ("bob", "lobby"), None);
    let id = you(&mut world, bob);
    world.take(ann);
    (world, ann, bob, id)
}

// P4
#[test]
fn going_away_and_coming_back_is_told_once_each() {
    let (mut world, ann, bob, id) = lobby();
    set(&mut world, bob.conn, true);
    set(&mut world, bob.conn, true);
    assert_eq!(told(&mut world, ann), [(id, true)]);
    assert_eq!(told(&mut world, bob), [(id, true)], "its other tabs see it");
    set(&mut world, bob.conn, false);
    set(&mut world, bob.conn, false);
    assert_eq!(told(&mut world, ann), [(id, false)]);
}

#[test]
fn every_room_of_the_session_is_told_and_no_other() {
    let mut world = World::new();
    let conn = world.hello(None, 1);
    let rooms = ["lobby", "den"];
    let mut lanes = rooms.map(|room| world.join(&format!("in {room}"), room));
    for room in rooms {
        world.join_on(conn, ("bob", room), None);
    }
    let elsewhere = world.join("eve", "attic");
    set(&mut world, conn, true);
    assert!(
        lanes
            .iter_mut()
            .all(|lane| told(&mut world, *lane).len() == 1)
    );
    assert_eq!(told(&mut world, elsewhere), []);
}

#[test]
fn whoever_joins_sees_who_is_away() {
    let (mut world, _ann, bob, id) = lobby();
    set(&mut world, bob.conn, true);
    let cy = world.join("cy", "lobby");
    assert_eq!(away_in_roster(&mut world, cy), [id]);
    set(&mut world, bob.conn, false);
    let dee = world.join("dee", "lobby");
    assert_eq!(away_in_roster(&mut world, dee), []);
}

#[test]
fn a_room_that_is_joined_by_somebody_who_is_away_is_told_so() {
    let (mut world, _ann, bob, _id) = lobby();
    let cy = world.join("cy", "den");
    set(&mut world, bob.conn, true);
    let lane = world.join_on(bob.conn, ("bob", "den"), None);
    let id = you(&mut world, lane);
    assert_eq!(told(&mut world, cy), [(id, true)]);
    world.raw(lane, RawCommand::Leave);
    set(&mut world, bob.conn, false);
    assert_eq!(told(&mut world, cy), [], "it is not there any more");
    let lane = world.join_on(bob.conn, ("bob", "den"), None);
    assert_eq!(away_in_roster(&mut world, lane), []);
    assert_eq!(told(&mut world, cy), []);
}

#[test]
fn a_session_within_its_grace_stays_what_it_was() {
    let (mut world, ann, bob, id) = lobby();
    set(&mut world, bob.conn, true);
    told(&mut world, ann);
    world.input(Input::Closed(bob.conn));
    world.advance(GRACE / 2);
    let conn = world.hello(Some(1), 2);
    let back = world.join_on(conn, ("bob", "lobby"), Some(0));
    assert_eq!(away_in_roster(&mut world, back), [id]);
    assert_eq!(told(&mut world, ann), []);
    set(&mut world, conn, false);
    assert_eq!(told(&mut world, ann), [(id, false)]);
}

#[test]
fn whoever_was_gone_for_good_is_not_away_any_more() {
    let (mut world, ann, bob, _id) = lobby();
    set(&mut world, bob.conn, true);
    world.input(Input::Closed(bob.conn));
    world.advance(2 * GRACE);
    told(&mut world, ann);
    let conn = world.hello(Some(1), 2);
    let back = world.join_on(conn, ("bob", "lobby"), Some(0));
    assert_eq!(away_in_roster(&mut world, back), []);
    assert_eq!(told(&mut world, ann), []);
}

#[test]
fn one_who_goes_and_comes_without_end_is_told_of_now_and_then_and_rightly_in_the_end() {
    let (mut world, ann, bob, id) = lobby();
    for n in 0..1_001 {
        set(&mut world, bob.conn, n % 2 == 0);
    }
    let at_once = told(&mut world, ann);
    assert!(at_once.len() <= 4, "{at_once:?}");
    world.advance(Duration::from_secs(1));
    let later = told(&mut world, ann);
    assert!(later.len() <= 1, "{later:?}");
    let all = [at_once, later].concat();
    assert_eq!(all.last(), Some(&(id, true)));
    assert!(all.windows(2).all(|two| two[0].1 != two[1].1), "{all:?}");
    set(&mut world, bob.conn, false);
    world.raw(bob, RawCommand::Leave);
    world.raw(LaneRef::control(bob.conn), RawCommand::Bye);
    world.advance(Duration::from_secs(5));
    world.input(Input::Closed(ann.conn));
    world.advance(2 * GRACE);
    assert_eq!(world.counts().timers, 0);
}

#[test]
fn only_the_control_lane_speaks_for_the_whole_session() {
    let (mut world, ann, bob, _id) = lobby();
    world.raw(bob, RawCommand::Away { away: true });
    let heard = world.take(bob);
    assert!(
        matches!(&heard[..], [Event::Rejected { refusal }] if refusal.code == RefusalCode::NotJoined),
        "{heard:?}"
    );
    assert_eq!(told(&mut world, ann), []);
}

#[test]
fn large_rooms_are_not_told_who_is_away_but_always_who_is_back() {
    let mut world = World::with(|| Settings {
        max_sessions: 2 * AWAY_MEMBERS,
        ..settings()
    });
    let ann = world.join("ann", "lobby");
    let conn = world.hello(None, 1);
    let bob = world.join_on(conn, ("bob", "lobby"), None);
    let id = you(&mut world, bob);
    set(&mut world, conn, true);
    assert_eq!(told(&mut world, ann), [(id, true)]);
    for n in 2..=AWAY_MEMBERS {
        world.join(&format!("guest {n}"), "lobby");
    }
    set(&mut world, conn, false);
    assert_eq!(told(&mut world, ann), [(id, false)]);
    world.advance(Duration::from_secs(5));
    set(&mut world, conn, true);
    assert_eq!(told(&mut world, ann), []);
}

#[test]
fn as_many_rooms_as_one_may_have_are_told_at_once() {
    let mut world = World::new();
    let conn = world.hello(None, 1);
    let lanes: Vec<LaneRef> = (0..ROOMS_PER_SESSION)
        .map(|n| world.join_on(conn, ("bob", &format!("room {n}")), None))
        .collect();
    set(&mut world, conn, true);
    assert!(
        lanes
            .into_iter()
            .all(|lane| told(&mut world, lane).len() == 1)
    );
}
