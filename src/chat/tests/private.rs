//! Private rooms: who gets in, and that nobody else learns anything, neither from what is
//! said nor from what is done.

use super::world::{Disk, World, filtered, texts};
use crate::chat::limits::GRACE;
use crate::chat::{Effect, Effects, LaneRef, Settings, WordFilter};
use crate::ids::{LaneId, RoomName, RoomSecret};
use crate::record::Query;
use crate::wire::event::{Event, Joined, RefusalCode};
use crate::wire::raw::{RawCommand, RoomRef};

const KEY: [u8; 32] = [7; 32];

fn joined(events: &[Event]) -> &Joined {
    let found = events.iter().find_map(|event| match event {
        Event::Joined(joined) => Some(joined),
        _ => None,
    });
    found.unwrap_or_else(|| panic!("not let in: {events:?}"))
}

fn members(events: &[Event]) -> Vec<String> {
    let told = events.iter().filter_map(|event| match event {
        Event::Roster { members, .. } => Some(members),
        _ => None,
    });
    told.flatten().map(|it| it.nick.to_string()).collect()
}

#[test]
fn whoever_has_the_secret_is_in_the_same_room_whatever_they_call_it() {
    let mut world = World::new();
    let ann = world.join_private("ann", KEY, "Den");
    world.say(ann, 1, "only for you");
    let bob = world.join_private("bob", KEY, "Somewhere");
    let heard = world.take(bob);
    assert_eq!(members(&heard), ["ann", "bob"]);
    assert_eq!(texts(&heard), ["only for you"]);
    assert_eq!(
        &*joined(&heard).room,
        "Den",
        "the first writer's name stays"
    );
}

#[test]
fn the_same_name_is_another_room_without_the_secret() {
    let mut world = World::new();
    let ann = world.join_private("ann", KEY, "Den");
    world.say(ann, 1, "only for you");
    world.take(ann);
    let eve = world.join("eve", "Den");
    let mal = world.join_private("mal", [8; 32], "Den");
    for lane in [eve, mal] {
        let heard = world.take(lane);
        assert_eq!(members(&heard).len(), 1);
        assert_eq!(texts(&heard), [""; 0]);
        assert_eq!(joined(&heard).head.0, 0);
        let range = crate::wire::raw::Range::Before(crate::ids::Seq(u64::MAX));
        world.raw(lane, RawCommand::History { range, limit: 100 });
        assert_eq!(texts(&world.take(lane)), [""; 0]);
    }
    world.say(eve, 1, "hello?");
    assert_eq!(world.take(ann), []);
    assert_eq!(world.counts().rooms, 3);
}

#[test]
fn a_private_room_outlives_its_members_and_a_restart() {
    let mut world = World::new();
    let ann = world.join_private("ann", KEY, "Den");
    world.say(ann, 1, "first");
    world.restart();
    world.advance(GRACE);
    assert_eq!(world.counts().rooms, 0);
    let bob = world.join_private("bob", KEY, "Other");
    let heard = world.take(bob);
    assert_eq!(texts(&heard), ["first"]);
    assert_eq!(&*joined(&heard).room, "Den");
}

#[test]
fn a_members_name_is_held_in_a_private_room_over_a_restart() {
    let mut world = World::new();
    let conn = world.hello(None, 1);
    world.join_secret(conn, ("ann", KEY, "Den"), None);
    world.restart();
    let mal = world.join_private("ann", KEY, "Den");
    assert!(
        matches!(&world.take(mal)[..], [Event::JoinRefused { refusal, .. }]
        if refusal.code == RefusalCode::NameInUse)
    );
    let conn = world.hello(Some(1), 2);
    let back = world.join_secret(conn, ("ann", KEY, "Den"), Some(0));
    assert_eq!(members(&world.take(back)), ["ann"]);
}

#[test]
fn the_name_of_a_private_room_obeys_the_rules_for_rooms() {
    let mut world = World::new();
    let long = "x".repeat(65);
    for (name, code) in [
        (" ", RefusalCode::NameOrRoomMissing),
        ("a\u{202e}b", RefusalCode::RoomInvalid),
        (&long, RefusalCode::RoomInvalid),
    ] {
        let lane = world.join_private("ann", KEY, name);
        let heard = world.take(lane);
        let [Event::JoinRefused { refusal, .. }] = &heard[..] else {
            panic!("let in: {heard:?}");
        };
        assert_eq!(refusal.code, code);
    }
    assert_eq!(world.counts().rooms, 0);
}

