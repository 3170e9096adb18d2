//! `strictframe serve`: frames for browsers, as they come, over a WebSocket, and the page that shows them.

mod assets;
mod client;
mod cursor;
mod door;
mod export;
mod feed;
mod log;
mod pump;
mod queue;
mod server;
mod site;
mod token;
mod words;

use core::net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr};
use core::time::Duration;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use serde::Serialize;
use tokio::net::TcpListener;
use tokio::runtime::Builder;
use tokio::sync::{Semaphore, watch};

use self::log::{Event, Report};
use self::site::{Origins, Served, Site};
use self::token::Token;
use crate::Ending;
use crate::failure::{self, Failure};
use crate::output::Stdout;
use crate::source::not_read;
use crate::terminal::shown;

/// Show frames in the browser as they come, from a file, a directory or a topic of Kafka
///
/// Serves a page and a WebSocket in which every binary message is one frame, untouched; spec/BINDINGS.md describes it. Files are followed while others write to them, and new files of a directory are taken in. What is damaged is told with its code, place and clause, and what is intact behind it is sent. Every client has a queue of its own: one that is slow is told what it missed, and hinders nobody.
///
/// Whoever connects must know the token in the URL, which is new for each run, and a page must be the server's own. STRICTFRAME_SERVE_TOKEN names a token that stays the same, for clients that are to come back after a restart.
///
/// With --json everything that happens is a line of JSON on standard output: {"event": "listening", "url", ...}, connected, disconnected, turned_away, missed, trouble, ending.
#[derive(clap::Args)]
#[command(after_help = EXAMPLES)]
pub(crate) struct Arguments {
    #[command(flatten)]
    source: SourceArguments,
    /// A file that says where Kafka is, for --kafka; the variables KAFKA_* go before it
    #[cfg(feature = "dashflow")]
    #[arg(long, value_name = "FILE")]
    config: Option<PathBuf>,
    /// The port; 0 for any that is free
    #[arg(long, value_name = "N", default_value_t = 4790)]
    port: u16,
    /// The address to listen at; one that others can reach needs --expose
    #[arg(long, value_name = "IP", default_value_t = IpAddr::V4(Ipv4Addr::LOCALHOST))]
    address: IpAddr,
    /// Listen where other machines can connect: whoever has the token reads every frame, and nothing is encrypted on the way
    #[arg(long)]
    expose: bool,
    /// Let the pages of this origin connect too, as in http://desk:4790; may be given several times
    #[arg(long = "origin", value_name = "ORIGIN", value_parser = origin)]
    origins: Vec<String>,
    /// So many clients at once
    #[arg(long, value_name = "N", default_value_t = 16, value_parser = clap::value_parser!(u16).range(1..=1024))]
    max_clients: u16,
    /// Send a client away of which nothing was heard for so many seconds
    #[arg(long, value_name = "SECONDS", default_value_t = 60, value_parser = clap::value_parser!(u16).range(1..=3600))]
    idle: u16,
    /// Bring a client that lags so many seconds to the present, and tell it what it missed
    #[arg(long, value_name = "SECONDS", default_value_t = 5, value_parser = clap::value_parser!(u16).range(0..=3600))]
    lag: u16,
    /// Open the page in the browser
    #[arg(long)]
    open: bool,
    /// Write one JSON object a line for everything that happens
    #[arg(long)]
    pub(crate) json: bool,
}

#[derive(clap::Args)]
#[group(required = true, multiple = false)]
struct SourceArguments {
    /// A stream file, also while it is written
    #[arg(long, value_name = "FILE")]
    file: Option<PathBuf>,
    /// The stream files of a directory (*.sframe), also those that will come
    #[arg(long, value_name = "DIR")]
    dir: Option<PathBuf>,
    /// A topic of Kafka; where Kafka is, the variables KAFKA_* say, and --config
    #[cfg(feature = "dashflow")]
    #[arg(long, value_name = "TOPIC")]
    kafka: Option<String>,
    /// Write the page to a directory, from where it is opened without a server, and end
    #[arg(long, value_name = "DIR")]
    export: Option<PathBuf>,
}

