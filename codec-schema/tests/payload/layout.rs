//! What a descriptor becomes, and which has no layout.

use strictframe_schema::payload::{Element, Layout, Scratch};
use strictframe_schema::protobuf::{ProtobufSchema, Scalar};
use strictframe_schema::{Descriptor, SchemaErrorKind};

use super::wire::{layout, number};

fn refused(text: &str) -> SchemaErrorKind {
    let schema = ProtobufSchema::parse(text.as_bytes()).unwrap();
    Layout::of_schema(&schema, "T").unwrap_err().kind()
}

#[test]
fn a_layout_is_shared_between_threads() {
    fn is_shared<T: Send + Sync + 'static>() {}
    is_shared::<Layout>();
}

#[test]
fn a_descriptor_has_a_layout_of_its_root() {
    let schema = ProtobufSchema::parse(b"message a.A\n 1 b message a.B explicit\nmessage a.B\n 7 x int32 implicit json=\"the x\"\n").unwrap();
    let descriptor = Descriptor::protobuf("a.A", 1, 1, &schema).unwrap();
    let layout = Layout::new(&descriptor).unwrap();
    let root = layout.root().unwrap();
    assert_eq!(root.name(), "a.A");
    let [field] = root.fields() else { panic!("{:?}", root.fields()) };
    let Element::Message(index) = field.element() else { panic!("{field:?}") };
    let inner = layout.message(index).unwrap();
    assert_eq!(layout.message_named("a.B").unwrap().name(), inner.name());
    assert!(layout.message_named("a.C").is_none());
    let x = inner.field(7).unwrap();
    assert_eq!(
        (x.name(), x.json_name(), x.element()),
        ("x", "the x", Element::Scalar(Scalar::Int32))
    );
    assert!(inner.field(6).is_none() && inner.field(8).is_none() && inner.field(0).is_none());
}

#[test]
fn only_descriptors_of_protobuf_have_layouts() {
    let json = Descriptor::json("a.A", 1, 1, b"true").unwrap();
    let error = Layout::new(&json).unwrap_err();
    assert_eq!(error.kind(), SchemaErrorKind::EncodingUnavailable);
}

#[test]
fn a_root_that_is_not_there_and_too_many_fields_are_refused() {
    assert_eq!(refused("message U\n"), SchemaErrorKind::TypeUnknown);
    let fields = |name: &str, count: u32| {
        let mut text = format!("message {name}\n");
        (1..=count).for_each(|n| text += &format!(" {} f{n} bool implicit\n", n + 20_000));
        text
    };
    assert_eq!(refused(&fields("T", 16_385)), SchemaErrorKind::TooManyFields);
    assert!(
        layout(&fields("T", 16_384)).check(&number(20_001, 1), &mut Scratch::default()).is_ok()
    );
    let many: String = (0..16).map(|n| fields(&format!("M{n:02}"), 16_384)).collect();
    assert!(Layout::of_schema(&ProtobufSchema::parse(many.as_bytes()).unwrap(), "M00").is_ok());
    assert_eq!(refused(&format!("{many}{}", fields("T", 1))), SchemaErrorKind::TooManyFields);
}

#[test]
fn far_apart_numbers_are_found_without_a_table_of_all_between() {
    let layout = layout("message T\n 1 a bool implicit\n 536870911 z bool implicit\n");
    let payload = [number(536_870_911, 1), number(1, 1)].concat();
    assert_eq!(layout.check(&payload, &mut Scratch::default()).unwrap().unknown_fields(), 0);
}
