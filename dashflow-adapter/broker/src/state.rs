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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_was_chosen_is_found_again_and_no_two_ports_are_the_same() {
        let folder = tempfile::tempdir().unwrap();
        assert!(State::load(folder.path()).is_none());
        let names: Vec<_> = (0..20).map(|number| format!("L{number:02}")).collect();
        let state = State::choose(&names, &["alice", "bob"]).unwrap();
        state.store(folder.path()).unwrap();
        let found = State::load(folder.path()).unwrap();
        assert_eq!((&found.ports, &found.passwords), (&state.ports, &state.passwords));
        let mut ports: Vec<_> = found.ports.values().collect();
        ports.sort();
        ports.dedup();
        assert_eq!(ports.len(), 20);
        assert_ne!(found.passwords["alice"], found.passwords["bob"]);
        assert_eq!(found.port("none").unwrap_err().to_string(), "there is no listener none");
    }
}
