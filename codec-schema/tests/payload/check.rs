//! What is refused, beside the vectors: each rule once, and what no vector can show.

use strictframe_schema::payload::{PayloadErrorKind as Kind, Scratch};

use super::wire::{bytes, layout, number, refusal, varint};

#[test]
fn the_first_refusal_from_left_to_right_is_the_answer() {
    // SPEC [PAY-1]: a key that stands twice is found late, and comes before what is behind it.
    let text = "message T\n 1 by map int32 string\n 2 a int32 implicit\n 3 m message T explicit\n";
    let entry = |key| bytes(1, &number(1, key));
    let twice = [entry(7), entry(7)].concat();
    for behind in [&[0x10, 0x80, 0][..], &number(2, 1 << 40), &[7]] {
        let payload = [&twice[..], behind].concat();
        assert_eq!(refusal(text, &payload), (Kind::MapKeyTwice, 4, Some(1)));
    }
    // Of two maps that have a key twice, the one whose second entry ends first.
    let payload = [entry(1), bytes(3, &twice), entry(1)].concat();
    assert_eq!(refusal(text, &payload), (Kind::MapKeyTwice, 10, Some(1)));
}

#[test]
fn a_varint_of_more_bytes_than_it_needs_is_refused_wherever_it_stands() {
    // SPEC [PAY-2]: tag, length, value.
    let text = "message T\n 1 a int32 implicit\n 2 s string implicit\n";
    assert_eq!(refusal(text, &[0x88, 0, 1]), (Kind::VarintPadded, 0, None));
    assert_eq!(refusal(text, &[0x12, 0x80, 0]), (Kind::VarintPadded, 1, Some(2)));
    assert_eq!(refusal(text, &[8, 0x81, 0x80, 0]), (Kind::VarintPadded, 1, Some(1)));
    assert_eq!(refusal(text, &[8, 0x81, 0x80]), (Kind::Truncated, 1, Some(1)));
    assert_eq!(refusal(text, &[0x12, 1]), (Kind::LengthBeyond, 1, Some(2)));
    assert_eq!(refusal(text, &[0x0F]), (Kind::TagInvalid, 0, None));
}

#[test]
fn groups_end_where_they_say() {
    // SPEC [PAY-3]: known and unknown ones.
    let text = "message T\n 1 g group T explicit\n";
    assert_eq!(refusal(text, &[0x0B]), (Kind::GroupOpen, 0, Some(1)));
    assert_eq!(refusal(text, &[0x0B, 0x14]), (Kind::GroupEnd, 1, Some(2)));
    assert_eq!(refusal(text, &[0x13, 0x0B, 0x14]), (Kind::GroupEnd, 2, Some(2)));
    assert_eq!(refusal(text, &[0x14]), (Kind::GroupEnd, 0, Some(2)));
    let layout = layout(text);
    assert_eq!(layout.check(&[0x0B, 0x0C], &mut Scratch::default()).unwrap().unknown_fields(), 0);
}

#[test]
fn the_sixty_fifth_level_is_refused_at_its_tag() {
    // SPEC [PAY-4]: 64 are taken.
    let text = "message T\n 1 m message T explicit\n 2 by map int32 message T\n";
    let nested = |levels| (1..levels).fold(Vec::new(), |inner: Vec<u8>, _| bytes(1, &inner));
    let layout = layout(text);
    assert!(layout.check(&nested(64), &mut Scratch::default()).is_ok());
    let deep = nested(65);
    assert_eq!(refusal(text, &deep), (Kind::TooDeep, deep.len() as u64 - 2, Some(1)));
    let starts = [0x1B_u8; 1 << 20];
    assert_eq!(refusal(text, &starts), (Kind::TooDeep, 63, Some(3)));
}

#[test]
fn a_value_has_the_wire_type_of_its_field() {
    // SPEC [PAY-5]: repeated numbers have two.
    let text = "message T\n 1 a fixed32 packed\n 2 b sint64 repeated\n 3 s string repeated\n";
    let layout = layout(text);
    let good = [
        &[0x0D, 1, 0, 0, 0][..],
        &bytes(1, &[1, 0, 0, 0, 2, 0, 0, 0]),
        &number(2, 5),
        &bytes(2, &[5, 6]),
        &bytes(2, &[]),
    ]
    .concat();
    assert!(layout.check(&good, &mut Scratch::default()).is_ok());
    assert_eq!(refusal(text, &number(1, 1)), (Kind::WireType, 0, Some(1)));
    assert_eq!(refusal(text, &number(3, 1)), (Kind::WireType, 0, Some(3)));
    assert_eq!(refusal(text, &bytes(1, &[0; 5])), (Kind::Truncated, 6, Some(1)));
}

