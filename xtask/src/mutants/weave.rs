//! All mutants of a file in one text, so that it is compiled once and not once for each.
//!
//! Every function chooses between its bodies by a number that the program is started with (mutant schemata: Untch, Offutt and Harrold, 1993).

use core::ops::Range;

use proc_macro2::LineColumn;
use syn::visit::{self, Visit};
use syn::{Block, ImplItemFn, ItemFn, ReturnType, Signature, TraitItemFn, Type};

use super::listed::{Place, Span};
use crate::failure::{Context as _, Outcome};

/// A change of the file, and the number that chooses it.
pub(super) struct Change<'a> {
    pub(super) number: u32,
    pub(super) span: Span,
    pub(super) replacement: &'a str,
}

/// A file with all its changes.
#[derive(Default)]
pub(super) struct Woven {
    pub(super) text: String,
    /// Where the body of each number stands, in bytes of the text.
    pub(super) bodies: Vec<(Range<usize>, u32)>,
    /// Those that the compiler may work out itself, which knows of no number.
    pub(super) constant: Vec<u32>,
}

/// Weaves the changes into the source; one in no function, or where the bodies would have types of their own, is in none of the bodies.
pub(super) fn weave(source: &str, changes: &[Change<'_>]) -> Outcome<Woven> {
    let file = syn::parse_file(source).context("parsing")?;
    let lines = Lines::new(source);
    let mut functions = Functions { lines: &lines, found: Vec::new() };
    functions.visit_file(&file);
    let mut bodies: Vec<Body<'_, '_>> =
        functions.found.into_iter().map(|block| Body { block, changes: Vec::new() }).collect();
    for change in changes {
        let place = lines.range(change.span);
        let inside = |body: &&mut Body<'_, '_>| {
            body.block.bytes.start < place.start && place.end < body.block.bytes.end
        };
        // The last that begins before it is the innermost one.
        if let Some(body) = bodies.iter_mut().rev().find(inside) {
            body.changes.push((place, change));
        }
    }
    bodies.retain(|body| !body.changes.is_empty() && !body.block.is_opaque);
    let mut woven = Woven::default();
    let end = write(source, 0..source.len(), &bodies, &mut woven);
    woven.text.push_str(source.get(end..).unwrap_or_default());
    Ok(woven)
}

/// Writes that part of the source with the bodies in it, and gives back where it came to.
fn write(source: &str, part: Range<usize>, bodies: &[Body<'_, '_>], woven: &mut Woven) -> usize {
    let mut at = part.start;
    for (index, body) in bodies.iter().enumerate() {
        let block = &body.block.bytes;
        if block.start < at || block.end > part.end {
            continue;
        }
        let text = |range: Range<usize>| source.get(range).unwrap_or_default();
        woven.text.push_str(text(at..block.start));
        woven.text.push_str("{ match crate::mutant::number() {\n");
        for (place, change) in &body.changes {
            woven.text.push_str(&format!("{}u32 => ", change.number));
            let start = woven.text.len();
            woven.text.push_str(text(block.start..place.start));
            woven.text.push_str(change.replacement);
            woven.text.push_str(text(place.end..block.end));
            woven.bodies.push((start..woven.text.len(), change.number));
            if body.block.is_const {
                woven.constant.push(change.number);
            }
            woven.text.push('\n');
        }
        woven.text.push_str("_ => {");
        let inner = bodies.get(index.saturating_add(1)..).unwrap_or_default();
        let inside = block.start.saturating_add(1)..block.end;
        let came = write(source, inside, inner, woven);
        woven.text.push_str(text(came..block.end));
        woven.text.push_str("\n} }");
        at = block.end;
    }
    at
}

/// A function's body and what is changed in it.
struct Body<'a, 'b> {
    block: Found,
    changes: Vec<(Range<usize>, &'a Change<'b>)>,
}

struct Found {
    /// With its braces.
    bytes: Range<usize>,
    is_const: bool,
    /// Whether each of two bodies would give back a type of its own.
    is_opaque: bool,
}

/// Finds the functions of a file, an outer one before those in it.
struct Functions<'a> {
    lines: &'a Lines,
    found: Vec<Found>,
}

impl Functions<'_> {
    fn add(&mut self, signature: &Signature, block: &Block) {
        let span = block.brace_token.span.join();
        let place = |at: LineColumn| Place { line: at.line, column: at.column.saturating_add(1) };
        let bytes = self.lines.range(Span { start: place(span.start()), end: place(span.end()) });
        let mut opaque = Opaque(false);
        if let ReturnType::Type(_, returned) = &signature.output {
            opaque.visit_type(returned);
        }
        let is_const = signature.constness.is_some();
        self.found.push(Found { bytes, is_const, is_opaque: opaque.0 });
    }
}

