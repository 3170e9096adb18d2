//! The worst that is known to send: what is long, deep, full of names, or much larger than it looks.

use strictframe_fuzz::forge::stream::Stream;
use strictframe_fuzz::forge::{Data, Packed, Raw, compress, control, payload};
use strictframe_fuzz::vectors::sample;
use strictframe_schema::lock::{Lock, Schema};

/// Inputs for the seeds of a target, as that path takes them.
pub(crate) fn of_target(path: &str, target: &str) -> Vec<Vec<u8>> {
    match (path, target) {
        ("lock file", _) => [texts(), locks()].concat(),
        ("schema, protobuf", _) => descriptors(LONGEST).into(),
        (_, "descriptor") => {
            let [old, new] = descriptors(LONGEST / 2 - 8);
            vec![[&[1], &old[..], &[0], &new].concat()]
        }
        (_, "payload") => records(),
        _ => texts(),
    }
}

/// Texts that are long, deep or full of names.
fn texts() -> Vec<Vec<u8>> {
    let all = |piece: &str| piece.repeat(LONGEST / piece.len()).into_bytes();
    let many = |start, piece: fn(usize) -> String, end| many(LONGEST, start, piece, end);
    let json = [
        all("["),
        all("{\"a\":"),
        all("\"\\u0000"),
        many("[0", |_| ",0".to_owned(), "]"),
        many("{\"\":0", |number| format!(",\"{number:x}\":{number}"), "}"),
        // In the reverse of their order, and each a schema.
        many(
            "{\"type\":\"object\",\"properties\":{\"\":{}",
            |number| format!(",\"{:x}\":{{\"type\":\"string\"}}", 1_000_000 - number),
            "}}",
        ),
        many("{\"enum\":[0", |number| format!(",\"{number}\""), "]}"),
        many("{\"required\":[\"a\"", |number| format!(",\"{number}\""), "]}"),
        many(
            "{\"anyOf\":[{}",
            |number| format!(",{{\"const\":{number},\"title\":\"\\ud83d\\ude00\"}}"),
            "]}",
        ),
    ];
    let toml = [
        many("format = 1\n", |number| format!("[[lineage]]\nname = \"a{number}\"\n"), ""),
        all("[[a]]\n"),
        all("a="),
    ];
    json.into_iter().chain(toml).collect()
}

/// Frames of every kind and codec, whole and bent.
pub(crate) fn frames() -> Result<Vec<Vec<u8>>, compress::Failure> {
    let key = sample::key();
    let packed = |payload: &[u8], codec, stored| {
        Data::message(key, payload).packed(Packed::of(codec, payload, None), stored).bytes()
    };
    let (zeros, text, noise) = (vec![0; MOST], payload::text(1, MOST), payload::noise(1, 1 << 19));
    let empty: Vec<&[u8]> = vec![&[]; 65_536];
    let batch = payload::batch(&empty);
    let batched = |codec, stored| {
        let data = Data { kind: 2, ..Data::message(key, &batch) };
        data.packed(Packed::of(codec, &batch, None), stored).bytes()
    };
    let mut frames = vec![
        Data::message(key, &noise).bytes(),
        Data::batch(key, &empty).bytes(),
        packed(&zeros, 1, compress::lz4(&zeros, None)?),
        packed(&zeros, 2, compress::zstd(&zeros, None)?),
        batched(1, compress::lz4(&batch, None)?),
        batched(2, compress::zstd(&batch, None)?),
        schema(&vec![b' '; 1 << 19]).raw().bytes(),
        Raw::control(6, noise.clone()).bytes(),
        (0..32).fold(Data::message(key, b""), |data, _| data.extension(0x7000, &[1; 120])).bytes(),
    ];
    for codec in [1, 2] {
        // As much text as makes a frame below a mebibyte.
        let text = &text[..1 << 21];
        let stored =
            if codec == 1 { compress::lz4(text, None) } else { compress::zstd(text, None) };
        frames.push(packed(text, codec, stored?));
    }
    // Right in all but the last byte.
    let bent = frames.clone().into_iter().filter_map(|mut frame| {
        *frame.last_mut()? ^= 1;
        Some(frame)
    });
    frames.extend(bent.collect::<Vec<_>>());
    frames.retain(|frame| frame.len() <= LONGEST);
    Ok(frames)
}

