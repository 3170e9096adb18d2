//! Bytes against time as an SVG, both on logarithmic axes.

use core::fmt::Write as _;

use strictframe::CodecChoice;

use super::Tuned;
use super::grid::BATCHES;
use super::measure::Measured;
use super::text::nanoseconds;
use crate::terminal::thousands;

/// A picture of all policies: bytes a message upwards, a time to the right.
pub(super) fn plot(tuned: &Tuned<'_>, what: &str, time: impl Fn(&Measured) -> f64) -> String {
    let across = Axis::over(tuned.measured.iter().map(&time), LEFT, WIDTH - RIGHT);
    let up = Axis::over(tuned.measured.iter().map(|m| m.bytes), HEIGHT - BOTTOM, TOP);
    let at = |measured: &Measured| (across.place(time(measured)), up.place(measured.bytes));
    let mut svg = format!(
        "<svg viewBox=\"0 0 {WIDTH} {HEIGHT}\" role=\"img\" aria-label=\"Bytes a message against nanoseconds to {what} one\">\n"
    );
    axes(&mut svg, &across, &up, what);
    for batch in BATCHES.into_iter().filter(|batch| *batch <= tuned.arguments.batch) {
        let best = frontier(tuned, batch, &time);
        let points: Vec<_> =
            best.iter().map(|m| at(m)).map(|(x, y)| format!("{x:.1},{y:.1}")).collect();
        let points = points.join(" ");
        let _ = writeln!(svg, "<polyline class=\"line b{batch}\" points=\"{points}\"/>");
    }
    // What is beaten lies below what is not, and the one recommended on top.
    let order = |m: &&Measured| (tuned.is_recommended(m), tuned.is_on_front(m));
    let mut marks: Vec<&Measured> = tuned.measured.iter().collect();
    marks.sort_by_key(order);
    for measured in marks {
        mark(&mut svg, tuned, measured, at(measured));
    }
    svg + "</svg>\n"
}

/// A logarithmic scale, and the pixels between which it lies.
struct Axis {
    least: f64,
    most: f64,
    from: f64,
    to: f64,
}

impl Axis {
    fn over(values: impl Iterator<Item = f64> + Clone, from: f64, to: f64) -> Self {
        let least = values.clone().fold(f64::INFINITY, f64::min).max(f64::MIN_POSITIVE);
        let most = values.fold(least, f64::max);
        // Room around the outermost marks, and a length when all are one.
        Self { least: least / ROOM, most: most * ROOM, from, to }
    }

    fn place(&self, value: f64) -> f64 {
        let part = (value / self.least).ln() / (self.most / self.least).ln();
        self.from + part * (self.to - self.from)
    }

    /// Round numbers on the scale, not too many of them.
    fn ticks(&self) -> Vec<f64> {
        let (first, last) = (self.least.log10(), self.most.log10());
        let steps: &[f64] = if last - first < 2.5 { &[1.0, 2.0, 5.0] } else { &[1.0, 3.0] };
        let powers = first.floor() as i32..=last.ceil() as i32;
        let all = powers.flat_map(|power| steps.iter().map(move |step| step * 10_f64.powi(power)));
        all.filter(|tick| (self.least..=self.most).contains(tick)).collect()
    }
}

fn axes(svg: &mut String, across: &Axis, up: &Axis, what: &str) {
    let (right, bottom) = (WIDTH - RIGHT, HEIGHT - BOTTOM);
    for tick in across.ticks() {
        let (x, label) = (across.place(tick), number(tick));
        let _ = writeln!(
            svg,
            "<path class=\"grid\" d=\"M{x:.1} {TOP}V{bottom}\"/><text class=\"tick\" x=\"{x:.1}\" y=\"{:.1}\" text-anchor=\"middle\">{label}</text>",
            bottom + 18.0
        );
    }
    for tick in up.ticks() {
        let (y, label) = (up.place(tick), number(tick));
        let _ = writeln!(
            svg,
            "<path class=\"grid\" d=\"M{LEFT} {y:.1}H{right}\"/><text class=\"tick\" x=\"{:.1}\" y=\"{:.1}\" text-anchor=\"end\">{label}</text>",
            LEFT - 8.0,
            y + 4.0
        );
    }
    let _ = writeln!(
        svg,
        "<text class=\"axis\" x=\"{:.1}\" y=\"{:.1}\" text-anchor=\"middle\">ns to {what} a message</text>",
        f64::midpoint(LEFT, right),
        HEIGHT - 8.0
    );
    let _ = writeln!(
        svg,
        "<text class=\"axis\" x=\"{LEFT}\" y=\"{:.1}\">bytes a message</text>",
        TOP - 10.0
    );
}

