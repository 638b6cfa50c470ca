//! Certificates: whose name the server goes by, over QUIC and TCP alike.
//!
//! Decides which certificate is served now, when the next one takes its place, and which
//! TLS is spoken. Does not ask what time it is. Invariant: there is always a certificate to
//! serve; one that cannot be replaced goes on being served, and says so.

mod homemade;

use std::fmt;
use std::io;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::SystemTime;

use arc_swap::ArcSwap;
use quinn::crypto::rustls::QuicServerConfig;
use rustls::crypto::{CryptoProvider, ring};
use rustls::pki_types::pem::PemObject;
use rustls::pki_types::{CertificateDer, PrivateKeyDer};
use rustls::server::{ClientHello, ResolvesServerCert};
use rustls::sign::CertifiedKey;
use x509_parser::extensions::GeneralName;
use x509_parser::prelude::{FromDer, X509Certificate};

use homemade::Homemade;

/// The application protocol over QUIC (RFC 9114, section 3.1).
const ALPN_QUIC: &[u8] = b"h3";
/// The application protocol over TCP: a WebSocket opens from HTTP/1.1 (RFC 6455, section 4.1).
const ALPN_TCP: &[u8] = b"http/1.1";

/// SHA-256 of a certificate, as browsers take it in `serverCertificateHashes`.
pub type Hash = [u8; 32];

