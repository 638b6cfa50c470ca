//! The plot of how ours grows: a panel for each figure, sizes and values logarithmic.

use std::path::Path;

use plotters::coord::Shift;
use plotters::prelude::*;

use crate::Outcome;
use crate::contender::Contender;
use crate::growth::{Kept, Ladder, TRANSPORTS, real, transport};
use crate::scene::Figure;
use crate::table::median;

/// Of one panel.
const SIZE: (u32, u32) = (480, 260);
const BLUE: RGBColor = RGBColor(37, 99, 235);
const ORANGE: RGBColor = RGBColor(234, 88, 12);
const FONT: (&str, u32) = ("sans-serif", 13);

type Area<'a> = DrawingArea<SVGBackend<'a>, Shift>;
type Points = Vec<(f64, f64)>;

/// One figure over the sizes of one ladder.
struct Panel<'a> {
    caption: String,
    ladder: &'a Ladder,
    lines: Vec<(Contender, Points)>,
}

/// Draws all of it into an SVG file: a row for each ladder.
pub(crate) fn draw(ladders: &[Ladder], kept: &Kept, path: &Path) -> Outcome<()> {
    let panels: Vec<Vec<Panel<'_>>> = ladders.iter().map(|it| row(it, kept)).collect();
    let rows = u32::try_from(panels.len())?;
    let most = panels.iter().map(Vec::len).max().unwrap_or(1);
    let columns = u32::try_from(most)?;
    let root = SVGBackend::new(path, (columns * SIZE.0, rows * SIZE.1)).into_drawing_area();
    root.fill(&WHITE).map_err(told)?;
    let areas = root.split_evenly((panels.len(), most));
    for (row, areas) in panels.iter().zip(areas.chunks(most)) {
        for (panel, area) in row.iter().zip(areas) {
            paint(panel, area)?;
        }
    }
    root.present().map_err(told)
}

fn told(error: impl std::fmt::Display) -> Box<dyn std::error::Error + Send + Sync> {
    error.to_string().into()
}

fn row<'a>(ladder: &'a Ladder, kept: &Kept) -> Vec<Panel<'a>> {
    let panel = |&figure: &Figure| Panel {
        caption: format!("{} / {}", figure.title(), ladder.title),
        ladder,
        lines: TRANSPORTS
            .map(|by| (by, points(kept, (ladder, by), figure)))
            .into(),
    };
    ladder.figures.iter().map(panel).collect()
}

/// The median of each size that was measured.
fn points(kept: &Kept, at: (&Ladder, Contender), figure: Figure) -> Points {
    let sizes = at.0.sizes.iter();
    let point = sizes.filter_map(|&size| {
        let values = kept.figures(at, (size, figure)).into_iter();
        let middle = median(values.map(|(_, value)| value).collect())?;
        (middle > 0.0).then_some((real(size), middle))
    });
    point.collect()
}

/// As few digits as it has.
fn label(value: &f64) -> String {
    let digits = usize::from(*value < 10.0);
    format!("{value:.digits$}")
}

fn paint(panel: &Panel<'_>, area: &Area<'_>) -> Outcome<()> {
    let sizes = &panel.ladder.sizes;
    let (least, most) = (sizes.first().copied(), sizes.last().copied());
    let from = real(least.unwrap_or(1)) / 1.3;
    let to = real(most.unwrap_or(2)) * 1.3;
    let values = || panel.lines.iter().flat_map(|(_, points)| points);
    let low = values().map(|it| it.1).fold(f64::INFINITY, f64::min);
    let high = values().map(|it| it.1).fold(0.0, f64::max);
    if high <= 0.0 {
        return Ok(());
    }
    let mut chart = ChartBuilder::on(area)
        .caption(&panel.caption, FONT)
        .margin(10)
        .x_label_area_size(24)
        .y_label_area_size(52)
        .build_cartesian_2d((from..to).log_scale(), (low / 2.0..high * 3.0).log_scale())
        .map_err(told)?;
    chart
        .configure_mesh()
        .max_light_lines(0)
        .x_label_formatter(&label)
        .y_label_formatter(&label)
        .draw()
        .map_err(told)?;
    for (by, points) in &panel.lines {
        let color = if *by == Contender::OursWt {
            BLUE
        } else {
            ORANGE
        };
        let line = LineSeries::new(points.clone(), color.stroke_width(2)).point_size(3);
        let drawn = chart.draw_series(line).map_err(told)?;
        drawn
            .label(transport(*by))
            .legend(move |(x, y)| PathElement::new([(x, y), (x + 16, y)], color));
    }
    chart
        .configure_series_labels()
        .position(SeriesLabelPosition::UpperMiddle)
        .border_style(BLACK.mix(0.2))
        .background_style(WHITE.mix(0.8))
        .draw()
        .map_err(told)
}
