//! The directory of public rooms, and who in them is away.

mod common;

use chinwag::wire::Event;
use chinwag::wire::event::{Content, RefusalCode, RoomCard};
use chinwag::wire::raw::RawCommand;
use common::client::ann_and_bob;
use common::{Carrier, Client, Server};

fn told<'a>(rooms: &'a [RoomCard]) -> Vec<(&'a str, &'a str, u32)> {
    let card = |room: &'a RoomCard| (&*room.name, &*room.topic, room.members);
    rooms.iter().map(card).collect()
}

// J4
async fn the_directory_shows_public_rooms_with_topics_and_members(carrier: Carrier) {
    let server = Server::start().await;
    let [(mut ann, mut anns), _bob] = ann_and_bob(carrier, &server).await;
    let text = "Tea & cake".into();
    let number = anns.send(Content::Topic { text }).await;
    anns.acked(number).await;
    let _den = ann.join("Den", "Ann").await;
    let mut guest = Client::connect(carrier, &server).await;
    let (rooms, more) = guest.rooms("", 50).await;
    assert_eq!(told(&rooms), [("lobby", "Tea & cake", 2), ("Den", "", 1)]);
    assert!(!more);
    let (rooms, more) = guest.rooms("", 1).await;
    assert_eq!((told(&rooms).len(), more), (1, true));
    assert_eq!(told(&guest.rooms("DE", 50).await.0), [("Den", "", 1)]);
    assert_eq!(guest.rooms("attic", 50).await, (vec![], false));
}

async fn a_joiner_is_told_the_topic_also_after_a_restart(carrier: Carrier) {
    let server = Server::lasting().await;
    let mut ann = Client::connect(carrier, &server).await;
    let mut room = ann.join("lobby", "Ann").await;
    for topic in ["Tea", "Cake"] {
        let text = topic.into();
        let number = room.send(Content::Topic { text }).await;
        room.acked(number).await;
    }
    let mut bob = Client::connect(carrier, &server).await;
    assert_eq!(&*bob.join("lobby", "Bob").await.joined.topic, "Cake");
    drop((ann, bob));
    let server = server.crash().await;
    let mut cy = Client::connect(carrier, &server).await;
    let room = cy.join("lobby", "Cy").await;
    assert_eq!(&*room.joined.topic, "Cake");
    assert_eq!(told(&cy.rooms("", 9).await.0)[0].1, "Cake");
}

async fn whoever_asks_without_end_is_told_to_wait(carrier: Carrier) {
    let server = Server::start().await;
    let mut guest = Client::connect(carrier, &server).await;
    let (like, limit) = (String::new(), 9);
    let ask = RawCommand::Rooms { like, limit };
    let refusal = loop {
        guest.control.send(&ask).await;
        match guest.control.next().await {
            Some(Event::Rooms { .. }) => {}
            Some(Event::Rejected { refusal }) => break refusal,
            other => panic!("neither rooms nor a refusal: {other:?}"),
        }
    };
    assert_eq!((refusal.code, refusal.retry), (RefusalCode::Busy, true));
}

// P4
async fn away_and_back_are_seen_by_all_rooms_and_by_whoever_comes(carrier: Carrier) {
    let server = Server::start().await;
    let [(mut ann, mut anns), (_b, mut bobs)] = ann_and_bob(carrier, &server).await;
    let mut cy = Client::connect(carrier, &server).await;
    let mut cys = cy.join("den", "Cy").await;
    let den = ann.join("den", "Ann").await;
    ann.away(true).await;
    bobs.sees_away(anns.joined.you, true).await;
    cys.sees_away(den.joined.you, true).await;
    anns.sees_away(anns.joined.you, true).await;
    let mut dee = Client::connect(carrier, &server).await;
    let dees = dee.join("lobby", "Dee").await;
    assert_eq!(dees.away(), [anns.joined.you]);
    ann.away(false).await;
    bobs.sees_away(anns.joined.you, false).await;
    cys.sees_away(den.joined.you, false).await;
}

both_carriers![
    the_directory_shows_public_rooms_with_topics_and_members,
    a_joiner_is_told_the_topic_also_after_a_restart,
    whoever_asks_without_end_is_told_to_wait,
    away_and_back_are_seen_by_all_rooms_and_by_whoever_comes,
];