#[test]
fn what_may_stand_once_stands_once() {
    // SPEC [PAY-6, PAY-7]: fields, and oneofs.
    let text = "message T\n 1 a int32 explicit oneof=o\n 2 b int32 explicit oneof=o\n 3 c int32 implicit\n 4 d message T explicit\n";
    let of = |fields: &[u64]| -> Vec<u8> { fields.iter().flat_map(|it| number(*it, 1)).collect() };
    assert_eq!(refusal(text, &of(&[3, 1, 3])), (Kind::FieldTwice, 4, Some(3)));
    assert_eq!(refusal(text, &of(&[1, 1])), (Kind::FieldTwice, 2, Some(1)));
    assert_eq!(refusal(text, &of(&[2, 3, 1])), (Kind::OneofTwice, 4, Some(1)));
    let merged = [bytes(4, &number(3, 1)), bytes(4, &number(1, 1))].concat();
    assert_eq!(refusal(text, &merged), (Kind::FieldTwice, 4, Some(4)));
}

#[test]
fn more_fields_than_a_word_has_bits_are_told_apart() {
    // SPEC [PAY-6]: across the borders of the memory for what was seen.
    let mut text = String::from("message T\n");
    (1..=200).for_each(|number| text += &format!(" {number} f{number} int32 implicit\n"));
    let all: Vec<u8> = (1..=200).flat_map(|field| number(field, 1)).collect();
    assert!(layout(&text).check(&all, &mut Scratch::default()).is_ok());
    for field in [1, 63, 64, 65, 128, 200] {
        let payload = [&all[..], &number(field, 1)].concat();
        assert_eq!(
            refusal(&text, &payload),
            (Kind::FieldTwice, all.len() as u64, Some(field as u32))
        );
    }
}

#[test]
fn a_map_has_a_key_once_whatever_its_type() {
    // SPEC [PAY-8]: keys are compared as values, not as bytes.
    for (key, one, other) in [
        ("bool", number(1, 1), number(1, 0)),
        ("int32", number(1, u64::MAX), number(1, 1)),
        ("sint64", number(1, 1), number(1, 2)),
        ("fixed32", [&[0x0D][..], &[1, 0, 0, 0]].concat(), [&[0x0D][..], &[1, 0, 0, 1]].concat()),
        ("sfixed64", [&[9][..], &[1; 8]].concat(), [&[9][..], &[2; 8]].concat()),
        ("string", bytes(1, b"a"), bytes(1, b"ab")),
        ("string-unverified", bytes(1, &[0xFF]), bytes(1, &[0xFE])),
    ] {
        let text = format!("message T\n 1 by map {key} int32\n");
        let (one, other) = (bytes(1, &one), bytes(1, &[other, number(2, 5)].concat()));
        let good = [&one[..], &other].concat();
        assert!(layout(&text).check(&good, &mut Scratch::default()).is_ok(), "{key}");
        let twice = [&good[..], &one].concat();
        assert_eq!(refusal(&text, &twice), (Kind::MapKeyTwice, good.len() as u64, Some(1)));
        // A key that is not written is 0, false or empty.
        let absent = [bytes(1, &[]), good, bytes(1, &[])].concat();
        let second = absent.len() as u64 - 2;
        let default_is_other = key == "bool";
        let expected = if default_is_other { one.len() as u64 + 2 } else { second };
        assert_eq!(refusal(&text, &absent), (Kind::MapKeyTwice, expected, Some(1)), "{key}");
    }
}

