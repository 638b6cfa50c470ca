//! Lanes that are used again while the log still works on what was asked before.

use std::time::Duration;

use super::world::{Disk, World, texts};
use crate::chat::{Input, LaneRef};
use crate::ids::LaneId;
use crate::wire::event::{Content, Event};
use crate::wire::raw::RawCommand;

fn join(room: &str) -> RawCommand {
    RawCommand::Join {
        room: room.into(),
        nick: "ann".into(),
        cursor: None,
        member: crate::ids::MemberSecret([7; 32]),
    }
}

fn connected(world: &mut World) -> LaneRef {
    let conn = world.hello(None, 1);
    let lane = LaneId(1);
    LaneRef { conn, lane }
}

#[test]
fn an_answer_that_comes_too_late_costs_the_next_join_on_the_lane_nothing() {
    let mut world = World::new();
    let bob = world.join("bob", "lobby");
    let lane = connected(&mut world);
    world.disk = Disk::Held;
    world.raw(lane, join("kitchen"));
    world.input(Input::LaneClosed(lane));
    world.raw(lane, join("lobby"));
    world.answer_nothing();
    let refused = |event: &Event| matches!(event, Event::JoinRefused { .. });
    let heard = world.take(lane);
    // Only the join that waited is refused, once.
    assert_eq!(
        heard.iter().filter(|it| refused(it)).count(),
        1,
        "{heard:?}"
    );
    world.raw(lane, join("lobby"));
    world.disk = Disk::Quick;
    world.commit();
    world.say(bob, 1, "hello");
    assert_eq!(world.take_texts(lane), ["hello"]);
}

#[test]
fn a_join_is_let_in_by_its_own_answer_only() {
    let mut world = World::new();
    let lane = connected(&mut world);
    world.disk = Disk::Held;
    world.raw(lane, join("kitchen"));
    world.input(Input::LaneClosed(lane));
    world.raw(lane, join("lobby"));
    world.disk = Disk::Quick;
    world.commit();
    let heard = world.take(lane);
    let rooms: Vec<&str> = heard
        .iter()
        .filter_map(|event| match event {
            Event::Joined(joined) => Some(&*joined.room),
            _ => None,
        })
        .collect();
    assert_eq!(rooms, ["lobby"]);
    assert_eq!(world.counts().members, 1);
}

#[test]
fn a_page_that_comes_too_late_is_not_told_to_the_next_room_on_the_lane() {
    let mut world = World::new();
    let lane = connected(&mut world);
    world.raw(lane, join("kitchen"));
    world.say(lane, 1, "in the kitchen");
    world.disk = Disk::Held;
    let before = crate::ids::Seq(2);
    world.raw(lane, RawCommand::older(before.0, 10));
    world.raw(lane, RawCommand::Leave);
    world.take(lane);
    world.raw(lane, join("lobby"));
    world.disk = Disk::Quick;
    world.commit();
    assert_eq!(texts(&world.take(lane)), Vec::<String>::new());
}

#[test]
fn times_never_go_back_even_among_messages_that_are_still_on_their_way() {
    let mut world = World::new();
    let ann = world.join("ann", "lobby");
    world.advance(Duration::from_secs(60));
    world.disk = Disk::Held;
    world.say(ann, 1, "before the clock was set");
    world.set_clock_back(Duration::from_secs(50));
    world.say(ann, 2, "after it");
    world.disk = Disk::Quick;
    world.commit();
    let times: Vec<i64> = world
        .take(ann)
        .into_iter()
        .filter_map(|event| match event {
            Event::Entry(entry) if matches!(entry.content, Content::Text { .. }) => {
                Some(entry.at.0)
            }
            _ => None,
        })
        .collect();
    assert_eq!(times.len(), 2);
    assert!(times[0] <= times[1], "{times:?}");
}
