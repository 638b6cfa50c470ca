//! Answering, editing, deleting and reacting.

use super::heard::{kinds, refusal};
use super::world::{Disk, World, settings};
use crate::chat::limits::{REACTION_EMOJI, REACTIONS};
use crate::chat::{LaneRef, Settings, WordFilter};
use crate::ids::{Seq, Timestamp};
use crate::wire::event::{Content, Entry, Event, Page, RefusalCode};
use crate::wire::raw::{Range, RawCommand};

fn edit(of: u64, body: &str) -> Content {
    Content::Edit {
        of: Seq(of),
        body: body.into(),
    }
}

fn delete(of: u64) -> Content {
    Content::Delete { of: Seq(of) }
}

fn react(of: u64, emoji: &str, on: bool) -> Content {
    Content::React {
        of: Seq(of),
        emoji: emoji.into(),
        on,
    }
}

fn reply(to: u64) -> Content {
    Content::Text {
        body: "yes".into(),
        reply: Some(Seq(to)),
    }
}

fn send(world: &mut World, from: LaneRef, number: u64, content: Content) {
    world.raw(from, RawCommand::Send { number, content });
}

/// Sends, and what came of it: nothing if it is acknowledged.
fn code(world: &mut World, from: LaneRef, number: u64, content: Content) -> Option<RefusalCode> {
    world.take(from);
    send(world, from, number, content);
    let heard = world.take(from);
    match heard.last() {
        Some(Event::Ack { .. }) => None,
        Some(event) => Some(refusal(event).0),
        None => panic!("no answer"),
    }
}

/// A room with a member that has said so many things.
fn after(count: u64) -> (World, LaneRef) {
    let mut world = World::new();
    let ann = world.join("ann", "lobby");
    for number in 1..=count {
        world.say(ann, number, &format!("message {number}"));
    }
    world.take(ann);
    (world, ann)
}

fn page(world: &mut World, from: LaneRef, range: Range) -> Page {
    world.take(from);
    world.raw(from, RawCommand::History { range, limit: 100 });
    match world.take(from).pop() {
        Some(Event::History(page)) => page,
        other => panic!("no page but {other:?}"),
    }
}

fn look(world: &mut World, from: LaneRef, seqs: &[u64]) -> Vec<Entry> {
    world.take(from);
    world.raw(
        from,
        RawCommand::Look {
            seqs: seqs.to_vec(),
        },
    );
    match world.take(from).pop() {
        Some(Event::Looked(page)) => page.entries,
        other => panic!("not looked at: {other:?}"),
    }
}

#[test]
fn an_edit_is_an_entry_for_all_and_the_state_for_who_comes_later() {
    let (mut world, ann) = after(1);
    let bob = world.join("bob", "lobby");
    world.take(bob);
    send(&mut world, ann, 2, edit(1, "better"));
    let heard = world.take(ann);
    assert_eq!(kinds(&heard[heard.len() - 2..]), ["entry", "ack"]);
    let heard = world.take(bob);
    let Some(Event::Entry(entry)) = heard.iter().find(|it| matches!(it, Event::Entry(_))) else {
        panic!("no entry in {heard:?}");
    };
    assert_eq!((entry.seq, &entry.content), (Seq(2), &edit(1, "better")));
    let eve = world.join("eve", "lobby");
    let joined = world.take(eve).into_iter().find_map(|event| match event {
        Event::Joined(joined) => Some(joined),
        _ => None,
    });
    let shown = joined.unwrap().page;
    assert_eq!(shown.entries[0].content, Content::text("better"));
    assert!(shown.entries[0].edited.is_some());
    assert_eq!(shown.as_of, Seq(2));
}

#[test]
fn nobody_changes_the_message_of_another() {
    for count in [1, 80] {
        let (mut world, _) = after(count);
        let bob = world.join("bob", "lobby");
        let not_yours = Some(RefusalCode::NotYours);
        assert_eq!(code(&mut world, bob, 1, edit(1, "mine")), not_yours);
        assert_eq!(code(&mut world, bob, 2, delete(1)), not_yours);
        assert_eq!(code(&mut world, bob, 3, react(1, "👍", true)), None);
        assert_eq!(
            look(&mut world, bob, &[1])[0].content,
            Content::text("message 1")
        );
    }
}

