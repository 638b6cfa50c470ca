//! Private rooms end to end: who gets in, who is invited, and that nothing leaks: not on the
//! wire, not into what the server prints or counts, not onto the disk.

mod common;

use std::path::Path;

use base64::Engine;
use base64::engine::general_purpose::{STANDARD, URL_SAFE_NO_PAD};
use chinwag::ids::Seq;
use chinwag::wire::event::RefusalCode;
use common::client::{ann_and_bob, body, draw};
use common::{Carrier, Client, Server};

async fn only_the_secret_lets_in(carrier: Carrier) {
    let server = Server::start().await;
    let key = draw();
    let mut ann = Client::connect(carrier, &server).await;
    let mut anns = ann.join_private((key, "Den"), "Ann").await;
    anns.say("only for you").await;
    let mut eve = Client::connect(carrier, &server).await;
    for mut room in [
        eve.join("Den", "Eve").await,
        eve.join_private((draw(), "Den"), "Eve").await,
    ] {
        assert_eq!(room.users(), ["Eve"]);
        assert_eq!(
            (room.joined.head, room.joined.page.entries.len()),
            (Seq(0), 0)
        );
        assert_eq!(room.page(Seq(u64::MAX), 100).await.entries, []);
    }
    let (rooms, _) = eve.rooms("", 100).await;
    assert_eq!(rooms.len(), 1, "the public one of that name: {rooms:?}");
    assert_eq!(rooms[0].members, 1);
    let mut bob = Client::connect(carrier, &server).await;
    let bobs = bob.join_private((key, "called so by Bob"), "Bob").await;
    assert_eq!(bobs.users(), ["Ann", "Bob"]);
    assert_eq!(&*bobs.joined.room, "Den");
    assert_eq!(body(&bobs.joined.page.entries[0]), "only for you");
    anns.sees_join("Bob").await;
}

async fn an_invitation_leads_into_the_private_room(carrier: Carrier) {
    let server = Server::start().await;
    let [(mut ann, mut anns), (mut bob, mut bobs)] = ann_and_bob(carrier, &server).await;
    let mut cy = Client::connect(carrier, &server).await;
    let mut cys = cy.join("lobby", "Cy").await;
    let key = draw();
    let mut den = ann.join_private((key, "Ann & Bob"), "Ann").await;
    anns.invite(bobs.joined.you, (key, "Ann & Bob")).await;
    let (from, secret, name) = bobs.invited().await;
    assert_eq!((&*from.nick, from.id), ("Ann", anns.joined.you));
    let mut bobs_den = bob.join_private((secret, &name), "Bob").await;
    den.say("hello, you alone").await;
    bobs_den.hear("hello, you alone").await;
    let heard = format!("{:?}", cys.everything().await);
    assert!(
        !heard.contains("Invited") && !heard.contains("alone"),
        "{heard}"
    );
    let nobody = chinwag::ids::MemberId(1);
    anns.invite(nobody, (key, "Ann & Bob")).await;
    let refusal = anns.rejected().await;
    assert_eq!((refusal.code, refusal.retry), (RefusalCode::NotHere, false));
}

async fn an_invitation_waits_for_a_lost_connection(carrier: Carrier) {
    let server = Server::start().await;
    let [(_ann, mut anns), (bob, bobs)] = ann_and_bob(carrier, &server).await;
    let (you, key) = (bobs.joined.you, draw());
    let token = bob.cut();
    drop(bobs);
    // Once another connection speaks for the session, the seat is held and has no lane.
    let mut bob = Client::resume(carrier, &server, token).await;
    anns.invite(you, (key, "Den")).await;
    anns.say("behind the invitation").await;
    let mut back = bob.rejoin("lobby", "Bob", Seq(0)).await;
    assert_eq!(back.invited().await.1, key);
}

async fn a_private_room_outlives_a_crash_with_its_names_held(carrier: Carrier) {
    let server = Server::lasting().await;
    let key = draw();
    let mut ann = Client::connect(carrier, &server).await;
    let mut room = ann.join_private((key, "Den"), "Ann").await;
    room.say("before").await;
    let token = ann.cut();
    drop(room);
    let server = server.crash().await;
    let mut mal = Client::connect(carrier, &server).await;
    let taken = common::client::join_private((key, "Den"), "Ann", None);
    let denied = mal.try_enter(taken).await.err().unwrap();
    assert_eq!(denied.refusal.code, RefusalCode::NameInUse);
    let mut ann = Client::resume(carrier, &server, token).await;
    assert!(ann.welcome.resumed);
    let back = ann.join_private((key, "Den"), "Ann").await;
    assert_eq!(
        (
            back.joined.mark.number.0,
            body(&back.joined.page.entries[0])
        ),
        (1, "before")
    );
}

/// Every way in which 32 bytes are commonly written.
fn spellings(key: &[u8; 32]) -> Vec<Vec<u8>> {
    let hex: String = key.iter().map(|it| format!("{it:02x}")).collect();
    let list = format!("{key:?}");
    let texts = [
        hex.to_uppercase(),
        hex,
        list[1..list.len() - 1].to_owned(),
        STANDARD.encode(key),
        URL_SAFE_NO_PAD.encode(key),
    ];
    let texts = texts.into_iter().map(String::into_bytes);
    texts.chain([key.to_vec()]).collect()
}

fn holds(haystack: &[u8], needle: &[u8]) -> bool {
    haystack.windows(needle.len()).any(|it| it == needle)
}

/// Everything in a folder's files, one after the other.
fn everything_in(folder: &Path) -> Vec<u8> {
    let mut bytes = Vec::new();
    for entry in std::fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            bytes.extend(everything_in(&path));
        } else {
            bytes.extend(std::fs::read(path).unwrap());
        }
    }
    bytes
}

async fn the_secret_is_neither_printed_nor_counted_nor_stored(carrier: Carrier) {
    let metrics = ["--metrics", "127.0.0.1:0", "--log-level", "trace"];
    let mut server = Server::with(&metrics).await;
    let [(mut ann, mut anns), (mut bob, mut bobs)] = ann_and_bob(carrier, &server).await;
    let key = draw();
    let named = (key, "Whispering Gallery");
    let mut den = ann.join_private(named, "Ann").await;
    anns.invite(bobs.joined.you, named).await;
    bobs.invited().await;
    let mut bobs_den = bob.join_private(named, "Bob").await;
    den.say("a quiet word").await;
    bobs_den.hear("a quiet word").await;
    server.counts("chinwag_rooms", 2).await;
    let counted = server.metrics().await;
    server.signal("TERM");
    assert!(server.ended().await.success());
    let printed = server.printed();
    assert!(
        printed.contains("DEBUG") || printed.contains("TRACE"),
        "it is talkative"
    );
    let stored = everything_in(server.home());
    for spelling in spellings(&key) {
        assert!(!holds(printed.as_bytes(), &spelling), "printed");
        assert!(!holds(counted.as_bytes(), &spelling), "counted");
        assert!(!holds(&stored, &spelling), "stored");
    }
    for text in [&printed, &counted] {
        assert!(!text.contains("Whispering") && !text.contains("quiet word"));
    }
    assert!(holds(&stored, b"quiet word"), "this is where it would be");
}

both_carriers![
    only_the_secret_lets_in,
    an_invitation_leads_into_the_private_room,
    an_invitation_waits_for_a_lost_connection,
    a_private_room_outlives_a_crash_with_its_names_held,
    the_secret_is_neither_printed_nor_counted_nor_stored,
];
