//! How ours grows: ever more members in one room, and ever more rooms.
//!
//! The work is the same at every size, as many deliveries a second, so that what changes is what the size
//! costs; once more as fast as it goes. What every run said is kept in a file, line by line, and the table
//! and the plot are made of all of it: rounds may be run one at a time.

use std::fs::{self, OpenOptions};
use std::io::Write as _;
use std::time::{Duration, SystemTime};

use serde_json::{Value, json};

use crate::Outcome;
use crate::contender::Contender;
use crate::growth_plot;
use crate::options::{self, Options};
use crate::round;
use crate::scene::{Figure, Pace, Scene};
use crate::table::{LIMITS, faults, spread};

const KEPT: &str = "target/growth.jsonl";
const TABLE: &str = "target/growth.md";
const PLOT: &str = "target/growth.svg";
/// Deliveries a second in one room of any size.
const IN_A_ROOM: f64 = 20_000.0;
/// Deliveries a second in all rooms together: each message is decided about for three members only.
const IN_ROOMS: f64 = 3_000.0;
/// Members of each room, where there are many: 15,000 open files are below the usual limits.
const GROUP: usize = 3;
/// The size that the others are held against.
const REFERENCE: usize = 100;
pub(crate) const TRANSPORTS: [Contender; 2] = [Contender::OursWt, Contender::OursWs];
const PACED: &[Figure] = &[Figure::Cpu, Figure::P50, Figure::P99, Figure::Memory];

/// Something that grows.
pub(crate) struct Ladder {
    name: &'static str,
    pub(crate) title: &'static str,
    pub(crate) sizes: Vec<usize>,
    pub(crate) figures: &'static [Figure],
    scene: fn(usize) -> Scene,
}

/// What all runs so far said.
pub(crate) struct Kept(Vec<Value>);

/// One more of each run, as many rounds as are wanted; then the table and the plot of all that is kept.
pub(crate) fn all(options: &Options) -> Outcome<()> {
    let ladders = Ladder::wanted()?;
    for round in 1..=options.rounds {
        let begun = SystemTime::UNIX_EPOCH.elapsed().unwrap_or(Duration::ZERO);
        for ladder in &ladders {
            climb(ladder, options, begun.as_secs())?;
        }
        eprintln!("\rround {round} of {}{:<40}", options.rounds, "");
    }
    let kept = Kept::read()?;
    let tables: Vec<String> = ladders.iter().map(|it| table(it, &kept)).collect();
    let text = tables.join("\n");
    println!("{text}");
    fs::write(TABLE, text)?;
    growth_plot::draw(&ladders, &kept, PLOT.as_ref())?;
    println!("{TABLE}, {PLOT}; delete {KEPT} to begin anew");
    Ok(())
}

/// Every size, over each transport in turn.
fn climb(ladder: &Ladder, options: &Options, round: u64) -> Outcome<()> {
    let wanted = |it: &&Contender| options.contenders.contains(it);
    for &size in &ladder.sizes {
        for &contender in TRANSPORTS.iter().filter(wanted) {
            eprint!("\r{} {size}, {:<12}", ladder.name, contender.name());
            let run = match round::once(contender, &(ladder.scene)(size), options) {
                Ok(figures) => {
                    json!({"report": figures.report, "load_percent": figures.load_percent})
                }
                Err(error) => json!({"error": error.to_string()}),
            };
            let place = [ladder.name, contender.name()];
            keep(&json!({"round": round, "place": place, "size": size, "run": run}))?;
        }
    }
    Ok(())
}

fn keep(line: &Value) -> Outcome<()> {
    let mut file = OpenOptions::new().create(true).append(true).open(KEPT)?;
    writeln!(file, "{line}")?;
    Ok(())
}

impl Ladder {
    fn wanted() -> Outcome<Vec<Self>> {
        let members = options::numbers("MEMBERS", "10 100 1000 10000")?;
        let rooms = options::numbers("ROOMS", "1 10 100 1000 5000")?;
        let wanted = options::words("SCENES", "paced full rooms");
        let all = [
            Self {
                name: "paced",
                title: "members of a room, 20,000 deliveries a second",
                sizes: members.clone(),
                figures: PACED,
                scene: paced,
            },
            Self {
                name: "full",
                title: "members of a room, as fast as it goes",
                // In a small room, the pace that the server allows a session is the limit.
                sizes: members.into_iter().filter(|it| *it >= REFERENCE).collect(),
                figures: &[Figure::Cpu, Figure::Rate],
                scene: Scene::full,
            },
            Self {
                name: "rooms",
                title: "rooms of 3, 3,000 deliveries a second",
                sizes: rooms,
                figures: PACED,
                scene: many_rooms,
            },
        ];
        let is_wanted = |it: &Self| wanted.iter().any(|name| name == it.name);
        Ok(all.into_iter().filter(is_wanted).collect())
    }
}

