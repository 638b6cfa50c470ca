//! Leaving on purpose, being lost, and what stays behind.

mod common;

use chinwag::ids::Seq;
use chinwag::wire::Event;
use chinwag::wire::event::{ByeCode, Retry};
use chinwag::wire::raw::RawCommand;
use common::client::{ann_and_bob, body};
use common::{Carrier, Client, Server};

// A32
async fn the_rest_is_told_of_a_leave_and_the_list_is_shorter(carrier: Carrier) {
    let server = Server::start().await;
    let [(mut ann, anns), (_b, mut bobs)] = ann_and_bob(carrier, &server).await;
    anns.leave().await;
    bobs.sees_leave("Ann").await;
    let mut cy = Client::connect(carrier, &server).await;
    assert_eq!(cy.join("lobby", "Cy").await.users(), ["Bob", "Cy"]);
    ann.ping(1).await;
}

// A33
async fn after_a_leave_the_name_is_free_at_once_and_the_history_stays(carrier: Carrier) {
    let server = Server::start().await;
    let mut ann = Client::connect(carrier, &server).await;
    let mut anns = ann.join("lobby", "Ann").await;
    anns.say("I was here").await;
    anns.leave().await;
    let mut cy = Client::connect(carrier, &server).await;
    let cys = cy.join("lobby", "Ann").await;
    assert_eq!(cys.users(), ["Ann"]);
    assert_eq!(body(&cys.joined.page.entries[0]), "I was here");
    assert_ne!(cys.joined.page.entries[0].author, cys.joined.you);
}

// A33
async fn a_goodbye_leaves_every_room_at_once(carrier: Carrier) {
    let server = Server::start().await;
    let [(mut ann, _anns), (mut bob, mut bobs)] = ann_and_bob(carrier, &server).await;
    let _den = ann.join("den", "Ann").await;
    ann.control.send(&RawCommand::Bye).await;
    let bye = ann.bye().await;
    assert_eq!((bye.code, bye.retry), (ByeCode::Goodbye, Retry::Stop));
    assert_eq!(ann.control.rest().await, [], "nothing after a goodbye");
    bobs.sees_leave("Ann").await;
    assert_eq!(bob.join("den", "Ann").await.users(), ["Ann"]);
    let again = Client::resume(carrier, &server, ann.token).await;
    assert!(
        !again.welcome.resumed,
        "a session that said goodbye is over"
    );
}

// A33, X2
async fn after_a_leave_one_may_join_again_and_go_on_counting(carrier: Carrier) {
    let server = Server::start().await;
    let mut ann = Client::connect(carrier, &server).await;
    let mut anns = ann.join("lobby", "Ann").await;
    anns.say("one").await;
    anns.leave().await;
    let mut anns = ann.join("lobby", "Ann").await;
    assert_eq!(anns.joined.mark.number.0, 1);
    let entry = anns.say("two").await;
    assert_eq!((entry.seq, entry.number.0), (Seq(2), 2));
}

// A32
async fn someone_who_never_joined_causes_nothing(carrier: Carrier) {
    let server = Server::start().await;
    let [(_a, mut anns), _bob] = ann_and_bob(carrier, &server).await;
    let cy = Client::connect(carrier, &server).await;
    cy.cut();
    let mut di = Client::connect(carrier, &server).await;
    assert!(di.try_join("lobby", "ann", None).await.is_err());
    di.control.send(&RawCommand::Bye).await;
    di.bye().await;
    let heard = anns.everything().await;
    let told = heard
        .iter()
        .filter(|event| matches!(event, Event::Presence { .. }));
    assert_eq!(told.count(), 0, "{heard:?}");
}

// A32: and within the grace period nobody sees a leave, which resume.rs holds
async fn a_lost_member_has_left_when_the_grace_is_over(carrier: Carrier) {
    let server = Server::start().await;
    let [(ann, anns), (_b, mut bobs)] = ann_and_bob(carrier, &server).await;
    ann.cut();
    drop(anns);
    bobs.sees_leave("Ann").await;
    let mut cy = Client::connect(carrier, &server).await;
    assert_eq!(cy.join("lobby", "Ann").await.users(), ["Bob", "Ann"]);
}

both_carriers![
    the_rest_is_told_of_a_leave_and_the_list_is_shorter,
    after_a_leave_the_name_is_free_at_once_and_the_history_stays,
    a_goodbye_leaves_every_room_at_once,
    after_a_leave_one_may_join_again_and_go_on_counting,
    someone_who_never_joined_causes_nothing,
    a_lost_member_has_left_when_the_grace_is_over,
];
