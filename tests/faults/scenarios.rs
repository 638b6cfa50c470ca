//! The faults that need nothing but this process's own rights.

use std::time::{Duration, Instant};

use crate::common::Carrier;
use crate::crowd::{Crowd, plan, sum, verdict};
use crate::member::Plan;
use crate::process::Process;
use crate::random::Random;
use crate::setting;
use crate::table::Outcome;

/// What was done, and what became of it.
pub type Told = (String, Outcome);

/// `kill -9` while everybody sends.
pub async fn killed() -> Told {
    let rounds = setting("FAULTS_ROUNDS", 20);
    let mut random = Random::of_run(1);
    let mut server = Process::start().await;
    let crowd = Crowd::start((0..8).map(|index| plan(index, &server.target())));
    let mut again = Vec::new();
    for _ in 0..rounds {
        crowd.each_acked(random.within(5..60)).await;
        server.kill();
        again.push(server.run().await.as_millis());
    }
    crowd.each_acked(10).await;
    let rooms = crowd.gather().await;
    again.sort_unstable();
    let done = format!(
        "{rounds} times; ready again after {} ms (median), {} ms (longest)",
        again[again.len() / 2],
        again[again.len() - 1]
    );
    (
        done,
        Outcome::Measured(verdict(&server.target(), &rooms).await),
    )
}

/// Every connection breaks at a byte drawn at random.
pub async fn cut() -> Told {
    const CLIENTS: u64 = 4;
    let sends = setting("FAULTS_SENDS", 1_000);
    let server = Process::start().await;
    let target = server.target();
    let plans = (0..CLIENTS).map(|index| {
        let plan = plan(index, &target);
        // From within the handshake to a few dozen messages behind it; QUIC pads its first packets and
        // probes for larger ones.
        let bytes = match plan.carrier {
            Carrier::WebTransport => 8_000..40_000,
            Carrier::WebSocket => 2_000..20_000,
        };
        Plan {
            pace: Duration::from_millis(5),
            quota: Some(sends / CLIENTS),
            cut_after: Some(bytes),
            ..plan
        }
    });
    // A connection that is cut costs its client 2 s, and most carry some messages.
    let deadline = Duration::from_secs(120 + sends / 2);
    let rooms = Crowd::start(plans).finished(deadline).await;
    let done = format!(
        "{sends} sends over {} connections, TCP closed, UDP silenced",
        sum(&rooms, |seen| seen.welcomes)
    );
    (done, Outcome::Measured(verdict(&target, &rooms).await))
}

/// SIGTERM to a full house.
pub async fn drained() -> Told {
    const CLIENTS: u64 = 200;
    const ROOMS: u64 = 20;
    const BAR: Duration = Duration::from_secs(5);
    let mut server = Process::start().await;
    let target = server.target();
    let crowd = Crowd::start((0..CLIENTS).map(|index| Plan {
        room: format!("room {}", index % ROOMS),
        patience: Duration::from_secs(10),
        pace: Duration::from_millis(500),
        ..plan(index, &target)
    }));
    crowd.each_acked(3).await;
    let since = Instant::now();
    server.signal("TERM");
    let status = server.ended().await;
    let took = since.elapsed();
    server.run().await;
    crowd.each_acked(3).await;
    let rooms = crowd.gather().await;
    let told = rooms.values().flatten().filter(|seen| seen.told > 0);
    let told = told.count();
    let done = format!(
        "{told} of {CLIENTS} told, {status} after {} ms; started again",
        took.as_millis()
    );
    let verdict = verdict(&target, &rooms).await;
    let well = told as u64 == CLIENTS && status.success() && took <= BAR;
    let outcome = match well {
        true => Outcome::Measured(verdict),
        false => Outcome::Wrong(verdict, "all shall be told, and exit 0 within 5 s".into()),
    };
    (done, outcome)
}

/// The process stands still while its sockets stay.
pub async fn paused() -> Told {
    let seconds = setting("FAULTS_PAUSE", 20);
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
