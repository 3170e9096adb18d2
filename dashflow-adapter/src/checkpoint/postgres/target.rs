//! Which database, by whom, and whether the way there is encrypted: all that a URL says.

use core::fmt;
use core::time::Duration;

use openssl::error::ErrorStack;
use openssl::ssl::{SslConnector, SslMethod};
use percent_encoding::percent_decode_str;
use postgres_openssl::{MakeTlsConnector, set_postgresql_alpn};
use tokio_postgres::Config;
use tokio_postgres::config::{Host, SslMode};

use super::session::words;
use crate::checkpoint::error::CheckpointError;

/// A database, and how it is reached.
pub(super) struct Target {
    pub(super) config: Config,
    pub(super) tls: MakeTlsConnector,
}

impl Target {
    pub(super) fn parse(url: &str) -> Result<Self, CheckpointError> {
        check_marks(url)?;
        let (url, asked) = Asked::take(url)?;
        let mut config: Config = url.parse().map_err(|error| refused(words(&error)))?;
        for (found, what) in [(config.get_user(), "user"), (config.get_dbname(), "database")] {
            if found.is_none_or(str::is_empty) {
                return Err(refused(format!("it names no {what}")));
            }
        }
        config.ssl_mode(asked.mode(&config)?);
        if config.get_application_name().is_none() {
            config.application_name("strictframe");
        }
        if config.get_connect_timeout().is_none() {
            config.connect_timeout(CONNECTING);
        }
        if config.get_tcp_user_timeout().is_none() {
            config.tcp_user_timeout(SILENCE);
        }
        if config.get_keepalives_idle() > SILENCE {
            config.keepalives_idle(SILENCE);
        }
        let tls = asked.connector().map_err(|error| match &asked.authorities {
            Some(file) => refused(format!("sslrootcert {file:?} cannot be read: {error}")),
            None => refused(format!("OpenSSL has no authorities: {error}")),
        })?;
        Ok(Self { config, tls })
    }

    /// How long connecting may take, whichever of the hosts it ends at.
    pub(super) fn connecting(&self) -> Duration {
        let hosts = self.config.get_hosts().len().max(self.config.get_hostaddrs().len());
        let hosts = u32::try_from(hosts).unwrap_or(u32::MAX);
        let each = self.config.get_connect_timeout().copied().unwrap_or(CONNECTING);
        each.saturating_mul(hosts.max(1))
    }
}

/// `user:password@host/database`: where one of those marks stands in a name or a password as it is, its parts would be taken for something else, and printed.
fn check_marks(url: &str) -> Result<(), CheckpointError> {
    let rest = url.strip_prefix("postgres://").or_else(|| url.strip_prefix("postgresql://"));
    let rest = rest.ok_or_else(|| refused("it begins with postgres:// or postgresql://"))?;
    let (authority, behind) = rest.split_at(rest.find(['/', '?']).unwrap_or(rest.len()));
    match authority.matches('@').count() {
        0 | 1 if !behind.contains('@') => Ok(()),
        _ => Err(refused(
            "one `@` stands before the host: write those in a name or a password as %40, and `/`, `?` and `:` as %2F, %3F and %3A",
        )),
    }
}

/// What a URL says of encryption.
#[derive(Default)]
struct Asked {
    mode: Option<String>,
    authorities: Option<String>,
}

impl Asked {
    /// The URL without that.
    fn take(url: &str) -> Result<(String, Self), CheckpointError> {
        let Some((url, options)) = url.split_once('?') else {
            return Ok((url.to_owned(), Self::default()));
        };
        let (mut asked, mut others) = (Self::default(), Vec::new());
        for option in options.split('&') {
            let (place, name, value) = match option.split_once('=') {
                Some((name @ "sslmode", value)) => (&mut asked.mode, name, value),
                Some((name @ "sslrootcert", value)) => (&mut asked.authorities, name, value),
                _ => {
                    others.push(option);
                    continue;
                }
            };
            let value = percent_decode_str(value).decode_utf8();
            let value = value.map_err(|_| refused(format!("its {name} is no text")))?;
            if place.replace(value.into_owned()).is_some() {
                return Err(refused(format!("it has two of {name}")));
            }
        }
        let url =
            if others.is_empty() { url.to_owned() } else { format!("{url}?{}", others.join("&")) };
        Ok((url, asked))
    }

    fn mode(&self, config: &Config) -> Result<SslMode, CheckpointError> {
        let (hosts, addresses) = (config.get_hosts(), config.get_hostaddrs());
        let is_named = |host: &Host| matches!(host, Host::Tcp(_));
        if hosts.is_empty() && addresses.is_empty() {
            return Err(refused("it names no host"));
        }
        let is_all_sockets = addresses.is_empty() && !hosts.iter().any(is_named);
        match self.mode.as_deref() {
            Some("disable") => Ok(SslMode::Disable),
            None if is_all_sockets => Ok(SslMode::Disable),
            None | Some("require" | "verify-full") if hosts.iter().all(is_named) => {
                Ok(SslMode::Require)
            }
            None | Some("require" | "verify-full") => Err(refused(
                "a Unix socket is not encrypted: name hosts alone, or `sslmode=disable`",
            )),
            Some(_) => Err(refused(
                "sslmode is `verify-full` (or `require`, which is the same here), or `disable` to go without encryption; no other mode says which of them it will be",
            )),
        }
    }

