//! What happened: a hash of all of it to compare runs by, and the last lines of it to read.

use std::collections::VecDeque;
use std::fmt::Write;

/// Lines kept for whoever replays a seed, unless `SIMULATION_LINES` says otherwise.
pub(crate) const LINES: usize = 400;

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Level {
    /// Nothing is kept: fast.
    Off,
    /// Everything goes into the hash.
    Hash,
    /// And so many of the last lines are kept.
    Lines(usize),
}

pub(crate) struct Trace {
    level: Level,
    hash: u64,
    lines: VecDeque<String>,
    scratch: String,
}

impl Trace {
    pub(crate) fn new(level: Level) -> Self {
        Self {
            level,
            hash: 0xcbf2_9ce4_8422_2325,
            lines: VecDeque::new(),
            scratch: String::new(),
        }
    }

    /// Notes a line; it is only written if anybody wants it.
    pub(crate) fn note(&mut self, at: u64, line: std::fmt::Arguments<'_>) {
        if self.level == Level::Off {
            return;
        }
        self.scratch.clear();
        let millis = at as f64 / 1_000.0;
        write!(self.scratch, "{millis:>10.3} ms  {line}").expect("a string takes all");
        for byte in self.scratch.bytes() {
            self.hash = (self.hash ^ u64::from(byte)).wrapping_mul(0x0100_0000_01b3);
        }
        if let Level::Lines(most) = self.level {
            let mut line = self.scratch.clone();
            if line.len() > 600 {
                let end = (0..=600).rev().find(|at| line.is_char_boundary(*at));
                line.truncate(end.unwrap_or(0));
                line.push('…');
            }
            self.lines.push_back(line);
            if self.lines.len() > most {
                self.lines.pop_front();
            }
        }
    }

    pub(crate) fn hash(&self) -> u64 {
        self.hash
    }

    pub(crate) fn lines(&self) -> impl Iterator<Item = &str> {
        self.lines.iter().map(String::as_str)
    }
}
