//! The configuration from its three places, without a process.

use super::settings::{CONFIG, NEW_EPOCH, SETTINGS, Setting, Takes};
use super::*;

const FILE: &str = "chat.toml";

/// Reads `chinwag serve` with these flags, variables and this file.
fn request(flags: &str, env: &[(&str, &str)], file: &str) -> Result<Request, ConfigError> {
    let args: Vec<String> = ["chinwag", "serve"]
        .into_iter()
        .chain(flags.split_whitespace())
        .map(str::to_owned)
        .collect();
    let mut env: Environment = env
        .iter()
        .map(|(name, value)| ((*name).to_owned(), (*value).to_owned()))
        .collect();
    if !file.is_empty() {
        env.insert("CHINWAG_CONFIG".into(), FILE.into());
    }
    parse(&args, &env, |path| {
        assert_eq!(path, Path::new(FILE));
        Ok(file.to_owned())
    })
}

fn config(flags: &str, env: &[(&str, &str)], file: &str) -> Config {
    match request(flags, env, file) {
        Ok(Request::Serve(config)) => *config,
        other => panic!("{flags} {env:?} {file}: {other:?}"),
    }
}

fn error(flags: &str, env: &[(&str, &str)], file: &str) -> String {
    match request(flags, env, file) {
        Err(error) => error.to_string(),
        Ok(request) => panic!("{flags} {env:?} {file}: {request:?}"),
    }
}

fn sockets(list: &[&str]) -> Vec<SocketAddr> {
    list.iter().map(|a| a.parse().unwrap()).collect()
}

// A1, C: default address
#[test]
fn with_nothing_said_only_loopback_is_served() {
    let config = config("", &[], "");
    assert_eq!(config, Config::default());
    assert_eq!(config.listen, sockets(&["127.0.0.1:4433", "[::1]:4433"]));
    assert_eq!(
        config.http,
        SideListener::IfFree(sockets(&["127.0.0.1:4480", "[::1]:4480"]))
    );
    assert_eq!(
        config.metrics,
        SideListener::IfFree(sockets(&["127.0.0.1:4490"]))
    );
    assert_eq!(config.storage, Storage::Folder("data".into()));
    let folder = "certs".into();
    assert_eq!(config.certificate, Certificate::SelfSigned { folder });
    assert!(config.transports.webtransport && config.transports.websocket);
    assert!(config.filter.on && config.filter.off_rooms.is_empty());
    assert_eq!(
        (config.rate.per_second.get(), config.rate.burst.get()),
        (5, 20)
    );
    assert_eq!(
        config.map_url.as_str(),
        "https://www.openstreetmap.org/?mlat={lat}&mlon={lon}#map=16/{lat}/{lon}"
    );
}

// C: flag beats environment beats file
#[test]
fn a_flag_beats_the_environment_which_beats_the_file() {
    for (setting, [flag, env, file], read) in precedence() {
        let key = setting.key;
        let flags = format!("{} {flag}", setting.flag());
        let variable = setting.variable();
        let env = [(variable.as_str(), env)];
        let text = format!("{key} = \"{file}\"");
        assert_eq!(read(&config(&flags, &env, &text)), flag, "{key}");
        assert_eq!(read(&config("", &env, &text)), env[0].1, "{key}");
        assert_eq!(read(&config("", &[], &text)), file, "{key}");
        assert_eq!(read(&config("", &[(&variable, "")], &text)), file, "{key}");
    }
}

type Read = fn(&Config) -> String;
type Case = (&'static str, [&'static str; 3], Read);

/// Each setting that takes a value, three values, and how to see which one was taken.
fn precedence() -> Vec<(&'static Setting, [&'static str; 3], Read)> {
    let elsewhere = ["ephemeral", "cert", "key"];
    let cases: Vec<Case> = [of_the_network(), of_the_chat()].concat();
    assert_eq!(cases.len() + elsewhere.len(), SETTINGS.len());
    cases
        .into_iter()
        .map(|(key, values, read)| (settings::setting(key), values, read))
        .collect()
}

fn of_the_network() -> Vec<Case> {
    const PLACES: [&str; 3] = ["127.0.0.1:1", "127.0.0.1:2", "127.0.0.1:3"];
    vec![
        ("listen", PLACES, |c| c.listen[0].to_string()),
        ("http", PLACES, |c| c.http.addresses()[0].to_string()),
        ("metrics", PLACES, |c| c.metrics.addresses()[0].to_string()),
        ("certs", ["a", "b", "c"], |c| match &c.certificate {
            Certificate::SelfSigned { folder } => folder.display().to_string(),
            Certificate::Files { .. } => String::new(),
        }),
        (
            "transports",
            ["websocket", "webtransport", "websocket"],
            |c| {
                let name = if c.transports.websocket {
                    "websocket"
                } else {
                    "webtransport"
                };
                name.to_owned()
            },
        ),
        ("origin", ["https://a", "https://b", "https://c"], |c| {
            c.origins[0].0.clone()
        }),
        ("max_sessions", ["1", "2", "3"], |c| {
            c.max_sessions.to_string()
        }),
    ]
}