    fn connector(&self) -> Result<MakeTlsConnector, ErrorStack> {
        let mut builder = SslConnector::builder(SslMethod::tls_client())?;
        // Without it a server refuses `sslnegotiation=direct`.
        set_postgresql_alpn(&mut builder)?;
        if let Some(file) = &self.authorities {
            builder.set_ca_file(file)?;
        }
        Ok(MakeTlsConnector::new(builder.build()))
    }
}

fn refused(why: impl fmt::Display) -> CheckpointError {
    let message = format!(
        "the URL of a PostgreSQL database is refused: {why}; write postgres://USER:PASSWORD@HOST:PORT/DATABASE"
    );
    CheckpointError::other("PostgresUrl", message)
}

impl fmt::Display for Target {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let config = &self.config;
        write!(f, "PostgreSQL database {:?} at", config.get_dbname().unwrap_or_default())?;
        let addresses = config.get_hostaddrs().iter().map(ToString::to_string);
        let hosts = config.get_hosts().iter().map(|host| match host {
            Host::Tcp(name) => name.clone(),
            #[cfg(unix)]
            Host::Unix(path) => path.display().to_string(),
        });
        // Where there are both, an address says where a host is.
        let places: Vec<String> = match config.get_hosts() {
            [] => addresses.collect(),
            _ => hosts.collect(),
        };
        for (index, place) in places.iter().enumerate() {
            let port = config.get_ports().get(index).or(config.get_ports().first());
            write!(f, " {place}:{}", port.unwrap_or(&5432))?;
        }
        write!(f, " as {:?}", config.get_user().unwrap_or_default())
    }
}

const CONNECTING: Duration = Duration::from_secs(10);
/// After so long without a word from the other side it is asked for one, and what was sent and not received ends the connection.
const SILENCE: Duration = Duration::from_secs(30);

#[cfg(test)]
mod tests {
    use super::*;

    fn why(url: &str) -> String {
        let error = Target::parse(url).err().map(|error| (error.name(), error.to_string()));
        let (name, message) = error.unwrap_or_else(|| panic!("{url} is taken"));
        assert_eq!(name, "PostgresUrl");
        message
    }

    fn mode(url: &str) -> SslMode {
        Target::parse(url).unwrap().config.get_ssl_mode()
    }

    #[test]
    fn what_goes_over_a_net_is_encrypted_unless_that_is_ruled_out_by_name() {
        for options in ["", "?sslmode=require", "?sslmode=verify-full&connect_timeout=3"] {
            assert_eq!(mode(&format!("postgres://u:p@h,i:5433/d{options}")), SslMode::Require);
        }
        assert_eq!(mode("postgresql://u@h/d?sslmode=disable"), SslMode::Disable);
        assert_eq!(mode("postgresql://u@/d?host=/run/postgresql"), SslMode::Disable);
        for mode in ["prefer", "allow", "verify-ca", "Disable", ""] {
            assert!(why(&format!("postgres://u@h/d?sslmode={mode}")).contains("verify-full"));
        }
        let socket = why("postgres://u@/d?host=/run/postgresql&sslmode=verify-full");
        assert!(socket.contains("not encrypted"), "{socket}");
        assert!(why("postgres://u@h/d?host=/run/postgresql").contains("not encrypted"));
        let none = why("postgres://u@h/d?sslrootcert=/no/such/file.pem");
        assert!(none.contains("/no/such/file.pem"), "{none}");
        assert!(why("postgres://u@h/d?sslmode=disable&sslmode=require").contains("two of sslmode"));
        // Written so that it is not seen at first.
        assert_eq!(mode("postgres://u@h/d?ssl%6Dode=prefer"), SslMode::Require);
    }

    #[test]
    fn whoever_and_whatever_is_not_named_is_asked_for() {
        assert!(why("host=h user=u dbname=d").contains("begins with postgres://"));
        assert!(why("postgres://h/d").contains("no user"));
        assert!(why("postgres://u@h").contains("no database"));
        assert!(why("postgres://u@/d").contains("no host"));
        assert!(why("postgres://u@h/d?sslcert=x").contains("unknown option `sslcert`"));
        assert!(why("postgres://u@h:port/d").contains("`port`"));
    }

    #[test]
    fn no_part_of_a_password_is_shown() {
        let target = Target::parse("postgres://u:hunter2@h:5433/d").unwrap();
        assert_eq!(target.to_string(), r#"PostgreSQL database "d" at h:5433 as "u""#);
        for password in ["hun@ter2", "hun/ter2", "hun?ter2", "hun?a=b&ter2", "hun:ter2@", "@ter2"] {
            let url = format!("postgres://u:{password}@h/d");
            let why = why(&url);
            assert!(!why.contains("ter2") && why.contains("%40"), "{why}");
        }
        let encoded = Target::parse("postgres://u:hun%40%2F%3Fter2@h/d").unwrap();
        assert_eq!(encoded.config.get_password(), Some(&b"hun@/?ter2"[..]));
    }
}