/// Streams of what there may be many of, of bombs, and of what recovery has to look at.
pub(crate) fn streams() -> Result<Vec<Vec<u8>>, compress::Failure> {
    let (id, key) = (sample::STREAM_ID, sample::key());
    let begin = || Stream::new(id).schema(&sample::schema());
    let to = |len: u64, push: &dyn Fn(Stream, u64) -> Stream| {
        let mut stream = begin();
        for number in 0.. {
            if stream.len() > len {
                break;
            }
            stream = push(stream, number);
        }
        stream.end().bytes().to_vec()
    };
    let (zeros, batch) = (vec![0; MOST], payload::batch(&vec![b""; 65_536]));
    let bomb = |payload: &[u8], kind| -> Result<Vec<u8>, compress::Failure> {
        let stored = compress::zstd(payload, None)?;
        let data = Data { kind, ..Data::message(key, payload) };
        Ok(data.packed(Packed::of(2, payload, None), stored).bytes())
    };
    let (of_zeros, of_empty) = (bomb(&zeros, 1)?, bomb(&batch, 2)?);
    let mut streams = vec![
        to(900_000, &|stream, _| stream.message(key, b"")),
        to(900_000, &|stream, _| stream.sync()),
        to(900_000, &|stream, number| stream.schema(&schema(number.to_string().as_bytes()))),
        to(900_000, &|stream, number| stream.dictionary(&payload::noise(number, 60_000))),
        to(60_000, &|stream, _| stream.push(&of_zeros)),
        to(60_000, &|stream, _| stream.push(&of_empty)),
    ];
    // For recovery: the id, and behind it headers that say long bodies, each of which has to be looked at.
    let header = |len: u32| {
        let frame = Raw { body_len: Some(len), ..Data::message(key, b"").raw() };
        frame.header()
    };
    for len in [4_000, 60_000, 900_000] {
        let mut bytes = begin().bytes().to_vec();
        while bytes.len() < 1_000_000 {
            bytes.extend(header(len));
        }
        streams.push(bytes);
    }
    // SYNCs that stand where they do not say.
    let sync = begin().sync();
    let (range, _) = sync.frames().first().cloned().unwrap_or_default();
    let one = sync.bytes().get(range).unwrap_or_default().to_vec();
    streams.push(one.repeat(LONGEST / one.len().max(1)));
    streams.push([0x9E, 0xC1].repeat(LONGEST / 2));
    streams.retain(|stream| stream.len() <= LONGEST);
    Ok(streams)
}

fn schema(descriptor: &[u8]) -> control::Schema {
    let name = String::from_utf8_lossy(descriptor.get(..8).unwrap_or(descriptor)).trim().to_owned();
    control::Schema {
        enc_id: 3,
        version: 1,
        min_reader: 1,
        name: if name.is_empty() { "a".to_owned() } else { name },
        descriptor: descriptor.to_vec(),
    }
}

/// A text of as many pieces as fit.
fn many(most: usize, start: &str, piece: impl Fn(usize) -> String, end: &str) -> Vec<u8> {
    let mut text = start.to_owned();
    for number in 0.. {
        let piece = piece(number);
        if text.len() + piece.len() + end.len() > most {
            break;
        }
        text += &piece;
    }
    (text + end).into_bytes()
}

/// A message of as many fields as there may be, and as many messages as fit that hold each other.
fn descriptors(most: usize) -> [Vec<u8>; 2] {
    let fields =
        many(most, "message A\n", |it| format!(" {} f{it:x} int32 implicit\n", it + 1), "");
    let piece = |it| format!("message M{it:05}\n 1 a message M{:05} explicit\n", it + 1);
    let messages = many(most.min(16_000 * 40), "", piece, "");
    [fields, messages]
}

/// Locks of many lineages, and of long schemas.
fn locks() -> Vec<Vec<u8>> {
    let of = |len: usize, text: &dyn Fn(usize) -> String| {
        let (mut lock, mut sum) = (Lock::new(), 0);
        for number in 0.. {
            let text = text(number);
            sum += text.len() + 400;
            if sum > len
                || lock.add(&format!("a.A{number}"), Schema::Json(text.as_bytes())).is_err()
            {
                break;
            }
        }
        lock.to_string().into_bytes()
    };
    let long = |_| {
        let piece = |it| format!(",\"p{it}\":{{\"type\":\"string\"}}");
        let text = many(100_000, "{\"type\":\"object\",\"properties\":{\"\":{}", piece, "}}");
        String::from_utf8_lossy(&text).into_owned()
    };
    vec![of(900_000, &|number| format!("{{\"const\":{number}}}")), of(500_000, &long)]
}

/// A record of one field again and again.
fn records() -> Vec<Vec<u8>> {
    let descriptor = b"message A\n 1 m map uint32 string\n 2 p uint32 packed\n 3 s string repeated\n 4 a message A explicit\n";
    let record = |piece: &dyn Fn(usize) -> Vec<u8>| {
        let mut bytes = [&descriptor[..], &[0]].concat();
        for number in 0.. {
            let piece = piece(number);
            if bytes.len() + piece.len() > LONGEST {
                break;
            }
            bytes.extend(piece);
        }
        bytes
    };
    let key = |number: usize| [number & 127 | 128, number >> 7 & 127 | 128, number >> 14 & 127 | 1];
    let entry = |number| {
        let [a, b, c] = key(number).map(|byte| byte as u8);
        vec![0x0A, 6, 8, a, b, c, 0x12, 0]
    };
    let unknown = |number| {
        let [a, b, c] = key(number + 512).map(|byte| byte as u8);
        vec![(a & !7) | 128, b, c, 0]
    };
    vec![
        record(&entry),
        record(&|_| vec![0x12, 1, 1]),
        record(&|_| vec![0x1A, 0]),
        record(&|_| vec![0x1A, 1, b'"']),
        record(&unknown),
    ]
}

const LONGEST: usize = 1 << 20;
/// The largest payload that the default limits accept.
const MOST: usize = 4 << 20;
