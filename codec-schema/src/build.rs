//! Types that know their schemas, for build scripts: `.proto` files and the lock in, Rust out.
//!
//! The types are those of `prost`, compiled without `protoc`. Each message that has a lineage in the lock implements `strictframe::Schema`, with
//! every version of the lock as constants. A type whose source says something else than its newest version in the lock is an error of the build,
//! which names the command that locks it.
//!
//! ```no_run
//! // build.rs
//! use strictframe_schema::build::{Build, BuildError};
//!
//! fn main() -> Result<(), BuildError> {
//!     Build::new()
//!         .include("proto")
//!         .proto("proto/shop/order.proto")
//!         .message("shop.Order") // has to be in the lock
//!         .json("shop.Visit") // a type of serde: its constants alone
//!         .generate()
//! }
//! ```
//!
//! ```rs
//! // src/lib.rs, with the feature `prost` of `strictframe`
//! pub mod schemas {
//!     include!(concat!(env!("OUT_DIR"), "/strictframe.rs"));
//! }
//!
//! strictframe::json_messages! { Visit => schemas::SHOP_VISIT }
//! ```
//!
//! `examples/orders/` in the repository is built like this.
//!
//! A schema of JSON comes from a Rust type, which cannot be compiled before its constants are there. With `STRICTFRAME_UNLOCKED=1` in the environment
//! a JSON schema that is not locked yet is let through: its constants then have no version, nothing can be written or read with them, and the
//! test that `json_messages!` makes fails with the command that locks the type.

use alloc::borrow::ToOwned as _;
use alloc::format;
use alloc::string::{String, ToString as _};
use alloc::vec::Vec;
use std::path::{Path, PathBuf};

use strictframe_core::identity::Encoding;

use crate::lock::{Lock, Plan, Schema};
use crate::protobuf::Type;

mod compile;
mod emit;
mod error;

use self::compile::Compiled;
use self::emit::Output;
pub use self::error::{BuildError, BuildErrorKind};

/// What a build script makes its types from.
#[derive(Debug)]
pub struct Build {
    lock: PathBuf,
    includes: Vec<PathBuf>,
    protos: Vec<PathBuf>,
    messages: Vec<String>,
    json: Vec<String>,
    prost: prost_build::Config,
    out_dir: Option<PathBuf>,
}

impl Default for Build {
    fn default() -> Self {
        Self::new()
    }
}

impl Build {
    /// One with the lock `strictframe.lock` beside `Cargo.toml`, and nothing to compile yet.
    #[must_use]
    pub fn new() -> Self {
        let mut prost = prost_build::Config::new();
        // So that the user's crate and this one always mean the same prost.
        prost.prost_path("::strictframe::prost");
        Self {
            lock: PathBuf::from("strictframe.lock"),
            includes: Vec::new(),
            protos: Vec::new(),
            messages: Vec::new(),
            json: Vec::new(),
            prost,
            out_dir: None,
        }
    }

    /// Takes the versions out of another lock file.
    #[must_use]
    pub fn lock(self, path: impl Into<PathBuf>) -> Self {
        Self { lock: path.into(), ..self }
    }

    /// Looks for imports in this folder too; in the package's own when none is named.
    #[must_use]
    pub fn include(mut self, folder: impl Into<PathBuf>) -> Self {
        self.includes.push(folder.into());
        self
    }

    /// Compiles this file too.
    #[must_use]
    pub fn proto(mut self, path: impl Into<PathBuf>) -> Self {
        self.protos.push(path.into());
        self
    }

    /// Demands that the message of this full name is locked.
    #[must_use]
    pub fn message(mut self, name: impl Into<String>) -> Self {
        self.messages.push(name.into());
        self
    }

    /// Makes the constants of a JSON schema that the lock has under this name: `shop.Visit` becomes `SHOP_VISIT`.
    #[must_use]
    pub fn json(mut self, name: impl Into<String>) -> Self {
        self.json.push(name.into());
        self
    }

    /// Makes the types by other settings of prost, such as attributes and maps.
    ///
    /// `prost_path` is set to the prost of `strictframe`; what the settings say of files has no effect.
    #[must_use]
    pub fn prost(mut self, mut config: prost_build::Config) -> Self {
        config.prost_path("::strictframe::prost");
        self.prost = config;
        self
    }

    /// Writes into this folder instead of the one that Cargo names in `OUT_DIR`.
    #[must_use]
    pub fn out_dir(self, folder: impl Into<PathBuf>) -> Self {
        Self { out_dir: Some(folder.into()), ..self }
    }

    /// Writes `strictframe.rs` into `OUT_DIR`, and tells Cargo which files it depends on.
    ///
    /// # Errors
    ///
    /// A [`BuildError`] of any kind; nothing is written then.
    pub fn generate(mut self) -> Result<(), BuildError> {
        let out_dir =
            self.out_dir.clone().or_else(|| std::env::var_os("OUT_DIR").map(PathBuf::from));
        let Some(out_dir) = out_dir else {
            return Err(BuildError::new(
                BuildErrorKind::Write,
                "the environment has no OUT_DIR",
                "call it in a build script, or name a folder with out_dir",
            ));
        };
        let is_unlocked = std::env::var_os(UNLOCKED).is_some_and(|value| value == "1");
        let lock = self.read_lock(is_unlocked)?;
        let mut output = Output::default();
        let mut watched = Vec::from([self.lock.clone()]);
        if !self.protos.is_empty() {
            let compiled = compile::compile(&self.protos, &self.includes)?;
            watched.extend(compiled.files.iter().cloned());
            self.add_messages(&lock, &compiled, &mut output)?;
            output.add_types(&mut self.prost, compiled.set)?;
        } else if let Some(name) = self.messages.first() {
            return Err(unlocked(
                name,
                "no .proto file is named",
                "name the file of the message with proto",
            ));
        }
        for name in &self.json {
            let versions = lock.versions(name, Encoding::JSON);
            if versions.is_empty() && !is_unlocked {
                let message = format!("{} has no JSON schema of that name", self.lock.display());
                return Err(unlocked(name, &message, UNLOCKED_HELP));
            }
            output.add_constant(name, versions)?;
        }
        let path = out_dir.join("strictframe.rs");
        std::fs::write(&path, output.into_text()).map_err(|error| {
            let message = format!("{} cannot be written: {error}", path.display());
            BuildError::new(BuildErrorKind::Write, message, "make the folder, with room in it")
        })?;
        std::println!("cargo::rerun-if-env-changed={UNLOCKED}");
        for path in watched {
            std::println!("cargo::rerun-if-changed={}", path.display());
        }
        Ok(())
    }

