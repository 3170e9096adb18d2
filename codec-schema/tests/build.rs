//! What a build script gets out of `.proto` files and a lock, and how it is refused.
#![allow(clippy::unwrap_used, reason = "a panic in a test is a failed test")]

use std::fs;
use std::path::PathBuf;
use std::process::Command;

use strictframe_schema::build::{Build, BuildErrorKind};
use strictframe_schema::lock::{Lock, Schema};
use strictframe_schema::protobuf::ProtobufSchema;
use tempfile::TempDir;

const ORDER: &str = "\
syntax = \"proto3\";
package shop.v1;
message Order { repeated Line lines = 1; message Line { string self = 1; } }
";

struct Folder(TempDir);

impl Folder {
    fn new(files: &[(&str, &str)]) -> Self {
        let folder = Self(tempfile::tempdir().unwrap());
        files.iter().for_each(|(name, text)| folder.write(name, text));
        folder
    }

    fn path(&self, name: &str) -> PathBuf {
        self.0.path().join(name)
    }

    fn write(&self, name: &str, text: &str) {
        fs::write(self.path(name), text).unwrap();
    }

    /// Locks messages of a file as they are now.
    fn lock(&self, file: &str, messages: &[&str]) {
        let mut compiler = protox::Compiler::new([self.0.path()]).unwrap();
        compiler.include_imports(true).open_file(self.path(file)).unwrap();
        let set = compiler.encode_file_descriptor_set();
        let schema = ProtobufSchema::from_descriptor_set(&set).unwrap();
        let mut lock = Lock::new();
        for name in messages {
            lock.add(name, Schema::Protobuf(&schema)).unwrap();
        }
        self.write("strictframe.lock", &lock.to_string());
    }

    fn build(&self) -> Build {
        let lock = self.path("strictframe.lock");
        Build::new().lock(lock).include(self.0.path()).out_dir(self.0.path())
    }

    /// The kind, the message and the help of a build that is refused.
    fn refused(&self, build: Build) -> (BuildErrorKind, String) {
        let error = build.generate().unwrap_err();
        assert!(!self.path("strictframe.rs").exists());
        assert_eq!(format!("{error:?}"), error.to_string());
        assert!(error.to_string().contains(error.help()));
        (error.kind(), error.to_string())
    }
}

#[test]
fn a_locked_message_gets_its_schema_beside_its_type() {
    let folder = Folder::new(&[("order.proto", ORDER)]);
    folder.lock("order.proto", &["shop.v1.Order", "shop.v1.Order.Line"]);
    folder.build().proto(folder.path("order.proto")).message("shop.v1.Order").generate().unwrap();
    let text = fs::read_to_string(folder.path("strictframe.rs")).unwrap();
    for expected in [
        "pub mod shop {\npub mod v1 {",
        "pub struct Order {",
        "impl ::strictframe::Schema for Order {",
        "impl ::strictframe::Schema for order::Line {",
        "\"shop.v1.Order.Line\",\n        ::strictframe::core::identity::Encoding::PROTOBUF,",
        "::strictframe::KnownVersion { version: 1, min_reader: 1, fork_check: [",
        r#"b"message shop.v1.Order.Line\n 1 self string implicit\n""#,
    ] {
        assert!(text.contains(expected), "{expected} is not in\n{text}");
    }
    assert_eq!(text.matches("impl ::strictframe::Schema").count(), 2);
}

#[test]
fn names_that_rust_has_taken_are_prosts_own() {
    let proto = "syntax = \"proto3\";\npackage type.match;\nmessage self { message impl_it {} }\n";
    let folder = Folder::new(&[("odd.proto", proto)]);
    folder.lock("odd.proto", &["type.match.self", "type.match.self.impl_it"]);
    folder.build().proto(folder.path("odd.proto")).generate().unwrap();
    let text = fs::read_to_string(folder.path("strictframe.rs")).unwrap();
    for expected in [
        "pub mod r#type {\npub mod r#match {",
        "pub struct Self_ {",
        "pub mod self_ {",
        "pub struct ImplIt {",
        "impl ::strictframe::Schema for Self_ {",
        "impl ::strictframe::Schema for self_::ImplIt {",
    ] {
        assert!(text.contains(expected), "{expected} is not in\n{text}");
    }
}

