//! A server that runs, clients of it, and streams that grow.

use core::time::Duration;
use std::collections::BTreeSet;
use std::fs::File;
use std::io::{BufRead as _, BufReader};
use std::net::TcpStream;
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::sync::{Arc, Mutex};
use std::time::Instant;

use serde_json::{Value, json};
use strictframe::{
    Descriptor, Encoder, Extension, Frame, Kind, Limits, StreamOptions, StreamWriter, extension,
    open_append,
};
use tungstenite::client::IntoClientRequest as _;
use tungstenite::{Message, WebSocket};

use crate::stage::Stage;

/// A token that stays the same.
pub(crate) const TOKEN: &str = "0123456789abcdef0123456789abcdef";

/// The command while it serves.
pub(crate) struct Server {
    child: Child,
    pub(crate) port: u16,
    lines: Arc<Mutex<Vec<Value>>>,
}

impl Server {
    /// Starts it with these arguments, at any free port.
    pub(crate) fn start(stage: &Stage, arguments: &[&str]) -> Self {
        let mut command = stage.command(&["serve", "--port", "0", "--json"]);
        command.args(arguments);
        Self::of(command)
    }

    /// Starts that command, which writes JSON.
    pub(crate) fn of(mut command: Command) -> Self {
        command.env("STRICTFRAME_SERVE_TOKEN", TOKEN);
        let mut child = command.stdout(Stdio::piped()).spawn().unwrap();
        let mut stdout = BufReader::new(child.stdout.take().unwrap()).lines();
        let first: Value = serde_json::from_str(&stdout.next().unwrap().unwrap()).unwrap();
        assert_eq!(first["event"], "listening", "{first}");
        let address = first["address"].as_str().unwrap();
        let port = address.rsplit(':').next().unwrap().parse().unwrap();
        assert_eq!(first["url"], format!("http://127.0.0.1:{port}/#token={TOKEN}"));
        let lines = Arc::new(Mutex::new(Vec::new()));
        let taken = Arc::clone(&lines);
        std::thread::spawn(move || {
            for line in stdout.map_while(Result::ok) {
                taken.lock().unwrap().push(serde_json::from_str(&line).unwrap());
            }
        });
        Self { child, port, lines }
    }

    /// Waits until it has told something.
    #[track_caller]
    pub(crate) fn told(&self, is_it: impl Fn(&Value) -> bool) -> Value {
        within(|| self.lines.lock().unwrap().iter().find(|line| is_it(line)).cloned())
    }

    /// A connection that was let in, and its first text.
    pub(crate) fn connect(&self) -> Client {
        let mut client = Client(self.knock(&[]).unwrap());
        let hello = client.text();
        assert_eq!((&hello["type"], &hello["version"]), (&json!("hello"), &json!(1)));
        client
    }

    /// A connection that starts there.
    pub(crate) fn client(&self, from: Value) -> Client {
        let mut client = self.connect();
        client.say(&json!({"type": "start", "from": from}));
        client
    }

