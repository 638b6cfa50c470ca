//! The faults that need nothing but this process's own rights.

use std::time::{Duration, Instant};

use chinwag::wire::Event;
use chinwag::wire::event::Presence;

use crate::bars::{Bars, percentile};
use crate::common::Carrier;
use crate::crowd::{Crowd, plan, sum, verdict};
use crate::member::Plan;
use crate::process::Process;
use crate::proxy::Wire;
use crate::random::Random;
use crate::size;
use crate::table::Outcome;
use crate::verdict::Verdict;
use crate::visit::{Next, Visit};

/// What was done, and what became of it.
pub type Told = (String, Outcome);

/// `kill -9` while everybody sends.
pub async fn killed() -> Told {
    const BAR: Duration = Duration::from_millis(500);
    let rounds = size("FAULTS_ROUNDS", 100, 10);
    let mut random = Random::of_run(1);
    let mut server = Process::start().await;
    let crowd = Crowd::start((0..8).map(|index| plan(index, &server.target())));
    let mut again = Vec::new();
    for _ in 0..rounds {
        crowd.each_acked(random.within(5..60)).await;
        server.kill();
        again.push(server.run().await);
    }
    crowd.each_acked(10).await;
    let rooms = crowd.gather().await;
    let longest = percentile(&mut again, 100);
    let done = format!(
        "{rounds} times; serving again after {} ms (median), {} ms (longest)",
        percentile(&mut again, 50).as_millis(),
        longest.as_millis()
    );
    let mut bars = Bars::default();
    bars.measured(longest <= BAR, "serving again takes at most 500 ms");
    (done, bars.outcome(verdict(&server.target(), &rooms).await))
}

/// Every connection breaks at a byte drawn at random.
pub async fn cut() -> Told {
    const CLIENTS: u64 = 16;
    const ROOMS: u64 = 4;
    /// One to a dozen messages, each with its entry for everybody and its acknowledgement.
    const LIFE: std::ops::Range<u64> = 600..5_000;
    let sends = size("FAULTS_SENDS", 10_000, 800);
    let server = Process::start().await;
    let target = server.target();
    let plans = (0..CLIENTS).map(|index| Plan {
        // Over both carriers in each room.
        room: format!("room {}", index / 2 % ROOMS),
        suspicion: Duration::from_millis(250),
        patience: Duration::from_millis(500),
        pace: Duration::from_millis(1),
        quota: Some(sends / CLIENTS),
        cut_after: Some(LIFE),
        ..plan(index, &target)
    });
    let deadline = Duration::from_secs(120 + sends / 10);
    let rooms = Crowd::start(plans).finished(deadline).await;
    let cuts = sum(&rooms, |seen| seen.cuts);
    let done = format!(
        "{sends} sends over {} connections, {cuts} of them cut (TCP closed, UDP silenced) while in the room; {} cuts between storing and acknowledgement, {} messages sent again",
        sum(&rooms, |seen| seen.welcomes),
        sum(&rooms, |seen| seen.acks_cut_off),
        sum(&rooms, |seen| seen.sent_again),
    );
    let mut bars = Bars::default();
    bars.must(
        u64::from(cuts) >= sends / 50,
        "there shall be a cut in 50 sends at least",
    );
    (done, bars.outcome(verdict(&target, &rooms).await))
}

