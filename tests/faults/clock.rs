//! The server's wall clock is wrong, and becomes wrong while everybody talks.

use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};

use chinwag::wire::Event;
use chinwag::wire::event::Presence;
use tempfile::TempDir;
use tokio::task::AbortHandle;

use crate::bars::Bars;
use crate::certificate::{Pair, flags};
use crate::common::client::draw;
use crate::common::{Carrier, DEADLINE, Lane, Link, Target};
use crate::crowd::{Crowd, plan, verdict};
use crate::inside::Inside;
use crate::process::{LOOK, Process, Setup};
use crate::scenarios::Told;
use crate::table::Outcome;
use crate::visit::{Visit, Wish};

const HOUR: i64 = 60 * 60;
const DAY: i64 = 24 * HOUR;

/// How wrong it becomes, one after the other: forward, so far that sessions last seen before would be
/// forgotten, and back.
const JUMPS: [i64; 3] = [HOUR, 40 * DAY, -DAY];

/// How much later than it is due a leave may be told.
const LATE: Duration = Duration::from_secs(3);

const CARRIERS: [Carrier; 2] = [Carrier::WebTransport, Carrier::WebSocket];

/// A room beside the one where everybody talks: who is lost there, and who is said to have left.
struct Grace {
    target: Target,
    left: Arc<Mutex<Vec<(String, Instant)>>>,
    watching: AbortHandle,
    lost: Vec<(String, Instant)>,
    /// Those who were lost, too, and came back at once.
    returned: Vec<Visit>,
}

/// Jumps while it runs, then starts with a wrong clock; the certificates it makes itself, too.
pub async fn jumped() -> Told {
    let home = Arc::new(TempDir::new().unwrap());
    let inside = match Inside::new(home.path()) {
        Ok(inside) => inside,
        Err(reason) => return (String::new(), Outcome::Skipped(reason)),
    };
    // Clients have the right time: to them what the server made 40 days ahead is not valid yet.
    let pair = Pair::new();
    pair.put(home.path());
    let setup = Setup {
        flags: flags(),
        hashes: vec![pair.hash.clone()],
        ..inside.setup()
    };
    let mut server = Process::start_with(setup, home).await;
    if !inside.is_loaded() {
        let reason = "the server takes no library before libc".into();
        return (String::new(), Outcome::Skipped(reason));
    }
    let target = server.target();
    let crowd = Crowd::start((0..8).map(|index| plan(index, &target)));
    start_wrong((&inside, &mut server), &crowd).await;
    let mut grace = Grace::new(&target).await;
    for (index, &jump) in JUMPS.iter().enumerate() {
        crowd.each_acked(20).await;
        grace.around(index, || inside.set_clock(jump)).await;
    }
    crowd.each_acked(20).await;
    let mut bars = Bars::default();
    grace.judge(&mut bars).await;
    start_wrong((&inside, &mut server), &crowd).await;
    let rooms = crowd.gather().await;
    let verdict = verdict(&target, &rooms).await;
    judge_times(&target, &mut bars).await;
    drop(server);
    homemade().await;
    let done = "+1 h, +40 days, -1 day while running; started anew 40 days ahead, a day behind, and right; 15 s of grace over each jump";
    (done.into(), bars.outcome(verdict))
}

/// Starts the server with a clock that is wrong, and right again. Everybody goes on, each in the
/// session that it had.
async fn start_wrong((inside, server): (&Inside, &mut Process), crowd: &Crowd) {
    for offset in [40 * DAY, -DAY, 0] {
        crowd.each_acked(10).await;
        server.kill();
        inside.set_clock(offset);
        server.run().await;
    }
    crowd.each_acked(10).await;
}

/// The times of what was said: they show that the clock did jump, and never go back.
async fn judge_times(target: &Target, bars: &mut Bars) {
    let history = Visit::whole(target, "lobby").await;
    let times: Vec<i64> = history.unwrap().iter().map(|entry| entry.at.0).collect();
    let newest = times.iter().max().expect("somebody said something");
    let jumped = newest - times[0] >= 40 * DAY * 1_000;
    bars.must(jumped, "the clock shall have jumped");
    bars.must(times.is_sorted(), "times of entries shall not go back");
}

