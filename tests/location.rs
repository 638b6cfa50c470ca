//! Positions: shared with the room, and refused when they are not on the globe.

mod common;

use chinwag::wire::event::{Content, RefusalCode};
use common::client::ann_and_bob;
use common::{Carrier, Server};

fn at(latitude: f64, longitude: f64) -> Content {
    Content::Location {
        latitude,
        longitude,
    }
}

// A26
async fn the_room_gets_name_time_and_position(carrier: Carrier) {
    let server = Server::start().await;
    let [(_a, mut anns), (_b, mut bobs)] = ann_and_bob(carrier, &server).await;
    for place in [at(51.4779, -0.0015), at(-90.0, 180.0), at(0.0, 0.0)] {
        let number = anns.send(place.clone()).await;
        let entry = bobs.find(|event| match event {
            chinwag::wire::Event::Entry(entry) if entry.number == number => Some(entry.clone()),
            _ => None,
        });
        let entry = entry.await;
        assert_eq!((&entry.content, &*entry.nick), (&place, "Ann"));
        assert!(entry.at.0 > 0);
        anns.acked(number).await;
    }
}

// A26
#[tokio::test]
async fn the_link_to_the_map_is_told_and_configurable() {
    let server = Server::start().await;
    let map = server.discovery().await["map_url"]
        .as_str()
        .unwrap()
        .to_owned();
    assert!(map.starts_with("https://www.openstreetmap.org/"), "{map}");
    assert!(map.contains("{lat}") && map.contains("{lon}"), "{map}");
    let other = "https://maps.example.org/?q={lat},{lon}";
    let server = Server::with(&["--ephemeral", "--map-url", other]).await;
    assert_eq!(server.discovery().await["map_url"], other);
}

// X9
async fn positions_outside_the_globe_are_refused(carrier: Carrier) {
    let server = Server::start().await;
    let [(_a, mut anns), _bob] = ann_and_bob(carrier, &server).await;
    for (latitude, longitude) in [
        (90.01, 0.0),
        (-91.0, 0.0),
        (0.0, 180.5),
        (f64::NAN, 0.0),
        (0.0, f64::NEG_INFINITY),
    ] {
        let refusal = anns.fails(at(latitude, longitude)).await;
        assert_eq!(refusal.code, RefusalCode::NotOnGlobe, "{refusal:?}");
        assert!(!refusal.retry);
    }
}

both_carriers![
    the_room_gets_name_time_and_position,
    positions_outside_the_globe_are_refused,
];