pub(crate) fn run(arguments: &Arguments) -> Result<Ending, Failure> {
    if let Some(folder) = &arguments.source.export {
        return export(folder, arguments.json);
    }
    if !arguments.address.is_loopback() && !arguments.expose {
        return Err(failure::usage(
            format!("others can connect to {}", arguments.address),
            "add --expose if they may: whoever has the token reads every frame, and nothing is encrypted on the way",
        ));
    }
    let served = arguments.served()?;
    let token = Token::read()?;
    let runtime = Builder::new_current_thread().enable_all().build().map_err(|error| {
        failure::input_output(format!("cannot begin: {error}"), "close other programs")
    })?;
    let ended = runtime.block_on(listen(arguments, served, token));
    // A read that hangs, or a client of Kafka that waits for a broker: nobody waits for them.
    runtime.shutdown_background();
    ended
}

async fn listen(arguments: &Arguments, served: Served, token: Token) -> Result<Ending, Failure> {
    let wanted = SocketAddr::new(arguments.address, arguments.port);
    let listener = TcpListener::bind(wanted).await.map_err(|error| not_bound(wanted, &error))?;
    let address = listener.local_addr().map_err(|error| not_bound(wanted, &error))?;
    let report = Report { json: arguments.json };
    let url = url(address, &token);
    let (end, ending) = watch::channel(false);
    let site = Arc::new(Site {
        token,
        origins: Origins::new(address, &arguments.origins),
        places: Arc::new(Semaphore::new(usize::from(arguments.max_clients))),
        idle: Duration::from_secs(u64::from(arguments.idle)),
        lag: Duration::from_secs(u64::from(arguments.lag)),
        report,
        ending: ending.clone(),
        served,
    });
    let mut interrupts = Interrupts::new()
        .map_err(|error| failure::input_output(error, "run it where signals can be caught"))?;
    let source = site.served.worded();
    report.tell(&Event::Listening { url: &url, address, source: &source });
    if !address.ip().is_loopback() && !report.json {
        failure::warn(
            "other machines can connect: whoever has the token reads every frame, and nothing is encrypted on the way",
        );
    }
    if arguments.open
        && let Err(error) = open::that_detached(&url)
    {
        let message = format!("no browser could be opened ({error}): open the URL yourself");
        report.tell(&Event::Trouble { name: "Browser", message: &message });
    }
    let mut serving = core::pin::pin!(server::run(listener, Arc::clone(&site), ending));
    tokio::select! {
        () = &mut serving => return Ok(Ending::Done),
        () = interrupts.next() => {}
    }
    report.tell(&Event::Ending {});
    let _ = end.send(true);
    tokio::select! {
        () = serving => {}
        // Who is asked twice does not wait for anybody.
        () = interrupts.next() => {}
    }
    Ok(Ending::Done)
}

impl Arguments {
    /// What is to be served, after looking whether it is there.
    fn served(&self) -> Result<Served, Failure> {
        #[cfg(feature = "dashflow")]
        if let Some(topic) = &self.source.kafka {
            let config = crate::kafka::place::configuration(self.config.as_deref(), Some(topic))?;
            return Ok(Served::Topic(Box::new(config)));
        }
        #[cfg(feature = "dashflow")]
        if self.config.is_some() {
            return Err(failure::usage(
                "--config says where Kafka is, and files need none",
                "leave it out, or name a topic with --kafka",
            ));
        }
        if let Some(folder) = &self.source.dir {
            std::fs::read_dir(folder).map_err(|error| not_read(folder, &error))?;
            return Ok(Served::Folder(folder.clone()));
        }
        let path = self.source.file.as_deref().unwrap_or(Path::new("-"));
        if path == Path::new("-") {
            return Err(failure::usage(
                "what stands on standard input cannot be read again for each client",
                "write it to a file first; one that is called `-` is written `./-`",
            ));
        }
        let found = std::fs::metadata(path).map_err(|error| not_read(path, &error))?;
        if !found.is_file() {
            let help = "name a stream file, or a directory of them with --dir";
            return Err(failure::usage(format!("{} is not a file", shown(path)), help));
        }
        std::fs::File::open(path).map_err(|error| not_read(path, &error))?;
        Ok(Served::File(path.to_owned()))
    }
}