/// The policies of a batch size that are the smallest for their time.
fn frontier<'a>(
    tuned: &Tuned<'a>,
    batch: u32,
    time: impl Fn(&Measured) -> f64,
) -> Vec<&'a Measured> {
    let mut all: Vec<_> = tuned.measured.iter().filter(|m| m.candidate.batch() == batch).collect();
    all.sort_by(|a, b| time(a).total_cmp(&time(b)));
    let mut least = f64::INFINITY;
    all.retain(|measured| {
        let is_smaller = measured.bytes < least;
        least = least.min(measured.bytes);
        is_smaller
    });
    all
}

fn mark(svg: &mut String, tuned: &Tuned<'_>, measured: &Measured, (x, y): (f64, f64)) {
    let candidate = &measured.candidate;
    let mut class = format!("mark b{}", candidate.batch());
    class += if candidate.dictionary.is_some() { " full" } else { " hollow" };
    class += if tuned.is_on_front(measured) { "" } else { " beaten" };
    let _ = write!(svg, "<g class=\"{class}\">");
    let _ = write!(
        svg,
        "<title>{}: {:.1} bytes, {} ns to encode, {} ns to decode</title>",
        candidate.worded(),
        measured.bytes,
        nanoseconds(measured.encode),
        nanoseconds(measured.decode),
    );
    let r = MARK;
    let _ = match candidate.policy.codec {
        CodecChoice::None => {
            write!(svg, "<path d=\"M{x:.1} {:.1}l{r} {r}l-{r} {r}l-{r} -{r}z\"/>", y - r)
        }
        CodecChoice::Lz4 => write!(
            svg,
            "<rect x=\"{:.1}\" y=\"{:.1}\" width=\"{}\" height=\"{}\"/>",
            x - r + 0.5,
            y - r + 0.5,
            2.0 * r - 1.0,
            2.0 * r - 1.0
        ),
        _ => write!(svg, "<circle cx=\"{x:.1}\" cy=\"{y:.1}\" r=\"{r}\"/>"),
    };
    svg.push_str("</g>\n");
    if tuned.is_recommended(measured) {
        // Nothing on the left and below is as good.
        let (anchor, beside) = if x > LEFT + 110.0 { ("end", x - 9.0) } else { ("start", x - 9.0) };
        let (ring, label) = ("class=\"ring\"", "class=\"label\"");
        let _ = writeln!(
            svg,
            "<circle {ring} cx=\"{x:.1}\" cy=\"{y:.1}\" r=\"10\"/><text {label} x=\"{beside:.1}\" y=\"{:.1}\" text-anchor=\"{anchor}\">recommended</text>",
            y + 20.0
        );
    }
}

fn number(tick: f64) -> String {
    if tick >= 1.0 { thousands(tick.round() as u64) } else { format!("{tick}") }
}

const WIDTH: f64 = 820.0;
const HEIGHT: f64 = 440.0;
const LEFT: f64 = 64.0;
const RIGHT: f64 = 20.0;
const TOP: f64 = 34.0;
const BOTTOM: f64 = 48.0;
/// Half the width of a mark.
const MARK: f64 = 5.0;
const ROOM: f64 = 1.15;

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_axis_has_round_numbers_at_places_that_keep_their_ratios() {
        let axis = Axis::over([100.0, 10_000.0].into_iter(), 0.0, 100.0);
        assert_eq!(axis.ticks(), [100.0, 200.0, 500.0, 1000.0, 2000.0, 5000.0, 10_000.0]);
        let places = [100.0, 1000.0, 10_000.0].map(|value| axis.place(value));
        assert!((places[1] - 50.0).abs() < 1e-9);
        assert!(((places[1] - places[0]) - (places[2] - places[1])).abs() < 1e-9);
        let single = Axis::over([7.0].into_iter(), 0.0, 100.0);
        assert!((single.place(7.0) - 50.0).abs() < 1e-9);
    }
}
