//! The wait by group of customers, before and after, as an SVG that reads well on light and on dark pages.

use crate::compare::{Comparison, GroupWaits, Waits};
use std::fmt::Write;

const WIDTH: f64 = 720.0;
const LEFT: f64 = 150.0;
const RIGHT: f64 = 30.0;
const TOP: f64 = 84.0;
const GROUP_HEIGHT: f64 = 84.0;
const BAR_HEIGHT: f64 = 22.0;

const STYLE: &str = "\
  text { font: 14px system-ui, sans-serif; fill: #1f2328; }
  .small { font-size: 12px; fill: #59636e; }
  .title { font-size: 16px; font-weight: 600; }
  .axis { stroke: #d1d9e0; }
  .before { fill: #bc4c00; }
  .after { fill: #0969da; }
  .whisker { stroke: #59636e; stroke-width: 1.5; }
  @media (prefers-color-scheme: dark) {
    text { fill: #f0f6fc; }
    .small { fill: #9198a1; }
    .axis { stroke: #3d444d; }
    .before { fill: #f0883e; }
    .after { fill: #58a6ff; }
    .whisker { stroke: #9198a1; }
  }
";

/// Bars for mean waits, whiskers to the mean of the worst tenth. The background is the page's own.
pub fn svg(comparison: &Comparison, title: &str) -> String {
    let groups: Vec<_> = comparison.groups.iter().rev().collect();
    let longest = groups.iter().map(|group| group.before.worst_decile_min.max(group.after.worst_decile_min));
    let most_min = (longest.fold(60.0, f64::max) / 60.0).ceil() * 60.0;
    let scale = (WIDTH - LEFT - RIGHT) / most_min;
    #[allow(clippy::cast_precision_loss)] // A handful.
    let bottom = TOP + GROUP_HEIGHT * groups.len() as f64;
    let height = bottom + 60.0;
    let mut svg = format!(
        "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 {WIDTH} {height}\" role=\"img\" \
         aria-labelledby=\"title desc\">\n<title id=\"title\">{title}</title>\n<desc id=\"desc\">{}</desc>\n\
         <style>\n{STYLE}</style>\n",
        description(&groups)
    );
    let _ = writeln!(svg, "<text class=\"title\" x=\"16\" y=\"28\">{title}</text>");
    legend(&mut svg);
    axis(&mut svg, scale, most_min, bottom);
    for (top, group) in (0_u32..).map(|row| TOP + GROUP_HEIGHT * f64::from(row)).zip(&groups) {
        let _ = writeln!(
            svg,
            "<text x=\"{}\" y=\"{}\" text-anchor=\"end\">{}</text>",
            LEFT - 12.0,
            top + 38.0,
            group.name
        );
        bar(&mut svg, "before", &group.before, top + 10.0, scale);
        bar(&mut svg, "after", &group.after, top + 38.0, scale);
    }
    svg.push_str("</svg>\n");
    svg
}

fn description(groups: &[&GroupWaits]) -> String {
    let one = |group: &&GroupWaits| {
        let (before, after) = (&group.before, &group.after);
        format!(
            "{}: mean {:.0} minutes before, {:.0} after; worst tenth {:.0} before, {:.0} after.",
            group.name, before.mean_min, after.mean_min, before.worst_decile_min, after.worst_decile_min
        )
    };
    groups.iter().map(one).collect::<Vec<_>>().join(" ")
}

fn legend(svg: &mut String) {
    let entries = [
        (16.0, "before", "before: the highest weight first"),
        (250.0, "after", "after: entry less a bounded head start"),
    ];
    for (x, class, words) in entries {
        let _ = writeln!(svg, "<rect class=\"{class}\" x=\"{x}\" y=\"44\" width=\"14\" height=\"14\"/>");
        let _ = writeln!(svg, "<text class=\"small\" x=\"{}\" y=\"56\">{words}</text>", x + 20.0);
    }
}

fn axis(svg: &mut String, scale: f64, most_min: f64, bottom: f64) {
    let step = if most_min > 480.0 { 120.0 } else { 60.0 };
    let mut minutes = 0.0;
    while minutes <= most_min {
        let x = LEFT + minutes * scale;
        let _ =
            writeln!(svg, "<line class=\"axis\" x1=\"{x:.1}\" y1=\"{TOP}\" x2=\"{x:.1}\" y2=\"{bottom}\"/>");
        let _ = writeln!(
            svg,
            "<text class=\"small\" x=\"{x:.1}\" y=\"{}\" text-anchor=\"middle\">{:.0} h</text>",
            bottom + 18.0,
            minutes / 60.0
        );
        minutes += step;
    }
    let _ = writeln!(
        svg,
        "<text class=\"small\" x=\"16\" y=\"{}\">Bar: mean wait. Whisker: mean wait of the tenth that waited longest.</text>",
        bottom + 46.0
    );
}

fn bar(svg: &mut String, class: &str, waits: &Waits, y: f64, scale: f64) {
    let (mean, worst) = (LEFT + waits.mean_min * scale, LEFT + waits.worst_decile_min * scale);
    let (middle, width) = (y + BAR_HEIGHT / 2.0, waits.mean_min * scale);
    let _ = writeln!(
        svg,
        "<rect class=\"{class}\" x=\"{LEFT}\" y=\"{y}\" width=\"{width:.1}\" height=\"{BAR_HEIGHT}\"/>"
    );
    let _ = writeln!(
        svg,
        "<line class=\"whisker\" x1=\"{mean:.1}\" y1=\"{middle}\" x2=\"{worst:.1}\" y2=\"{middle}\"/>"
    );
    let _ = writeln!(
        svg,
        "<line class=\"whisker\" x1=\"{worst:.1}\" y1=\"{}\" x2=\"{worst:.1}\" y2=\"{}\"/>",
        middle - 5.0,
        middle + 5.0
    );
    // Beside the whisker, or before it where the page ends.
    let (x, anchor) = if worst + 110.0 > WIDTH { (worst - 6.0, "end") } else { (worst + 6.0, "start") };
    let y = if anchor == "end" { middle - 8.0 } else { middle + 4.0 };
    let _ = writeln!(
        svg,
        "<text class=\"small\" x=\"{x:.1}\" y=\"{y:.1}\" text-anchor=\"{anchor}\">{:.0} / {:.0} min</text>",
        waits.mean_min, waits.worst_decile_min
    );
}
