//! Certificates that nobody vouches for, made here: browsers take them by their hash.
//!
//! Decides their names, how long they live and when the next one takes over. Invariant:
//! two are known at any time, and the second takes over before the first ends, so that
//! whoever has learned both hashes can connect for at least [`LEFT`] from then on.

use std::fs::{self, OpenOptions};
use std::io::{self, Write};
use std::net::IpAddr;
use std::path::{Path, PathBuf};
use std::time::{Duration, SystemTime};

use rcgen::{CertificateParams, DistinguishedName, DnType, ExtendedKeyUsagePurpose, KeyPair};
use rcgen::{KeyUsagePurpose, PKCS_ECDSA_P256_SHA256};
use rustls::pki_types::pem::PemObject;
use rustls::pki_types::{CertificateDer, PrivateKeyDer};
use x509_parser::prelude::{FromDer, X509Certificate};

use super::{Identity, Subject, TlsError, hash, subjects};

const DAY: Duration = Duration::from_secs(24 * 60 * 60);

/// How long a certificate is valid: browsers take at most 14 days by hash.
pub(super) const VALID: Duration = Duration::from_secs(13 * 24 * 60 * 60);

/// How much of that lies in the past when it is made: clocks differ.
pub(super) const BACKDATED: Duration = Duration::from_secs(60 * 60);

/// With less than this left, the next one takes over.
pub(super) const LEFT: Duration = Duration::from_secs(2 * 24 * 60 * 60);

const CURRENT: &str = "current.pem";
const NEXT: &str = "next.pem";

/// The folder where certificates are kept, each with its key in one file, so that they
/// cannot come apart.
#[derive(Debug)]
pub(super) struct Homemade {
    folder: PathBuf,
    names: Vec<String>,
}

/// A certificate with its key, as it is kept.
struct Kept {
    certificate: CertificateDer<'static>,
    key: PrivateKeyDer<'static>,
    from: SystemTime,
    until: SystemTime,
}

impl Homemade {
    pub(super) fn new(folder: &Path, mut names: Vec<String>) -> Self {
        let local = ["localhost", "127.0.0.1", "::1"].map(str::to_owned);
        names.extend(local);
        names.sort();
        names.dedup();
        let folder = folder.to_owned();
        Self { folder, names }
    }

    /// The certificate to serve at `now`, with the hashes of it and of the next. Makes
    /// what is missing.
    pub(super) fn renew(&self, now: SystemTime) -> Result<Identity, TlsError> {
        let current = self.current(now)?;
        let next = self.next(&current)?;
        let hashes = vec![hash(&current.certificate), hash(&next.certificate)];
        let identity = Identity::new(vec![current.certificate], current.key)?;
        Ok(Identity { hashes, ..identity })
    }

    fn current(&self, now: SystemTime) -> Result<Kept, TlsError> {
        if let Some(current) = self.read(CURRENT)?.filter(|kept| kept.lasts(now)) {
            return Ok(current);
        }
        if let Some(next) = self.read(NEXT)?.filter(|kept| kept.lasts(now)) {
            let renamed = fs::rename(self.folder.join(NEXT), self.folder.join(CURRENT));
            renamed.map_err(|source| self.unusable(source))?;
            return Ok(next);
        }
        self.make(CURRENT, now - BACKDATED)
    }

    /// The one after `current`: a day before it must take over it is valid already.
    fn next(&self, current: &Kept) -> Result<Kept, TlsError> {
        let fits = |next: &Kept| next.until > current.until && next.from < current.until - LEFT;
        match self.read(NEXT)?.filter(fits) {
            Some(next) => Ok(next),
            None => self.make(NEXT, current.until - LEFT - DAY),
        }
    }

    /// What is kept under this name, if it is whole and for the right names. What is there but
    /// cannot be read (too many files are open) must not be replaced: pages know its hash.
    fn read(&self, name: &str) -> Result<Option<Kept>, TlsError> {
        match fs::read(self.folder.join(name)) {
            Ok(pem) => Ok(Kept::parse(&pem).filter(|kept| self.suits(kept))),
            Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(None),
            Err(error) => Err(self.unusable(error)),
        }
    }

    fn suits(&self, kept: &Kept) -> bool {
        let mut bears = subjects(&kept.certificate);
        let mut wanted: Vec<_> = self.names.iter().map(|name| wanted(name)).collect();
        bears.sort();
        wanted.sort();
        bears == wanted
    }

    fn make(&self, name: &str, from: SystemTime) -> Result<Kept, TlsError> {
        let key = KeyPair::generate_for(&PKCS_ECDSA_P256_SHA256)?;
        let certificate = self.params(from)?.self_signed(&key)?;
        let pem = certificate.pem() + &key.serialize_pem();
        self.write(name, pem.as_bytes())
            .map_err(|source| self.unusable(source))?;
        Ok(Kept::parse(pem.as_bytes()).expect("what was just made can be read"))
    }

    fn params(&self, from: SystemTime) -> Result<CertificateParams, TlsError> {
        let mut params = CertificateParams::new(self.names.clone())?;
        params.distinguished_name = DistinguishedName::new();
        let common_name = DnType::CommonName;
        params
            .distinguished_name
            .push(common_name, "Chinwag (made by itself)");
        params.not_before = from.into();
        params.not_after = (from + VALID).into();
        params.key_usages = vec![KeyUsagePurpose::DigitalSignature];
        params.extended_key_usages = vec![ExtendedKeyUsagePurpose::ServerAuth];
        Ok(params)
    }

    /// Whole or not at all, and for nobody else to read.
    fn write(&self, name: &str, pem: &[u8]) -> io::Result<()> {
        fs::create_dir_all(&self.folder)?;
        let draft = self.folder.join(format!("{name}.new"));
        // One that was left behind may be readable by others.
        match fs::remove_file(&draft) {
            Err(error) if error.kind() != io::ErrorKind::NotFound => return Err(error),
            Ok(()) | Err(_) => {}
        }
        let mut options = OpenOptions::new();
        options.write(true).create_new(true);
        #[cfg(unix)]
        std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
        let mut file = options.open(&draft)?;
        file.write_all(pem)?;
        file.sync_all()?;
        fs::rename(&draft, self.folder.join(name))
    }

    fn unusable(&self, source: io::Error) -> TlsError {
        let folder = self.folder.clone();
        TlsError::Folder { folder, source }
    }
}

impl Kept {
    fn parse(pem: &[u8]) -> Option<Self> {
        let certificate = CertificateDer::from_pem_slice(pem).ok()?;
        let key = PrivateKeyDer::from_pem_slice(pem).ok()?;
        let (_, parsed) = X509Certificate::from_der(&certificate).ok()?;
        let from = parsed.validity().not_before.to_datetime().into();
        let until = parsed.validity().not_after.to_datetime().into();
        Some(Self {
            certificate,
            key,
            from,
            until,
        })
    }

    /// Whether it is valid at `now` and for [`LEFT`] after.
    fn lasts(&self, now: SystemTime) -> bool {
        self.from <= now && now + LEFT <= self.until
    }
}

fn wanted(name: &str) -> Subject {
    match name.parse::<IpAddr>() {
        Ok(IpAddr::V4(address)) => Subject::Address(address.octets().to_vec()),
        Ok(IpAddr::V6(address)) => Subject::Address(address.octets().to_vec()),
        Err(_) => Subject::Name(name.to_ascii_lowercase()),
    }
}