/// Why there is no certificate to serve.
#[derive(Debug, thiserror::Error)]
pub enum TlsError {
    /// A file that was named cannot be read, or does not hold what it should.
    #[error("{setting} {} cannot be used: {flaw}", .path.display())]
    File {
        /// The flag that names the file.
        setting: &'static str,
        /// The file.
        path: PathBuf,
        /// What is wrong.
        flaw: String,
    },
    /// The key is not the certificate's.
    #[error("--key {} does not belong to --cert {}", .key.display(), .cert.display())]
    Mismatch {
        /// The certificate's file.
        cert: PathBuf,
        /// The key's file.
        key: PathBuf,
    },
    /// The folder for certificates cannot be written.
    #[error("--certs {} cannot be used: {source}", .folder.display())]
    Folder {
        /// The folder.
        folder: PathBuf,
        /// What is wrong.
        source: io::Error,
    },
    /// A certificate could not be made.
    #[error("a certificate could not be made: {0}")]
    Make(#[from] rcgen::Error),
    /// The TLS library refuses what it was given.
    #[error("TLS cannot be set up: {0}")]
    Rustls(#[from] rustls::Error),
}

/// The certificates of one server.
#[derive(Debug)]
pub struct Certificates {
    source: Source,
    served: Arc<Served>,
}

/// Where certificates come from.
#[derive(Debug)]
enum Source {
    Given { cert: PathBuf, key: PathBuf },
    Homemade(Homemade),
}

/// What connections are answered with; changed while they come in.
#[derive(Debug)]
struct Served(ArcSwap<Identity>);

/// A certificate that can be served, and what is known of it.
struct Identity {
    certified: Arc<CertifiedKey>,
    /// Names and addresses that it is for.
    subjects: Vec<Subject>,
    /// What to publish; empty when an authority vouches for it.
    hashes: Vec<Hash>,
}

/// A name or an address in a certificate.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
enum Subject {
    Name(String),
    Address(Vec<u8>),
}

impl Certificates {
    /// The certificate and the key in these PEM files.
    ///
    /// # Errors
    /// [`TlsError`] names the setting whose file is unreadable, empty or does not match.
    pub fn given(cert: &Path, key: &Path) -> Result<Self, TlsError> {
        let identity = read_given(cert, key)?;
        let (cert, key) = (cert.to_owned(), key.to_owned());
        Ok(Self {
            source: Source::Given { cert, key },
            served: Arc::new(Served(ArcSwap::from_pointee(identity))),
        })
    }

    /// Certificates made here, kept in `folder`, for `localhost`, the loopback addresses
    /// and these further names or addresses. What is kept there and still good is used again.
    ///
    /// # Errors
    /// [`TlsError`] when the folder cannot be used.
    pub fn homemade(folder: &Path, names: Vec<String>, now: SystemTime) -> Result<Self, TlsError> {
        let homemade = Homemade::new(folder, names);
        let identity = homemade.renew(now)?;
        Ok(Self {
            source: Source::Homemade(homemade),
            served: Arc::new(Served(ArcSwap::from_pointee(identity))),
        })
    }

    /// Renews what is due at `now`, and reads given files again if they have changed.
    /// Returns whether another certificate is served from here on. Blocks on the disk.
    ///
    /// # Errors
    /// [`TlsError`]; the certificate that is served stays the one it was.
    pub fn rotate(&self, now: SystemTime) -> Result<bool, TlsError> {
        let fresh = match &self.source {
            Source::Given { cert, key } => read_given(cert, key)?,
            Source::Homemade(homemade) => homemade.renew(now)?,
        };
        let before = self.served.0.swap(Arc::new(fresh));
        let after = self.served.0.load();
        Ok(before.certified.cert != after.certified.cert)
    }

    /// Hashes of the certificates that are served now and next; none when an authority
    /// vouches for them.
    #[must_use]
    pub fn hashes(&self) -> Vec<Hash> {
        self.served.0.load().hashes.clone()
    }

    /// DNS names that the certificate is for, in lower case; `*.` stands for one label.
    #[must_use]
    pub fn names(&self) -> Vec<String> {
        let identity = self.served.0.load();
        let names = identity
            .subjects
            .iter()
            .filter_map(|subject| match subject {
                Subject::Name(name) => Some(name.clone()),
                Subject::Address(_) => None,
            });
        names.collect()
    }

    /// TLS for QUIC: 1.3, HTTP/3.
    ///
    /// # Errors
    /// [`TlsError::Rustls`] when the library refuses.
    pub fn quic(&self) -> Result<QuicServerConfig, TlsError> {
        let mut config = self.config(&[&rustls::version::TLS13])?;
        config.alpn_protocols = vec![ALPN_QUIC.to_vec()];
        Ok(QuicServerConfig::try_from(config).expect("the provider has QUIC's initial suite"))
    }

    /// TLS for TCP: 1.2 and 1.3, HTTP/1.1.
    ///
    /// # Errors
    /// [`TlsError::Rustls`] when the library refuses.
    pub fn tcp(&self) -> Result<Arc<rustls::ServerConfig>, TlsError> {
        let mut config = self.config(rustls::ALL_VERSIONS)?;
        config.alpn_protocols = vec![ALPN_TCP.to_vec()];
        Ok(Arc::new(config))
    }

    fn config(
        &self,
        versions: &[&'static rustls::SupportedProtocolVersion],
    ) -> Result<rustls::ServerConfig, TlsError> {
        let builder = rustls::ServerConfig::builder_with_provider(provider());
        Ok(builder
            .with_protocol_versions(versions)?
            .with_no_client_auth()
            .with_cert_resolver(self.served.clone()))
    }
}

impl ResolvesServerCert for Served {
    fn resolve(&self, _: ClientHello<'_>) -> Option<Arc<CertifiedKey>> {
        Some(Arc::clone(&self.0.load().certified))
    }
}

impl Identity {
    fn new(
        chain: Vec<CertificateDer<'static>>,
        key: PrivateKeyDer<'static>,
    ) -> Result<Self, TlsError> {
        let subjects = chain.first().map(subjects).unwrap_or_default();
        let certified = CertifiedKey::from_der(chain, key, &provider())?;
        Ok(Self {
            certified: Arc::new(certified),
            subjects,
            hashes: Vec::new(),
        })
    }
}

impl fmt::Debug for Identity {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        // The key is nobody's business.
        f.debug_struct("Identity")
            .field("subjects", &self.subjects)
            .finish_non_exhaustive()
    }
}

/// The one crypto library, named, so that none is guessed from what else is linked.
fn provider() -> Arc<CryptoProvider> {
    Arc::new(ring::default_provider())
}

fn read_given(cert: &Path, key: &Path) -> Result<Identity, TlsError> {
    let chain = read_pem("--cert", cert, |pem| {
        CertificateDer::pem_slice_iter(pem).collect::<Result<Vec<_>, _>>()
    })?;
    if chain.is_empty() {
        return Err(unusable("--cert", cert, "it holds no certificate"));
    }
    let private = read_pem("--key", key, PrivateKeyDer::from_pem_slice)?;
    Identity::new(chain, private).map_err(|error| match error {
        TlsError::Rustls(rustls::Error::InconsistentKeys(_)) => TlsError::Mismatch {
            cert: cert.to_owned(),
            key: key.to_owned(),
        },
        other => unusable("--key", key, &other.to_string()),
    })
}

fn read_pem<T, E: fmt::Display>(
    setting: &'static str,
    path: &Path,
    parse: impl FnOnce(&[u8]) -> Result<T, E>,
) -> Result<T, TlsError> {
    let pem = std::fs::read(path).map_err(|error| unusable(setting, path, &error.to_string()))?;
    parse(&pem).map_err(|error| unusable(setting, path, &error.to_string()))
}

fn unusable(setting: &'static str, path: &Path, flaw: &str) -> TlsError {
    TlsError::File {
        setting,
        path: path.to_owned(),
        flaw: flaw.to_owned(),
    }
}

fn hash(certificate: &CertificateDer<'_>) -> Hash {
    let digest = ::ring::digest::digest(&::ring::digest::SHA256, certificate);
    let bytes = digest.as_ref().try_into();
    bytes.expect("a SHA-256 digest has 32 bytes")
}

/// Names and addresses that a certificate is for; none if it cannot be read.
fn subjects(certificate: &CertificateDer<'_>) -> Vec<Subject> {
    let Ok((_, certificate)) = X509Certificate::from_der(certificate) else {
        return Vec::new();
    };
    let Ok(Some(names)) = certificate.subject_alternative_name() else {
        return Vec::new();
    };
    let names = names.value.general_names.iter();
    names.filter_map(subject).collect()
}

fn subject(name: &GeneralName<'_>) -> Option<Subject> {
    match name {
        GeneralName::DNSName(name) => Some(Subject::Name(name.to_ascii_lowercase())),
        GeneralName::IPAddress(address) => Some(Subject::Address(address.to_vec())),
        // A foreign enum: the other kinds name no host.
        _ => None,
    }
}

#[cfg(test)]
mod tests;
