//! How a producer begins.

use core::fmt;
use std::sync::mpsc::channel;
use std::sync::{Arc, Mutex};

use tokio::sync::broadcast;

use super::account::Account;
use super::backlog::Backlog;
use super::config::ProducerConfig;
use super::epochs::Epochs;
use super::keeper::Keeper;
use super::message_id::MessageIds;
use super::policy_file::{Policy, PolicyFile};
use super::shared::Shared;
use super::worker::{Progress, Worker};
use super::{Handle, Producer, TraceHook};
use crate::courier::Courier;
use crate::identity::TraceContext;
use crate::problem::ConfigError;
use crate::transport::{Definition, Sink, TransportError};

/// What a producer is made from.
pub struct Builder<S> {
    sink: S,
    dead_letters: Option<S>,
    config: ProducerConfig,
    trace: Option<TraceHook>,
}

impl<S: Sink + 'static> Builder<S> {
    pub(super) fn new(sink: S) -> Self {
        Self { sink, dead_letters: None, config: ProducerConfig::default(), trace: None }
    }

    /// How it works; [`ProducerConfig::default`] unless said.
    #[must_use]
    pub fn config(self, config: ProducerConfig) -> Self {
        Self { config, ..self }
    }

    /// Where dead letters go. Without one they stay in the spool, until somebody replays them.
    #[must_use]
    pub fn dead_letters(self, sink: S) -> Self {
        Self { dead_letters: Some(sink), ..self }
    }

    /// What gives the trace context of the current span. It is called on the thread that sends, for each message.
    #[must_use]
    pub fn trace(self, trace: impl Fn() -> Option<TraceContext> + Send + Sync + 'static) -> Self {
        Self { trace: Some(Box::new(trace)), ..self }
    }

    /// Opens the spool, reads the policy, and starts the worker. What an earlier run left in the spool goes out first.
    ///
    /// # Errors
    /// [`StartError::Config`] with everything that is wrong with the configuration; [`StartError::Transport`] named `PolicyRefused`, `Locked` when another
    /// producer has the spool, `FileRefused`, or `Io`.
    pub fn start(self) -> Result<Producer, StartError> {
        let Self { sink, dead_letters, config, trace } = self;
        config.check().map_err(StartError::Config)?;
        let keeper =
            Keeper::open(dead_letters, config.spool.as_ref(), (config.retry, config.in_flight))?;
        let folder = config.spool.as_ref().map(|spool| spool.folder.as_path());
        let epochs = Epochs::open(folder)?;
        let shared = Arc::new(Shared::new(&config.queue, MessageIds::random()?));
        let (policy_file, policy) = match &config.policy_file {
            Some(path) => {
                let (file, policy) = PolicyFile::open(path, config.extensions)?;
                (Some(file), policy)
            }
            None => {
                let policy = Policy::new(config.policy.clone(), config.extensions);
                let refused = |why| TransportError::permanent("PolicyRefused", why);
                (None, policy.map_err(refused)?)
            }
        };
        let mut courier = Courier::new(sink, config.retry);
        courier.define(Definition::envelope());
        if let Some(dictionary) = &policy.dictionary {
            courier.define(dictionary.clone());
        }
        let backlog = Backlog::new(Arc::clone(&shared), &config.queue, config.threads, epochs)?;
        let (events, _) = broadcast::channel(EVENTS);
        let account = Account::new(&config.topic, events.clone());
        let (controls, received) = channel();
        let drop_wait = core::time::Duration::from_millis(config.drop_wait_ms);
        let worker = Worker {
            run: backlog.threads.epoch(),
            shared: Arc::clone(&shared),
            controls: received,
            config,
            policy,
            policy_file,
            backlog,
            courier,
            keeper,
            account,
            progress: Progress::default(),
        };
        let thread = std::thread::Builder::new().name("sframe-send".to_owned());
        let ends = Ends(Arc::clone(&shared));
        let thread = thread.spawn(move || {
            let _ends = ends;
            worker.run();
        });
        let thread = thread.map_err(|error| TransportError::io("starting a thread", &error))?;
        let handle = Handle {
            shared,
            controls,
            worker: Mutex::new(Some(thread)),
            threads: Mutex::default(),
            events,
            trace,
            drop_wait,
        };
        Ok(Producer { handle: Arc::new(handle) })
    }
}

/// Takes no more messages once the worker has ended, however it did: also when a sink panicked.
struct Ends(Arc<Shared>);

impl Drop for Ends {
    fn drop(&mut self) {
        self.0.close();
    }
}

impl<S: fmt::Debug> fmt::Debug for Builder<S> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut debug = f.debug_struct("Builder");
        debug.field("sink", &self.sink).field("dead_letters", &self.dead_letters);
        debug.field("config", &self.config).finish_non_exhaustive()
    }
}

/// Why a producer did not begin.
#[derive(Clone, Debug, Eq, PartialEq)]
#[non_exhaustive]
pub enum StartError {
    /// The configuration is wrong.
    Config(ConfigError),
    /// Something that it needs is not there, or is another's.
    Transport(TransportError),
}

impl fmt::Display for StartError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Config(error) => error.fmt(f),
            Self::Transport(error) => error.fmt(f),
        }
    }
}

impl core::error::Error for StartError {}

impl From<TransportError> for StartError {
    fn from(error: TransportError) -> Self {
        Self::Transport(error)
    }
}

/// The events that are kept for a subscription.
const EVENTS: usize = 1024;
