//! Where a setting was written, and which place wins: flag, environment, file, default.

use std::collections::BTreeMap;
use std::io;
use std::net::SocketAddr;
use std::path::Path;

use clap::ArgMatches;
use clap::parser::ValueSource;
use toml::Value;

use super::settings::{CONFIG, NEW_EPOCH, PREFIX, SETTINGS, Setting, Takes, setting};
use super::values::{Flaw, port};
use super::{ConfigError, SideListener};

/// The environment's variables by name.
pub type Environment = BTreeMap<String, String>;

/// How alike a mistyped key must be to be suggested (Jaro-Winkler, 0 to 1): the bound that
/// clap uses for flags, so that both guess alike.
const ALIKE: f64 = 0.8;

/// Where a value was written, the weakest first.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Place {
    /// Nowhere.
    Default,
    /// In the file with this name.
    File(String),
    /// In `PORT`, which hosting platforms set.
    Port,
    /// In the environment.
    Environment,
    /// As a flag.
    Flag,
}

impl Place {
    /// The higher one wins.
    pub(super) fn rank(&self) -> u8 {
        match self {
            Self::Default => 0,
            Self::File(_) => 1,
            Self::Port => 2,
            Self::Environment => 3,
            Self::Flag => 4,
        }
    }
}

/// A setting's value as written, before anybody has looked at it.
#[derive(Clone, Debug)]
struct Raw {
    place: Place,
    parts: Vec<String>,
}

/// What was written for every setting, the winning place only.
#[derive(Debug, Default)]
pub(super) struct Layers {
    found: BTreeMap<&'static str, Raw>,
}

impl Layers {
    /// Gathers what was written, from the weakest place to the strongest.
    pub(super) fn new<R>(
        flags: &ArgMatches,
        env: &Environment,
        read: R,
    ) -> Result<Self, ConfigError>
    where
        R: Fn(&Path) -> io::Result<String>,
    {
        let mut found = BTreeMap::new();
        if let Some(path) = file_name(flags, env) {
            read_file(&path, read, &mut found)?;
        }
        if let Some(port) = set_variable(env, "PORT") {
            found.insert("listen", raw(Place::Port, vec![port.to_owned()]));
        }
        for setting in SETTINGS.iter().chain([&NEW_EPOCH]) {
            if let Some(text) = set_variable(env, &setting.variable()) {
                found.insert(setting.key, raw(Place::Environment, split(setting, text)));
            }
            if let Some(parts) = flag_values(flags, setting) {
                found.insert(setting.key, raw(Place::Flag, parts));
            }
        }
        Ok(Self { found })
    }

    /// The setting's value, or its default's.
    pub(super) fn value<T>(
        &self,
        key: &'static str,
        parse: impl FnOnce(&[String]) -> Result<T, Flaw>,
    ) -> Result<T, ConfigError> {
        let default = split(setting(key), setting(key).default);
        let parts = self.found.get(key).map_or(&default, |raw| &raw.parts);
        if self.place(key) == Place::Port {
            port(&parts[0]).map_err(|flaw| self.error(key, flaw))?;
        }
        parse(parts).map_err(|flaw| self.error(key, flaw))
    }

    /// The setting's value if somebody wrote one.
    pub(super) fn optional<T>(
        &self,
        key: &'static str,
        parse: impl FnOnce(&[String]) -> Result<T, Flaw>,
    ) -> Result<Option<T>, ConfigError> {
        match self.found.get(key) {
            Some(_) => self.value(key, parse).map(Some),
            None => Ok(None),
        }
    }

    /// A listener's addresses: must be had if somebody asked for them.
    pub(super) fn side(
        &self,
        key: &'static str,
        parse: impl FnOnce(&[String]) -> Result<Option<Vec<SocketAddr>>, Flaw>,
    ) -> Result<SideListener, ConfigError> {
        let asked_for = self.place(key) != Place::Default;
        Ok(match self.value(key, parse)? {
            None => SideListener::Off,
            Some(addresses) if asked_for => SideListener::At(addresses),
            Some(addresses) => SideListener::IfFree(addresses),
        })
    }

    /// Where the setting's value was written.
    pub(super) fn place(&self, key: &str) -> Place {
        self.found
            .get(key)
            .map_or(Place::Default, |raw| raw.place.clone())
    }

    /// The setting as its writer knows it.
    pub(super) fn name(&self, key: &str) -> String {
        let setting = setting(key);
        match self.place(key) {
            Place::Default | Place::Flag => setting.flag(),
            Place::Environment => setting.variable(),
            Place::Port => "PORT".to_owned(),
            Place::File(path) => format!("`{key}` in {path}"),
        }
    }

    /// An error about the setting.
    pub(super) fn error(&self, key: &str, flaw: Flaw) -> ConfigError {
        ConfigError::Value {
            place: self.name(key),
            flaw,
        }
    }
}

fn raw(place: Place, parts: Vec<String>) -> Raw {
    Raw { place, parts }
}