fn paced(members: usize) -> Scene {
    let senders = 8.min(members);
    Scene {
        title: String::new(),
        members,
        rooms: 1,
        senders,
        pace: Pace::Paced(IN_A_ROOM / real(members * senders)),
        figures: PACED,
    }
}

fn many_rooms(rooms: usize) -> Scene {
    Scene {
        title: String::new(),
        members: GROUP * rooms,
        rooms,
        senders: GROUP,
        pace: Pace::Paced(IN_ROOMS / real(rooms * GROUP * GROUP)),
        figures: PACED,
    }
}

impl Kept {
    fn read() -> Outcome<Self> {
        let text = fs::read_to_string(KEPT)?;
        let lines = text.lines().map(serde_json::from_str);
        Ok(Self(lines.collect::<Result<_, _>>()?))
    }

    fn runs(&self, (ladder, by): (&Ladder, Contender), size: usize) -> Vec<(u64, &Value)> {
        let place = json!([ladder.name, by.name()]);
        let is_it = |line: &&Value| line["place"] == place && line["size"] == json!(size);
        let lines = self.0.iter().filter(is_it);
        lines
            .filter_map(|line| Some((line["round"].as_u64()?, &line["run"])))
            .collect()
    }

    /// One figure, by round.
    pub(crate) fn figures(
        &self,
        at: (&Ladder, Contender),
        (size, figure): (usize, Figure),
    ) -> Vec<(u64, f64)> {
        let (place, unit) = figure.place();
        let runs = self.runs(at, size).into_iter();
        runs.filter_map(|(round, run)| {
            Some((round, run["report"].pointer(place)?.as_f64()? / unit))
        })
        .collect()
    }

    /// How much more processor time a delivery takes than at the size of reference, within each round.
    fn growth(&self, at: (&Ladder, Contender), size: usize) -> Vec<f64> {
        let reference = self.figures(at, (REFERENCE, Figure::Cpu));
        let cpu = self.figures(at, (size, Figure::Cpu)).into_iter();
        cpu.filter_map(|(round, it)| {
            let (_, than) = reference.iter().find(|(other, _)| *other == round)?;
            Some(it / than)
        })
        .collect()
    }

    /// The largest share of its processor that the load used, half of the rounds more.
    fn load(&self, at: (&Ladder, Contender), size: usize) -> String {
        let runs = self.runs(at, size).into_iter();
        let shares: Vec<f64> = runs
            .filter_map(|(_, run)| run["load_percent"].as_f64())
            .collect();
        let is_limit = shares.iter().any(|it| *it >= LIMITS);
        format!(
            "{} %{}",
            spread(shares),
            if is_limit { ", the limit" } else { "" }
        )
    }

    /// What must not be, and is.
    fn remarks(&self, at: (&Ladder, Contender), size: usize) -> Vec<String> {
        let runs = self.runs(at, size).into_iter().map(|(_, run)| run);
        let told = runs.flat_map(|run| match run["error"].as_str() {
            Some(error) => vec![format!("failed: {error}")],
            None => faults(&run["report"]),
        });
        told.map(|it| format!("! {}, {size} {}: {it}\n", at.1.name(), at.0.title))
            .collect()
    }
}

fn table(ladder: &Ladder, kept: &Kept) -> String {
    let titles = ladder.figures.iter().map(|it| it.title().to_owned());
    let mut head = vec![ladder.title.to_owned(), "over".into()];
    head.extend(titles);
    head.extend([format!("CPU x that at {REFERENCE}"), "load's core".into()]);
    let mut text = format!("| {} |\n|{}\n", head.join(" | "), "---|".repeat(head.len()));
    let mut remarks = String::new();
    for contender in TRANSPORTS {
        for &size in &ladder.sizes {
            let at = (ladder, contender);
            text += &row(kept, at, size);
            remarks.extend(kept.remarks(at, size));
        }
    }
    text + &remarks
}

fn row(kept: &Kept, at: (&Ladder, Contender), size: usize) -> String {
    let mut cells = vec![size.to_string(), transport(at.1).to_owned()];
    for &figure in at.0.figures {
        let values = kept.figures(at, (size, figure)).into_iter();
        cells.push(spread(values.map(|(_, value)| value).collect()));
    }
    cells.push(spread(kept.growth(at, size)));
    cells.push(kept.load(at, size));
    format!("| {} |\n", cells.join(" | "))
}

/// What carries it.
pub(crate) fn transport(contender: Contender) -> &'static str {
    if contender == Contender::OursWt {
        "WebTransport"
    } else {
        "WebSocket"
    }
}

/// Numbers of guests are small.
#[allow(clippy::cast_precision_loss)]
pub(crate) fn real(count: usize) -> f64 {
    count as f64
}
