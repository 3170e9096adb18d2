//! A real PostgreSQL, from the programs of this machine, with data of its own that goes when it does.

mod programs;

use core::time::Duration;
use std::fs;
use std::net::TcpListener;
use std::os::unix::fs::{PermissionsExt as _, chown};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::sync::{Mutex, PoisonError};
use std::thread::sleep;
use std::time::Instant;

use rustix::process::{Pid, Signal, kill_process};

use self::programs::Account;
pub use self::programs::Programs;
use crate::certificates::Certificates;
use crate::failure::{Context as _, Failure, Outcome, run};

/// A PostgreSQL server on a loopback port and a socket. It ends, and its data goes, when this is dropped.
#[derive(Debug)]
pub struct Postgres {
    programs: Programs,
    account: Option<Account>,
    /// In the system's folder of temporary files: the account may not see what lies below a home, and the name of a socket has little room.
    folder: tempfile::TempDir,
    port: u16,
    password: String,
    child: Mutex<Option<Child>>,
}

impl Postgres {
    /// Who may do everything on it.
    pub const USER: &'static str = "strictframe";

    /// Makes a server with these lines in its configuration, and starts it. With certificates it takes connections with TLS as well.
    ///
    /// # Errors
    /// [`Failure`], which [is of a missing program](Failure::is_missing) when this machine has no PostgreSQL.
    pub fn start(settings: &str, certificates: Option<&Certificates>) -> Outcome<Self> {
        let (programs, account) = (Programs::find()?, Account::of_servers()?);
        let folder = tempfile::Builder::new().prefix("pg").tempdir();
        let folder = folder.context("making a folder for PostgreSQL")?;
        let port = TcpListener::bind(("127.0.0.1", 0)).and_then(|taken| taken.local_addr());
        let port = port.context("choosing a port")?.port();
        let password = format!("{:032x}", fastrand::u128(..));
        let server = Self { programs, account, folder, port, password, child: Mutex::default() };
        server.set_up(settings, certificates)?;
        server.resume()?;
        Ok(server)
    }

    fn set_up(&self, settings: &str, certificates: Option<&Certificates>) -> Outcome {
        self.give(self.folder.path(), 0o700)?;
        let secret = self.folder.path().join("password");
        fs::write(&secret, &self.password).context("writing a password")?;
        self.give(&secret, 0o600)?;
        let mut initdb = self.command("initdb");
        initdb.args(["--no-sync", "--auth=scram-sha-256", "--no-locale", "--encoding=UTF8"]);
        initdb.args(["--username", Self::USER, "--pwfile"]).arg(&secret);
        initdb.arg("--pgdata").arg(self.data());
        run(&mut initdb, "making a PostgreSQL server", programs::REMEDY)?;
        let mut lines = format!(
            "listen_addresses = '127.0.0.1'\nport = {}\nunix_socket_directories = '{}'\nlc_messages = 'C'\n{settings}\n",
            self.port,
            self.folder.path().display()
        );
        if let Some(certificates) = certificates {
            let both = self.data().join("server.pem");
            fs::copy(certificates.server("server"), &both).context("copying a certificate")?;
            self.give(&both, 0o600)?;
            lines += "ssl = on\nssl_cert_file = 'server.pem'\nssl_key_file = 'server.pem'\n";
        }
        let file = self.data().join("postgresql.auto.conf");
        fs::write(&file, lines).context("configuring PostgreSQL")
    }

    /// The URL of a database over TCP, without encryption.
    #[must_use]
    pub fn url(&self, database: &str) -> String {
        format!("{}?sslmode=disable", self.encrypted_url(database))
    }

    /// The URL of a database over TCP, of which nothing is said of encryption.
    #[must_use]
    pub fn encrypted_url(&self, database: &str) -> String {
        let Self { password, port, .. } = self;
        format!("postgres://{}:{password}@127.0.0.1:{port}/{database}", Self::USER)
    }