/// SIGTERM to a full house.
pub async fn drained() -> Told {
    const BAR: Duration = Duration::from_secs(5);
    const IN_A_ROOM: u64 = 10;
    /// For how long the load is measured.
    const LOAD: Duration = Duration::from_secs(3);
    let clients = size("FAULTS_SESSIONS", 1_000, 100);
    let mut server = Process::start().await;
    let target = server.target();
    let crowd = Crowd::start((0..clients).map(|index| Plan {
        room: format!("room {}", index / IN_A_ROOM),
        after: Duration::from_millis(2 * index),
        suspicion: Duration::from_secs(3),
        patience: Duration::from_secs(10),
        pace: Duration::from_millis(500),
        ..plan(index, &target)
    }));
    crowd.each_acked(3).await;
    let before = crowd.acked();
    tokio::time::sleep(LOAD).await;
    let load = (crowd.acked() - before) / LOAD.as_secs();
    let since = Instant::now();
    server.signal("TERM");
    let status = server.ended().await;
    let took = since.elapsed();
    server.run().await;
    crowd.each_acked(3).await;
    let rooms = crowd.gather().await;
    let told = rooms.values().flatten().filter(|seen| seen.told > 0);
    let told = told.count() as u64;
    let done = format!(
        "{load} messages a second; {told} of {clients} told when to come back, {status} after {} ms; started again, all came back",
        took.as_millis()
    );
    let mut bars = Bars::default();
    // On a machine that is busy with other things the drain ends before the last are reached.
    bars.must(4 * told >= 3 * clients, "nearly all shall be told");
    bars.measured(told == clients, "all shall be told");
    bars.must(status.success(), "the exit status shall be 0");
    bars.measured(took <= BAR, "it shall end within 5 s");
    bars.measured(
        10 * load >= 9 * 2 * clients,
        "everybody shall be sending two messages a second",
    );
    (done, bars.outcome(verdict(&target, &rooms).await))
}

/// The process stands still while its sockets stay.
pub async fn paused() -> Told {
    let seconds = size("FAULTS_PAUSE", 20, 5);
    let server = Process::start().await;
    let target = server.target();
    let crowd = Crowd::start((0..8).map(|index| plan(index, &target)));
    crowd.each_acked(20).await;
    server.signal("STOP");
    // The fault itself lasts so long.
    tokio::time::sleep(Duration::from_secs(seconds)).await;
    server.signal("CONT");
    crowd.each_acked(20).await;
    let rooms = crowd.gather().await;
    let done = format!("SIGSTOP, {seconds} s, SIGCONT");
    (done, Outcome::Measured(verdict(&target, &rooms).await))
}

/// Two peers fall silent: nobody closes anything.
pub async fn silent() -> Told {
    /// For how long a name is held, and how soon after it a dead peer must be gone.
    const GRACE: Duration = Duration::from_secs(15);
    const BAR: Duration = Duration::from_secs(25);
    let server = Process::start().await;
    let target = server.target();
    let observer = Visit::arrive(Carrier::WebSocket, &target, ("lobby", "observer")).await;
    let mut observer = observer.expect("a join");
    let mut silent = Vec::new();
    for (carrier, nick) in [
        (Carrier::WebTransport, "over WebTransport"),
        (Carrier::WebSocket, "over WebSocket"),
    ] {
        let wire = Wire::new(&target, carrier, 1 << 40).await;
        let visit = Visit::arrive(carrier, &wire.target, ("lobby", nick)).await;
        let visit = visit.expect("a join");
        silent.push((wire, visit));
    }
    let since = Instant::now();
    for (wire, _) in &silent {
        wire.freeze();
    }
    let mut left = Vec::new();
    let mut bars = Bars::default();
    while left.len() < silent.len() {
        let next = tokio::time::timeout(2 * BAR, observer.next()).await;
        let Next::Event(event) = next.expect("they leave some time") else {
            continue;
        };
        if let Event::Presence {
            change: Presence::Left(member),
            ..
        } = event
        {
            let after = since.elapsed();
            bars.must(after >= GRACE, format!("{} left too early", member.nick));
            bars.measured(after <= BAR, format!("{} left too late", member.nick));
            left.push(format!(
                "{} after {:.1} s",
                member.nick,
                after.as_secs_f64()
            ));
        }
    }
    let verdict = Verdict {
        sessions: 3,
        ..Verdict::default()
    };
    let done = format!(
        "UDP silenced, TCP frozen; gone for the others: {}",
        left.join(", ")
    );
    (done, bars.outcome(verdict))
}