    /// Asks to be let in, with these headers.
    pub(crate) fn knock(
        &self,
        headers: &[(&'static str, &str)],
    ) -> Result<WebSocket<TcpStream>, tungstenite::Error> {
        self.knock_with(TOKEN, headers)
    }

    pub(crate) fn knock_with(
        &self,
        token: &str,
        headers: &[(&'static str, &str)],
    ) -> Result<WebSocket<TcpStream>, tungstenite::Error> {
        let url = format!("ws://127.0.0.1:{}/ws?token={token}", self.port);
        let mut request = url.into_client_request().unwrap();
        for (name, value) in headers {
            request.headers_mut().insert(*name, value.parse().unwrap());
        }
        tungstenite::client(request, self.tcp()).map(|(socket, _)| socket).map_err(|error| {
            match error {
                tungstenite::HandshakeError::Failure(error) => error,
                tungstenite::HandshakeError::Interrupted(_) => panic!("no answer"),
            }
        })
    }

    pub(crate) fn tcp(&self) -> TcpStream {
        let stream = TcpStream::connect(("127.0.0.1", self.port)).unwrap();
        stream.set_read_timeout(Some(PATIENCE)).unwrap();
        stream.set_write_timeout(Some(PATIENCE)).unwrap();
        stream
    }

    /// Ends it as Ctrl-C does, and gives its exit code.
    pub(crate) fn interrupt(&mut self) -> Option<i32> {
        let pid = self.child.id().to_string();
        assert!(Command::new("kill").args(["-INT", &pid]).status().unwrap().success());
        self.child.wait().unwrap().code()
    }

    /// Ends it without a word.
    pub(crate) fn kill(mut self) {
        self.child.kill().unwrap();
        self.child.wait().unwrap();
    }

    /// Its memory now, in kB.
    #[cfg(target_os = "linux")]
    pub(crate) fn memory(&self) -> u64 {
        let status = std::fs::read_to_string(format!("/proc/{}/status", self.child.id())).unwrap();
        let line = status.lines().find(|line| line.starts_with("VmRSS:")).unwrap();
        line.split_whitespace().nth(1).unwrap().parse().unwrap()
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// A client that was let in.
pub(crate) struct Client(pub(crate) WebSocket<TcpStream>);

/// What a client hears.
#[derive(Debug)]
pub(crate) enum Heard {
    Frame(Vec<u8>),
    Text(Value),
    Closed(Option<u16>),
}

impl Client {
    pub(crate) fn say(&mut self, value: &Value) {
        self.0.send(Message::text(value.to_string())).unwrap();
    }

    /// The next frame or text, or that the connection is closed.
    #[track_caller]
    pub(crate) fn hear(&mut self) -> Heard {
        loop {
            match self.0.read() {
                Ok(Message::Binary(frame)) => return Heard::Frame(frame.to_vec()),
                Ok(Message::Text(text)) => {
                    return Heard::Text(serde_json::from_str(&text).unwrap());
                }
                Ok(Message::Close(frame)) => {
                    return Heard::Closed(frame.map(|frame| frame.code.into()));
                }
                Ok(_) => {}
                Err(tungstenite::Error::Io(error)) => panic!("nothing comes: {error}"),
                Err(_) => return Heard::Closed(None),
            }
        }
    }

    #[track_caller]
    pub(crate) fn text(&mut self) -> Value {
        match self.hear() {
            Heard::Text(text) => text,
            heard => panic!("{heard:?} where a text is due"),
        }
    }

    /// Everything up to and with a text of that type.
    #[track_caller]
    pub(crate) fn until(&mut self, kind: &str) -> Got {
        self.until_it(|heard| matches!(heard, Heard::Text(text) if text["type"] == kind))
    }

    /// Everything until so many data frames came, and the cursor behind them.
    #[track_caller]
    pub(crate) fn frames(&mut self, count: usize) -> Got {
        let mut left = count;
        self.until_it(|heard| match heard {
            Heard::Frame(frame) => {
                left = left.saturating_sub(usize::from(number(frame).is_some()));
                false
            }
            Heard::Text(text) => left == 0 && text["type"] == "cursor",
            Heard::Closed(_) => false,
        })
    }

    #[track_caller]
    pub(crate) fn until_it(&mut self, mut is_it: impl FnMut(&Heard) -> bool) -> Got {
        let mut got = Got::default();
        loop {
            let heard = self.hear();
            let is_last = is_it(&heard);
            match heard {
                Heard::Frame(frame) => got.frames.push(frame),
                Heard::Text(text) => got.texts.push(text),
                Heard::Closed(code) => panic!("closed with {code:?} after {got:?}"),
            }
            if is_last {
                return got;
            }
        }
    }

    /// The code that it is closed with, after whatever comes before.
    #[track_caller]
    pub(crate) fn closed(&mut self) -> Option<u16> {
        loop {
            if let Heard::Closed(code) = self.hear() {
                return code;
            }
        }
    }
}

/// What a client got.
#[derive(Default)]
pub(crate) struct Got {
    pub(crate) frames: Vec<Vec<u8>>,
    pub(crate) texts: Vec<Value>,
}

impl core::fmt::Debug for Got {
    fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        write!(f, "{} frames and {:?}", self.frames.len(), self.texts)
    }
}

impl Got {
    /// The numbers of the data frames, in the order in which they came.
    pub(crate) fn numbers(&self) -> Vec<u64> {
        self.frames.iter().filter_map(|frame| number(frame)).collect()
    }

    /// The texts of a type.
    pub(crate) fn of(&self, kind: &str) -> Vec<&Value> {
        self.texts.iter().filter(|text| text["type"] == kind).collect()
    }

    /// The last cursors of all logs, as a client gives them back.
    pub(crate) fn cursors(&self) -> Value {
        let mut cursors = std::collections::BTreeMap::new();
        for cursor in self.of("cursor") {
            let mut cursor = cursor.clone();
            cursor.as_object_mut().unwrap().remove("type");
            cursors.insert(cursor["log"].as_str().unwrap().to_owned(), cursor);
        }
        cursors.into_values().collect()
    }
}

/// The number that a data frame bears as its message id; nothing for other frames. Whatever is no frame fails the test.
pub(crate) fn number(bytes: &[u8]) -> Option<u64> {
    let frame = Frame::parse(bytes, &Limits::MAXIMUM).unwrap();
    assert!(![Kind::SYNC, Kind::END].contains(&frame.kind()));
    let id = frame.extensions().message_id()?;
    Some(u64::from_be_bytes(id[8..].try_into().unwrap()))
}

/// The schema of what is written here.
pub(crate) fn descriptor() -> Descriptor {
    Descriptor::json("test.Served", 1, 1, br#"{"type": "object"}"#).unwrap()
}

/// A stream file that is written while it is served.
pub(crate) struct Growing {
    writer: StreamWriter<File>,
    encoder: Encoder,
}

impl Growing {
    pub(crate) fn create(path: &Path) -> Self {
        let mut writer =
            StreamWriter::create(File::create(path).unwrap(), StreamOptions::default()).unwrap();
        writer.add_schema(&descriptor()).unwrap();
        Self { writer, encoder: Encoder::builder(descriptor().key()).build().unwrap() }
    }

    /// Goes on with a file that is there.
    pub(crate) fn append(path: &Path) -> Self {
        let appended = open_append(path, StreamOptions::default()).unwrap();
        Self {
            writer: appended.writer,
            encoder: Encoder::builder(descriptor().key()).build().unwrap(),
        }
    }

    /// Writes records with these numbers, and hands them over.
    pub(crate) fn write(&mut self, numbers: core::ops::Range<u64>) {
        self.write_long(numbers, 0);
    }

    /// The same, of so many bytes and a few more.
    pub(crate) fn write_long(&mut self, numbers: core::ops::Range<u64>, len: usize) {
        for number in numbers {
            // No compressor finds anything in it.
            let mut noise = number.wrapping_add(1);
            let mut text = String::with_capacity(len + 16);
            while text.len() < len {
                noise ^= noise << 13;
                noise ^= noise >> 7;
                noise ^= noise << 17;
                text += &format!("{noise:016x}");
            }
            let record = format!(r#"{{"n": {number}, "text": "{text}"}}"#);
            let id = u128::from(number).to_be_bytes();
            let extensions = [Extension { kind: extension::MESSAGE_ID, value: &id }];
            self.writer.write(&mut self.encoder, record.as_bytes(), &extensions).unwrap();
        }
        self.writer.flush().unwrap();
    }

    pub(crate) fn finish(self) {
        self.writer.finish().unwrap();
    }
}

/// A stream file of records with these numbers.
pub(crate) fn stream(path: &Path, numbers: core::ops::Range<u64>) {
    let mut growing = Growing::create(path);
    growing.write(numbers);
    growing.finish();
}

/// Numbers that came, each once.
pub(crate) fn distinct(numbers: &[u64]) -> BTreeSet<u64> {
    numbers.iter().copied().collect()
}

/// Waits for something.
#[track_caller]
pub(crate) fn within<T>(mut it: impl FnMut() -> Option<T>) -> T {
    let since = Instant::now();
    loop {
        if let Some(it) = it() {
            return it;
        }
        assert!(since.elapsed() < PATIENCE, "it does not come");
        std::thread::sleep(Duration::from_millis(10));
    }
}

/// What takes longer than this does not come.
const PATIENCE: Duration = Duration::from_secs(60);
