//! Searching: who may, how often, and what comes back.

use std::time::Duration;

use super::world::{Disk, World};
use crate::chat::LaneRef;
use crate::chat::limits::SEARCHES;
use crate::ids::LaneId;
use crate::wire::event::{Event, RefusalCode};
use crate::wire::raw::RawCommand;

fn search(text: &str) -> RawCommand {
    RawCommand::Search {
        text: text.to_owned(),
        from: None,
        after: None,
        before: None,
        below: u64::MAX,
        limit: 20,
    }
}

/// The sequence numbers found, or why it was refused.
fn outcome(world: &mut World, lane: LaneRef) -> Result<Vec<u64>, RefusalCode> {
    match &world.take(lane)[..] {
        [Event::Found { hits, .. }] => Ok(hits.iter().map(|hit| hit.seq.0).collect()),
        [Event::Rejected { refusal }] => Err(refusal.code),
        other => panic!("neither found nor rejected: {other:?}"),
    }
}

fn ask(world: &mut World, lane: LaneRef, sought: RawCommand) -> Result<Vec<u64>, RefusalCode> {
    world.take(lane);
    world.raw(lane, sought);
    outcome(world, lane)
}

// F2
#[test]
fn a_member_finds_what_was_said_in_its_room_and_nobody_hears_of_it() {
    let mut world = World::new();
    let (ann, bob) = (world.join("ann", "lobby"), world.join("bob", "lobby"));
    let cy = world.join("cy", "den");
    world.say(ann, 1, "Tea?");
    world.say(cy, 1, "Tea!");
    world.say(ann, 2, "or coffee");
    world.take(bob);
    assert_eq!(ask(&mut world, ann, search("tea")), Ok(vec![1]));
    assert_eq!(world.take(bob), []);
    assert_eq!(ask(&mut world, cy, search("coffee")), Ok(vec![]));
}

#[test]
fn who_is_no_member_finds_nothing() {
    let mut world = World::new();
    let ann = world.join("ann", "lobby");
    world.say(ann, 1, "secret");
    let conn = world.hello(None, 77);
    let lane = |lane| LaneRef { conn, lane };
    let nowhere = lane(LaneId(9));
    let refused = Err(RefusalCode::NotJoined);
    assert_eq!(ask(&mut world, nowhere, search("secret")), refused);
    let control = lane(LaneId::CONTROL);
    assert_eq!(ask(&mut world, control, search("secret")), refused);
    world.raw(ann, RawCommand::Leave);
    assert_eq!(ask(&mut world, ann, search("secret")), refused);
}

#[test]
fn what_is_found_after_a_leave_is_told_nobody() {
    let mut world = World::new();
    let ann = world.join("ann", "lobby");
    world.say(ann, 1, "secret");
    world.take(ann);
    world.disk = Disk::Held;
    world.raw(ann, search("secret"));
    world.raw(ann, RawCommand::Leave);
    world.commit();
    let heard = world.take(ann);
    let found = |event: &Event| matches!(event, Event::Found { .. });
    assert!(!heard.iter().any(found), "{heard:?}");
}

#[test]
fn a_lane_waits_for_one_answer_at_a_time() {
    let mut world = World::new();
    let ann = world.join("ann", "lobby");
    world.say(ann, 1, "tea");
    world.disk = Disk::Held;
    world.take(ann);
    world.raw(ann, search("tea"));
    assert_eq!(ask(&mut world, ann, search("tea")), Err(RefusalCode::Busy));
    world.commit();
    assert_eq!(outcome(&mut world, ann), Ok(vec![1]));
    assert_eq!(ask_held(&mut world, ann), Ok(vec![1]));
}

fn ask_held(world: &mut World, lane: LaneRef) -> Result<Vec<u64>, RefusalCode> {
    world.raw(lane, search("tea"));
    world.commit();
    outcome(world, lane)
}

#[test]
fn who_searches_without_end_is_slowed() {
    let mut world = World::new();
    let ann = world.join("ann", "lobby");
    for _ in 0..SEARCHES.burst {
        assert_eq!(ask(&mut world, ann, search("tea")), Ok(vec![]));
    }
    let refused = ask(&mut world, ann, search("tea"));
    assert_eq!(refused, Err(RefusalCode::TooFast));
    world.advance(Duration::from_secs(1));
    assert_eq!(ask(&mut world, ann, search("tea")), Ok(vec![]));
}

#[test]
fn a_search_that_is_too_long_is_refused_and_a_name_that_cannot_be_finds_nothing() {
    let mut world = World::new();
    let ann = world.join("ann", "lobby");
    let long = ask(&mut world, ann, search(&"é".repeat(201)));
    assert_eq!(long, Err(RefusalCode::TooLong));
    for name in ["", " ", "a\nb", "\u{202e}nna"] {
        let RawCommand::Search {
            text,
            after,
            before,
            below,
            limit,
            ..
        } = search("tea")
        else {
            unreachable!("a search");
        };
        let from = Some(name.to_owned());
        let sought = RawCommand::Search {
            text,
            from,
            after,
            before,
            below,
            limit,
        };
        assert_eq!(ask(&mut world, ann, sought), Ok(vec![]), "{name:?}");
    }
}

#[test]
fn a_log_that_cannot_answer_is_no_reason_to_stop() {
    let mut world = World::new();
    let ann = world.join("ann", "lobby");
    world.take(ann);
    world.disk = Disk::Held;
    world.raw(ann, search("tea"));
    world.answer_nothing();
    assert_eq!(outcome(&mut world, ann), Err(RefusalCode::LogUnavailable));
    world.disk = Disk::Quick;
    assert_eq!(ask(&mut world, ann, search("tea")), Ok(vec![]));
}