fn export(folder: &Path, json: bool) -> Result<Ending, Failure> {
    let files = export::write(folder)?;
    let mut stdout = Stdout::lock();
    if json {
        #[derive(Serialize)]
        struct Exported<'a> {
            directory: &'a Path,
            files: usize,
        }
        stdout.json_line(&Exported { directory: folder, files })?;
    } else {
        stdout.line(format_args!(
            "{files} files: open {} in a browser",
            shown(&folder.join("index.html"))
        ))?;
    }
    stdout.flush()?;
    Ok(Ending::Done)
}

/// Where the page is. What stands behind `#` is sent to no server.
fn url(address: SocketAddr, token: &Token) -> String {
    let ip = match address.ip() {
        IpAddr::V4(ip) if ip.is_unspecified() => IpAddr::V4(Ipv4Addr::LOCALHOST),
        IpAddr::V6(ip) if ip.is_unspecified() => IpAddr::V6(Ipv6Addr::LOCALHOST),
        ip => ip,
    };
    format!("http://{}/#token={}", SocketAddr::new(ip, address.port()), token.text())
}

fn not_bound(address: SocketAddr, error: &std::io::Error) -> Failure {
    let help = match error.kind() {
        std::io::ErrorKind::AddrInUse => "name another port with --port, or 0 for any that is free",
        std::io::ErrorKind::PermissionDenied => "name a port above 1023 with --port",
        _ => "name an address of this machine with --address",
    };
    failure::input_output(format!("cannot listen at {address}: {error}"), help)
}

/// An origin as browsers write it.
fn origin(text: &str) -> Result<String, String> {
    let host = text.strip_prefix("http://").or_else(|| text.strip_prefix("https://"));
    let is_plain = |host: &str| {
        !host.is_empty()
            && host.bytes().all(|byte| byte.is_ascii_alphanumeric() || b".-:[]".contains(&byte))
    };
    if host.is_some_and(is_plain) {
        return Ok(text.to_owned());
    }
    Err("write it as http://HOST:PORT, without a path".to_owned())
}

/// Ctrl-C, and on Unix the signal that asks a process to end.
struct Interrupts {
    #[cfg(unix)]
    interrupt: tokio::signal::unix::Signal,
    #[cfg(unix)]
    terminate: tokio::signal::unix::Signal,
}

impl Interrupts {
    #[cfg(unix)]
    fn new() -> std::io::Result<Self> {
        use tokio::signal::unix::{SignalKind, signal};
        let (interrupt, terminate) =
            (signal(SignalKind::interrupt())?, signal(SignalKind::terminate())?);
        Ok(Self { interrupt, terminate })
    }

    #[cfg(not(unix))]
    fn new() -> std::io::Result<Self> {
        Ok(Self {})
    }

    async fn next(&mut self) {
        #[cfg(unix)]
        tokio::select! {
            _ = self.interrupt.recv() => {}
            _ = self.terminate.recv() => {}
        }
        #[cfg(not(unix))]
        let _ = tokio::signal::ctrl_c().await;
    }
}

const EXAMPLES: &str = "\
Examples:
  strictframe serve --file events.sframe --open
  strictframe serve --dir log --port 0 --json
  strictframe serve --dir log --address 192.0.2.7 --expose --origin http://desk:4790
  strictframe serve --export page";