#[test]
fn one_amends_ones_own_messages_however_old() {
    for count in [1, 80] {
        let (mut world, ann) = after(count);
        let next = count + 1;
        assert_eq!(code(&mut world, ann, next, edit(1, "new")), None);
        assert_eq!(code(&mut world, ann, next + 1, react(1, "👍", true)), None);
        let seen = look(&mut world, ann, &[1]).remove(0);
        assert_eq!(seen.content, Content::text("new"));
        assert_eq!(&*seen.reactions[0].by[0].nick, "ann");
        assert_eq!(code(&mut world, ann, next + 2, delete(1)), None);
        assert_eq!(
            code(&mut world, ann, next + 3, delete(1)),
            None,
            "twice does no harm"
        );
        let not_there = Some(RefusalCode::NotThere);
        assert_eq!(code(&mut world, ann, next + 4, edit(1, "again")), not_there);
        assert_eq!(
            code(&mut world, ann, next + 5, react(1, "👍", true)),
            not_there
        );
        let gone = look(&mut world, ann, &[1, count + 1]);
        assert_eq!(gone[0].content, Content::Deleted);
        assert_eq!((gone[0].edited, gone[0].reactions.len()), (None, 0));
        assert_eq!(gone[1].content, Content::Emptied);
    }
}

#[test]
fn only_messages_can_be_amended_and_only_those_that_exist() {
    let (mut world, ann) = after(1);
    send(&mut world, ann, 2, react(1, "👍", true));
    let here = Content::Location {
        latitude: 1.0,
        longitude: 2.0,
    };
    send(&mut world, ann, 3, here);
    let not_there = Some(RefusalCode::NotThere);
    let wrong = [
        edit(2, "x"),
        edit(3, "x"),
        edit(0, "x"),
        edit(99, "x"),
        edit(u64::MAX, "x"),
        delete(2),
        delete(99),
        react(2, "👍", true),
        react(0, "👍", false),
        reply(0),
        reply(99),
    ];
    for (number, content) in (4..).zip(wrong) {
        let what = format!("{content:?}");
        assert_eq!(code(&mut world, ann, number, content), not_there, "{what}");
    }
    assert_eq!(code(&mut world, ann, 15, delete(3)), None);
    assert_eq!(code(&mut world, ann, 16, reply(1)), None);
}

// A16, X7
#[test]
fn edits_and_topics_are_filtered_like_messages_and_bounded_like_them() {
    fn filtered() -> Settings {
        let filter = WordFilter::on([]);
        Settings {
            filter,
            ..settings()
        }
    }
    let mut world = World::with(filtered);
    let ann = world.join("ann", "lobby");
    world.say(ann, 1, "fine");
    let topic = |text: &str| Content::Topic { text: text.into() };
    for (number, (content, why)) in (2..).zip([
        (edit(1, "oh shit"), RefusalCode::Profanity),
        (topic("shit"), RefusalCode::Profanity),
        (edit(1, " \n"), RefusalCode::Blank),
        (edit(1, &"x".repeat(4_001)), RefusalCode::TooLong),
        (topic(&"x".repeat(201)), RefusalCode::TooLong),
        (react(1, "+1", true), RefusalCode::NotAnEmoji),
        (react(1, "👍👍", true), RefusalCode::NotAnEmoji),
        (Content::Deleted, RefusalCode::Blank),
        (Content::Emptied, RefusalCode::Blank),
    ]) {
        assert_eq!(
            code(&mut world, ann, number, content),
            Some(why),
            "{number}"
        );
    }
    assert_eq!(
        look(&mut world, ann, &[1])[0].content,
        Content::text("fine")
    );
}

#[test]
fn what_is_on_its_way_to_the_log_counts_as_done() {
    let (mut world, ann) = after(1);
    world.disk = Disk::Held;
    send(&mut world, ann, 2, delete(1));
    send(&mut world, ann, 3, edit(1, "too late"));
    send(&mut world, ann, 4, react(1, "👍", true));
    world.disk = Disk::Quick;
    world.commit();
    let heard = world.take(ann);
    assert_eq!(kinds(&heard), ["entry", "ack", "refused", "refused"]);
    assert_eq!(refusal(&heard[2]).0, RefusalCode::NotThere);
    let again = [delete(1), edit(1, "too late"), react(1, "👍", true)];
    for (number, content) in (2..).zip(again) {
        send(&mut world, ann, number, content);
    }
    assert_eq!(kinds(&world.take(ann)), ["ack", "refused", "refused"]);
}

#[test]
fn an_amendment_that_could_not_be_stored_was_never_made() {
    let (mut world, ann) = after(1);
    world.disk = Disk::Full;
    send(&mut world, ann, 2, delete(1));
    assert_eq!(
        refusal(&world.take(ann)[0]),
        (RefusalCode::LogUnavailable, true)
    );
    world.disk = Disk::Quick;
    assert_eq!(code(&mut world, ann, 2, edit(1, "still here")), None);
    assert_eq!(
        look(&mut world, ann, &[1])[0].content,
        Content::text("still here")
    );
}

