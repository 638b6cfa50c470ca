//! A disk that says that it has not kept what it was given.

use std::process::ExitStatus;
use std::sync::Arc;
use std::time::{Duration, Instant};

use tempfile::TempDir;

use crate::bars::Bars;
use crate::crowd::{Crowd, plan, verdict};
use crate::inside::{Call, Inside};
use crate::member::Plan;
use crate::process::Process;
use crate::scenarios::Told;
use crate::table::Outcome;

const CLIENTS: u64 = 8;

/// Within which the server shall tell everybody and end.
const BAR: Duration = Duration::from_secs(5);

/// For acknowledgements of what is stored that are still on their way.
const QUIET: Duration = Duration::from_secs(1);

/// How the server ended.
struct End {
    status: ExitStatus,
    took: Duration,
    /// Messages that were acknowledged after the call had failed.
    too_late: u64,
}

/// A flush fails once, then a write. What was acknowledged is on the disk: no more of it may be.
pub async fn fsync() -> Told {
    let home = Arc::new(TempDir::new().unwrap());
    let inside = match Inside::new(home.path()) {
        Ok(inside) => inside,
        Err(reason) => return (String::new(), Outcome::Skipped(reason)),
    };
    let mut server = Process::start_with(inside.setup(), home).await;
    if !inside.is_loaded() {
        let reason = "the server takes no library before libc".into();
        return (String::new(), Outcome::Skipped(reason));
    }
    let target = server.target();
    let crowd = Crowd::start((0..CLIENTS).map(|index| Plan {
        // The call takes its time before it fails, which is no reason to leave.
        patience: Duration::from_secs(15),
        ..plan(index, &target)
    }));
    let mut ends = Vec::new();
    for call in [Call::Flush, Call::Write] {
        crowd.each_acked(20).await;
        ends.push(fail(call, (&inside, &mut server), &crowd).await);
        server.run().await;
    }
    crowd.each_acked(20).await;
    let rooms = crowd.gather().await;
    let verdict = verdict(&target, &rooms).await;
    let told = rooms.values().flatten().filter(|seen| seen.told == 2);
    let told = told.count() as u64;
    let took = ends.iter().map(|end| end.took.as_millis());
    let took: Vec<String> = took.map(|ms| ms.to_string()).collect();
    let done = format!(
        "EIO from fdatasync, then from a write: {told} of {CLIENTS} told, {} after {} ms; started again",
        ends[0].status,
        took.join(" and "),
    );
    let mut bars = Bars::default();
    bars.must(told == CLIENTS, "all shall be told");
    for end in ends {
        let late = end.too_late;
        bars.must(late == 0, format!("{late} were acknowledged afterwards"));
        bars.must(end.status.code() == Some(1), "it shall exit with 1");
        bars.measured(end.took <= BAR, "it shall end within 5 s");
    }
    (done, bars.outcome(verdict))
}

/// Lets the next call fail, and waits until the server has ended.
async fn fail(call: Call, (inside, server): (&Inside, &mut Process), crowd: &Crowd) -> End {
    inside.catch(call).await;
    let acked = settled(crowd).await;
    let since = Instant::now();
    inside.release();
    let status = server.ended().await;
    End {
        status,
        took: since.elapsed(),
        too_late: crowd.acked() - acked,
    }
}

/// How much is acknowledged when nothing more comes.
async fn settled(crowd: &Crowd) -> u64 {
    loop {
        let before = crowd.acked();
        // Nothing can be stored meanwhile: the log waits in the call.
        tokio::time::sleep(QUIET).await;
        if crowd.acked() == before {
            return before;
        }
    }
}