/// A server that makes its certificates: whenever it has the right time, newcomers get in.
async fn homemade() {
    let home = Arc::new(TempDir::new().unwrap());
    let inside = Inside::new(home.path()).unwrap();
    let mut server = Process::start_with(inside.setup(), home).await;
    for offset in [40 * DAY, 0, -DAY, 0] {
        newcomers(&server.target()).await;
        server.kill();
        inside.set_clock(offset);
        server.run().await;
        // Already while it runs.
        inside.set_clock(0);
        if offset == 40 * DAY {
            server.kill();
            server.run().await;
        }
    }
    newcomers(&server.target()).await;
}

async fn newcomers(target: &Target) {
    for carrier in CARRIERS {
        let entered = Visit::newcomer(carrier, target).await;
        entered.unwrap_or_else(|reason| panic!("no {carrier:?}: {reason}"));
    }
}

impl Grace {
    const ROOM: &'static str = "grace";

    async fn new(target: &Target) -> Self {
        let watcher = Visit::arrive(Carrier::WebSocket, target, (Self::ROOM, "watcher"));
        let watcher = watcher.await.unwrap();
        let left: Arc<Mutex<Vec<(String, Instant)>>> = Arc::default();
        let seen = left.clone();
        let watching = tokio::spawn(async move {
            // Kept, because its connection ends with it.
            let mut watcher = watcher;
            while let Some((nick, at)) = next_leave(&mut watcher.lane).await {
                seen.lock().unwrap().push((nick, at));
            }
        });
        Self {
            target: target.clone(),
            left,
            watching: watching.abort_handle(),
            lost: Vec::new(),
            returned: Vec::new(),
        }
    }

    /// One is lost for good around a jump, and one comes back behind it.
    async fn around(&mut self, index: usize, jump: impl FnOnce()) {
        let carrier = CARRIERS[index % CARRIERS.len()];
        let nick = format!("lost {index}");
        let lost = Visit::arrive(carrier, &self.target, (Self::ROOM, &nick)).await;
        let lost = lost.unwrap();
        let nick_back = format!("back {index}");
        let mut wish = Wish {
            token: None,
            next: draw(),
            room: Self::ROOM,
            nick: &nick_back,
            held: None,
        };
        let back = self.visit(carrier, &wish).await;
        self.lost.push((nick, Instant::now()));
        drop((lost, back));
        jump();
        newcomers(&self.target).await;
        (wish.token, wish.next) = (Some(wish.next), draw());
        let back = self.visit(carrier.other(), &wish).await;
        assert!(back.welcome.resumed, "{nick_back} is forgotten");
        self.returned.push(back);
    }

    async fn visit(&self, carrier: Carrier, wish: &Wish<'_>) -> Visit {
        let mut link = Link::try_open(carrier, &self.target).await.unwrap();
        let greeted = Visit::greet(&mut link, wish).await.unwrap();
        let visit = Visit::join(link, greeted, wish, &mut Vec::new()).await;
        visit.unwrap()
    }

    /// Waits until all who were lost are said to have left.
    async fn judge(self, bars: &mut Bars) {
        let since = Instant::now();
        while self.left.lock().unwrap().len() < self.lost.len() {
            assert!(since.elapsed() < DEADLINE, "nobody sees who has left");
            tokio::time::sleep(LOOK).await;
        }
        self.watching.abort();
        let grace = self.returned[0].welcome.limits.grace_ms;
        let grace = Duration::from_millis(grace.into());
        let left = self.left.lock().unwrap().clone();
        for (nick, at) in left {
            let lost = self.lost.iter().find(|(lost, _)| *lost == nick);
            bars.must(lost.is_some(), format!("{nick} shall not leave"));
            let held = at - lost.map_or(at - grace, |(_, at)| *at);
            let bar = format!("a name was held for {} ms", held.as_millis());
            bars.must(held >= grace, &bar[..]);
            bars.measured(held <= grace + LATE, bar);
        }
    }
}

/// Who is said to have left next, and when that was.
async fn next_leave(lane: &mut Lane) -> Option<(String, Instant)> {
    loop {
        if let Event::Presence {
            change: Presence::Left(member),
            ..
        } = lane.next().await?
        {
            return Some((member.nick.to_string(), Instant::now()));
        }
    }
}
