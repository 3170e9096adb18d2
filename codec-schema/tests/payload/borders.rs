//! Both sides of borders that no random payload comes near, and what is told apart by little.

use strictframe_schema::payload::{
    JsonErrorKind as Json, PayloadError, PayloadErrorKind as Kind, Place, Scratch, Visitor,
    write_opaque,
};

use super::json::{known, read, written};
use super::wire::{bytes, layout, number, refusal};

#[test]
fn a_record_that_only_its_users_understand_is_base64() {
    let mut text = String::from("before ");
    write_opaque(&[1, 2], &mut text);
    assert_eq!(text, r#"before {"@encoding":"opaque","@value":"AQI="}"#);
}

#[test]
fn null_is_no_value_of_an_enum_but_its_own() {
    let layout =
        layout("enum E open\n 0 A\nmessage T\n 1 e enum E explicit\n 2 all enum E packed\n");
    assert_eq!(read(&layout, r#"{"e":null}"#), Ok(vec![]));
    let (kind, pointer, _) = read(&layout, r#"{"all":["A",null]}"#).unwrap_err();
    assert!(matches!(kind, Json::Expected(_)), "{kind:?}");
    assert_eq!(pointer, "/all/1");
    let layout = known(
        " 1 n enum google.protobuf.NullValue explicit\n 2 all enum google.protobuf.NullValue packed\n",
    );
    let payload = [number(1, 0), bytes(2, &[0, 0])].concat();
    assert_eq!(read(&layout, r#"{"n":null,"all":[null,"NULL_VALUE"]}"#), Ok(payload));
}

#[test]
fn null_is_no_value_of_a_message_but_one() {
    let layout = known(
        " 1 v message google.protobuf.Value explicit\n 2 t message google.protobuf.Timestamp explicit\n",
    );
    assert_eq!(read(&layout, r#"{"t":null}"#), Ok(vec![]));
    assert_eq!(read(&layout, r#"{"v":null}"#), Ok(bytes(1, &number(1, 0))));
}

#[test]
fn a_whole_number_of_any_length_is_a_number_out_of_range() {
    let layout = layout("message T\n 1 n uint64 implicit\n");
    let digits = "9".repeat(60);
    let kind = |json: &str| read(&layout, json).unwrap_err().0;
    assert_eq!(kind(&format!("{{\"n\":{digits}}}")), Json::OutOfRange);
    assert_eq!(kind(&format!("{{\"n\":\"-{digits}\"}}")), Json::OutOfRange);
    let wanted = Json::Expected("an integer in the range of the field's type");
    assert_eq!(kind(&format!("{{\"n\":{digits}.5}}")), wanted);
    assert_eq!(kind("{\"n\":1e60}"), wanted);
}

#[test]
fn the_type_of_an_any_is_a_member_and_no_value() {
    let layout = known(" 1 a message google.protobuf.Any explicit\n 8 s string implicit\n");
    let early = read(&layout, r#"{"a":{"@type":"x/T","s":"@type"}}"#).unwrap();
    let content = bytes(8, b"@type");
    assert_eq!(early, bytes(1, &[bytes(1, b"x/T"), bytes(2, &content)].concat()));
    assert_eq!(read(&layout, r#"{"a":{"s":"@type","@type":"x/T"}}"#), Ok(early));
    let other = r#"{"a":{"@type":"x/google.protobuf.Duration","valu":"1s"}}"#;
    assert_eq!(read(&layout, other).unwrap_err().0, Json::NameUnknown);
}

#[test]
fn only_what_an_any_holds_may_be_scattered() {
    let layout = known(
        " 1 a message google.protobuf.Any explicit\n 8 names string repeated\n 9 n int32 implicit\n",
    );
    let content = [bytes(8, b"a"), number(9, 1), bytes(8, b"b")].concat();
    let payload = bytes(1, &[bytes(1, b"x/T"), bytes(2, &content)].concat());
    let text = r#"{"a":{"@type":"x/T","names":["a","b"],"n":1}}"#;
    assert_eq!(written(&layout, &payload).unwrap(), text);
}

#[test]
fn a_wrapper_of_a_default_is_empty() {
    let layout = known(" 1 i message google.protobuf.Int64Value explicit\n");
    assert_eq!(read(&layout, r#"{"i":"0"}"#), Ok(bytes(1, b"")));
    assert_eq!(read(&layout, r#"{"i":"1"}"#), Ok(bytes(1, &number(1, 1))));
}

#[test]
fn the_key_of_an_entry_is_its_first_field_wherever_it_stands() {
    // SPEC [PAY-8]: fields of an entry come in any order.
    let layout = layout("message T\n 1 by map int32 int32\n");
    let entry = bytes(1, &[number(2, 7), number(1, 5)].concat());
    assert_eq!(written(&layout, &entry).unwrap(), r#"{"by":{"5":7}}"#);
}

#[test]
fn numbers_stand_together_behind_a_length_and_nothing_else() {
    // SPEC [PAY-5]
    for label in ["packed", "repeated"] {
        let text = format!("message T\n 1 a int32 {label}\n");
        let fixed = [0x0D, 1, 0, 0, 0];
        assert_eq!(refusal(&text, &fixed), (Kind::WireType, 0, Some(1)), "{label}");
    }
    let single = "message T\n 1 a int32 implicit\n";
    assert_eq!(refusal(single, &bytes(1, &[1])), (Kind::WireType, 0, Some(1)));
}

/// Where fields go on that were left.
struct Resumed(Vec<usize>);

impl<'l> Visitor<'l, '_> for Resumed {
    type Error = PayloadError;

    fn resume(&mut self, place: Place<'l>) -> Result<(), PayloadError> {
        self.0.push(place.offset);
        Ok(())
    }
}

#[test]
fn a_field_is_resumed_where_it_was_left_and_nowhere_else() {
    let layout = layout("message T\n 1 a int32 packed\n 2 b int32 implicit\n");
    let mut resumed = Resumed(Vec::new());
    // Again at once, and again behind another.
    let payload = [number(1, 1), number(1, 1), number(2, 1), number(1, 1)].concat();
    layout.walk(&payload, &mut Scratch::default(), &mut resumed).unwrap();
    assert_eq!(resumed.0, [6]);
}

#[test]
fn a_text_of_64_mib_is_gone_on_with_and_a_longer_one_is_not() {
    // What is longer is refused before its next value.
    let (long, list) = ("n".repeat(1_048_565), "m".repeat(60));
    let layout = layout(&format!(
        "message T\n 1 {list} message U repeated\nmessage U\n 1 x bool implicit json=\"{long}\"\n"
    ));
    let one = bytes(1, &number(1, 1));
    // Each is as long as its name and ten characters more; the text up to the last one is 64 MiB long.
    let exact = [one.repeat(64), bytes(1, &[])].concat();
    assert_eq!(written(&layout, &exact).map(|text| text.len()), Ok((64 << 20) + 5));
    let more = [one.repeat(64), one].concat();
    assert_eq!(written(&layout, &more).unwrap_err().0, Kind::JsonTooLong);
}