fn of_the_chat() -> Vec<Case> {
    const MAPS: [&str; 3] = [
        "https://a/{lat}/{lon}",
        "https://b/{lat}/{lon}",
        "https://c/{lat}/{lon}",
    ];
    vec![
        ("data", ["a", "b", "c"], |c| match &c.storage {
            Storage::Folder(path) => path.display().to_string(),
            Storage::Memory => String::new(),
        }),
        ("filter", ["on", "off", "on"], |c| {
            if c.filter.on { "on" } else { "off" }.to_owned()
        }),
        ("filter_off_rooms", ["a", "b", "c"], |c| {
            c.filter.off_rooms[0].as_str().to_owned()
        }),
        ("filter_allow", ["a", "b", "c"], |c| {
            c.filter.allowed[0].clone()
        }),
        ("rate", ["1", "2", "3"], |c| c.rate.per_second.to_string()),
        ("burst", ["1", "2", "3"], |c| c.rate.burst.to_string()),
        ("map_url", MAPS, |c| c.map_url.0.clone()),
        ("log_format", ["json", "text", "json"], |c| {
            match c.logging.format {
                LogFormat::Text => "text".to_owned(),
                LogFormat::Json => "json".to_owned(),
            }
        }),
        ("log_level", ["warn", "debug", "trace"], |c| {
            c.logging.level.to_string()
        }),
    ]
}

// A1
#[test]
fn port_sets_the_port_below_the_own_variable_and_above_the_file() {
    let first = |config: Config| config.listen[0].port();
    let port = ("PORT", "5000");
    assert_eq!(
        config("", &[port], "").listen,
        sockets(&["127.0.0.1:5000", "[::1]:5000"])
    );
    assert_eq!(first(config("", &[port], "listen = 6000")), 5000);
    assert_eq!(
        first(config("", &[port, ("CHINWAG_LISTEN", "7000")], "")),
        7000
    );
    assert_eq!(first(config("--listen 8000", &[port], "")), 8000);
    assert_eq!(
        error("", &[("PORT", "http")], ""),
        "PORT is `http`, but must be a port from 0 to 65535"
    );
}

// C: --listen
#[test]
fn addresses_are_written_in_many_ways() {
    let both = ["127.0.0.1:4433", "[::1]:4433"];
    for (flags, expected) in [
        ("--listen 127.0.0.1:4433", &both[..1]),
        ("--listen 4433", &both),
        ("--listen :4433", &both),
        ("--listen localhost:4433", &both),
        ("--listen [::1]:4433", &both[1..]),
        ("--listen 4433 --listen 127.0.0.1:4433", &both),
        ("--listen 127.0.0.1:4433,[::1]:4433", &both),
        ("--listen :0", &["127.0.0.1:0"]),
        (
            "--listen 0.0.0.0:443 --listen [::]:443",
            &["0.0.0.0:443", "[::]:443"],
        ),
    ] {
        assert_eq!(config(flags, &[], "").listen, sockets(expected), "{flags}");
    }
    assert_eq!(config("", &[], "listen = [\":1\", 2]").listen.len(), 4);
}

// C: plain HTTP never listens beyond loopback
#[test]
fn plain_http_is_for_loopback_only() {
    assert_eq!(
        error("--http 0.0.0.0:80", &[], ""),
        "--http is 0.0.0.0:80, but plain HTTP is served on loopback only; use --listen for others"
    );
    assert!(error("--http 127.0.0.1:1,[::]:1", &[], "").starts_with("--http is [::]:1, "));
    assert_eq!(config("--http off", &[], "").http, SideListener::Off);
    assert_eq!(config("", &[], "http = false").http, SideListener::Off);
    let asked = SideListener::At(sockets(&["127.0.0.1:80", "[::1]:80"]));
    assert_eq!(config("--http 80", &[], "").http, asked);
    let open = SideListener::At(sockets(&["0.0.0.0:9000"]));
    assert_eq!(config("--metrics 0.0.0.0:9000", &[], "").metrics, open);
}