#[test]
fn a_number_waits_for_its_message_and_those_behind_it_wait_for_the_number() {
    let (mut world, ann) = after(80);
    world.disk = Disk::Held;
    send(&mut world, ann, 81, edit(1, "new"));
    send(&mut world, ann, 81, edit(1, "new"));
    send(&mut world, ann, 82, Content::text("behind"));
    assert_eq!(kinds(&world.take(ann)), ["refused"]);
    world.answer();
    send(&mut world, ann, 82, Content::text("behind"));
    world.disk = Disk::Quick;
    world.commit();
    assert_eq!(kinds(&world.take(ann)), ["entry", "ack", "entry", "ack"]);
    send(&mut world, ann, 81, edit(1, "new"));
    assert_eq!(kinds(&world.take(ann)), ["ack"]);
}

#[test]
fn a_log_that_cannot_show_the_message_leaves_the_number_free() {
    let (mut world, ann) = after(80);
    world.disk = Disk::Held;
    send(&mut world, ann, 81, delete(1));
    world.answer_nothing();
    assert_eq!(
        refusal(&world.take(ann)[0]),
        (RefusalCode::LogUnavailable, true)
    );
    world.disk = Disk::Quick;
    assert_eq!(code(&mut world, ann, 81, delete(1)), None);
}

#[test]
fn what_is_held_for_a_lane_that_is_gone_is_said_again_on_the_next() {
    let mut world = World::new();
    let conn = world.hello(None, 1);
    let first = world.join_on(conn, ("ann", "lobby"), None);
    for number in 1..=80 {
        world.say(first, number, "x");
    }
    world.disk = Disk::Held;
    send(&mut world, first, 81, delete(1));
    let second = world.join_on(conn, ("ann", "lobby"), Some(80));
    world.take(second);
    world.disk = Disk::Quick;
    world.commit();
    assert!(kinds(&world.take(second)).is_empty());
    assert_eq!(code(&mut world, second, 81, delete(1)), None);
    assert_eq!(look(&mut world, second, &[1])[0].content, Content::Deleted);
}

#[test]
fn reactions_are_bounded_in_kinds_and_in_number() {
    fn wide() -> Settings {
        let max_sessions = 2 * REACTIONS;
        Settings {
            max_sessions,
            ..settings()
        }
    }
    let mut world = World::with(wide);
    let ann = world.join("ann", "lobby");
    world.say(ann, 1, "popular");
    let emoji: Vec<&str> = emojis::iter()
        .map(|it| it.as_str())
        .take(REACTION_EMOJI + 1)
        .collect();
    let too_many = Some(RefusalCode::TooManyReactions);
    for (number, one) in (2..).zip(&emoji[..REACTION_EMOJI]) {
        assert_eq!(code(&mut world, ann, number, react(1, one, true)), None);
    }
    let number = 2 + REACTION_EMOJI as u64;
    let beyond = react(1, emoji[REACTION_EMOJI], true);
    assert_eq!(code(&mut world, ann, number, beyond), too_many);
    assert_eq!(
        code(&mut world, ann, number + 1, react(1, emoji[0], true)),
        None
    );
    for n in 0..REACTIONS - REACTION_EMOJI {
        let other = world.join(&format!("other {n}"), "lobby");
        assert_eq!(code(&mut world, other, 1, react(1, emoji[0], true)), None);
    }
    let late = world.join("late", "lobby");
    assert_eq!(
        code(&mut world, late, 1, react(1, emoji[0], true)),
        too_many
    );
    assert_eq!(
        code(&mut world, ann, number + 2, react(1, emoji[0], false)),
        None
    );
    assert_eq!(code(&mut world, late, 2, react(1, emoji[0], true)), None);
    let told = look(&mut world, ann, &[1]).remove(0).reactions;
    assert_eq!(told.len(), REACTION_EMOJI);
    assert_eq!(told.iter().map(|it| it.by.len()).sum::<usize>(), REACTIONS);
}

#[test]
fn pages_are_given_around_an_entry_after_one_and_at_a_time() {
    let (mut world, ann) = after(150);
    let around = page(&mut world, ann, Range::Around(Seq(75)));
    assert_eq!(
        (around.entries[0].seq, around.more, around.newer),
        (Seq(25), true, true)
    );
    let after = page(&mut world, ann, Range::After(Seq(100)));
    assert_eq!(
        (after.entries.len(), after.newer, after.as_of),
        (50, false, Seq(150))
    );
    let first = page(&mut world, ann, Range::At(Timestamp(0)));
    assert_eq!((first.entries[0].seq, first.more), (Seq(1), false));
}

#[test]
fn one_question_at_a_time_is_answered_on_a_lane() {
    let (mut world, ann) = after(3);
    world.disk = Disk::Held;
    world.raw(ann, RawCommand::Look { seqs: vec![1] });
    world.raw(ann, RawCommand::Look { seqs: vec![2] });
    world.raw(ann, RawCommand::older(9, 9));
    let heard = world.take(ann);
    assert_eq!(kinds(&heard), ["rejected", "rejected"]);
    assert_eq!(refusal(&heard[0]).0, RefusalCode::Busy);
    world.commit();
    assert_eq!(kinds(&world.take(ann)), ["looked"]);
}
