//! The plots of a report, as SVG.

use std::path::Path;

use plotters::{
    chart::{ChartBuilder, SeriesLabelPosition},
    prelude::{BLACK, Color, IntoDrawingArea, IntoLogRange, LineSeries, PathElement, SVGBackend, WHITE},
    style::{Palette, Palette99},
};

use crate::{
    Outcome,
    figures::Series,
    results::{Growth, Paths},
};

/// How the groups by connections begin.
pub(super) const BY_CONNECTIONS: &str = "by connections";

const SIZE: (u32, u32) = (820, 420);

/// A line, with its name and its points.
type Line = (String, Vec<(f64, f64)>);

/// Throughput and latency by connections.
pub(super) fn by_connections(paths: &Paths, folder: &Path) -> Outcome<()> {
    let rates = lines(paths, |series| series.best_rate);
    plot(&folder.join("connections.svg"), "requests a second, by connections", &rates)?;
    let slowest = lines(paths, |series| series.median.p99_ms);
    plot(&folder.join("latency.svg"), "p99 in ms, by connections", &slowest)
}

fn lines(paths: &Paths, value: impl Fn(&Series) -> f64) -> Vec<Line> {
    let mut lines: Vec<Line> = Vec::new();
    for group in &paths.groups {
        let connections =
            group.name.strip_prefix(BY_CONNECTIONS).and_then(|rest| rest.trim_start_matches(": ").parse().ok());
        let Some(connections) = connections else { continue };
        for (name, series) in &group.series {
            let point = (connections, value(series));
            match lines.iter_mut().find(|(line, _)| line == name) {
                Some((_, points)) => points.push(point),
                None => lines.push((name.clone(), vec![point])),
            }
        }
    }
    lines
}

/// What a request costs, by accounts.
pub(super) fn by_accounts(growth: &Growth, folder: &Path) -> Outcome<()> {
    let mut lines: Vec<Line> = Vec::new();
    for size in &growth.sizes {
        for (path, series) in &size.paths {
            let point = (size.accounts as f64, series.median.cpu_of_all());
            match lines.iter_mut().find(|(line, _)| line == path) {
                Some((_, points)) => points.push(point),
                None => lines.push((path.clone(), vec![point])),
            }
        }
    }
    plot(&folder.join("accounts.svg"), "microseconds of a processor for a request, by accounts", &lines)
}

/// Draws lines over a logarithm, since what grows does so by factors.
fn plot(file: &Path, title: &str, lines: &[Line]) -> Outcome<()> {
    let points = || lines.iter().flat_map(|(_, points)| points);
    let bounds = |values: Vec<f64>| {
        (values.iter().copied().fold(f64::MAX, f64::min), values.iter().copied().fold(0.0, f64::max))
    };
    let ((least, most), (low, high)) =
        (bounds(points().map(|point| point.0).collect()), bounds(points().map(|point| point.1).collect()));
    if most <= least {
        return Ok(());
    }
    let area = SVGBackend::new(file, SIZE).into_drawing_area();
    area.fill(&WHITE)?;
    let mut chart = ChartBuilder::on(&area)
        .caption(title, ("sans-serif", 18))
        .margin(12)
        .x_label_area_size(28)
        .y_label_area_size(60)
        .build_cartesian_2d((least..most * 1.05).log_scale(), ((low * 0.8).max(1e-3)..high * 1.3).log_scale())?;
    chart.configure_mesh().light_line_style(WHITE).x_labels(8).y_labels(8).draw()?;
    for (place, (name, points)) in lines.iter().enumerate() {
        let color = Palette99::pick(place).to_rgba();
        let line = chart.draw_series(LineSeries::new(points.iter().copied(), color.stroke_width(2)))?;
        line.label(name).legend(move |(x, y)| PathElement::new([(x, y), (x + 16, y)], color.stroke_width(2)));
    }
    chart
        .configure_series_labels()
        .position(SeriesLabelPosition::UpperLeft)
        .background_style(WHITE.mix(0.8))
        .border_style(BLACK.mix(0.2))
        .draw()?;
    Ok(area.present()?)
}
