//! Flame graphs of what `perf` has recorded.

use std::{fs, path::Path};

use inferno::{
    collapse::{
        Collapse,
        perf::{Folder, Options as Folding},
    },
    flamegraph::{self, Options as Drawing},
};
use tokio::process::Command;

use crate::Outcome;

/// What is thinner than this, in percent of all, is left out.
const THINNEST: f64 = 0.3;

/// The longest name of a function that is drawn.
const LONGEST_NAME: usize = 120;

/// Draws what was recorded as SVG.
pub(super) async fn draw(data: &Path, title: &str, file: &Path) -> Outcome<()> {
    let mut script = Command::new("perf");
    script.args(["script", "--no-inline", "--input"]).arg(data);
    let stacks = script.output().await?.stdout;
    let mut folded = Vec::new();
    Folder::from(Folding::default()).collapse(stacks.as_slice(), &mut folded)?;
    let folded = String::from_utf8(folded)?;
    let lines: Vec<String> = folded.lines().map(short).collect();
    let mut drawing = Drawing::default();
    drawing.title = title.replace('`', "");
    drawing.min_width = THINNEST;
    let mut drawn = Vec::new();
    flamegraph::from_lines(&mut drawing, lines.iter().map(String::as_str), &mut drawn)?;
    Ok(fs::write(file, drawn)?)
}

/// The line with types in names left out, which may be longer than all else.
fn short(line: &str) -> String {
    let Some((stack, count)) = line.rsplit_once(' ') else { return line.to_owned() };
    let names: Vec<String> = stack.split(';').map(name).collect();
    format!("{} {count}", names.join(";"))
}

fn name(function: &str) -> String {
    let mut depth = 0_usize;
    let mut kept = String::new();
    for letter in function.chars() {
        match letter {
            '<' => depth += 1,
            '>' if depth > 0 => depth -= 1,
            _ if depth < 2 => kept.push(letter),
            _ => {}
        }
    }
    kept.chars().take(LONGEST_NAME).collect()
}
