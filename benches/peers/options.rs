//! What whoever runs the bench may choose, by the environment.

use std::path::PathBuf;
use std::str::FromStr;

use crate::Outcome;
use crate::contender::Contender;

/// The choices, or what is usual.
pub(crate) struct Options {
    pub(crate) rounds: usize,
    /// Of one window.
    pub(crate) seconds: u64,
    /// Sizes of a room, at saturation.
    pub(crate) members: Vec<usize>,
    pub(crate) scenes: Vec<String>,
    pub(crate) contenders: Vec<Contender>,
    pub(crate) binary: PathBuf,
    pub(crate) ours_flags: Vec<String>,
}

impl Options {
    pub(crate) fn from_environment() -> Outcome<Self> {
        let only = words("ONLY", "");
        let is_wanted =
            |it: &Contender| only.is_empty() || only.iter().any(|name| name == it.name());
        let contenders: Vec<Contender> = Contender::ALL.into_iter().filter(is_wanted).collect();
        let unknown = only
            .iter()
            .find(|name| !contenders.iter().any(|it| it.name() == *name));
        if let Some(name) = unknown {
            return Err(format!("ONLY names {name}, which is none of those compared").into());
        }
        let binary = std::env::var_os("CHINWAG_BIN").map(PathBuf::from);
        Ok(Self {
            rounds: number("ROUNDS", "5")?,
            seconds: number("SECONDS", "3")?,
            members: numbers("MEMBERS", "100 1000")?,
            scenes: words("SCENES", "full paced rooms rest"),
            contenders,
            binary: binary.unwrap_or_else(|| env!("CARGO_BIN_EXE_chinwag").into()),
            ours_flags: words("OURS_FLAGS", ""),
        })
    }
}

fn chosen(name: &str, usual: &str) -> String {
    let chosen = std::env::var(name).unwrap_or_default();
    if chosen.trim().is_empty() {
        usual.to_owned()
    } else {
        chosen
    }
}

pub(crate) fn words(name: &str, usual: &str) -> Vec<String> {
    chosen(name, usual)
        .split_whitespace()
        .map(str::to_owned)
        .collect()
}

pub(crate) fn numbers(name: &str, usual: &str) -> Result<Vec<usize>, String> {
    let numbers = words(name, usual).into_iter().map(|it| it.parse());
    let numbers: Result<_, _> = numbers.collect();
    numbers.map_err(|_| format!("{name} must be whole numbers"))
}

pub(crate) fn number<T: FromStr>(name: &str, usual: &str) -> Result<T, String> {
    let chosen = chosen(name, usual);
    chosen
        .parse()
        .map_err(|_| format!("{name} is `{chosen}`, but must be a whole number"))
}
