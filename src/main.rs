//! The command line: arguments in, exit code out.
//!
//! Invariant: 0 after a clean drain, 2 when the configuration is bad, 1 for all else, and
//! one sentence on stderr for either.

mod banner;

use std::error::Error;
use std::ffi::OsString;
use std::io::{self, IsTerminal, Write};
use std::path::Path;
use std::process::ExitCode;

use chinwag::config::{
    self, Config, ConfigError, Environment, LoadPlan, LogFormat, LogLevel, Logging, Request,
};
use chinwag::load::{self, Report};
use chinwag::server::{Reload, Server, ServerError};
use nix::sys::resource::{Resource, getrlimit, setrlimit};
use tokio::signal::unix::{Signal, SignalKind, signal};
use tokio_util::sync::CancellationToken;
use tracing_subscriber::filter::{LevelFilter, Targets};
use tracing_subscriber::fmt;
use tracing_subscriber::prelude::*;

const FAILED: u8 = 1;
const BAD_CONFIGURATION: u8 = 2;

fn main() -> ExitCode {
    let env = environment();
    match request(&env) {
        Ok(Request::Print(text)) => {
            print(&text);
            ExitCode::SUCCESS
        }
        Ok(Request::Serve(config)) => {
            start_logging(config.logging);
            for sentence in config::unknown_variables(&env) {
                tracing::warn!("{sentence}");
            }
            raise_file_limit();
            serve(*config)
        }
        Ok(Request::Load(plan)) => {
            raise_file_limit();
            run_load(&plan)
        }
        Err(error) => fail(BAD_CONFIGURATION, &error),
    }
}

fn request(env: &Environment) -> Result<Request, ConfigError> {
    let args: Result<Vec<String>, OsString> =
        std::env::args_os().map(OsString::into_string).collect();
    let args = args.map_err(|odd| {
        ConfigError::Usage(format!("the argument `{}` is not UTF-8", odd.display()))
    })?;
    config::parse(&args, env, |path: &Path| std::fs::read_to_string(path))
}

/// A variable that is no text cannot be one of ours.
fn environment() -> Environment {
    std::env::vars_os()
        .filter_map(|(name, value)| Some((name.into_string().ok()?, value.into_string().ok()?)))
        .collect()
}

/// Takes as many file handles as the process may have: every TCP connection needs one, and the
/// usual soft limit (1,024) is there for programs that call select(2).
fn raise_file_limit() {
    let raised = getrlimit(Resource::RLIMIT_NOFILE).and_then(|(soft, hard)| {
        if soft < hard {
            setrlimit(Resource::RLIMIT_NOFILE, hard, hard)?;
        }
        Ok(hard)
    });
    match raised {
        Ok(limit) => tracing::debug!(limit, "open files"),
        Err(error) => tracing::debug!(%error, "the limit of open files stays as it is"),
    }
}

fn serve(config: Config) -> ExitCode {
    let runtime = match tokio::runtime::Runtime::new() {
        Ok(runtime) => runtime,
        Err(error) => return fail(FAILED, &format!("cannot start threads: {error}")),
    };
    match runtime.block_on(run(config)) {
        Ok(code) => code,
        Err(error) => fail(code_of(&*error), &error),
    }
}

/// One thread for each that was asked for, the first of them this one.
fn run_load(plan: &LoadPlan) -> ExitCode {
    let mut builder = match plan.threads {
        1 => tokio::runtime::Builder::new_current_thread(),
        _ => tokio::runtime::Builder::new_multi_thread(),
    };
    let runtime = match builder.worker_threads(plan.threads).enable_all().build() {
        Ok(runtime) => runtime,
        Err(error) => return fail(FAILED, &format!("cannot start threads: {error}")),
    };
    match runtime.block_on(put_load(plan)) {
        Ok(report) => told(plan, &report),
        Err(error) => fail(FAILED, &error),
    }
}

async fn put_load(plan: &LoadPlan) -> Result<Report, Box<dyn Error>> {
    let shutdown = CancellationToken::new();
    heed_signals(shutdown.clone())?;
    Ok(load::run(plan, shutdown).await?)
}

/// What is lost, doubled or out of order is a failure, whatever the rest is like.
fn told(plan: &LoadPlan, report: &Report) -> ExitCode {
    if plan.telling.json {
        print(&format!("{}\n", report.json()));
    } else {
        print(&report.to_string());
    }
    if report.is_sound() {
        ExitCode::SUCCESS
    } else {
        fail(
            FAILED,
            &"not everything was answered and told to everybody once and in order",
        )
    }
}

