//! Which release of each format was measured, from the lock file that this was built with.

/// The crate behind a contestant and its version; nothing when the code is this project's own.
#[must_use]
pub fn behind(name: &str) -> Option<String> {
    let (_, package) = PACKAGES.iter().find(|(start, _)| name.starts_with(start))?;
    version(package).map(|version| format!("{package} {version}"))
}

/// The version of a package in the lock file.
#[must_use]
pub fn version(package: &str) -> Option<&'static str> {
    let name = format!("name = \"{package}\"\nversion = \"");
    let (_, behind) = LOCK.split_once(&name)?;
    behind.split_once('"').map(|(version, _)| version)
}

/// How the name of a contestant begins, and what it links.
const PACKAGES: &[(&str, &str)] = &[
    ("arrow", "arrow-ipc"),
    ("avro", "apache-avro"),
    ("kafka", "kafka-protocol"),
    ("mcap", "mcap"),
    ("postcard", "postcard"),
    ("prost", "prost"),
    ("protobuf", "prost"),
    ("riegeli", "riegeli"),
    ("rmp", "rmp-serde"),
    ("strictframe", "strictframe"),
];

const LOCK: &str = include_str!("../Cargo.lock");

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_package_is_in_the_lock_file() {
        for (start, package) in PACKAGES {
            let found = behind(start).unwrap();
            assert!(found.starts_with(package) && found.contains('.'), "{found}");
        }
        assert_eq!(behind("tfrecord"), None);
    }
}
