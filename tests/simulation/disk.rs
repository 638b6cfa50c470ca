//! The disk: a real `MemoryLog` that can be slow, full, unreadable, or rewound to a backup.
//!
//! A crash loses what had not come to it; a group is there whole or not at all, because the log's own
//! `append` is all or nothing and a crash never comes in the middle of one.

use chinwag::ids::Epoch;
use chinwag::log::{Log, MemoryLog};
use chinwag::record::{Answer, Committed, LogError, Query, Record, StoredMember};

use crate::judge::Judge;
use crate::net::{MS, Micros, Net, SECOND};

pub(crate) struct Disk {
    log: MemoryLog,
    /// Every group that was stored, to make a backup from.
    journal: Vec<Vec<Record>>,
    epoch: u64,
    full_until: Micros,
    slow_until: Micros,
    unreadable_until: Micros,
}

impl Disk {
    pub(crate) fn new() -> Self {
        Self {
            log: MemoryLog::new(Epoch(1)),
            journal: Vec::new(),
            epoch: 1,
            full_until: 0,
            slow_until: 0,
            unreadable_until: 0,
        }
    }

    pub(crate) fn epoch(&self) -> Epoch {
        self.log.epoch()
    }

    pub(crate) fn fill(&mut self, until: Micros) {
        self.full_until = until;
    }

    pub(crate) fn slow(&mut self, until: Micros) {
        self.slow_until = until;
    }

    pub(crate) fn garble(&mut self, until: Micros) {
        self.unreadable_until = until;
    }

    pub(crate) fn heal(&mut self) {
        (self.full_until, self.slow_until, self.unreadable_until) = (0, 0, 0);
    }

    /// How long the next thing takes.
    pub(crate) fn takes(&self, net: &mut Net) -> Micros {
        if net.now < self.slow_until {
            return net.random.between(50 * MS, 2 * SECOND);
        }
        match net.random.below(20) {
            0 => net.random.between(5 * MS, 60 * MS),
            _ => net.random.between(50, 3 * MS),
        }
    }

    pub(crate) fn append(
        &mut self,
        group: Vec<Record>,
        (judge, now): (&mut Judge, Micros),
    ) -> Result<Vec<Committed>, (Vec<Record>, LogError)> {
        if now < self.full_until {
            return Err((group, LogError::Full));
        }
        self.journal.push(group.clone());
        let committed = self.log.append(group)?;
        committed.iter().for_each(|record| judge.committed(record));
        Ok(committed)
    }

    pub(crate) fn answer(&mut self, query: Query, now: Micros) -> Result<Answer, LogError> {
        if now < self.unreadable_until {
            return Err(LogError::Broken("cannot be read for now".into()));
        }
        self.log.answer(query)
    }

    /// Who was a member when the process ended.
    pub(crate) fn members(&mut self) -> Vec<StoredMember> {
        let members = self.log.members();
        members.expect("a log in memory can be read")
    }

    /// A backup is restored: the newest groups are gone, and the epoch is a new one.
    pub(crate) fn rewind(&mut self, net: &mut Net, judge: &mut Judge) {
        let kept = net.random.index(self.journal.len() + 1);
        self.journal.truncate(kept);
        self.epoch += 1;
        self.log = MemoryLog::new(Epoch(self.epoch));
        judge.rewound(self.epoch);
        for group in &self.journal {
            let committed = self.log.append(group.clone());
            let committed = committed.expect("a log in memory takes what it took before");
            committed.iter().for_each(|record| judge.committed(record));
        }
    }
}
