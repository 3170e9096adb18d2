//! Certificates for tests of TLS, good ones and bad ones, by openssl.

use core::time::Duration;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use crate::failure::{Context as _, Outcome, run};

/// A folder of certificates: two authorities, three servers of the first one, a client of it.
#[derive(Clone, Debug)]
pub struct Certificates {
    folder: PathBuf,
}

impl Certificates {
    /// The authority that signed all of them.
    #[must_use]
    pub fn ca(&self) -> PathBuf {
        self.folder.join("ca.pem")
    }

    /// An authority that signed none.
    #[must_use]
    pub fn wrong_ca(&self) -> PathBuf {
        self.folder.join("wrong-ca.pem")
    }

    /// A client's certificate.
    #[must_use]
    pub fn client(&self) -> PathBuf {
        self.folder.join("client.pem")
    }

    /// The client's key, behind [`Certificates::CLIENT_KEY_PASSWORD`].
    #[must_use]
    pub fn client_key(&self) -> PathBuf {
        self.folder.join("client.key")
    }

    /// What the client's key is encrypted with.
    pub const CLIENT_KEY_PASSWORD: &'static str = "of-the-clients-key-alone";

    /// Key and certificate of a server in one file, as Kafka takes them.
    pub(crate) fn server(&self, name: &str) -> PathBuf {
        self.folder.join(format!("{name}.both.pem"))
    }

    /// Those in that folder; made when they are not there, or will not be good for long.
    ///
    /// # Errors
    /// [`Failure`](crate::Failure) when openssl is missing or makes none.
    pub fn make(home: &Path) -> Outcome<Self> {
        let folder = home.join("tls");
        let found = Self { folder: folder.clone() };
        let complete = folder.join("complete");
        let age = fs::metadata(&complete).and_then(|found| found.modified());
        let age = age.ok().and_then(|made| made.elapsed().ok());
        if age.is_some_and(|age| age < GOOD_FOR) {
            return Ok(found);
        }
        let _ = fs::remove_dir_all(&folder);
        fs::create_dir_all(&folder).context(format_args!("making {}", folder.display()))?;
        for name in ["ca", "wrong-ca"] {
            found.openssl(&format!(
                "req -x509 -newkey rsa:2048 -nodes -keyout {name}.key -out {name}.pem -days 60 -subj /CN={name}"
            ))?;
        }
        let here = "subjectAltName=DNS:localhost,IP:127.0.0.1";
        found.sign("server", here, "60")?;
        // It ends on the day before it begins.
        found.sign("expired", here, "-1")?;
        found.sign("other-name", "subjectAltName=DNS:elsewhere.example", "60")?;
        found.sign("client", "extendedKeyUsage=clientAuth", "60")?;
        found.openssl(&format!(
            "pkcs8 -topk8 -in client.plain.key -out client.key -v2 aes256 -passout pass:{}",
            Self::CLIENT_KEY_PASSWORD
        ))?;
        fs::write(&complete, "").context(format_args!("writing {}", complete.display()))?;
        Ok(found)
    }

    fn sign(&self, name: &str, extension: &str, days: &str) -> Outcome {
        let file = |end: &str| self.folder.join(format!("{name}.{end}"));
        fs::write(file("ext"), extension).context(format_args!("a certificate for {name}"))?;
        self.openssl(&format!(
            "req -newkey rsa:2048 -nodes -keyout {name}.plain.key -out {name}.csr -subj /CN={name}"
        ))?;
        self.openssl(&format!(
            "x509 -req -in {name}.csr -CA ca.pem -CAkey ca.key -CAcreateserial -days {days} -extfile {name}.ext -out {name}.pem"
        ))?;
        let (key, certificate) = (file("plain.key"), file("pem"));
        let both =
            fs::read_to_string(key).and_then(|key| Ok(key + &fs::read_to_string(certificate)?));
        let both = both.context(format_args!("a certificate for {name}"))?;
        fs::write(self.server(name), both).context(format_args!("a certificate for {name}"))
    }

    fn openssl(&self, arguments: &str) -> Outcome {
        let mut openssl = Command::new("openssl");
        openssl.current_dir(&self.folder).args(arguments.split(' '));
        let remedy = "install openssl (Debian: apt-get install openssl)";
        run(&mut openssl, "making certificates", remedy).map(drop)
    }
}

/// They are signed for twice as long.
const GOOD_FOR: Duration = Duration::from_secs(30 * 24 * 3600);