// C: exit codes
#[test]
fn each_bad_value_names_its_setting_where_it_was_written() {
    for (key, bad) in [
        ("listen", "nowhere"),
        ("listen", "127.0.0.1:99999"),
        ("listen", ","),
        ("http", "10.0.0.1:80"),
        ("metrics", "example.org:80"),
        ("ephemeral", "perhaps"),
        ("transports", "carrier-pigeon"),
        ("origin", "chat.example.org"),
        ("origin", "https://chat.example.org/room"),
        ("origin", "https://ann@chat.example.org"),
        ("origin", "https://caf\u{e9}.example"),
        ("origin", "ftp://chat.example.org"),
        ("filter", "perhaps"),
        ("filter_off_rooms", " ,lobby"),
        ("filter_allow", "kill, ,god"),
        ("rate", "0"),
        ("rate", "-1"),
        ("rate", "1001"),
        ("burst", "many"),
        ("map_url", "https://maps.example/?q={lat}"),
        ("map_url", "javascript:alert('{lat}{lon}')"),
        ("log_format", "xml"),
        ("log_level", "loud"),
        ("max_sessions", "1.5"),
    ] {
        let setting = settings::setting(key);
        let variable = setting.variable();
        let told = error("", &[(&variable, bad)], "");
        assert!(told.starts_with(&format!("{variable} ")), "{told}");
        let told = error("", &[], &format!("{key} = \"{bad}\""));
        assert!(told.starts_with(&format!("`{key}` in {FILE} ")), "{told}");
        if setting.takes != Takes::Nothing && !bad.contains(' ') {
            let told = error(&format!("{}={bad}", setting.flag()), &[], "");
            assert!(told.starts_with(&format!("{} ", setting.flag())), "{told}");
        }
    }
}

#[test]
fn values_of_the_wrong_shape_name_their_key() {
    for (text, flaw) in [
        (
            "data = [\"a\"]",
            "`data` in chat.toml takes one value, not a list",
        ),
        ("rate = { a = 1 }", "`rate` in chat.toml cannot be a table"),
        (
            "listen = [[1]]",
            "`listen` in chat.toml cannot hold a list within a list",
        ),
        ("data = \"\"", "`data` in chat.toml needs a path"),
        (
            "listen = []",
            "`listen` in chat.toml needs at least one address",
        ),
        (
            "transports = []",
            "`transports` in chat.toml needs webtransport, websocket or both",
        ),
    ] {
        assert_eq!(error("", &[], text), flaw);
    }
}

#[test]
fn a_key_that_is_no_setting_is_refused_with_the_closest_one() {
    assert_eq!(
        error("", &[], "lisen = 1"),
        "the file chat.toml holds `lisen`, which is no setting; did you mean `listen`?"
    );
    assert_eq!(
        error("", &[], "log-level = \"info\""),
        "the file chat.toml holds `log-level`, which is no setting; did you mean `log_level`?"
    );
    assert_eq!(
        error("", &[], "zzz = 1"),
        "the file chat.toml holds `zzz`, which is no setting"
    );
}

#[test]
fn a_file_that_cannot_be_read_is_named_in_one_line() {
    let told = error("", &[], "listen = = 1");
    assert!(
        told.starts_with("the file chat.toml (--config) is not TOML: "),
        "{told}"
    );
    assert!(!told.contains('\n'));
    let args = ["chinwag", "serve", "--config", "gone.toml"].map(str::to_owned);
    let gone = parse(&args, &Environment::new(), |_| {
        Err(std::io::ErrorKind::NotFound.into())
    });
    assert_eq!(
        gone.unwrap_err().to_string(),
        "the file gone.toml (--config) cannot be read: entity not found"
    );
}

// C: --cert FILE --key FILE
#[test]
fn a_certificate_needs_its_key() {
    assert_eq!(
        error("--cert c.pem", &[], ""),
        "--cert is set, but --key is missing"
    );
    assert_eq!(
        error("", &[("CHINWAG_KEY", "k.pem")], ""),
        "CHINWAG_KEY is set, but --cert is missing"
    );
    let both = config("--cert c.pem", &[("CHINWAG_KEY", "k.pem")], "");
    assert_eq!(
        both.certificate,
        Certificate::Files {
            cert: "c.pem".into(),
            key: "k.pem".into()
        }
    );
}

// C: --ephemeral
#[test]
fn memory_and_folder_are_never_guessed_between() {
    let memory = Storage::Memory;
    let kept = Storage::Folder("kept".into());
    assert_eq!(config("--ephemeral", &[], "").storage, memory);
    assert_eq!(
        config("--ephemeral", &[], "data = \"kept\"").storage,
        memory
    );
    assert_eq!(
        config("", &[("CHINWAG_EPHEMERAL", "1")], "").storage,
        memory
    );
    assert_eq!(config("", &[], "ephemeral = true").storage, memory);
    assert_eq!(config("--data kept", &[], "ephemeral = true").storage, kept);
    assert_eq!(
        error("--ephemeral --data kept", &[], ""),
        "--ephemeral contradicts --data; leave one of them out"
    );
}