/// What is done for a join until the log has answered, and after it has.
fn work(world: &mut World, room: RoomRef) -> [Vec<&'static str>; 2] {
    let next = 1_000 + world.fresh_id();
    let conn = world.hello(None, next);
    world.disk = Disk::Held;
    let lane = LaneRef {
        conn,
        lane: LaneId(1),
    };
    let nick = "mal".into();
    let join = RawCommand::Join {
        room,
        nick,
        cursor: None,
        member: crate::ids::MemberSecret([7; 32]),
    };
    let asked = world.effects_of(|world| world.raw(lane, join));
    let answered = world.effects_of(World::answer);
    world.raw(lane, RawCommand::Leave);
    world.disk = Disk::Quick;
    world.commit();
    [kinds(&asked), kinds(&answered)]
}

fn kinds(effects: &Effects) -> Vec<&'static str> {
    let kind = |effect: &Effect| match effect {
        Effect::Send(_, Event::Roster { .. }) => "roster",
        Effect::Send(_, Event::Joined(_)) => "joined",
        Effect::Send(..) => "send",
        Effect::Broadcast(..) => "broadcast",
        Effect::Attach(..) => "attach",
        Effect::Detach(..) => "detach",
        Effect::EndLane(_) => "end",
        Effect::Close(..) => "close",
        Effect::Append(_) => "append",
        Effect::Ask(_, Query::Room { .. }) => "ask for a room",
        Effect::Ask(..) => "ask",
    };
    effects.iter().map(kind).collect()
}

/// Nothing that is done for somebody who guesses a secret depends on whether a room has it, in
/// memory, in the log, or nowhere: so the time that it takes does not either.
#[test]
fn a_guess_makes_the_same_work_whether_or_not_there_is_such_a_room() {
    let mut world = World::new();
    let ann = world.join_private("ann", KEY, "Den");
    world.say(ann, 1, "only for you");
    let gone = world.join_private("ann", [8; 32], "Attic");
    world.say(gone, 1, "only for me");
    world.raw(gone, RawCommand::Leave);
    let name = || "Den".to_owned();
    let guess = |key| RoomRef::Private {
        key: RoomSecret(key),
        name: name(),
    };
    let unknown = work(&mut world, guess([9; 32]));
    assert_eq!(unknown[0], ["ask for a room"]);
    assert_eq!(work(&mut world, guess(KEY)), unknown, "in memory");
    assert_eq!(work(&mut world, guess([8; 32])), unknown, "in the log");
    assert_eq!(work(&mut world, RoomRef::Named(name())), unknown, "public");
}

#[test]
fn the_secret_is_in_nothing_that_the_chat_hands_out_or_keeps() {
    let mut world = World::new();
    let ann = world.join_private("ann", KEY, "Den");
    world.say(ann, 1, "hello");
    let heard = format!("{:?}{:?}", world.take(ann), world.chat);
    let numbers = format!("{KEY:?}");
    let hex: String = KEY.iter().map(|it| format!("{it:02x}")).collect();
    assert!(!heard.contains(&numbers) && !heard.contains(&hex));
}

#[test]
fn an_exemption_from_the_word_filter_names_public_rooms_only() {
    fn pub_is_exempt() -> Settings {
        Settings {
            filter: WordFilter::on([RoomName::parse("Pub").unwrap()]),
            ..filtered()
        }
    }
    let mut world = World::with(pub_is_exempt);
    let public = world.join("ann", "pub");
    let private = world.join_private("bob", KEY, "Pub");
    for (lane, is_refused) in [(public, false), (private, true)] {
        world.take(lane);
        world.say(lane, 1, "oh shit");
        let heard = world.take(lane);
        let refused = |it: &Event| matches!(it, Event::Refused { .. });
        assert_eq!(heard.iter().any(refused), is_refused, "{heard:?}");
    }
}

#[test]
fn one_session_can_be_in_the_public_and_the_private_room_of_one_name() {
    let mut world = World::new();
    let conn = world.hello(None, 1);
    let public = world.join_on(conn, ("ann", "Den"), None);
    let private = world.join_secret(conn, ("ann", KEY, "Den"), None);
    let ids = [public, private].map(|lane| joined(&world.take(lane)).you);
    assert_ne!(ids[0], ids[1], "not linkable");
    world.say(public, 1, "for all");
    world.say(private, 1, "for few");
    assert_eq!(world.take_texts(public), ["for all"]);
    assert_eq!(world.take_texts(private), ["for few"]);
}
