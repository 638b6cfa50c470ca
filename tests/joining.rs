//! Joining a room: the names, the order of what is said, and what others notice.

mod common;

use chinwag::wire::Event;
use chinwag::wire::event::{Presence, RefusalCode};
use common::client::{ann_and_bob, assert_final, join};
use common::{Carrier, Client, Room, Server};

fn comings(events: &[Event]) -> Vec<String> {
    let told = events.iter().filter_map(|event| match event {
        Event::Presence { change, .. } => Some(change),
        _ => None,
    });
    told.map(|change| match change {
        Presence::Joined(member) => format!("+{}", member.nick),
        Presence::Left(member) => format!("-{}", member.nick),
        Presence::Away { member } => format!("away {}", member.0),
        Presence::Back { member } => format!("back {}", member.0),
    })
    .collect()
}

async fn refused(client: &mut Client, room: &str, nick: &str) -> chinwag::wire::event::Refusal {
    let denied = client.try_join(room, nick, None).await;
    match denied {
        Ok(_) => panic!("{nick:?} was let into {room:?}"),
        Err(denied) => denied.refusal,
    }
}

// A12
async fn a_joiner_is_welcomed_then_told_who_is_here_then_acknowledged(carrier: Carrier) {
    let server = Server::start().await;
    let [_ann, (_, bobs)] = ann_and_bob(carrier, &server).await;
    match &bobs.before[..] {
        [
            Event::Notice { text, at },
            Event::Roster {
                room,
                members,
                more: false,
                ..
            },
        ] => {
            assert_eq!(&**text, "Welcome!");
            assert!(at.0 > 1_700_000_000_000, "A19: {at:?}");
            assert_eq!(&**room, "lobby");
            assert_eq!(members.len(), 2);
            assert_eq!(members[1].id, bobs.joined.you);
        }
        other => panic!("in another order: {other:?}"),
    }
}

// A12, A13
async fn others_are_told_of_a_joiner_and_the_joiner_is_not(carrier: Carrier) {
    let server = Server::start().await;
    let [(_a, mut anns), (_b, mut bobs)] = ann_and_bob(carrier, &server).await;
    let mut cy = Client::connect(carrier, &server).await;
    let mut cys = cy.join("lobby", "Cy").await;
    cys.say("here I am").await;
    for (room, expected) in [(&mut anns, 1), (&mut bobs, 1), (&mut cys, 0)] {
        let told = comings(&room.everything().await);
        assert_eq!(told, vec!["+Cy"; expected]);
    }
}

// A14
async fn users_are_listed_in_the_order_of_joining(carrier: Carrier) {
    let server = Server::start().await;
    let mut clients = Vec::new();
    for nick in ["Zoe", "Ann", "Mia", "Bob"] {
        let mut client = Client::connect(carrier, &server).await;
        let room = client.join("lobby", nick).await;
        clients.push((client, room));
    }
    assert_eq!(clients[3].1.users(), ["Zoe", "Ann", "Mia", "Bob"]);
    let (mut zoe, zoes) = clients.remove(0);
    zoes.leave().await;
    let back = zoe.join("lobby", "Zoe").await;
    assert_eq!(back.users(), ["Ann", "Mia", "Bob", "Zoe"]);
}

// A9
async fn an_empty_name_or_room_is_refused_before_anything_else(carrier: Carrier) {
    let server = Server::start().await;
    let mut ann = Client::connect(carrier, &server).await;
    let long = "x".repeat(500);
    for (room, nick) in [
        ("", ""),
        ("lobby", ""),
        ("", "Ann"),
        (" \t", "Ann"),
        ("lobby", "\u{3000} "),
        ("", "admin"),
        (" ", &long),
        (&long, " "),
    ] {
        let refusal = refused(&mut ann, room, nick).await;
        assert_final(
            &refusal,
            RefusalCode::NameOrRoomMissing,
            "Username and room are required!",
        );
    }
}

// A10, A11, A15
async fn a_name_in_use_is_refused_and_nobody_else_notices(carrier: Carrier) {
    let server = Server::start().await;
    let [(_a, mut anns), _bob] = ann_and_bob(carrier, &server).await;
    let mut cy = Client::connect(carrier, &server).await;
    for nick in ["Ann", "ann", "  ANN ", "ａｎｎ", "Аnn"] {
        let refusal = refused(&mut cy, "lobby", nick).await;
        assert_final(&refusal, RefusalCode::NameInUse, "Username is in use!");
    }
    let refusal = refused(&mut cy, " LOBBY ", "Ann").await;
    assert_eq!(refusal.code, RefusalCode::NameInUse);
    assert_eq!(comings(&anns.everything().await), [""; 0]);
}

// A10
async fn free_names_are_offered_instead_of_the_one_in_use(carrier: Carrier) {
    let server = Server::start().await;
    let [_ann, (mut bob, _)] = ann_and_bob(carrier, &server).await;
    let denied = bob.try_join("lobby", "ann", None).await.err().unwrap();
    assert_eq!(denied.suggestions.len(), 2, "{denied:?}");
    let mut cy = Client::connect(carrier, &server).await;
    cy.join("lobby", &denied.suggestions[0]).await;
}