#[test]
fn equal_keys_are_found_before_they_fill_the_memory() {
    // SPEC [PAY-8]: the answer is that of a reader that looks at each key as it comes.
    let text = "message T\n 1 by map int32 int32\n";
    let keys = |count: u64, every: u64| -> Vec<u8> {
        (0..count).flat_map(|key| bytes(1, &[&[8][..], &varint(key % every)].concat())).collect()
    };
    for every in [1, 2, 63, 64, 65, 100, 127] {
        let offset = keys(every, every).len() as u64;
        assert_eq!(refusal(text, &keys(50_000, every)), (Kind::MapKeyTwice, offset, Some(1)));
    }
    assert!(layout(text).check(&keys(50_000, 50_000), &mut Scratch::default()).is_ok());
}

#[test]
fn numbers_keep_the_range_of_their_type() {
    // SPEC [PAY-9]: the borders are with the vectors; none is cut to fit.
    let text = "enum E closed 1\n 1 A\n 1 B\nenum O open\n 0 Z\nmessage T\n 1 a int32 implicit\n 2 e enum E packed\n 3 o enum O implicit\n 4 b bool implicit\n";
    assert_eq!(refusal(text, &number(1, 1 << 32)), (Kind::OutOfRange, 1, Some(1)));
    assert_eq!(refusal(text, &bytes(2, &[1, 1, 2])), (Kind::EnumValue, 4, Some(2)));
    assert_eq!(refusal(text, &number(3, 1 << 31)), (Kind::OutOfRange, 1, Some(3)));
    assert_eq!(refusal(text, &number(4, 2)), (Kind::OutOfRange, 1, Some(4)));
    assert!(layout(text).check(&number(3, 77), &mut Scratch::default()).is_ok());
}

#[test]
fn text_is_utf8_or_named_by_its_first_byte_that_is_none() {
    // SPEC [PAY-10]: also in keys, repeated fields and values of maps.
    let text = "message T\n 1 s string repeated\n 2 by map string string\n 3 u string-unverified explicit\n";
    assert_eq!(refusal(text, &bytes(1, b"ab\xC3")), (Kind::NotUtf8, 4, Some(1)));
    let entry = bytes(2, &[bytes(1, b"k"), bytes(2, b"\xFF")].concat());
    assert_eq!(refusal(text, &entry), (Kind::NotUtf8, 7, Some(2)));
    assert!(layout(text).check(&bytes(3, b"\xFF"), &mut Scratch::default()).is_ok());
}

#[test]
fn a_required_field_is_there_when_its_message_ends() {
    // SPEC [PAY-11]: named by the lowest number.
    let text = "message T\n 1 m message U explicit\n 2 g group U explicit\nmessage U\n 5 a int32 required\n 7 b int32 required\n";
    assert_eq!(refusal(text, &bytes(1, &number(7, 1))), (Kind::RequiredMissing, 4, Some(5)));
    let group = [&[0x13][..], &number(5, 1), &[0x14]].concat();
    assert_eq!(refusal(text, &group), (Kind::RequiredMissing, 3, Some(7)));
}

#[test]
fn unknown_fields_are_counted_and_refused_where_nobody_may_have_them() {
    // SPEC [PAY-12]: a group is one.
    let layout = layout("message T\n 1 m message T explicit\n 2 by map int32 int32\n");
    let group = [&[0x2B][..], &number(9, 9), &[0x2C]].concat();
    let payload = [bytes(1, &number(7, 1)), bytes(2, &number(3, 3)), group].concat();
    let checked = layout.check(&payload, &mut Scratch::default()).unwrap();
    assert_eq!((checked.unknown_fields(), checked.first_unknown()), (3, Some(2)));
    let error = checked.exact().unwrap_err();
    assert_eq!((error.kind(), error.offset(), error.field()), (Kind::UnknownField, 2, Some(7)));
    let known = layout.check(&bytes(1, &[]), &mut Scratch::default()).unwrap();
    assert_eq!((known.unknown_fields(), known.first_unknown(), known.exact()), (0, None, Ok(())));
}

#[test]
fn memory_is_used_again_after_a_refusal() {
    let layout = layout("message T\n 1 a int32 implicit\n 2 by map int32 int32\n");
    let mut scratch = Scratch::default();
    let twice = [bytes(2, &[]), bytes(2, &[])].concat();
    for _ in 0..3 {
        assert_eq!(layout.check(&twice, &mut scratch).unwrap_err().offset(), 2);
        assert!(layout.check(&[number(1, 1), bytes(2, &[])].concat(), &mut scratch).is_ok());
    }
}