/// Some settings show only when they are used: a key that is not the certificate's.
fn code_of(error: &(dyn Error + 'static)) -> u8 {
    match error.downcast_ref::<ServerError>() {
        Some(error) if error.is_configuration() => BAD_CONFIGURATION,
        Some(_) | None => FAILED,
    }
}

/// What ends a server that has started is the last line of its log, in the log's format.
async fn run(config: Config) -> Result<ExitCode, Box<dyn Error>> {
    let shutdown = CancellationToken::new();
    heed_signals(shutdown.clone())?;
    // From here on it does not kill; what comes before the server is there is heard then.
    let hangups = signal(SignalKind::hangup())?;
    let server = Server::bind(&config).await?;
    tokio::spawn(heed_hangups(hangups, server.reload(), shutdown.clone()));
    print(&banner::banner(&config, server.listening()));
    if let Err(error) = server.serve(shutdown).await {
        tracing::error!(%error, "the server ends by itself");
        return Ok(ExitCode::from(FAILED));
    }
    Ok(ExitCode::SUCCESS)
}

/// The first SIGTERM or SIGINT begins the drain; the second is from somebody who will not
/// wait for its end.
fn heed_signals(shutdown: CancellationToken) -> io::Result<()> {
    let mut terminate = signal(SignalKind::terminate())?;
    let mut interrupt = signal(SignalKind::interrupt())?;
    tokio::spawn(async move {
        either(&mut terminate, &mut interrupt).await;
        shutdown.cancel();
        either(&mut terminate, &mut interrupt).await;
        std::process::exit(i32::from(FAILED));
    });
    Ok(())
}

/// SIGHUP asks for the certificate to be looked at again; from a terminal that was closed it
/// means what it always has.
async fn heed_hangups(mut hangups: Signal, reload: Reload, shutdown: CancellationToken) {
    let from_terminal = io::stdin().is_terminal();
    while hangups.recv().await.is_some() {
        // A terminal that is gone answers no question, not even this one.
        if from_terminal && !io::stdin().is_terminal() {
            shutdown.cancel();
        } else {
            reload.now();
        }
    }
}

async fn either(one: &mut Signal, other: &mut Signal) {
    tokio::select! {
        _ = one.recv() => {}
        _ = other.recv() => {}
    }
}

/// The log goes to stderr, so that stdout holds the banner alone.
fn start_logging(logging: Logging) {
    let lines = fmt::layer().with_writer(io::stderr);
    let lines = match logging.format {
        LogFormat::Json => lines.json().flatten_event(true).boxed(),
        LogFormat::Text => lines.with_ansi(wants_colour()).boxed(),
    };
    tracing_subscriber::registry()
        .with(lines.with_filter(filter(logging.level)))
        .init();
}

fn wants_colour() -> bool {
    let refused = std::env::var_os("NO_COLOR").is_some_and(|value| !value.is_empty());
    io::stderr().is_terminal() && !refused
}

/// What other crates say below a warning may hold bytes of messages, so it is never logged.
fn filter(level: LogLevel) -> Targets {
    let own = match level {
        LogLevel::Error => LevelFilter::ERROR,
        LogLevel::Warn => LevelFilter::WARN,
        LogLevel::Info => LevelFilter::INFO,
        LogLevel::Debug => LevelFilter::DEBUG,
        LogLevel::Trace => LevelFilter::TRACE,
    };
    Targets::new()
        .with_default(own.min(LevelFilter::WARN))
        .with_target("chinwag", own)
}

fn fail(code: u8, error: &dyn std::fmt::Display) -> ExitCode {
    eprintln!("chinwag: {error}");
    ExitCode::from(code)
}

/// Nobody may be listening any more, which is no reason to stop.
fn print(text: &str) {
    let mut out = io::stdout();
    // A closed pipe is the only failure, and there is nobody left to tell.
    let _ = out.write_all(text.as_bytes()).and_then(|()| out.flush());
}

#[cfg(test)]
mod tests {
    use tracing_subscriber::filter::LevelFilter;

    use super::*;

    // X11
    #[test]
    fn other_crates_are_heard_at_warnings_only() {
        let all = filter(LogLevel::Trace);
        assert!(all.would_enable("chinwag::hub", &tracing::Level::TRACE));
        assert!(all.would_enable("quinn", &tracing::Level::WARN));
        assert!(!all.would_enable("quinn", &tracing::Level::INFO));
        let errors = filter(LogLevel::Error);
        assert!(!errors.would_enable("quinn", &tracing::Level::WARN));
        assert_eq!(errors.default_level(), Some(LevelFilter::ERROR));
    }
}
