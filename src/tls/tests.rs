use super::homemade::{BACKDATED, LEFT, VALID};
use super::*;
use std::time::Duration;

const DAY: Duration = Duration::from_secs(86_400);

fn a_day() -> SystemTime {
    SystemTime::UNIX_EPOCH + DAY * 20_000
}

fn open(folder: &Path, now: SystemTime) -> Certificates {
    Certificates::homemade(folder, vec!["192.0.2.7".into()], now).unwrap()
}

fn validity(certificates: &Certificates) -> (SystemTime, SystemTime) {
    let identity = certificates.served.0.load();
    let (_, parsed) = X509Certificate::from_der(&identity.certified.cert[0]).unwrap();
    let validity = parsed.validity();
    let (from, until) = (validity.not_before, validity.not_after);
    (from.to_datetime().into(), until.to_datetime().into())
}

#[test]
fn a_homemade_certificate_is_valid_for_less_than_a_fortnight_and_starts_in_the_past() {
    let folder = tempfile::tempdir().unwrap();
    let (from, until) = validity(&open(folder.path(), a_day()));
    assert_eq!(from, a_day() - BACKDATED);
    assert_eq!(until.duration_since(from).unwrap(), VALID);
    assert!(VALID < DAY * 14);
}

#[test]
fn a_homemade_certificate_is_for_this_machine_and_the_addresses_listened_on() {
    let folder = tempfile::tempdir().unwrap();
    let certificates = open(folder.path(), a_day());
    assert_eq!(certificates.names(), ["localhost"]);
    let identity = certificates.served.0.load();
    for address in [vec![127, 0, 0, 1], vec![192, 0, 2, 7]] {
        assert!(identity.subjects.contains(&Subject::Address(address)));
    }
    let mut six = vec![0; 16];
    six[15] = 1;
    assert!(identity.subjects.contains(&Subject::Address(six)));
}

#[cfg(unix)]
#[test]
fn keys_are_for_their_owner_alone_and_nothing_else_is_left_in_the_folder() {
    use std::os::unix::fs::PermissionsExt;
    let folder = tempfile::tempdir().unwrap();
    std::fs::write(folder.path().join("current.pem.new"), "left behind").unwrap();
    open(folder.path(), a_day());
    let mut names = Vec::new();
    for entry in std::fs::read_dir(folder.path()).unwrap() {
        let entry = entry.unwrap();
        assert_eq!(
            entry.metadata().unwrap().permissions().mode() & 0o777,
            0o600
        );
        names.push(entry.file_name().into_string().unwrap());
    }
    names.sort();
    assert_eq!(names, ["current.pem", "next.pem"]);
}

#[test]
fn a_second_start_serves_the_same_certificate_and_publishes_the_same_hashes() {
    let folder = tempfile::tempdir().unwrap();
    let first = open(folder.path(), a_day());
    let second = open(folder.path(), a_day() + DAY);
    assert_eq!(first.hashes(), second.hashes());
    assert_eq!(first.hashes().len(), 2);
    assert_ne!(first.hashes()[0], first.hashes()[1]);
}

#[test]
fn the_next_takes_over_in_time_and_was_published_before() {
    let folder = tempfile::tempdir().unwrap();
    let certificates = open(folder.path(), a_day());
    let mut known = certificates.hashes();
    let (_, mut until) = validity(&certificates);
    for _ in 0..5 {
        let due = until - LEFT;
        assert!(!certificates.rotate(due).unwrap(), "too early");
        assert_eq!(certificates.hashes(), known);
        let now = due + Duration::from_secs(1);
        assert!(certificates.rotate(now).unwrap(), "too late");
        let hashes = certificates.hashes();
        assert_eq!(hashes[0], known[1], "an old page cannot connect");
        assert_ne!(hashes[1], hashes[0]);
        let (from, later) = validity(&certificates);
        assert!(from + DAY <= now && later > until + DAY * 9);
        (known, until) = (hashes, later);
    }
}

#[test]
fn after_a_long_pause_or_with_a_clock_set_back_new_ones_are_made() {
    let folder = tempfile::tempdir().unwrap();
    let before = open(folder.path(), a_day()).hashes();
    for now in [a_day() + DAY * 300, a_day() - DAY * 300] {
        let certificates = open(folder.path(), now);
        let (from, until) = validity(&certificates);
        assert!(from <= now && now + LEFT < until);
        assert!(
            certificates
                .hashes()
                .iter()
                .all(|hash| !before.contains(hash))
        );
        assert!(!certificates.rotate(now).unwrap());
    }
}