#[test]
fn origins_are_written_as_browsers_write_them() {
    let origins = |flags: &str| config(flags, &[], "").origins;
    let all =
        origins("--origin HTTPS://Chat.Example.org:443/ --origin http://[::1]:80,https://h:8443");
    let texts: Vec<_> = all.iter().map(Origin::as_str).collect();
    assert_eq!(
        texts,
        ["https://chat.example.org", "http://[::1]", "https://h:8443"]
    );
    let hosts: Vec<_> = all.iter().map(Origin::host).collect();
    assert_eq!(hosts, ["chat.example.org", "[::1]", "h"]);
}

// A17
#[test]
fn a_room_with_a_comma_can_be_named_in_a_list_of_the_file() {
    let rooms = config("", &[], "filter_off_rooms = [\"red, blue\", \"Den\"]")
        .filter
        .off_rooms;
    let names: Vec<_> = rooms.iter().map(RoomName::as_str).collect();
    assert_eq!(names, ["red, blue", "Den"]);
}

#[test]
fn a_new_epoch_is_said_for_one_start_and_never_in_the_file() {
    let of = |flags, env: &[_]| config(flags, env, "").new_epoch;
    assert!(!of("", &[]));
    assert!(of("--new-epoch", &[]));
    assert!(of("", &[("CHINWAG_NEW_EPOCH", "1")]));
    assert!(!of("", &[("CHINWAG_NEW_EPOCH", "off")]));
    let refused = error("", &[], "new_epoch = true");
    assert!(
        refused.contains("`new_epoch`, which is no setting"),
        "{refused}"
    );
}

#[test]
fn help_and_version_are_printed() {
    let ask = |args: &str| {
        let args: Vec<String> = args.split_whitespace().map(str::to_owned).collect();
        parse(&args, &Environment::new(), |_| {
            unreachable!("no file is named")
        })
    };
    let printed = |args: &str| match ask(args) {
        Ok(Request::Print(text)) => text,
        other => panic!("{args}: {other:?}"),
    };
    let version = concat!("chinwag ", env!("CARGO_PKG_VERSION"), "\n");
    assert_eq!(printed("chinwag --version"), version);
    assert!(printed("chinwag help").contains("serve"));
    assert_eq!(
        printed("chinwag help serve"),
        printed("chinwag serve --help")
    );
    for setting in SETTINGS {
        assert!(printed("chinwag serve --help").contains(&setting.flag()));
    }
    for (args, sentence) in [
        (
            "chinwag",
            "no command is given; `chinwag serve` starts the server, `chinwag help` explains it",
        ),
        (
            "chinwag serve --lisen 1",
            "unexpected argument '--lisen' found; did you mean `--listen`?",
        ),
        (
            "chinwag sreve",
            "unrecognized subcommand 'sreve'; did you mean `serve`?",
        ),
    ] {
        assert_eq!(ask(args).unwrap_err().to_string(), sentence);
    }
}

// C: each option in all three places
#[test]
fn every_option_is_in_the_documentation() {
    let page = include_str!("../../docs/configuration.md");
    for setting in [&CONFIG, &NEW_EPOCH].into_iter().chain(SETTINGS) {
        let value = match setting.takes {
            Takes::Nothing => String::new(),
            Takes::One(name) | Takes::Many(name) => format!(" {}", name.replace('|', "\\|")),
        };
        let key = if [CONFIG.key, NEW_EPOCH.key].contains(&setting.key) {
            "-".to_owned()
        } else {
            format!("`{}`", setting.key)
        };
        let default = if setting.default.is_empty() {
            "-".to_owned()
        } else {
            format!("`{}`", setting.default.replace(',', ", "))
        };
        let row = format!(
            "| `{}{value}` | `{}` | {key} | {default} | {} ",
            setting.flag(),
            setting.variable(),
            setting.meaning
        );
        assert!(page.contains(&row), "docs/configuration.md lacks\n{row}");
    }
}

#[test]
fn a_misspelt_variable_is_named_with_the_one_that_was_meant() {
    let told = |names: &[&str]| {
        let env = names
            .iter()
            .map(|name| ((*name).to_owned(), "1".to_owned()));
        unknown_variables(&env.collect())
    };
    assert_eq!(
        told(&["CHINWAG_RATTE", "CHINWAG_RATE", "RATTE", "PORT"]),
        ["the variable `CHINWAG_RATTE` is no setting; did you mean `CHINWAG_RATE`?"]
    );
    assert_eq!(
        told(&["CHINWAG_ZZZ"]),
        ["the variable `CHINWAG_ZZZ` is no setting"]
    );
    for setting in SETTINGS.iter().chain([&CONFIG, &NEW_EPOCH]) {
        assert!(told(&[&setting.variable()]).is_empty());
    }
    let empty = [("CHINWAG_RATTE".to_owned(), String::new())];
    assert!(unknown_variables(&empty.into()).is_empty());
}
