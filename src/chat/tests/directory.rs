//! The directory: which rooms it shows to whom, in which order, and how much of them.

use std::time::Duration;

use super::world::{World, settings};
use crate::chat::limits::{DIRECTORY_ROOMS, GRACE};
use crate::chat::{Input, LaneRef, Settings};
use crate::ids::ConnId;
use crate::wire::encode_event;
use crate::wire::event::{Content, Event, RefusalCode, RoomCard};
use crate::wire::raw::RawCommand;

fn asks(world: &mut World, conn: ConnId, like: &str, limit: u16) -> Vec<Event> {
    let control = LaneRef::control(conn);
    world.take(control);
    let like = like.into();
    world.raw(control, RawCommand::Rooms { like, limit });
    world.take(control)
}

fn listed(world: &mut World, conn: ConnId, like: &str) -> (Vec<RoomCard>, bool) {
    match &asks(world, conn, like, 100)[..] {
        [Event::Rooms { rooms, more }] => (rooms.clone(), *more),
        other => panic!("not a list of rooms: {other:?}"),
    }
}

fn names(world: &mut World, conn: ConnId, like: &str) -> Vec<String> {
    let (rooms, _) = listed(world, conn, like);
    rooms.iter().map(|room| room.name.to_string()).collect()
}

fn crowded() -> Settings {
    Settings {
        max_sessions: 100_000,
        ..settings()
    }
}

#[test]
fn rooms_with_most_members_come_first_then_by_name() {
    let mut world = World::new();
    for (nick, room) in [
        ("ann", "Zoo"),
        ("bob", "Attic"),
        ("cy", "lobby"),
        ("dee", "Lobby"),
    ] {
        world.join(nick, room);
    }
    let eve = world.hello(None, 1);
    let (rooms, more) = listed(&mut world, eve, "");
    let told: Vec<_> = rooms.iter().map(|it| (&*it.name, it.members)).collect();
    assert_eq!(told, [("lobby", 2), ("Attic", 1), ("Zoo", 1)]);
    assert!(!more);
}

#[test]
fn a_part_of_the_name_is_found_however_it_is_written() {
    let mut world = World::new();
    world.join("ann", "Café  Straße");
    world.join("bob", "den");
    let eve = world.hello(None, 1);
    for like in [
        "café s",
        "CAFE\u{301}",
        " strasse ",
        "É  STR",
        "ﬁ".trim_matches('ﬁ'),
    ] {
        let found = names(&mut world, eve, like);
        assert!(found.contains(&"Café  Straße".to_owned()), "{like:?}");
    }
    assert_eq!(names(&mut world, eve, "DEN"), ["den"]);
    assert_eq!(names(&mut world, eve, "den x"), [""; 0]);
}

#[test]
fn a_room_is_listed_from_its_first_member_to_its_last() {
    let mut world = World::new();
    let ann = world.join("ann", "lobby");
    let bob = world.join("bob", "lobby");
    let eve = world.hello(None, 1);
    world.raw(ann, RawCommand::Leave);
    assert_eq!(listed(&mut world, eve, "").0[0].members, 1);
    world.input(Input::Closed(bob.conn));
    assert_eq!(listed(&mut world, eve, "").0[0].members, 1, "held");
    world.advance(GRACE);
    assert_eq!(names(&mut world, eve, ""), [""; 0]);
    assert_eq!(world.counts().listed, 0);
}

#[test]
fn a_private_room_is_never_listed_and_changes_nothing_in_the_list() {
    let mut world = World::new();
    world.join("ann", "Den");
    let eve = world.hello(None, 1);
    let before = listed(&mut world, eve, "");
    for n in 0..5 {
        world.join_private(&format!("guest {n}"), [7; 32], "Den");
        world.join_private(&format!("guest {n}"), [8; 32], "Secret");
    }
    assert_eq!(listed(&mut world, eve, ""), before);
    assert_eq!(names(&mut world, eve, "secret"), [""; 0]);
    let private = crate::ids::RoomName::private(&[8; 32], "Secret").unwrap();
    for part in ["\u{1}", private.key(), &private.key()[1..20]] {
        assert_eq!(names(&mut world, eve, part), [""; 0], "{part:?}");
    }
}