#[test]
fn a_damaged_file_or_another_address_makes_a_new_certificate() {
    let folder = tempfile::tempdir().unwrap();
    let before = open(folder.path(), a_day()).hashes();
    let elsewhere = Certificates::homemade(folder.path(), vec![], a_day()).unwrap();
    assert_ne!(elsewhere.hashes()[0], before[0]);
    std::fs::write(folder.path().join("current.pem"), "-----BEGIN").unwrap();
    assert_ne!(open(folder.path(), a_day()).hashes()[0], before[0]);
}

#[test]
fn a_folder_that_cannot_be_used_is_named_with_its_setting() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("file");
    std::fs::write(&file, "").unwrap();
    let error = Certificates::homemade(&file, vec![], a_day()).unwrap_err();
    assert!(error.to_string().starts_with("--certs "), "{error}");
}

#[test]
fn what_is_there_but_cannot_be_read_is_not_replaced() {
    let folder = tempfile::tempdir().unwrap();
    let certificates = open(folder.path(), a_day());
    let before = certificates.hashes();
    let (kept, away) = (
        folder.path().join("current.pem"),
        folder.path().join("away"),
    );
    std::fs::rename(&kept, &away).unwrap();
    // No file any more, but not nothing either.
    std::fs::create_dir(&kept).unwrap();
    let error = certificates.rotate(a_day()).unwrap_err();
    assert!(error.to_string().starts_with("--certs "), "{error}");
    assert_eq!(certificates.hashes(), before);
    std::fs::remove_dir(&kept).unwrap();
    std::fs::rename(&away, &kept).unwrap();
    assert!(!certificates.rotate(a_day()).unwrap());
    assert_eq!(certificates.hashes(), before);
}

struct Given {
    folder: tempfile::TempDir,
}

impl Given {
    fn new() -> Self {
        Self {
            folder: tempfile::tempdir().unwrap(),
        }
    }

    fn path(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    fn make(&self, name: &str) {
        let made = rcgen::generate_simple_self_signed([format!("{name}.example.org")]).unwrap();
        std::fs::write(self.path("cert"), made.cert.pem()).unwrap();
        std::fs::write(self.path("key"), made.signing_key.serialize_pem()).unwrap();
    }

    fn open(&self) -> Result<Certificates, TlsError> {
        Certificates::given(&self.path("cert"), &self.path("key"))
    }

    fn complaint(&self) -> String {
        self.open().unwrap_err().to_string()
    }
}

#[test]
fn given_files_are_served_without_hashes_and_read_again_when_they_change() {
    let given = Given::new();
    given.make("one");
    let certificates = given.open().unwrap();
    assert_eq!(certificates.names(), ["one.example.org"]);
    assert!(certificates.hashes().is_empty());
    assert!(!certificates.rotate(a_day()).unwrap());
    given.make("two");
    assert!(certificates.rotate(a_day()).unwrap());
    assert_eq!(certificates.names(), ["two.example.org"]);
    std::fs::write(given.path("key"), "half").unwrap();
    assert!(certificates.rotate(a_day()).is_err());
    assert_eq!(certificates.names(), ["two.example.org"]);
}

#[test]
fn given_files_that_do_not_serve_are_named_with_their_setting() {
    let given = Given::new();
    assert!(given.complaint().starts_with("--cert "), "missing");
    given.make("one");
    let key = std::fs::read(given.path("key")).unwrap();
    std::fs::write(given.path("key"), "no key").unwrap();
    assert!(given.complaint().starts_with("--key "), "no key");
    given.make("two");
    std::fs::write(given.path("key"), key).unwrap();
    assert!(given.complaint().contains("does not belong"), "mismatch");
    std::fs::write(given.path("cert"), "").unwrap();
    assert!(given.complaint().contains("holds no certificate"), "empty");
}

#[test]
fn both_carriers_can_be_configured() {
    let folder = tempfile::tempdir().unwrap();
    let certificates = open(folder.path(), a_day());
    assert_eq!(certificates.tcp().unwrap().alpn_protocols, [b"http/1.1"]);
    assert!(certificates.quic().is_ok());
}