impl<'ast> Visit<'ast> for Functions<'_> {
    fn visit_item_fn(&mut self, item: &'ast ItemFn) {
        self.add(&item.sig, &item.block);
        visit::visit_item_fn(self, item);
    }

    fn visit_impl_item_fn(&mut self, item: &'ast ImplItemFn) {
        self.add(&item.sig, &item.block);
        visit::visit_impl_item_fn(self, item);
    }

    fn visit_trait_item_fn(&mut self, item: &'ast TraitItemFn) {
        if let Some(block) = &item.default {
            self.add(&item.sig, block);
        }
        visit::visit_trait_item_fn(self, item);
    }
}

/// Whether a type says no more of itself than what it implements.
struct Opaque(bool);

impl<'ast> Visit<'ast> for Opaque {
    fn visit_type(&mut self, of: &'ast Type) {
        self.0 |= matches!(of, Type::ImplTrait(_));
        visit::visit_type(self, of);
    }
}

/// Where the lines of a text begin and how far its characters are from there.
struct Lines {
    /// For each line the byte of each of its characters and of its end.
    bytes: Vec<Vec<usize>>,
    len: usize,
}

impl Lines {
    fn new(source: &str) -> Self {
        let mut begin = 0_usize;
        let mut bytes = Vec::new();
        for line in source.split_inclusive('\n') {
            let ends = line.char_indices().map(|(at, _)| begin.saturating_add(at));
            let next = begin.saturating_add(line.len());
            bytes.push(ends.chain([next]).collect());
            begin = next;
        }
        Self { bytes, len: source.len() }
    }

    fn byte(&self, place: Place) -> usize {
        let line = self.bytes.get(place.line.wrapping_sub(1));
        line.and_then(|line| line.get(place.column.wrapping_sub(1))).copied().unwrap_or(self.len)
    }

    fn range(&self, span: Span) -> Range<usize> {
        self.byte(span.start)..self.byte(span.end)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn change(number: u32, source: &str, what: &str, replacement: &'static str) -> Change<'static> {
        let place = |byte: usize| {
            let before = &source[..byte];
            let line = before.matches('\n').count() + 1;
            let column = before.rsplit('\n').next().unwrap().chars().count() + 1;
            Place { line, column }
        };
        let start = source.find(what).unwrap();
        let span = Span { start: place(start), end: place(start + what.len()) };
        Change { number, span, replacement }
    }

    #[test]
    fn every_change_has_a_body_of_its_own_and_the_source_is_the_last_one() {
        let source =
            "/// Ü\nconst fn a(é: u8) -> u8 { é + 1 }\nimpl B { fn c(&self) { /* ü */ d(); } }\n";
        let changes = [
            change(3, source, "+", "-"),
            change(4, source, "é + 1", "0"),
            change(9, source, "d();", ""),
        ];
        let woven = weave(source, &changes).unwrap();
        assert_eq!(
            woven.text,
            "/// Ü\nconst fn a(é: u8) -> u8 { match crate::mutant::number() {\n\
             3u32 => { é - 1 }\n4u32 => { 0 }\n_ => { é + 1 }\n} }\n\
             impl B { fn c(&self) { match crate::mutant::number() {\n\
             9u32 => { /* ü */  }\n_ => { /* ü */ d(); }\n} } }\n"
        );
        let bodies: Vec<_> =
            woven.bodies.iter().map(|(at, number)| (&woven.text[at.clone()], *number)).collect();
        assert_eq!(bodies, [("{ é - 1 }", 3), ("{ 0 }", 4), ("{ /* ü */  }", 9)]);
        assert_eq!(woven.constant, [3, 4]);
    }

    #[test]
    fn a_function_in_another_is_changed_in_the_body_that_is_not() {
        let source = "fn a() -> u8 { fn b() -> u8 { 1 } b() + 2 }\n";
        let changes = [change(1, source, "+", "*"), change(2, source, "1", "0")];
        let woven = weave(source, &changes).unwrap();
        assert_eq!(
            woven.text,
            "fn a() -> u8 { match crate::mutant::number() {\n\
             1u32 => { fn b() -> u8 { 1 } b() * 2 }\n\
             _ => { fn b() -> u8 { match crate::mutant::number() {\n\
             2u32 => { 0 }\n_ => { 1 }\n} } b() + 2 }\n} }\n"
        );
    }

    #[test]
    fn what_is_in_no_function_or_gives_back_a_hidden_type_stays() {
        let source = "const A: u8 = 1 + 2;\nfn b() -> Option<impl Fn() -> u8> { Some(|| 3 * 4) }\n";
        let changes = [change(1, source, "+", "-"), change(2, source, "*", "/")];
        let woven = weave(source, &changes).unwrap();
        assert_eq!((woven.text.as_str(), woven.bodies.len()), (source, 0));
    }
}
