//! Rounds: every contender in turn, as often as is wanted.

use std::fs;
use std::path::Path;
use std::process::Command;

use serde_json::Value;
use tempfile::TempDir;

use crate::Outcome;
use crate::contender::{Contender, Line};
use crate::options::Options;
use crate::process::{self, Server};
use crate::scene::{MESSAGE, Pace, Scene};
use crate::table::{Figures, Table};

/// Everything that is wanted, a table after each scene.
pub(crate) fn all(options: &Options) -> Outcome<()> {
    if !process::can_pin() {
        println!("taskset does not work here: servers and loads share the processors.");
    }
    for (contender, why) in options
        .contenders
        .iter()
        .filter_map(|it| Some((it, it.obstacle()?)))
    {
        println!("{} is left out: {why}.", contender.name());
    }
    for scene in Scene::wanted(options) {
        play(&scene, options)?;
    }
    Ok(())
}

fn play(scene: &Scene, options: &Options) -> Outcome<()> {
    let takes_part =
        |it: &&Contender| it.obstacle().is_none() && (scene.rooms == 1 || it.has_rooms());
    let contenders: Vec<Contender> = options
        .contenders
        .iter()
        .filter(takes_part)
        .copied()
        .collect();
    let mut table = Table::new(scene, &contenders);
    let before = load_average();
    for round in 1..=options.rounds {
        for &contender in &contenders {
            eprint!(
                "\r{}: round {round} of {}, {:<12}",
                scene.title,
                options.rounds,
                contender.name()
            );
            table.add(contender, once(contender, scene, options));
        }
    }
    eprintln!();
    println!(
        "{table}load average of a minute: {before} before, {} after\n",
        load_average()
    );
    Ok(())
}

/// One contender under one load, in a new process.
pub(crate) fn once(contender: Contender, scene: &Scene, options: &Options) -> Outcome<Figures> {
    let home = TempDir::new()?;
    certify(home.path())?;
    let server = Server::start(&contender.server(options, (scene.group(), home.path()))?)?;
    let command = load_command(contender, (scene, options), &server)?;
    let said = process::load(&command)?;
    let report: Value = serde_json::from_str(&said.output)
        .map_err(|_| format!("the load has no report: {}", said.error.trim()))?;
    Ok(Figures {
        report,
        load_percent: said.percent,
    })
}

/// A certificate for all of them: a key on P-256, as browsers take it.
fn certify(home: &Path) -> Outcome<()> {
    let names = vec!["localhost".into(), "127.0.0.1".into()];
    let made = rcgen::generate_simple_self_signed(names)?;
    fs::write(home.join("cert.pem"), made.cert.pem())?;
    fs::write(home.join("key.pem"), made.signing_key.serialize_pem())?;
    Ok(())
}

fn load_command(
    contender: Contender,
    (scene, options): (&Scene, &Options),
    server: &Server,
) -> Outcome<Command> {
    match contender.line() {
        Line::Ours(percent) => Ok(our_load(percent, (scene, options), server)),
        Line::Peer(name) => {
            let mut command = Command::new(std::env::current_exe()?);
            command.args([
                "load",
                name,
                &server.port.to_string(),
                &server.id().to_string(),
            ]);
            let (pace, by) = match scene.pace_for(contender) {
                Pace::Closed(window) => ("closed", window.to_string()),
                Pace::Paced(rate) => ("paced", rate.to_string()),
                Pace::Once => ("once", "1".into()),
            };
            let sizes = [scene.members, scene.rooms, scene.senders].map(|it| it.to_string());
            command
                .args(sizes)
                .args([pace, &by, &options.seconds.to_string()]);
            Ok(command)
        }
    }
}

fn our_load(percent: u32, (scene, options): (&Scene, &Options), server: &Server) -> Command {
    let mut command = Command::new(&options.binary);
    command
        .arg("load")
        .arg(format!("https://127.0.0.1:{}", server.port));
    let mut flag = |name: &str, value: String| {
        command.args([name, &value]);
    };
    flag("--webtransport", percent.to_string());
    flag("--pid", server.id().to_string());
    flag("--size", MESSAGE.to_string());
    if scene.pace == Pace::Once {
        flag("--duration", "1".into());
        flag("--members", "1".into());
        flag("--idle", scene.members.to_string());
    } else {
        flag("--duration", options.seconds.to_string());
        flag("--members", scene.members.to_string());
        flag("--rooms", scene.rooms.to_string());
        flag("--senders", scene.senders.to_string());
    }
    match scene.pace {
        Pace::Closed(window) => flag("--closed", window.to_string()),
        Pace::Paced(rate) => flag("--rate", rate.to_string()),
        Pace::Once => {}
    }
    command.arg("--json");
    command
}

/// One-minute load average of the machine; the processes that others run are in it.
fn load_average() -> String {
    let read = fs::read_to_string("/proc/loadavg").unwrap_or_default();
    read.split(' ').next().unwrap_or("?").to_owned()
}