#[test]
fn a_json_schema_of_the_lock_becomes_a_constant() {
    let folder = Folder::new(&[]);
    let mut lock = Lock::new();
    for most in ["10", "20"] {
        let text = format!("{{\"maximum\":{most},\"pattern\":\"\\\"\u{e4}\"}}");
        lock.add("shop.Visit", Schema::Json(text.as_bytes())).unwrap();
    }
    folder.write("strictframe.lock", &lock.to_string());
    folder.build().json("shop.Visit").generate().unwrap();
    let text = fs::read_to_string(folder.path("strictframe.rs")).unwrap();
    assert!(text.contains("pub const SHOP_VISIT: ::strictframe::KnownSchema ="));
    assert!(text.contains("version: 2,"));
    assert!(text.contains(r#"b"{\"maximum\":20,\"pattern\":\"\\\"\xc3\xa4\"}""#), "{text}");
}

#[test]
fn a_refusal_has_a_number_and_a_way_out() {
    use BuildErrorKind as K;
    for (kind, code) in [
        (K::Compile, 803),
        (K::Generate, 803),
        (K::NameTwice, 803),
        (K::Schema, 803),
        (K::Lock, 805),
        (K::LockMissing, 807),
        (K::LockOutdated, 807),
        (K::NotLocked, 807),
        (K::Write, 906),
    ] {
        assert_eq!(kind.code(), code, "{kind:?}");
    }
    let folder = Folder::new(&[]);
    let error = folder.build().json("shop.Visit").generate().unwrap_err();
    assert!(error.help().contains("STRICTFRAME_UNLOCKED=1"), "{}", error.help());
    let text = format!("{error}");
    assert!(text.starts_with("SF-0807: ") && text.ends_with(error.help()), "{text}");
    // A lock that is there and cannot be read is not one that is missing.
    fs::create_dir(folder.path("strictframe.lock")).unwrap();
    let (kind, _) = folder.refused(folder.build().json("shop.Visit"));
    assert_eq!(kind, K::Lock);
}

#[test]
fn settings_of_prost_reach_the_types() {
    let folder = Folder::new(&[("order.proto", ORDER)]);
    folder.lock("order.proto", &["shop.v1.Order"]);
    let mut config = prost_build::Config::new();
    config.type_attribute(".", "#[derive(Eq)]");
    let build = folder.build().proto(folder.path("order.proto")).message("shop.v1.Order");
    build.prost(config).generate().unwrap();
    let text = fs::read_to_string(folder.path("strictframe.rs")).unwrap();
    assert!(text.contains("#[derive(Eq)]") && text.contains("::strictframe::prost"), "{text}");
}

#[test]
fn a_missing_lock_names_the_command_that_makes_it() {
    let folder = Folder::new(&[("order.proto", ORDER)]);
    let build = folder.build().proto(folder.path("order.proto")).message("shop.v1.Order");
    let (kind, text) = folder.refused(build);
    assert_eq!(kind, BuildErrorKind::LockMissing);
    assert!(text.contains("run `strictframe schema lock "), "{text}");
    assert!(text.contains(" --message shop.v1.Order --lock "), "{text}");
    let (kind, text) = folder.refused(folder.build().json("shop.Visit"));
    assert_eq!(kind, BuildErrorKind::LockMissing);
    assert!(text.contains("STRICTFRAME_UNLOCKED=1 cargo test"), "{text}");
}

#[test]
fn a_message_that_changed_since_it_was_locked_is_refused() {
    let folder = Folder::new(&[("order.proto", ORDER)]);
    folder.lock("order.proto", &["shop.v1.Order"]);
    folder.write("order.proto", &ORDER.replace("string self = 1", "string self = 1; bool x = 2"));
    let (kind, text) = folder.refused(folder.build().proto(folder.path("order.proto")));
    assert_eq!(kind, BuildErrorKind::LockOutdated);
    assert!(text.contains("shop.v1.Order is not what its newest version 1 in "), "{text}");
    assert!(text.contains("run `strictframe schema lock "), "{text}");
}

#[test]
fn a_type_that_is_asked_for_has_to_be_locked() {
    let folder = Folder::new(&[("order.proto", ORDER)]);
    folder.lock("order.proto", &["shop.v1.Order"]);
    let build = || folder.build().proto(folder.path("order.proto"));
    let (kind, text) = folder.refused(build().message("shop.v1.Order.Line"));
    assert_eq!(kind, BuildErrorKind::NotLocked);
    assert!(text.contains("--message shop.v1.Order.Line"), "{text}");
    let (kind, text) = folder.refused(build().message("shop.v1.Ordre"));
    assert_eq!(kind, BuildErrorKind::NotLocked);
    assert!(text.contains("no such message"), "{text}");
    let (kind, text) = folder.refused(build().json("shop.Visit"));
    assert_eq!(kind, BuildErrorKind::NotLocked);
    assert!(text.contains("STRICTFRAME_UNLOCKED"), "{text}");
    let (kind, _) = folder.refused(folder.build().message("shop.v1.Order"));
    assert_eq!(kind, BuildErrorKind::NotLocked);
    folder.write("other.proto", "syntax = \"proto3\"; message Other {}");
    let (kind, text) = folder.refused(folder.build().proto(folder.path("other.proto")));
    assert_eq!(kind, BuildErrorKind::NotLocked);
    assert!(text.contains("none of the messages"), "{text}");
}

#[test]
fn two_json_schemas_do_not_share_a_constant() {
    let folder = Folder::new(&[]);
    let mut lock = Lock::new();
    lock.add("shop.visit", Schema::Json(b"true")).unwrap();
    lock.add("shop/visit", Schema::Json(b"true")).unwrap();
    folder.write("strictframe.lock", &lock.to_string());
    let (kind, text) = folder.refused(folder.build().json("shop.visit").json("shop/visit"));
    assert_eq!(kind, BuildErrorKind::NameTwice);
    assert!(text.contains("SHOP_VISIT"), "{text}");
}

#[test]
fn a_source_with_a_fault_is_refused_at_its_line_and_column() {
    let folder = Folder::new(&[("order.proto", ORDER)]);
    folder.lock("order.proto", &["shop.v1.Order"]);
    folder.write("order.proto", &ORDER.replace("Line lines", "Lime lines"));
    let (kind, text) = folder.refused(folder.build().proto(folder.path("order.proto")));
    assert_eq!(kind, BuildErrorKind::Compile);
    assert!(text.contains("order.proto:3:26"), "{text}");
}

#[test]
fn a_lock_that_was_edited_is_refused_with_its_entry() {
    let folder = Folder::new(&[("order.proto", ORDER)]);
    folder.lock("order.proto", &["shop.v1.Order"]);
    let text = fs::read_to_string(folder.path("strictframe.lock")).unwrap();
    folder.write("strictframe.lock", &text.replace("1 lines", "2 lines"));
    let (kind, text) = folder.refused(folder.build().proto(folder.path("order.proto")));
    assert_eq!(kind, BuildErrorKind::Lock);
    assert!(text.contains("shop.v1.Order version 1"), "{text}");
    assert!(text.contains("put back the whole entry"), "{text}");
}

#[test]
fn only_the_value_1_lets_a_build_do_without_a_lock() {
    let Some(value) = std::env::var_os("STRICTFRAME_UNLOCKED") else {
        // An environment is that of a whole process.
        for value in ["0", "1", "true"] {
            let mut child = Command::new(std::env::current_exe().unwrap());
            child
                .env("STRICTFRAME_UNLOCKED", value)
                .args(["--exact", "build::only_the_value_1_lets_a_build_do_without_a_lock"]);
            let output = child.output().unwrap();
            let said = String::from_utf8_lossy(&output.stdout);
            assert!(output.status.success() && said.contains(" 1 passed"), "{value}: {said}");
        }
        return;
    };
    let folder = Folder::new(&[]);
    assert_eq!(folder.build().json("shop.Visit").generate().is_ok(), value == "1");
}

#[test]
fn a_path_that_a_shell_would_take_apart_stands_in_quotes() {
    let folder = Folder::new(&[("it's one.proto", ORDER)]);
    let build = folder.build().proto(folder.path("it's one.proto"));
    let (_, text) = folder.refused(build);
    let folder = folder.0.path().display();
    assert!(text.contains(&format!(" '{folder}/it'\\''s one.proto'")), "{text}");
    assert!(text.contains(&format!(" --lock {folder}/strictframe.lock")), "{text}");
}

#[test]
fn a_message_is_in_the_package_of_its_file() {
    let outer = "syntax = \"proto3\";\npackage a;\nmessage Other {}\n";
    let inner = "syntax = \"proto3\";\npackage a.b;\nmessage _1st {}\n";
    let folder = Folder::new(&[("outer.proto", outer), ("inner.proto", inner)]);
    folder.lock("inner.proto", &["a.b._1st"]);
    let build = folder.build().proto(folder.path("outer.proto"));
    build.proto(folder.path("inner.proto")).generate().unwrap();
    let text = fs::read_to_string(folder.path("strictframe.rs")).unwrap();
    // With the name that prost gives it.
    assert!(text.contains("pub struct _1st {"), "{text}");
    assert!(text.contains("impl ::strictframe::Schema for _1st {"), "{text}");
}
