//! Recall against latency as SVG.

use super::bench::Measured;

/// One curve: recall to the right, microseconds upwards.
pub fn recall_against_latency(title: &str, rows: &[Measured]) -> String {
    let lowest = rows.iter().map(|row| row.recall).fold(1.0, f64::min);
    let from = ((lowest * 20.0).floor() / 20.0).min(0.95);
    let longest = rows.iter().map(|row| row.median).fold(1.0, f64::max);
    let x = |recall: f64| 60.0 + (recall - from) / (1.0 - from) * 520.0;
    let y = |latency: f64| 340.0 - latency / longest * 290.0;
    let mut lines = vec![
        r#"<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 620 390" font-family="sans-serif" font-size="12">"#
            .to_owned(),
        r#"<rect width="620" height="390" fill="white"/>"#.to_owned(),
        format!(r#"<text x="60" y="24" font-size="14">{title}</text>"#),
        r#"<text x="320" y="380" text-anchor="middle">recall</text>"#.to_owned(),
        r#"<text x="16" y="195" transform="rotate(-90 16 195)" text-anchor="middle">microseconds</text>"#
            .to_owned(),
    ];
    for step in 0..=4 {
        let part = f64::from(step) / 4.0;
        let (recall, latency) = (from + (1.0 - from) * part, longest * part);
        let (right, up) = (x(recall), y(latency));
        lines.push(format!(r##"<path d="M{right:.0} 40V340M60 {up:.0}H580" stroke="#ddd" fill="none"/>"##));
        lines.push(format!(r#"<text x="{right:.0}" y="358" text-anchor="middle">{recall:.3}</text>"#));
        lines.push(format!(r#"<text x="54" y="{:.0}" text-anchor="end">{latency:.0}</text>"#, up + 4.0));
    }
    let points = rows.iter().map(|row| format!("{:.1},{:.1}", x(row.recall), y(row.median)));
    let points = points.collect::<Vec<_>>().join(" ");
    lines.push(format!(r##"<polyline points="{points}" fill="none" stroke="#2980b9" stroke-width="2"/>"##));
    for row in rows {
        let (right, up, ef) = (x(row.recall), y(row.median), row.ef.unwrap_or(0));
        lines.push(format!(
            r##"<circle cx="{right:.1}" cy="{up:.1}" r="3" fill="#2980b9"><title>ef {ef}</title></circle>"##
        ));
    }
    lines.push("</svg>\n".to_owned());
    lines.join("\n")
}
