//! The whole of Chinwag's deciding part under trouble, in virtual time, from one seed.
//!
//! In the manner of FoundationDB and of TigerBeetle's VOPR: clients that keep to the protocol, and some
//! that do not, talk to one server over a network that delays, reorders, cuts, silences and delivers late,
//! while the server is killed, drained and restarted and its disk is slow, full, unreadable or rewound.
//! A judge of its own account checks every invariant (`judge.rs`, `view.rs`, `stay.rs`, `world.rs`).
//!
//! Real: `Chat` with all its rules, `MemoryLog`, `Fanout` with its shards, rooms, outboxes and budgets, the
//! codec of commands and events. Modelled: the hub and the log's thread (`server.rs`), the loops of a
//! connection (`ends.rs`), the network (`net.rs`), the disk's faults (`disk.rs`), clients (`client.rs`,
//! `stay.rs`, `view.rs`, `rogue.rs`). Not there: SQLite, sockets, browsers; `make faults` has those.
//!
//! One seed is one run, to the last effect. `SIMULATION_SEED=1234 cargo test --test simulation --
//! --nocapture` replays one and prints what happened last (`SIMULATION_LINES=100000` prints all); `SIMULATION_SEEDS=10000` says how many are
//! run, `SIMULATION_FIRST` with which it begins.

mod client;
mod disk;
mod ends;
mod judge;
mod net;
mod random;
mod rogue;
mod rooms;
mod server;
mod stay;
mod trace;
mod view;
mod world;

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::atomic::{AtomicU64, Ordering};

use judge::Violation;
use trace::{LINES, Level};
use world::{Outcome, run};

/// Seeds in a usual test run: half a minute of one processor, unoptimised. `SIMULATION_SEEDS` asks for more.
const SEEDS: u64 = 500;

fn number(name: &str) -> Option<u64> {
    let text = std::env::var(name).ok()?;
    Some(text.parse().expect("seeds are numbers"))
}

fn run_caught(seed: u64, level: Level) -> Outcome {
    catch_unwind(AssertUnwindSafe(|| run(seed, level))).unwrap_or_else(|_| Outcome {
        violation: Some(Violation {
            invariant: "nothing_panics",
            what: "see above".into(),
        }),
        hash: 0,
        acknowledged: 0,
        shown: 0,
        happenings: 0,
        forgetful: false,
        lines: Vec::new(),
    })
}

fn replay(seed: u64) {
    let lines = number("SIMULATION_LINES").and_then(|it| it.try_into().ok());
    let outcome = run_caught(seed, Level::Lines(lines.unwrap_or(LINES)));
    for line in &outcome.lines {
        println!("{line}");
    }
    println!("seed {seed}: hash {:016x}", outcome.hash);
    if let Some(violation) = outcome.violation {
        panic!("{}: {}", violation.invariant, violation.what);
    }
}

/// The smallest failing seed of `first..end`, if any, and what was done in all.
fn run_all(first: u64, end: u64) -> (Option<(u64, Violation)>, [u64; 4]) {
    let next = AtomicU64::new(first);
    let totals = [const { AtomicU64::new(0) }; 4];
    let threads = std::thread::available_parallelism().map_or(1, |it| it.get());
    let worker = || {
        loop {
            let seed = next.fetch_add(1, Ordering::Relaxed);
            if seed >= end {
                return None;
            }
            let outcome = run_caught(seed, Level::Off);
            let forgetful = u64::from(outcome.forgetful);
            let Outcome {
                acknowledged,
                shown,
                happenings,
                ..
            } = outcome;
            let counts = [acknowledged, shown, happenings, forgetful];
            for (total, count) in totals.iter().zip(counts) {
                total.fetch_add(count, Ordering::Relaxed);
            }
            if let Some(violation) = outcome.violation {
                next.store(end, Ordering::Relaxed);
                return Some((seed, violation));
            }
        }
    };
    let failed = std::thread::scope(|scope| {
        let workers: Vec<_> = (0..threads).map(|_| scope.spawn(worker)).collect();
        let found = workers.into_iter().filter_map(|it| it.join().ok()?);
        found.min_by_key(|(seed, _)| *seed)
    });
    (failed, totals.map(AtomicU64::into_inner))
}

#[test]
fn no_seed_breaks_an_invariant() {
    if let Some(seed) = number("SIMULATION_SEED") {
        return replay(seed);
    }
    let first = number("SIMULATION_FIRST").unwrap_or(0);
    let seeds = number("SIMULATION_SEEDS").unwrap_or(SEEDS);
    let (failed, [acknowledged, shown, happenings, forgetful]) = run_all(first, first + seeds);
    if let Some((seed, violation)) = failed {
        panic!(
            "seed {seed} (after {} seeds) breaks {}: {}\nreplay it with: SIMULATION_SEED={seed} cargo test --test simulation -- --nocapture",
            seed - first + 1,
            violation.invariant,
            violation.what
        );
    }
    println!(
        "{seeds} seeds: {happenings} happenings, {acknowledged} acknowledged, {shown} shown; \
         in {forgetful} the server ended before a full disk knew of somebody's newest token"
    );
    assert!(acknowledged > 10 * seeds, "hardly anything was said");
}

#[test]
fn a_seed_is_one_run_to_the_last_effect() {
    for seed in 0..20 {
        let (one, two) = (run(seed, Level::Hash), run(seed, Level::Hash));
        assert_eq!(one.hash, two.hash, "seed {seed}");
        assert_ne!(one.happenings, 0);
    }
    assert_ne!(run(1, Level::Hash).hash, run(2, Level::Hash).hash);
}