    /// The URL of a database over the socket.
    #[must_use]
    pub fn socket_url(&self, database: &str) -> String {
        let Self { password, port, .. } = self;
        let folder = self.folder.path().display();
        format!("postgres://{}:{password}@/{database}?host={folder}&port={port}", Self::USER)
    }

    /// Its password.
    #[must_use]
    pub fn password(&self) -> &str {
        &self.password
    }

    /// Ends all of its processes at once (SIGKILL), as if the machine's power were cut, but for what the kernel holds.
    ///
    /// # Errors
    /// [`Failure`] when it cannot be waited for.
    pub fn kill(&self) -> Outcome {
        let mut held = self.child.lock().unwrap_or_else(PoisonError::into_inner);
        let Some(mut child) = held.take() else { return Ok(()) };
        let id = Pid::from_child(&child);
        // It cannot start others while they are looked for.
        let _ = kill_process(id, Signal::STOP);
        let others = children(id);
        child.kill().context("killing PostgreSQL")?;
        for other in others {
            let _ = kill_process(other, Signal::KILL);
        }
        child.wait().context("killing PostgreSQL")?;
        Ok(())
    }

    /// Starts it again after [`Postgres::kill`], on its port and with its data, and waits until it serves.
    ///
    /// # Errors
    /// [`Failure`] with the end of its log.
    pub fn resume(&self) -> Outcome {
        let begun = Instant::now();
        loop {
            match self.try_start() {
                // What is left of the one before may still hold its memory.
                Err(_) if begun.elapsed() < PATIENCE => sleep(PAUSE),
                done => return done,
            }
        }
    }

    fn try_start(&self) -> Outcome {
        let path = self.folder.path().join("log");
        let log = fs::File::create(&path).context("making a log")?;
        let twin = log.try_clone().context("making a log")?;
        let mut server = self.command("postgres");
        server.arg("-D").arg(self.data()).stdin(Stdio::null()).stdout(log).stderr(twin);
        let mut child = server.spawn().context("starting PostgreSQL")?;
        let begun = Instant::now();
        loop {
            let said = fs::read_to_string(&path).unwrap_or_default();
            if said.contains(READY) {
                *self.child.lock().unwrap_or_else(PoisonError::into_inner) = Some(child);
                return Ok(());
            }
            let ended = child.try_wait().context("starting PostgreSQL")?;
            if ended.is_some() || begun.elapsed() > PATIENCE {
                let _ = child.kill();
                let _ = child.wait();
                return Err(Failure::new(format!("PostgreSQL did not start:\n{said}")));
            }
            sleep(PAUSE);
        }
    }

    fn command(&self, program: &str) -> Command {
        let mut command = self.programs.command(program);
        command.current_dir(self.folder.path());
        if let Some(account) = &self.account {
            account.run(&mut command);
        }
        command
    }

    fn data(&self) -> PathBuf {
        self.folder.path().join("data")
    }

    /// Hands a file or folder to the account of the server.
    ///
    /// # Errors
    /// [`Failure`] when it is not ours to give.
    pub fn give(&self, path: &Path, mode: u32) -> Outcome {
        let doing = format!("handing over {}", path.display());
        fs::set_permissions(path, fs::Permissions::from_mode(mode)).context(&doing)?;
        match &self.account {
            Some(account) => chown(path, Some(account.user), Some(account.group)).context(&doing),
            None => Ok(()),
        }
    }
}

impl Drop for Postgres {
    fn drop(&mut self) {
        let _ = self.kill();
    }
}

/// The processes that a process has started, where the system tells.
fn children(id: Pid) -> Vec<Pid> {
    let raw = id.as_raw_nonzero();
    let text = fs::read_to_string(format!("/proc/{raw}/task/{raw}/children")).unwrap_or_default();
    text.split_whitespace().filter_map(|raw| Pid::from_raw(raw.parse().ok()?)).collect()
}

const READY: &str = "database system is ready to accept connections";
const PATIENCE: Duration = Duration::from_secs(60);
const PAUSE: Duration = Duration::from_millis(20);
