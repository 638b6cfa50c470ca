//! Answering, editing, deleting and reacting, over both carriers and over a kill.

mod common;

use chinwag::ids::Seq;
use chinwag::wire::Event;
use chinwag::wire::event::{Content, Entry, Page, RefusalCode};
use chinwag::wire::raw::{Range, RawCommand};
use common::{Carrier, Client, Room, Server};

fn edit(of: Seq, body: &str) -> Content {
    Content::Edit {
        of,
        body: body.into(),
    }
}

fn react(of: Seq, emoji: &str, on: bool) -> Content {
    Content::React {
        of,
        emoji: emoji.into(),
        on,
    }
}

/// Sends and waits until it is stored.
async fn stored(room: &mut Room, content: Content) {
    let number = room.send(content).await;
    room.acked(number).await;
}

async fn look(room: &mut Room, seqs: &[Seq]) -> Vec<Entry> {
    let seqs = seqs.iter().map(|seq| seq.0).collect();
    room.lane.send(&RawCommand::Look { seqs }).await;
    let looked = |event: &Event| match event {
        Event::Looked(page) => Some(page.entries.clone()),
        _ => None,
    };
    room.find(looked).await
}

async fn part(room: &mut Room, range: Range, limit: u16) -> Page {
    room.lane.send(&RawCommand::History { range, limit }).await;
    let page = |event: &Event| match event {
        Event::History(page) => Some(page.clone()),
        _ => None,
    };
    room.find(page).await
}

async fn entry(room: &mut Room, content: &Content) -> Entry {
    let said = |event: &Event| match event {
        Event::Entry(entry) if entry.content == *content => Some(entry.clone()),
        _ => None,
    };
    room.find(said).await
}

async fn all_see_what_becomes_of_a_message(carrier: Carrier) {
    let server = Server::lasting().await;
    let (mut ann, mut bob) = (
        Client::connect(carrier, &server).await,
        Client::connect(carrier, &server).await,
    );
    let mut anns = ann.join("lobby", "Ann").await;
    let mut bobs = bob.join("lobby", "Bob").await;
    let message = anns.say("one").await;
    let answer = Content::Text {
        body: "two".into(),
        reply: Some(message.seq),
    };
    stored(&mut bobs, answer.clone()).await;
    entry(&mut anns, &answer).await;
    stored(&mut anns, edit(message.seq, "better")).await;
    entry(&mut bobs, &edit(message.seq, "better")).await;
    stored(&mut bobs, react(message.seq, "👍", true)).await;
    let mut eve = Client::connect(carrier, &server).await;
    let eves = eve.join("lobby", "Eve").await;
    let shown = &eves.joined.page.entries[0];
    assert_eq!(shown.content, Content::text("better"));
    assert!(shown.edited.is_some());
    assert_eq!(&*shown.reactions[0].emoji, "👍");
    assert_eq!(shown.reactions[0].by[0].id, bobs.joined.you);
    assert_eq!(eves.joined.page.entries[1].content, answer);
    assert_eq!(eves.joined.page.as_of, Seq(4));
    let refused = bobs.fails(Content::Delete { of: message.seq }).await;
    assert_eq!(
        (refused.code, refused.retry),
        (RefusalCode::NotYours, false)
    );
}

async fn what_is_deleted_stays_so_over_a_kill(carrier: Carrier) {
    let server = Server::lasting().await;
    let mut ann = Client::connect(carrier, &server).await;
    let mut anns = ann.join("lobby", "Ann").await;
    let (gone, kept) = (anns.say("secret").await, anns.say("first").await);
    stored(&mut anns, edit(gone.seq, "more secret")).await;
    stored(&mut anns, react(gone.seq, "👍", true)).await;
    stored(&mut anns, edit(kept.seq, "second")).await;
    stored(&mut anns, react(kept.seq, "🎉", true)).await;
    stored(&mut anns, Content::Delete { of: gone.seq }).await;
    let server = server.crash().await;
    let mut bob = Client::connect(carrier, &server).await;
    let mut bobs = bob.join("lobby", "Bob").await;
    let told = format!("{:?}", bobs.joined);
    assert!(!told.contains("secret"), "{told}");
    let looked = look(&mut bobs, &[kept.seq, gone.seq, Seq(99), Seq(3)]).await;
    let contents: Vec<Content> = looked.iter().map(|it| it.content.clone()).collect();
    let expected = [Content::Deleted, Content::text("second"), Content::Emptied];
    assert_eq!(contents, expected);
    assert_eq!(looked[0].reactions, []);
    assert_eq!(&*looked[1].reactions[0].emoji, "🎉");
}

async fn old_messages_are_amended_and_found_by_place_and_time(carrier: Carrier) {
    let server = Server::lasting().await;
    let mut ann = Client::connect(carrier, &server).await;
    let mut anns = ann.join("lobby", "Ann").await;
    for index in 1..=120 {
        let number = anns.send(Content::text(format!("message {index}"))).await;
        if index % 30 == 0 {
            anns.acked(number).await;
        }
    }
    stored(&mut anns, edit(Seq(1), "new")).await;
    stored(&mut anns, react(Seq(2), "👍", true)).await;
    stored(&mut anns, Content::Delete { of: Seq(3) }).await;
    let first = part(&mut anns, Range::After(Seq(0)), 10).await;
    assert_eq!(first.entries[0].content, Content::text("new"));
    assert_eq!(first.entries[1].reactions.len(), 1);
    assert_eq!(first.entries[2].content, Content::Deleted);
    assert_eq!(
        (first.more, first.newer, first.as_of),
        (false, true, Seq(123))
    );
    let around = part(&mut anns, Range::Around(Seq(60)), 10).await;
    assert_eq!((around.entries[0].seq, around.entries.len()), (Seq(55), 10));
    let at = first.entries[9].at;
    let then = part(&mut anns, Range::At(at), 50).await;
    assert!(then.entries.iter().any(|entry| entry.at >= at));
    let not_there = anns.fails(react(Seq(3), "👍", true)).await;
    assert_eq!(not_there.code, RefusalCode::NotThere);
}

both_carriers![
    all_see_what_becomes_of_a_message,
    what_is_deleted_stays_so_over_a_kill,
    old_messages_are_amended_and_found_by_place_and_time,
];
