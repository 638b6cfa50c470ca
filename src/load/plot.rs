//! The plot of a run: how latencies are spread, and deliveries over time.

use std::error::Error;
use std::path::Path;

use plotters::coord::Shift;
use plotters::prelude::*;

use super::LoadError;
use super::report::Report;
use super::tally::Sums;

const SIZE: (u32, u32) = (960, 720);
const LINE: RGBColor = RGBColor(37, 99, 235);
/// Points of the curve of latencies, each halving what is slower than the one before.
const HALVINGS: u32 = 14;

type Area<'a> = DrawingArea<SVGBackend<'a>, Shift>;
type Drawn = Result<(), Box<dyn Error>>;

/// Draws the run into an SVG file.
///
/// # Errors
/// [`LoadError::Plot`] when the file cannot be written.
pub(super) fn draw(report: &Report, path: &Path) -> Result<(), LoadError> {
    let failed = |error: Box<dyn Error>| LoadError::Plot(error.to_string());
    let root = SVGBackend::new(path, SIZE).into_drawing_area();
    let (upper, lower) = root.split_vertically(SIZE.1 / 2);
    root.fill(&WHITE).map_err(|error| failed(error.into()))?;
    latencies(&upper, &report.sums).map_err(failed)?;
    deliveries(&lower, &report.sums).map_err(failed)?;
    root.present().map_err(|error| failed(error.into()))
}

/// Milliseconds over the share of messages that were faster, both logarithmic, as HdrHistogram's own
/// plots have it.
fn latencies(area: &Area<'_>, sums: &Sums) -> Drawn {
    let curve: Vec<(f64, f64)> = (1..=HALVINGS).map(|halving| point(sums, halving)).collect();
    let top = curve.iter().map(|(_, ms)| *ms).fold(1.0, f64::max);
    let mut chart = ChartBuilder::on(area)
        .caption("Delivery latency (ms) by percentile", ("sans-serif", 18))
        .margin(12)
        .x_label_area_size(28)
        .y_label_area_size(64)
        .build_cartesian_2d(1.0..f64::from(HALVINGS), (0.01..2.0 * top).log_scale())?;
    let percentile = |halving: &f64| format!("{:.3} %", 100.0 * faster(*halving));
    chart
        .configure_mesh()
        .x_label_formatter(&percentile)
        .draw()?;
    chart.draw_series(LineSeries::new(curve, LINE.stroke_width(2)))?;
    Ok(())
}

fn point(sums: &Sums, halving: u32) -> (f64, f64) {
    let halving = f64::from(halving);
    let micros = sums.latencies.value_at_quantile(faster(halving));
    (
        halving,
        f64::from(u32::try_from(micros).unwrap_or(u32::MAX)) / 1_000.0,
    )
}

fn faster(halving: f64) -> f64 {
    1.0 - 0.5_f64.powf(halving)
}

fn deliveries(area: &Area<'_>, sums: &Sums) -> Drawn {
    let seconds = sums.by_second.len();
    let most = sums.by_second.iter().copied().max().unwrap_or(1);
    let mut chart = ChartBuilder::on(area)
        .caption("Delivered in each second", ("sans-serif", 18))
        .margin(12)
        .x_label_area_size(28)
        .y_label_area_size(64)
        .build_cartesian_2d(0..seconds.max(2) - 1, 0..most + most / 10 + 1)?;
    chart.configure_mesh().draw()?;
    let line = sums.by_second.iter().copied().enumerate();
    chart.draw_series(LineSeries::new(line, LINE.stroke_width(2)))?;
    Ok(())
}
