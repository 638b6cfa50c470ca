//! The table of a scene: medians, their spread, and ratios within each round.

use std::fmt;

use serde_json::Value;

use crate::Outcome;
use crate::contender::Contender;
use crate::scene::{Figure, Pace, Scene};

/// From this share of its processor on, a load is what limits.
pub(crate) const LIMITS: f64 = 95.0;

/// What came of one contender in one round.
pub(crate) struct Figures {
    pub(crate) report: Value,
    pub(crate) load_percent: f64,
}

/// What came of all of them, by contender and round.
pub(crate) struct Table<'a> {
    scene: &'a Scene,
    rows: Vec<(Contender, Vec<Option<Figures>>)>,
    /// What is to be said below.
    remarks: Vec<String>,
}

impl Figures {
    fn figure(&self, figure: Figure) -> Option<f64> {
        let (place, unit) = figure.place();
        Some(self.report.pointer(place)?.as_f64()? / unit)
    }
}

/// What must not be in a report, and is.
pub(crate) fn faults(report: &Value) -> Vec<String> {
    let kinds = [
        "lost",
        "unanswered",
        "doubled",
        "reordered",
        "refused",
        "broken_connections",
    ];
    let count = |kind: &str| report.get(kind).and_then(Value::as_u64).unwrap_or(0);
    let found = kinds.iter().filter(|kind| count(kind) > 0);
    let first = report.get("first_failure").and_then(Value::as_str);
    found
        .map(|kind| format!("{} {kind}", count(kind)))
        .chain(first.map(|why| format!("the first failure: {why}")))
        .collect()
}

impl<'a> Table<'a> {
    pub(crate) fn new(scene: &'a Scene, contenders: &[Contender]) -> Self {
        let rows = contenders.iter().map(|&it| (it, Vec::new())).collect();
        Self {
            scene,
            rows,
            remarks: Vec::new(),
        }
    }

    pub(crate) fn add(&mut self, contender: Contender, outcome: Outcome<Figures>) {
        let name = contender.name();
        let kept = match outcome {
            Ok(figures) => {
                let faults = faults(&figures.report);
                if !faults.is_empty() {
                    self.remarks.push(format!("{name}: {}", faults.join(", ")));
                }
                Some(figures)
            }
            Err(error) => {
                self.remarks.push(format!("{name} failed: {error}"));
                None
            }
        };
        let row = self.rows.iter_mut().find(|(it, _)| *it == contender);
        row.expect("every contender has a row").1.push(kept);
    }

    fn rounds(&self, of: Contender) -> &[Option<Figures>] {
        let row = self.rows.iter().find(|(it, _)| *it == of);
        row.map_or(&[], |(_, rounds)| rounds)
    }

    /// One figure of one contender, round by round.
    fn figures(&self, of: Contender, figure: Figure) -> Vec<Option<f64>> {
        let rounds = self.rounds(of).iter();
        rounds.map(|it| it.as_ref()?.figure(figure)).collect()
    }

    /// How often the one has what the other has, round by round.
    fn ratios(&self, (of, to): (Contender, Contender), figure: Figure) -> Vec<f64> {
        let (ours, theirs) = (self.figures(of, figure), self.figures(to, figure));
        let pairs = ours.into_iter().zip(theirs);
        pairs
            .filter_map(|(ours, theirs)| Some(ours? / theirs?))
            .collect()
    }

    fn row(&self, contender: Contender) -> Vec<String> {
        let mut row = vec![contender.name().to_owned()];
        for &figure in self.scene.figures {
            let values = self
                .figures(contender, figure)
                .into_iter()
                .flatten()
                .collect();
            let ratios = self.ratios((contender, contender.limit(figure)), figure);
            row.extend([spread(values), spread(ratios)]);
        }
        if self.scene.figures.contains(&Figure::Rate) {
            row.push(spread(
                self.ratios((contender, Contender::SocketIo), Figure::Rate),
            ));
        }
        if self.scene.pace != Pace::Once {
            row.extend(self.shares(contender));
        }
        row
    }

    /// Shares of their processors: the server's and the load's.
    fn shares(&self, contender: Contender) -> [String; 2] {
        let rounds = || self.rounds(contender).iter().flatten();
        let server = rounds().filter_map(|it| it.report.pointer("/server/cpu_percent")?.as_f64());
        let server = median(server.collect());
        let load = median(rounds().map(|it| it.load_percent).collect());
        let limit = if load.is_some_and(|it| it >= LIMITS) {
            ", the limit"
        } else {
            ""
        };
        let share = |it: Option<f64>| it.map_or("-".into(), |it| format!("{it:.0} %"));
        [share(server), share(load) + limit]
    }

    fn head(&self) -> Vec<String> {
        let mut head = vec![self.scene.title.clone()];
        for figure in self.scene.figures {
            head.extend([figure.title().to_owned(), "x bare".into()]);
        }
        if self.scene.figures.contains(&Figure::Rate) {
            head.push("x Socket.IO".into());
        }
        if self.scene.pace != Pace::Once {
            head.extend(["server's core".into(), "load's core".into()]);
        }
        head
    }
}

impl fmt::Display for Table<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let head = self.head();
        let rows = self.rows.iter().map(|(contender, _)| self.row(*contender));
        let lines: Vec<Vec<String>> = std::iter::once(head).chain(rows).collect();
        let width = |at: usize| lines.iter().map(|line| line[at].len()).max().unwrap_or(0);
        let widths: Vec<usize> = (0..lines[0].len()).map(width).collect();
        for (number, line) in lines.iter().enumerate() {
            let cells = line.iter().zip(&widths);
            let cells: Vec<String> = cells
                .map(|(cell, width)| format!("{cell:<width$}"))
                .collect();
            writeln!(f, "| {} |", cells.join(" | "))?;
            if number == 0 {
                writeln!(f, "|{}", "---|".repeat(widths.len()))?;
            }
        }
        for remark in &self.remarks {
            writeln!(f, "! {remark}")?;
        }
        Ok(())
    }
}

pub(crate) fn median(mut values: Vec<f64>) -> Option<f64> {
    values.sort_by(f64::total_cmp);
    let middle = values.len() / 2;
    if values.len() % 2 == 1 {
        return Some(values[middle]);
    }
    Some((values.get(middle.checked_sub(1)?)? + values[middle]) / 2.0)
}

/// The median, and from the least to the most.
pub(crate) fn spread(values: Vec<f64>) -> String {
    let least = values.iter().copied().fold(f64::INFINITY, f64::min);
    let most = values.iter().copied().fold(0.0, f64::max);
    match median(values) {
        Some(median) => format!("{} ({}..{})", short(median), short(least), short(most)),
        None => "-".into(),
    }
}

/// Three digits that matter.
fn short(value: f64) -> String {
    match value {
        it if it >= 100.0 => format!("{it:.0}"),
        it if it >= 10.0 => format!("{it:.1}"),
        it => format!("{it:.2}"),
    }
}
