//! Ours and its peers, side by side: the same load on each, in turn, on one machine.
//!
//! `make bench-peers` runs it; it takes minutes, so nothing else does. The one program is the bench
//! itself, each of the servers that are written in Rust, and the load for what is not ours: each of
//! them a process of its own, so that its processor time is its own.
//!
//! Invariant: what could not be run is said and left out; no figure stands for another.

mod contender;
mod growth;
mod growth_plot;
mod load;
mod options;
mod process;
mod round;
mod scene;
mod serve;
mod table;

use std::error::Error;

/// Whatever went wrong, for whoever runs the bench.
type Outcome<T> = Result<T, Box<dyn Error + Send + Sync>>;

const HOW_TO_RUN: &str =
    "Minutes long: `make bench-peers` runs it, on two processors that nobody else uses.
  ROUNDS=5 SECONDS=3 MEMBERS=\"100 1000\" SCENES=\"full paced rooms rest\"
  ONLY=\"ours-wt ours-ws log-wt log-ws socketio axum bare-tls bare-quinn bare-wt\"
  PEER_BYTES=188   bytes of a peer's message, from 100 on: as many as ours is with all that belongs to it
  OURS_FLAGS=\"--filter off\"   further flags for our server
  CHINWAG_BIN=...             another build of it
How ours grows: `make bench-growth`, with ROUNDS, SECONDS, ONLY and OURS_FLAGS as above and
  MEMBERS=\"10 100 1000 10000\" ROOMS=\"1 10 100 1000 5000\" SCENES=\"paced full rooms\"";

fn main() -> Outcome<()> {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let words: Vec<&str> = arguments.iter().map(String::as_str).collect();
    match words[..] {
        ["run", ..] => round::all(&options::Options::from_environment()?),
        ["growth", ..] => growth::all(&options::Options::from_environment()?),
        ["serve", who, group, home] => serve::run(who, group.parse()?, home.as_ref()),
        ["load", ref order @ ..] => load::run(order),
        _ => {
            println!("{HOW_TO_RUN}");
            Ok(())
        }
    }
}
