//! The lines as they are printed; specifications quote them, so every character counts.

use strictframe_core::dump::write_text;
use strictframe_core::identity::Encoding;
use strictframe_core::{Codec, Kind, Limits};

use super::frames;

/// The lines from `offset` on.
fn lines(input: &[u8], offset: usize) -> String {
    let mut text = String::new();
    write_text(input, &Limits::DEFAULT, &mut text).unwrap();
    let is_behind = |line: &&str| line[..6].trim().parse::<usize>().unwrap() >= offset;
    text.lines().filter(is_behind).map(|line| format!("{line}\n")).collect()
}

#[test]
fn a_header_is_one_line_for_each_field() {
    let expected = r#"
     0  9E C1                                              magic = 9ec1
     2  1.                                                 version = 1
     2  .1                                                 kind = 1 MESSAGE
     3  0.                                                 codec = 0 none
     3  .0                                                 flags = none
     4  01 02 03 04 05 06 07 08                            lineage = 0102030405060708
    12  03 00                                              version = 3
    14  01 00                                              min_reader = 1
    16  09 0A 0B 0C                                        fork_check = 090a0b0c
    20  07 00 00 00                                        body_len = 7
    24  7A C4 EE AF                                        header_crc = 0xafeec47a
    28  7B 22 61 22 3A 31 7D                               stored = '{"a":1}'
    35  C6 B2 08 57                                        frame_crc = 0x5708b2c6
"#;
    assert_eq!(lines(&frames::message(br#"{"a":1}"#), 0), expected.trim_start_matches('\n'));
}

#[test]
fn extensions_are_named_and_read() {
    // SPEC [EXT-6]: the unknown one too, as it is.
    let expected = r#"
    28  6D 00                                              ext_len = 109
    30  01 00 08 00 2A 00 00 00 00 00 00 00 02 00 08 00..  extensions = 109 bytes
    30  01 00                                                type = 0x0001 sequence
    32  08 00                                                length = 8
    34  2A 00 00 00 00 00 00 00                              sequence = 42
    42  02 00                                                type = 0x0002 time
    44  08 00                                                length = 8
    46  FB FF FF FF FF FF FF FF                              time = -5  [ns since 1970]
    54  03 00                                                type = 0x0003 trace context
    56  19 00                                                length = 25
    58  AB AB AB AB AB AB AB AB AB AB AB AB AB AB AB AB      trace-id = abababababababababababababababab
    74  AB AB AB AB AB AB AB AB                              parent-id = abababababababab
    82  AB                                                   trace-flags = ab
    83  04 00                                                type = 0x0004 stream key
    85  0D 00                                                length = 13
    87  74 68 72 65 61 64 20 C3 A9 E2 80 AE 0A               stream key = 'thread é\u{202e}\n'
   100  05 00                                                type = 0x0005 message id
   102  10 00                                                length = 16
   104  07 07 07 07 07 07 07 07 07 07 07 07 07 07 07 07      message id = 07070707070707070707070707070707
   120  07 00                                                type = 0x0007 producer epoch
   122  08 00                                                length = 8
   124  09 00 00 00 00 00 00 00                              producer epoch = 9
   132  01 7F                                                type = 0x7f01 unknown
   134  03 00                                                length = 3
   136  01 02 03                                             value = 3 bytes
   139  00 FF                                              stored = 2 bytes
   141  43 88 C2 C3                                        frame_crc = 0xc3c28843
"#;
    let frame = frames::message_with(&frames::extension_block(), b"\x00\xFF");
    assert_eq!(lines(&frame, 28), expected.trim_start_matches('\n'));
}

#[test]
fn payloads_show_their_structure_and_are_not_decompressed() {
    let batch = "
    28  03 00 00 00 03 00 00 00 00 00 00 00 05 00 00 00..  stored = 24 bytes
    28  03 00 00 00                                          count = 3
    32  03 00 00 00                                          size = 3
    36  00 00 00 00                                          size = 0
    40  05 00 00 00                                          size = 5
    44  6F 6E 65                                             item = 'one'
    47                                                       item = 0 bytes
    47  74 68 72 65 65                                       item = 'three'
    52  F0 3F C3 E0                                        frame_crc = 0xe0c33ff0
";
    let zstd = "
    36  01 02 03 04                                        dict_id = 01020304
    40  28 B5 2F FD 60 E8 02 18 00 00 61 62 63 2B 1F 00..  stored = 17 bytes
    40  28 B5 2F FD                                          magic number = 28b52ffd
    44  60                                                   frame header descriptor = 0b01100000
    45  E8 02                                                frame content size = 1000
    47  18 00 00 61 62 63                                    block = raw, 3 bytes
    53  2B 1F 00 78                                          block = rle, 997 bytes, last
    57  B6 FD 2F 5D                                        frame_crc = 0x5d2ffdb6
";
    let lz4 = "
    28  29 01 00 00                                        raw_len = 297
    32  04 03 02 01                                        raw_crc = 0x01020304
    36  1F 61 01 00 FF 10 50 62 63 64 65 66                stored = 12 bytes
    36  1F 61 01 00 FF 10 50 62 63 64 65 66                  sequences = 2, with 6 bytes of literals
    48  79 8F 85 DD                                        frame_crc = 0xdd858f79
";
    let id = Some([1, 2, 3, 4]);
    let cases = [
        (frames::batch(&[b"one", b"", b"three"]), 28, batch),
        (frames::compressed(Codec::ZSTD, 1000, id, &frames::zstd_block()), 36, zstd),
        (frames::compressed(Codec::LZ4, 297, None, &frames::lz4_block()), 28, lz4),
    ];
    for (frame, offset, expected) in cases {
        assert_eq!(lines(&frame, offset), expected.trim_start_matches('\n'));
    }
}

#[test]
fn every_part_of_a_zstandard_frame_has_its_line() {
    // Window, dictionary id, content size of four bytes, a compressed and a reserved block, and what follows.
    let mut stored = vec![0x28, 0xB5, 0x2F, 0xFD, 0b1000_0101, 0x51, 7, 0xE8, 3, 0, 0];
    stored.extend([0b0001_0100, 0, 0, 0xAA, 0xBB, 6, 0, 0, 9, 9]);
    let expected = "
    40  85                                                   frame header descriptor = 0b10000101
    41  51                                                   window = 1179648
    42  07                                                   dictionary id = 7
    43  E8 03 00 00                                          frame content size = 1000
    47  14 00 00 AA BB                                       block = compressed, 2 bytes
    52  06 00 00                                             block = reserved, 0 bytes
    55  09 09                                                bytes left = 2 bytes
";
    let frame = frames::compressed(Codec::ZSTD, 1000, None, &stored);
    assert!(lines(&frame, 40).starts_with(expected.trim_start_matches('\n')));
}

#[test]
fn control_bodies_are_read_to_the_last_field() {
    let first = "
    28  00 00 00 00 00 00 00 00 00 00 00 00 00 00 00 00    stream_id = 00000000000000000000000000000000
    44  00 00 00 00 00 00 00 00                            own offset = 0
    52  FF FF FF FF FF FF FF FF                            previous offset = 18446744073709551615  [none]
    60  00 00 00 00 00 00 00 00                            count = 0
    68  00 00 00 00                                        chain_crc = 0x00000000
    72  00 00 00 00                                        zero = 0
    76  63 5C 1B A4                                        frame_crc = 0xa41b5c63
";
    let schema = r#"
    28  02                                                 enc_id = 2 json
    29  00                                                 zero = 0
    30  03 00                                              version = 3
    32  01 00                                              min_reader = 1
    34  03 00                                              name_len = 3
    36  61 2E 42                                           name = 'a.B'
    39  54 01 00 00                                        desc_len = 340
    43  7B 22 C3 BC 6E 69 63 6F 64 65 22 3A 22 6C 6F 6E..  descriptor = '{"ünicode":"long{"ünicode":"long{"ünicode":"'..
   383  4C 97 A8 0B                                        frame_crc = 0x0ba8974c
"#;
    let dictionary = "
    28  07 07 07 07 07 07 07 07 07 07 07 07 07 07 07 07..  dictionary = 300 bytes, dict_id d677143e
   328  F9 C9 CD 3C                                        frame_crc = 0x3ccdc9f9
";
    let descriptor = "{\"ünicode\":\"long".repeat(20);
    let cases = [
        (frames::first_sync(), first),
        (frames::schema(Encoding::JSON, "a.B", descriptor.as_bytes()), schema),
        (frames::control(Kind::DICT, &[7; 300]), dictionary),
    ];
    for (frame, expected) in cases {
        assert_eq!(lines(&frame, 28), expected.trim_start_matches('\n'));
    }
}

#[test]
fn damage_stands_on_the_line_it_concerns() {
    // SPEC [ERR-2]: by the error's name, and unverified is said so.
    let mut wrong = frames::sync(Kind::END);
    *wrong.last_mut().unwrap() ^= 1;
    let wrong_trailer = "
    72  00 00 00 00                                        zero = 0  [unverified]
    76  FF C8 C0 8C                                        frame_crc = 0x8cc0c8ff, computed 0x8dc0c8ff  [FrameCrc]
";
    let cut = "
    44  70                                                 own offset = 1 of 8 bytes  [cut off]
";
    let json = "
     0  7B 22                                              magic = looks like json  [BadMagic]
     2  61 22                                              unread = 2 bytes  [unverified]
";
    let later = "
     0  9E C1                                              magic = 9ec1  [unverified]
     2  3.                                                 version = 3  [UnsupportedVersion: not 1]
     3  20 73 64                                           unread = 3 bytes  [unverified]
";
    let short = "
    32  2A                                                 raw_crc = 1 of 4 bytes  [BodyStructure]
    33  C8 0F AA E2                                        frame_crc = 0xe2aa0fc8
";
    let body_cut = frames::with_byte(frames::message(&[42; 5]), 3, 0x10);
    let cases = [
        (&wrong[..], 72, wrong_trailer),
        (&frames::sync(Kind::SYNC)[..45], 44, cut),
        (b"{\"a\"", 0, json),
        (b"\x9E\xC1\x31 sd", 0, later),
        (&body_cut, 32, short),
    ];
    for (input, offset, expected) in cases {
        assert_eq!(lines(input, offset), expected.trim_start_matches('\n'));
    }
}

#[test]
fn escaped_text_is_cut_where_the_line_ends() {
    for record in ["\n".repeat(500), "\u{202e}".repeat(500), "\"".repeat(500), "a".repeat(500)] {
        let text = lines(&frames::message(record.as_bytes()), 28);
        let line = text.lines().next().unwrap();
        assert!(line.ends_with("'.."), "{line}");
        assert!((110..=120).contains(&line.chars().count()), "{line}");
    }
}
