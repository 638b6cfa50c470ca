//! The one table that is printed, and a line of it between processes.

use std::time::Duration;

use crate::verdict::Verdict;

/// What became of one fault.
#[derive(Clone, Debug)]
pub struct Row {
    pub fault: String,
    /// What was done, and what else was measured.
    pub done: String,
    pub outcome: Outcome,
}

#[derive(Clone, Debug)]
pub enum Outcome {
    Measured(Verdict),
    /// Measured, and something else is not as it should be.
    Wrong(Verdict, String),
    /// It could not be measured to its end.
    Failed(String),
    /// This machine cannot make this fault.
    Skipped(String),
}

const MARK: &str = "faults-row";

impl Row {
    pub fn is_well(&self) -> bool {
        match &self.outcome {
            Outcome::Measured(verdict) => verdict.is_clean(),
            Outcome::Skipped(_) => true,
            Outcome::Wrong(..) | Outcome::Failed(_) => false,
        }
    }

    fn is_skipped(&self) -> bool {
        match self.outcome {
            Outcome::Skipped(_) => true,
            Outcome::Measured(_) | Outcome::Wrong(..) | Outcome::Failed(_) => false,
        }
    }

    /// As one line for the process that prints the table.
    pub fn line(&self) -> String {
        let (kind, verdict, text) = match &self.outcome {
            Outcome::Measured(verdict) => ("measured", *verdict, ""),
            Outcome::Wrong(verdict, text) => ("wrong", *verdict, text.as_str()),
            Outcome::Failed(text) => ("failed", Verdict::default(), text.as_str()),
            Outcome::Skipped(text) => ("skipped", Verdict::default(), text.as_str()),
        };
        let numbers = format!(
            "{}\t{}\t{}\t{}\t{}\t{}",
            verdict.sessions,
            verdict.acknowledged,
            verdict.lost,
            verdict.doubled,
            verdict.reordered,
            verdict.gap.as_millis()
        );
        let text = text.replace(['\n', '\t', '|'], " ");
        let (fault, done) = (&self.fault, &self.done);
        format!("{MARK}\t{kind}\t{fault}\t{done}\t{numbers}\t{text}")
    }

    /// Reads such a line; none if it is another.
    pub fn parse(line: &str) -> Option<Self> {
        let fields: Vec<&str> = line.split('\t').collect();
        let [MARK, kind, fault, done, numbers @ .., text] = &fields[..] else {
            return None;
        };
        let numbers: Vec<usize> = numbers.iter().filter_map(|n| n.parse().ok()).collect();
        let &[sessions, acknowledged, lost, doubled, reordered, gap] = &numbers[..] else {
            return None;
        };
        let verdict = Verdict {
            sessions,
            acknowledged,
            lost,
            doubled,
            reordered,
            gap: Duration::from_millis(gap as u64),
        };
        let text = (*text).to_owned();
        let outcome = match *kind {
            "measured" => Outcome::Measured(verdict),
            "wrong" => Outcome::Wrong(verdict, text),
            "skipped" => Outcome::Skipped(text),
            _ => Outcome::Failed(text),
        };
        let (fault, done) = ((*fault).to_owned(), (*done).to_owned());
        Some(Self {
            fault,
            done,
            outcome,
        })
    }

    /// As one row of the table.
    pub fn row(&self) -> String {
        format!("| {} |", self.cells().join(" | "))
    }

    fn cells(&self) -> [String; 8] {
        let (verdict, text) = match &self.outcome {
            Outcome::Measured(verdict) => (Some(verdict), String::new()),
            Outcome::Wrong(verdict, text) => (Some(verdict), format!("; WRONG: {text}")),
            Outcome::Failed(text) => (None, format!("FAILED: {text}")),
            Outcome::Skipped(text) => (None, format!("skipped: {text}")),
        };
        let number = |of: fn(&Verdict) -> usize| verdict.map_or("-".into(), |v| of(v).to_string());
        let gap = |v: &Verdict| usize::try_from(v.gap.as_millis()).unwrap_or(usize::MAX);
        [
            self.fault.clone(),
            format!("{}{text}", self.done),
            number(|v| v.sessions),
            number(|v| v.acknowledged),
            number(|v| v.lost),
            number(|v| v.doubled),
            number(|v| v.reordered),
            number(gap),
        ]
    }
}

/// Prints all rows under one head.
pub fn print(rows: &[Row]) {
    let head = [
        "fault",
        "what was done",
        "sessions",
        "messages acknowledged",
        "lost",
        "doubled",
        "reordered",
        "longest gap (ms)",
    ];
    println!("\n| {} |", head.join(" | "));
    println!("|{}", "---|".repeat(head.len()));
    for row in rows {
        println!("{}", row.row());
    }
    let (skipped, made): (Vec<&Row>, Vec<&Row>) = rows.iter().partition(|row| row.is_skipped());
    let well = made.iter().filter(|row| row.is_well()).count();
    // `make test` counts by this line.
    println!("\nfaults: {well} passed, {} skipped", skipped.len());
}
