//! Clients that work at the same time, and the verdict over all of them.

use std::collections::HashMap;
use std::sync::Arc;
use std::sync::atomic::Ordering;
use std::time::{Duration, Instant};

use tokio::sync::watch;
use tokio::task::JoinHandle;

use crate::common::{Carrier, Target};
use crate::member::{Member, Plan, Progress};
use crate::process::LOOK;
use crate::random::Random;
use crate::verdict::{Seen, Verdict, judge};
use crate::visit::Visit;

/// Longer than anything takes on a busy machine, for everybody together.
pub const DEADLINE: Duration = Duration::from_secs(90);

pub struct Crowd {
    working: Vec<Working>,
    stop: watch::Sender<bool>,
}

struct Working {
    room: String,
    progress: Arc<Progress>,
    task: JoinHandle<Seen>,
}

/// What everybody in a room saw.
pub type Rooms = HashMap<String, Vec<Seen>>;

/// A client in the lobby, every other one over the other carrier, 100 messages a second.
pub fn plan(index: u64, target: &Target) -> Plan {
    let carriers = [Carrier::WebTransport, Carrier::WebSocket];
    Plan {
        nick: format!("m{index}"),
        room: "lobby".into(),
        carrier: carriers[usize::from(index % 2 == 1)],
        moves: false,
        after: Duration::ZERO,
        suspicion: Duration::from_millis(500),
        patience: Duration::from_secs(1),
        pace: Duration::from_millis(10),
        under_way: 16,
        quota: None,
        cut_after: None,
        target: target.clone(),
        random: Random::of_run(1_000 + index),
    }
}

impl Crowd {
    pub fn start(plans: impl IntoIterator<Item = Plan>) -> Self {
        let stop = watch::Sender::new(false);
        let start = |plan: Plan| {
            let progress = Arc::<Progress>::default();
            Working {
                room: plan.room.clone(),
                progress: progress.clone(),
                task: tokio::spawn(Member::new(plan, progress, stop.subscribe()).work()),
            }
        };
        let working = plans.into_iter().map(start).collect();
        Self { working, stop }
    }

    /// Waits until something holds for each of them.
    pub async fn each(&self, what: &str, holds: impl Fn(&Progress) -> bool) {
        let since = Instant::now();
        for one in &self.working {
            while !holds(&one.progress) {
                assert!(!one.task.is_finished(), "a client has ended before {what}");
                assert!(since.elapsed() < DEADLINE, "{what} did not come");
                tokio::time::sleep(LOOK).await;
            }
        }
    }

    /// Waits until each of them was told of so many more messages that they are stored.
    pub async fn each_acked(&self, more: u64) {
        let before = self.working.iter().map(|one| acked(&one.progress));
        let before: Vec<u64> = before.collect();
        let since = Instant::now();
        for (one, before) in self.working.iter().zip(before) {
            while acked(&one.progress) < before + more {
                assert!(!one.task.is_finished(), "a client has ended");
                let waits = since.elapsed() < DEADLINE;
                assert!(waits, "{}: no answers, {:?}", one.room, one.progress);
                tokio::time::sleep(LOOK).await;
            }
        }
    }

    /// What is known of each, in the order of their plans.
    pub fn progress(&self) -> Vec<Arc<Progress>> {
        self.working
            .iter()
            .map(|one| one.progress.clone())
            .collect()
    }

    /// Messages acknowledged in all.
    pub fn acked(&self) -> u64 {
        self.working.iter().map(|one| acked(&one.progress)).sum()
    }

    /// Lets everybody finish what is under way.
    pub async fn gather(self) -> Rooms {
        self.stop.send_replace(true);
        self.finished(DEADLINE).await
    }

    /// Waits until everybody has sent what it was to send.
    pub async fn finished(self, deadline: Duration) -> Rooms {
        let mut rooms = Rooms::new();
        let finishing = async {
            for one in self.working {
                let seen = one.task.await.expect("the client ends well");
                rooms.entry(one.room).or_default().push(seen);
            }
        };
        let finished = tokio::time::timeout(deadline, finishing).await;
        finished.expect("everybody is answered in time");
        rooms
    }
}

/// Reads every room back and holds it against what its clients saw.
pub async fn verdict(target: &Target, rooms: &Rooms) -> Verdict {
    let mut verdict = Verdict::default();
    for (room, clients) in rooms {
        let reading = tokio::time::timeout(DEADLINE, Visit::whole(target, room));
        let history = reading.await.expect("the history can be read in time");
        verdict += judge(&history.expect("the history can be read"), clients);
    }
    verdict
}

/// A sum over all clients.
pub fn sum(rooms: &Rooms, of: impl Fn(&Seen) -> u32) -> u32 {
    rooms.values().flatten().map(of).sum()
}

fn acked(progress: &Progress) -> u64 {
    progress.acked.load(Ordering::Relaxed)
}