/// A variable that is set to nothing counts as not set, as container tools write it.
fn set_variable<'a>(env: &'a Environment, name: &str) -> Option<&'a str> {
    env.get(name)
        .map(String::as_str)
        .filter(|text| !text.is_empty())
}

fn flag_values(flags: &ArgMatches, setting: &Setting) -> Option<Vec<String>> {
    if flags.value_source(setting.key) != Some(ValueSource::CommandLine) {
        return None;
    }
    if setting.takes == Takes::Nothing {
        return Some(vec!["on".to_owned()]);
    }
    let texts = flags.get_many::<String>(setting.key)?;
    Some(texts.flat_map(|text| split(setting, text)).collect())
}

/// Lists are written with commas. Nothing is no part at all.
fn split(setting: &Setting, text: &str) -> Vec<String> {
    match setting.takes {
        Takes::Many(_) if text.is_empty() => Vec::new(),
        Takes::Many(_) => text.split(',').map(|part| part.trim().to_owned()).collect(),
        Takes::Nothing | Takes::One(_) => vec![text.to_owned()],
    }
}

fn file_name(flags: &ArgMatches, env: &Environment) -> Option<String> {
    let flag = flags.get_one::<String>(CONFIG.key).map(String::as_str);
    flag.or_else(|| set_variable(env, &CONFIG.variable()))
        .map(str::to_owned)
}

fn read_file<R>(
    path: &str,
    read: R,
    found: &mut BTreeMap<&'static str, Raw>,
) -> Result<(), ConfigError>
where
    R: Fn(&Path) -> io::Result<String>,
{
    let bad = |flaw: String| ConfigError::File {
        path: path.to_owned(),
        flaw,
    };
    let text = read(Path::new(path)).map_err(|e| bad(format!("cannot be read: {e}")))?;
    let table: toml::Table = toml::from_str(&text)
        .map_err(|e| bad(format!("is not TOML: {}", flatten(&e.to_string()))))?;
    for (key, value) in &table {
        let Some(setting) = SETTINGS.iter().find(|setting| setting.key == key) else {
            return Err(unknown(path, key));
        };
        let parts = file_values(setting, value).map_err(|flaw| ConfigError::Value {
            place: format!("`{key}` in {path}"),
            flaw,
        })?;
        found.insert(setting.key, raw(Place::File(path.to_owned()), parts));
    }
    Ok(())
}

/// One line out of the parser's drawing of the place.
fn flatten(message: &str) -> String {
    let lines = message.lines().map(str::trim);
    let told: Vec<&str> = lines
        .filter(|line| !line.is_empty() && !line.contains('|'))
        .collect();
    told.join(", ")
}

fn unknown(path: &str, key: &str) -> ConfigError {
    ConfigError::UnknownKey {
        path: path.to_owned(),
        key: key.to_owned(),
        suggestion: most_alike(key, SETTINGS.iter()),
    }
}

fn most_alike(key: &str, settings: impl Iterator<Item = &'static Setting>) -> Option<&'static str> {
    let likeness = |known: &&'static str| strsim::jaro_winkler(key, known);
    settings
        .map(|setting| setting.key)
        .filter(|known| likeness(known) >= ALIKE)
        .max_by(|a, b| likeness(a).total_cmp(&likeness(b)))
}

/// One sentence for each variable that is written like a setting and is none. They are no
/// error: an environment may be shared with programs of another version.
#[must_use]
pub fn unknown_variables(env: &Environment) -> Vec<String> {
    let set = env.iter().filter(|(_, value)| !value.is_empty());
    set.filter_map(|(name, _)| unknown_variable(name)).collect()
}

fn unknown_variable(name: &str) -> Option<String> {
    let settings = || SETTINGS.iter().chain([&NEW_EPOCH, &CONFIG]);
    let key = name.strip_prefix(PREFIX)?.to_lowercase();
    if settings().any(|setting| setting.variable() == name) {
        return None;
    }
    let meant = most_alike(&key, settings());
    let meant = meant.map(|key| format!("; did you mean `{PREFIX}{}`?", key.to_uppercase()));
    let meant = meant.unwrap_or_default();
    Some(format!("the variable `{name}` is no setting{meant}"))
}

/// A list in the file is taken part by part, commas and all.
fn file_values(setting: &Setting, value: &Value) -> Result<Vec<String>, Flaw> {
    match (value, setting.takes) {
        (Value::Array(parts), Takes::Many(_)) => parts.iter().map(scalar).collect(),
        (Value::Array(_), _) => Err("takes one value, not a list".to_owned()),
        (single, _) => Ok(split(setting, &scalar(single)?)),
    }
}

fn scalar(value: &Value) -> Result<String, Flaw> {
    match value {
        Value::String(text) => Ok(text.clone()),
        Value::Integer(number) => Ok(number.to_string()),
        Value::Float(number) => Ok(number.to_string()),
        Value::Boolean(yes) => Ok(yes.to_string()),
        Value::Datetime(_) => Err("cannot be a date".to_owned()),
        Value::Array(_) => Err("cannot hold a list within a list".to_owned()),
        Value::Table(_) => Err("cannot be a table".to_owned()),
    }
}