// A11
async fn a_name_is_free_in_another_room_and_with_other_inner_spaces(carrier: Carrier) {
    let server = Server::start().await;
    let [_ann, _bob] = ann_and_bob(carrier, &server).await;
    let mut cy = Client::connect(carrier, &server).await;
    cy.join("den", "Ann").await;
    let spaced = cy.join("lobby", "A nn").await;
    assert_eq!(spaced.users(), ["Ann", "Bob", "A nn"]);
}

// A8
async fn names_are_trimmed_compared_by_meaning_and_shown_as_written(carrier: Carrier) {
    let server = Server::start().await;
    let mut ann = Client::connect(carrier, &server).await;
    let anns = ann.join("  Café Straße ", " ÉlaN ").await;
    assert_eq!(&*anns.joined.room, "Café Straße");
    assert_eq!(anns.users(), ["ÉlaN"]);
    let mut bob = Client::connect(carrier, &server).await;
    let bobs = bob.join("CAFE\u{301} STRASSE", "Bob").await;
    assert_eq!(&*bobs.joined.room, "Café Straße");
    assert_eq!(bobs.users(), ["ÉlaN", "Bob"]);
    let refusal = refused(&mut bob, "café strasse", "e\u{301}LAN").await;
    assert_eq!(refusal.code, RefusalCode::NameInUse);
}

// X8
async fn the_services_own_names_and_invisible_tricks_are_refused(carrier: Carrier) {
    let server = Server::start().await;
    let mut ann = Client::connect(carrier, &server).await;
    for nick in ["admin", "Admin", "аdmin", "ａｄｍｉｎ", "adm1n", "system"] {
        let refusal = refused(&mut ann, "lobby", nick).await;
        assert_eq!(refusal.code, RefusalCode::NameReserved, "{nick:?}");
    }
    let long = "x".repeat(33);
    for nick in ["An\u{200b}n", "A\u{202e}nn", "Ann\u{3164}", "A\nnn", &long] {
        let refusal = refused(&mut ann, "lobby", nick).await;
        assert_eq!(refusal.code, RefusalCode::NameInvalid, "{nick:?}");
    }
    let family = "👨\u{200d}👩\u{200d}👧\u{200d}👦".repeat(32);
    let refusal = refused(&mut ann, "lobby", &family).await;
    assert_eq!(
        &*refusal.text,
        "A name has at most 32 characters in at most 256 bytes, and none that cannot be seen.",
        "few characters can be too many bytes"
    );
    for room in ["lo\u{200b}bby", &"x".repeat(65)] {
        let refusal = refused(&mut ann, room, "Ann").await;
        assert_eq!(refusal.code, RefusalCode::RoomInvalid, "{room:?}");
    }
    assert_eq!(
        ann.join("lobby", "👩\u{200d}🚀").await.users(),
        ["👩\u{200d}🚀"]
    );
}

// X5
async fn joining_twice_leaves_no_ghost(carrier: Carrier) {
    let server = Server::start().await;
    let [(mut ann, mut anns), (_b, mut bobs)] = ann_and_bob(carrier, &server).await;
    anns.lane.send(&join("lobby", "Ann", None)).await;
    anns.find(|event| match event {
        Event::Rejected { refusal } => {
            assert_eq!(refusal.code, RefusalCode::AlreadyJoined);
            Some(())
        }
        _ => None,
    })
    .await;
    let mut again: Room = ann.join("Lobby", "ann").await;
    assert_eq!(again.users(), ["Ann", "Bob"]);
    assert_eq!(
        anns.lane.rest().await,
        [Event::Left],
        "the older lane is over"
    );
    again.say("still one").await;
    assert_eq!(comings(&bobs.everything().await), [""; 0]);
}

// X5
async fn a_member_who_joins_under_another_name_gives_the_first_one_up(carrier: Carrier) {
    let server = Server::start().await;
    let [(mut ann, _anns), (_b, mut bobs)] = ann_and_bob(carrier, &server).await;
    let again = ann.join("lobby", "Anna").await;
    assert_eq!(again.users(), ["Bob", "Anna"]);
    assert_eq!(comings(&bobs.everything().await), ["-Ann", "+Anna"]);
}

// X1
async fn a_client_that_never_joins_harms_nothing(carrier: Carrier) {
    let server = Server::start().await;
    let [(_a, mut anns), _bob] = ann_and_bob(carrier, &server).await;
    let mut idle = Client::connect(carrier, &server).await;
    idle.ping(1).await;
    idle.cut();
    assert_eq!(comings(&anns.everything().await), [""; 0]);
}

both_carriers![
    a_joiner_is_welcomed_then_told_who_is_here_then_acknowledged,
    others_are_told_of_a_joiner_and_the_joiner_is_not,
    users_are_listed_in_the_order_of_joining,
    an_empty_name_or_room_is_refused_before_anything_else,
    a_name_in_use_is_refused_and_nobody_else_notices,
    free_names_are_offered_instead_of_the_one_in_use,
    a_name_is_free_in_another_room_and_with_other_inner_spaces,
    names_are_trimmed_compared_by_meaning_and_shown_as_written,
    the_services_own_names_and_invisible_tricks_are_refused,
    joining_twice_leaves_no_ghost,
    a_member_who_joins_under_another_name_gives_the_first_one_up,
    a_client_that_never_joins_harms_nothing,
];