#[test]
fn a_room_is_shown_with_its_topic_and_by_the_name_of_its_first_writer() {
    let mut world = World::new();
    let ann = world.join("ann", "Tea");
    let text: std::sync::Arc<str> = "Earl Grey".into();
    let content = Content::Topic { text: text.clone() };
    world.raw(ann, RawCommand::Send { number: 1, content });
    world.raw(ann, RawCommand::Leave);
    world.join("bob", "TEA");
    let eve = world.hello(None, 1);
    let (rooms, _) = listed(&mut world, eve, "");
    let (name, topic, members) = ("Tea".into(), text, 1);
    let expected = RoomCard {
        name,
        topic,
        members,
    };
    assert_eq!(rooms, [expected]);
}

#[test]
fn as_many_rooms_as_asked_for_are_told_and_whether_there_are_more() {
    let mut world = World::with(crowded);
    for n in 0..150 {
        world.join("ann", &format!("room {n:03}"));
    }
    let eve = world.hello(None, 1);
    for (limit, expected) in [
        (0, 1),
        (2, 2),
        (100, 100),
        (u16::MAX, DIRECTORY_ROOMS.into()),
    ] {
        let heard = asks(&mut world, eve, "", limit);
        let [Event::Rooms { rooms, more }] = &heard[..] else {
            panic!("not a list of rooms: {heard:?}");
        };
        assert_eq!((rooms.len(), *more), (expected, true), "{limit}");
    }
    let (rooms, more) = listed(&mut world, eve, "room 00");
    assert_eq!((rooms.len(), more), (10, false));
}

#[test]
fn the_longest_names_and_topics_fit_a_frame() {
    let mut world = World::with(crowded);
    let topic: String = "\u{1f600}".repeat(200);
    for n in 0..100 {
        let name = format!("{}{n:02}", "a\u{301}\u{302}\u{303}".repeat(62));
        let ann = world.join("ann", &name);
        let text = topic.as_str().into();
        let content = Content::Topic { text };
        world.raw(ann, RawCommand::Send { number: 1, content });
    }
    let eve = world.hello(None, 1);
    let heard = asks(&mut world, eve, "", 100);
    let [event @ Event::Rooms { rooms, more }] = &heard[..] else {
        panic!("not a list of rooms: {heard:?}");
    };
    assert!(encode_event(event).is_ok());
    assert!(rooms.len() > 30 && *more, "{}", rooms.len());
}

#[test]
fn whoever_asks_without_end_is_told_to_wait() {
    let mut world = World::new();
    let eve = world.hello(None, 1);
    let mut waits = 0;
    for _ in 0..100 {
        match &asks(&mut world, eve, "", 1)[..] {
            [Event::Rooms { .. }] => {}
            [Event::Rejected { refusal }] => {
                assert_eq!(refusal.code, RefusalCode::Busy);
                assert!(refusal.retry && refusal.retry_after_ms > 0);
                waits += 1;
            }
            other => panic!("neither rooms nor a refusal: {other:?}"),
        }
    }
    assert!(waits > 80, "{waits}");
    world.advance(Duration::from_secs(10));
    listed(&mut world, eve, "");
}

#[test]
fn the_directory_is_asked_for_on_the_control_lane() {
    let mut world = World::new();
    let ann = world.join("ann", "lobby");
    world.take(ann);
    let (like, limit) = (String::new(), 10);
    world.raw(ann, RawCommand::Rooms { like, limit });
    let heard = world.take(ann);
    let [Event::Rejected { refusal }] = &heard[..] else {
        panic!("not refused: {heard:?}");
    };
    assert_eq!(refusal.code, RefusalCode::NotJoined);
}

#[test]
fn a_text_that_no_name_is_as_long_as_finds_nothing() {
    let mut world = World::new();
    world.join("ann", "lobby");
    let eve = world.hello(None, 1);
    assert_eq!(names(&mut world, eve, &"x".repeat(20_000)), [""; 0]);
}
