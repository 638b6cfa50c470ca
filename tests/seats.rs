//! One person with two sessions, over the real server.

mod common;

use chinwag::wire::Event;
use chinwag::wire::raw::RawCommand;
use common::client::ann_and_bob;
use common::{Carrier, Client, Server};

// R1
async fn two_sessions_are_one_person_who_reads_and_leaves_once(carrier: Carrier) {
    let server = Server::start().await;
    let [(ann, mut anns), (_b, mut bobs)] = ann_and_bob(carrier, &server).await;
    let mut phone = Client::connect(carrier, &server).await;
    phone.member = ann.member;
    let mut phones = phone.join("lobby", "Ann").await;
    assert_eq!(phones.users(), ["Ann", "Bob"]);
    assert_eq!(phones.joined.you, anns.joined.you);
    assert_ne!(phones.joined.seat, anns.joined.seat);
    let said = phones.say("from the phone").await;
    assert_eq!(said.seat, phones.joined.seat);
    assert_eq!(anns.hear("from the phone").await, said);
    bobs.hear("from the phone").await;
    let seq = said.seq;
    anns.lane.send(&RawCommand::Read { seq: seq.0 }).await;
    let read = |event: &Event| match event {
        Event::Read { seq } => Some(*seq),
        _ => None,
    };
    assert_eq!(phones.find(read).await, seq);
    anns.leave().await;
    bobs.sees_leave("Ann").await;
    let left = |event: &Event| matches!(event, Event::Left).then_some(());
    phones.find(left).await;
}

both_carriers![two_sessions_are_one_person_who_reads_and_leaves_once];
