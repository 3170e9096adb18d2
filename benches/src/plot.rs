//! The two plots, written by hand: no crate draws colours that follow the reader's light or dark.

use core::fmt::Write as _;

/// One point: how long it takes, and how much is left.
#[derive(Clone, Debug)]
pub struct Point {
    /// Its name in the list beside the plot.
    pub name: String,
    /// Nanoseconds per message.
    pub time: f64,
    /// The part of the raw bytes that is left, 1.0 for all.
    pub size: f64,
    /// Whether it is ours.
    pub is_ours: bool,
}

/// One bar: a speed as a part of another.
#[derive(Clone, Debug)]
pub struct Bar {
    /// What was done.
    pub name: String,
    /// The part.
    pub part: f64,
    /// What was promised.
    pub bound: f64,
}

/// Size against time, time on a logarithmic axis. Points are numbered; the list beside the plot names them.
#[must_use]
pub fn scatter(title: &str, points: &[Point]) -> String {
    let times = points.iter().map(|point| point.time.max(1.0).log10());
    let low = times.clone().fold(f64::INFINITY, f64::min).floor();
    let high = times.fold(f64::NEG_INFINITY, f64::max).ceil().max(low + 1.0);
    let top = points.iter().map(|point| point.size).fold(1.0, f64::max) * 1.05;
    let x = |time: f64| LEFT + (time.max(1.0).log10() - low) / (high - low) * WIDTH;
    let y = |size: f64| TOP + (1.0 - size / top) * HEIGHT;
    let mut svg = head(title, TOP + HEIGHT + 60.0);
    for tenth in 0..=5 {
        let size = f64::from(tenth) * 0.2;
        line(&mut svg, LEFT, y(size), LEFT + WIDTH, y(size), "grid");
        text(&mut svg, LEFT - 8.0, y(size) + 4.0, "end", &format!("{:.0} %", size * 100.0));
    }
    let mut power = low;
    while power <= high {
        let at = x(10_f64.powf(power));
        line(&mut svg, at, TOP, at, TOP + HEIGHT, "grid");
        text(&mut svg, at, TOP + HEIGHT + 18.0, "middle", &nanoseconds(10_f64.powf(power)));
        power += 1.0;
    }
    text(&mut svg, LEFT + WIDTH / 2.0, TOP + HEIGHT + 40.0, "middle", "to encode one message");
    text(&mut svg, LEFT, TOP - 10.0, "middle", "bytes left");
    for (number, point) in (1..).zip(points) {
        let class = if point.is_ours { "ours" } else { "other" };
        let (cx, cy) = (x(point.time), y(point.size));
        let _ = writeln!(svg, r#"<circle class="{class}" cx="{cx:.1}" cy="{cy:.1}" r="9"/>"#);
        let _ = writeln!(
            svg,
            r#"<text class="number" x="{cx:.1}" y="{:.1}">{number}</text>"#,
            cy + 4.0
        );
        let words = format!("{number}  {}", point.name);
        text(&mut svg, LEFT + WIDTH + 24.0, TOP + 18.0 * f64::from(number), "start", &words);
    }
    svg.push_str("</svg>\n");
    svg
}

/// Speeds beside one another; a mark shows what was promised.
#[must_use]
pub fn bars(title: &str, bars: &[Bar]) -> String {
    let x = |part: f64| BAR_LEFT + part.clamp(0.0, 1.1) / 1.1 * BAR_WIDTH;
    let bottom = TOP + 34.0 * bars.len() as f64;
    let mut svg = head(title, bottom + 50.0);
    for tenth in 0..=5 {
        let part = f64::from(tenth) * 0.2;
        line(&mut svg, x(part), TOP, x(part), bottom, "grid");
        text(&mut svg, x(part), bottom + 18.0, "middle", &format!("{:.0} %", part * 100.0));
    }
    text(
        &mut svg,
        x(0.5),
        bottom + 38.0,
        "middle",
        "of the speed of the checksum alone (the mark is what was promised)",
    );
    let mut top = TOP + 6.0;
    for bar in bars {
        let width = x(bar.part) - BAR_LEFT;
        let _ = writeln!(
            svg,
            r#"<rect class="ours" x="{BAR_LEFT}" y="{top:.1}" width="{width:.1}" height="22"/>"#
        );
        line(&mut svg, x(bar.bound), top - 4.0, x(bar.bound), top + 26.0, "mark");
        text(&mut svg, BAR_LEFT - 8.0, top + 16.0, "end", &bar.name);
        text(
            &mut svg,
            x(bar.part) + 6.0,
            top + 16.0,
            "start",
            &format!("{:.0} %", bar.part * 100.0),
        );
        top += 34.0;
    }
    svg.push_str("</svg>\n");
    svg
}

fn head(title: &str, height: f64) -> String {
    let title = escaped(title);
    format!(
        r#"<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 860 {height:.0}" role="img" aria-label="{title}">
<style>
text {{ font: 13px sans-serif; fill: #1f2328 }} .title {{ font-weight: bold; font-size: 15px }}
.grid {{ stroke: #d1d9e0 }} .mark {{ stroke: #cf222e; stroke-width: 2 }} .ours {{ fill: #0969da }} .other {{ fill: #8c959f }}
circle {{ stroke: #fff }} .number {{ fill: #fff; font-size: 11px; text-anchor: middle }}
@media (prefers-color-scheme: dark) {{
text {{ fill: #f0f6fc }} .grid {{ stroke: #3d444d }} .mark {{ stroke: #ff7b72 }} .ours {{ fill: #4493f8 }} .other {{ fill: #6e7681 }} .number {{ fill: #0d1117 }}
}}
</style>
<text class="title" x="20" y="24">{title}</text>
"#
    )
}

fn line(svg: &mut String, x1: f64, y1: f64, x2: f64, y2: f64, class: &str) {
    let _ = writeln!(
        svg,
        r#"<line class="{class}" x1="{x1:.1}" y1="{y1:.1}" x2="{x2:.1}" y2="{y2:.1}"/>"#
    );
}

fn text(svg: &mut String, x: f64, y: f64, anchor: &str, words: &str) {
    let words = escaped(words);
    let _ = writeln!(svg, r#"<text x="{x:.1}" y="{y:.1}" text-anchor="{anchor}">{words}</text>"#);
}

fn escaped(words: &str) -> String {
    words.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;").replace('"', "&quot;")
}

fn nanoseconds(ns: f64) -> String {
    if ns < 1e3 { format!("{ns:.0} ns") } else { format!("{:.0} µs", ns / 1e3) }
}

const LEFT: f64 = 70.0;
const TOP: f64 = 60.0;
const WIDTH: f64 = 440.0;
const HEIGHT: f64 = 340.0;
const BAR_LEFT: f64 = 220.0;
const BAR_WIDTH: f64 = 560.0;

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_point_and_bar_is_drawn_inside_and_named() {
        let point = |time, size| Point { name: "<a & b>".to_owned(), time, size, is_ours: true };
        let svg = scatter("title", &[point(80.0, 1.07), point(12_000.0, 0.2)]);
        assert_eq!(svg.matches("<circle").count(), 2);
        assert!(svg.contains("1  &lt;a &amp; b&gt;") && svg.contains("100 ns"));
        let places = svg.split("cx=\"").skip(1).filter_map(|rest| rest.split('"').next());
        for place in places {
            let place: f64 = place.parse().unwrap();
            assert!((LEFT..=LEFT + WIDTH).contains(&place), "{place}");
        }
        let bar = Bar { name: "verify".to_owned(), part: 0.97, bound: 0.85 };
        let svg = bars("title", &[bar]);
        assert!(svg.contains(">97 %<") && svg.contains("class=\"mark\""));
    }
}