    fn read_lock(&self, is_unlocked: bool) -> Result<Lock, BuildError> {
        let path = self.lock.display();
        match std::fs::read(&self.lock) {
            Ok(bytes) => Lock::read(&bytes).map_err(|error| {
                let (message, help) = (format!("{path}: {error}"), error.help().to_owned());
                BuildError::new(BuildErrorKind::Lock, message, help)
            }),
            Err(error) if error.kind() == std::io::ErrorKind::NotFound => {
                if is_unlocked && self.protos.is_empty() {
                    return Ok(Lock::new());
                }
                let help = match self.protos.is_empty() {
                    true => UNLOCKED_HELP.to_owned(),
                    false => self.command(&[]),
                };
                Err(BuildError::new(
                    BuildErrorKind::LockMissing,
                    format!("there is no {path}"),
                    help,
                ))
            }
            Err(error) => Err(BuildError::new(
                BuildErrorKind::Lock,
                format!("{path} cannot be read: {error}"),
                "make it a file that can be read",
            )),
        }
    }

    /// The constants of each message that is in the lock, found to be what the lock says.
    fn add_messages(
        &self,
        lock: &Lock,
        compiled: &Compiled,
        output: &mut Output,
    ) -> Result<(), BuildError> {
        let types = compiled.schema.iter();
        let messages = types.filter(|(_, kind)| matches!(kind, Type::Message(_)));
        let is_locked = |name: &&str| !lock.versions(name, Encoding::PROTOBUF).is_empty();
        let locked: Vec<&str> = messages.map(|(name, _)| name).filter(is_locked).collect();
        if let Some(name) = self.messages.iter().find(|name| !locked.contains(&name.as_str())) {
            let (message, help) = match compiled.schema.message(name) {
                Some(_) => {
                    (format!("{} has no version of it", self.lock.display()), self.command(&[name]))
                }
                None => (
                    "the .proto files have no such message".to_owned(),
                    "give its full name, package and all, without a leading dot".to_owned(),
                ),
            };
            return Err(unlocked(name, &message, help));
        }
        if locked.is_empty() {
            let message =
                format!("{} has none of the messages of the .proto files", self.lock.display());
            return Err(BuildError::new(BuildErrorKind::NotLocked, message, self.command(&[])));
        }
        for name in locked {
            let plan = lock.plan(name, Schema::Protobuf(&compiled.schema)).map_err(|error| {
                let message = format!("{name} has no descriptor: {error}");
                BuildError::new(BuildErrorKind::Schema, message, "correct the schema")
            })?;
            if let Plan::Changed { version, .. } = &plan {
                let before = version.descriptor().version().saturating_sub(1);
                let message = format!(
                    "{name} is not what its newest version {before} in {} says",
                    self.lock.display()
                );
                return Err(BuildError::new(
                    BuildErrorKind::LockOutdated,
                    message,
                    self.command(&[name]),
                ));
            }
            let package = compiled.package_of(name);
            output.add_message(package, name, lock.versions(name, Encoding::PROTOBUF));
        }
        Ok(())
    }

    /// The command that locks what is there now.
    fn command(&self, messages: &[&str]) -> String {
        let quoted = |path: &Path| {
            let text = path.display().to_string();
            match text
                .contains(|found: char| !found.is_ascii_alphanumeric() && !"/._-".contains(found))
            {
                true => format!("'{}'", text.replace('\'', "'\\''")),
                false => text,
            }
        };
        let mut command = "strictframe schema lock".to_owned();
        for path in &self.protos {
            command = format!("{command} {}", quoted(path));
        }
        for folder in &self.includes {
            command = format!("{command} -I {}", quoted(folder));
        }
        for name in self.messages.iter().map(String::as_str).chain(messages.iter().copied()) {
            let option = format!(" --message {name}");
            if !command.contains(&option) {
                command.push_str(&option);
            }
        }
        let folder = std::env::current_dir()
            .map_or_else(|_| ".".to_owned(), |path| path.display().to_string());
        format!("run `{command} --lock {}` in {folder}, and commit the lock", quoted(&self.lock))
    }
}

fn unlocked(name: &str, message: &str, help: impl Into<String>) -> BuildError {
    BuildError::new(BuildErrorKind::NotLocked, format!("{name} is not locked: {message}"), help)
}

/// What lets JSON schemas through that are not locked yet.
const UNLOCKED: &str = "STRICTFRAME_UNLOCKED";
const UNLOCKED_HELP: &str = "run `STRICTFRAME_UNLOCKED=1 cargo test json_messages_are_what_was_locked`, which says the command that locks the types of json_messages!";
