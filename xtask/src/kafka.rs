//! `cargo xtask kafka`: real brokers for tests, below the target folder.

use strictframe_broker::{Cluster, Home, Listener, Single};

use crate::failure::{Context as _, Outcome};
use crate::{report, workspace};

#[derive(clap::Args)]
pub(crate) struct Options {
    #[command(subcommand)]
    command: Command,
}

#[derive(clap::Subcommand)]
enum Command {
    /// Starts three brokers that replicate, unless they run already
    Cluster,
    /// Ends every broker and removes its data
    Down,
    /// Says which brokers run, and where
    Status,
    /// Starts one broker with listeners of every kind, unless it runs already
    Up,
}

pub(crate) fn run(options: &Options) -> Outcome {
    let home = home()?;
    match options.command {
        Command::Cluster => show_cluster(&home.cluster_up().context("starting the cluster")?),
        Command::Down => home.down().context("ending the brokers")?,
        Command::Status => {
            match home.single() {
                Ok(single) if single.is_running() => show_single(&single),
                _ => report::line("no single broker runs"),
            }
            match home.cluster() {
                Ok(cluster) => show_cluster(&cluster),
                Err(_) => report::line("no cluster is set up"),
            }
        }
        Command::Up => show_single(&home.up().context("starting a broker")?),
    }
    Ok(())
}

/// The single broker and the cluster, for as long as this lives unless one of them ran before.
pub(crate) struct Brokers {
    home: Home,
    ran_before: bool,
}

impl Brokers {
    pub(crate) fn start(home: Home) -> Result<Self, strictframe_broker::Failure> {
        let ran_before = home.single().is_ok_and(|single| single.is_running())
            || home.cluster().is_ok_and(|cluster| cluster.is_running(0));
        let brokers = Self { home, ran_before };
        brokers.home.up()?;
        brokers.home.cluster_up()?;
        Ok(brokers)
    }
}

impl Drop for Brokers {
    fn drop(&mut self) {
        if !self.ran_before
            && let Err(failure) = self.home.down()
        {
            report::line(format_args!("ending the brokers: {failure}"));
        }
    }
}

/// Where the brokers lie.
pub(crate) fn home() -> Outcome<Home> {
    Home::new(&workspace::target()?.join("kafka")).context("the folder of the brokers")
}

fn show_single(single: &Single) {
    let mut table = report::Table::new(&["listener", "address"]);
    for listener in Listener::ALL {
        let address = single.address(listener).unwrap_or_else(|failure| failure.to_string());
        table.row([format!("{listener:?}"), address]);
    }
    report::line(table);
    report::line(format_args!("certificates: {}", single.certificates().ca().display()));
}

fn show_cluster(cluster: &Cluster) {
    report::line(format_args!("cluster: {}", cluster.addresses()));
    for index in 0..Cluster::COUNT {
        let words = if cluster.is_running(index) { "runs" } else { "does not run" };
        report::line(format_args!("broker {index} {words}"));
    }
}
