//! What was chosen for a broker or a cluster, in a file that other processes read.

use std::collections::BTreeMap;
use std::fs;
use std::net::TcpListener;
use std::path::Path;

use serde::{Deserialize, Serialize};

use crate::failure::{Context as _, Failure, Outcome};

/// The ports of all listeners, and the passwords of all users.
#[derive(Clone, Debug, Default, Deserialize, Serialize)]
pub(crate) struct State {
    pub(crate) ports: BTreeMap<String, u16>,
    pub(crate) passwords: BTreeMap<String, String>,
}

impl State {
    /// Free ports under these names, and passwords for these users.
    pub(crate) fn choose(listeners: &[String], users: &[&str]) -> Outcome<Self> {
        // All are held at once, so that no two are the same.
        let mut held = Vec::new();
        let mut ports = BTreeMap::new();
        for name in listeners {
            let listener = TcpListener::bind(("127.0.0.1", 0)).context("choosing a port")?;
            let port = listener.local_addr().context("choosing a port")?.port();
            ports.insert(name.clone(), port);
            held.push(listener);
        }
        let password = |user: &&str| {
            let secret = format!("{:032x}", fastrand::u128(..));
            ((*user).to_owned(), secret)
        };
        Ok(Self { ports, passwords: users.iter().map(password).collect() })
    }

    pub(crate) fn port(&self, name: &str) -> Outcome<u16> {
        let port = self.ports.get(name).copied();
        port.ok_or_else(|| Failure::new(format!("there is no listener {name}")))
    }

    /// What was chosen in that folder; nothing when nothing was.
    pub(crate) fn load(folder: &Path) -> Option<Self> {
        let text = fs::read_to_string(folder.join(FILE)).ok()?;
        serde_json::from_str(&text).ok()
    }

    pub(crate) fn store(&self, folder: &Path) -> Outcome {
        fs::create_dir_all(folder).context(format_args!("making {}", folder.display()))?;
        let text = serde_json::to_string_pretty(self).context("writing the state")?;
        fs::write(folder.join(FILE), text).context("writing the state")
    }
}

const FILE: &str = "state.json";
