//! The report as JSON. docs/doctor.md documents the format.

use serde_json::{Value, json};

use super::Report;
use crate::plan::doctor::finding::{Finding, Verdict};

/// Members may be added; those that are here keep their meaning.
const FORMAT: u8 = 1;

/// The report in one JSON object, with a newline.
pub(crate) fn json(report: &Report) -> String {
    let findings: Vec<Value> = report.findings.iter().map(finding).collect();
    let value = json!({
        "format": FORMAT,
        "mssh": report.version,
        "target": report.target,
        "works": report.works,
        "first": report.first().map(finding),
        "findings": findings,
    });
    format!("{value:#}\n")
}

fn finding(finding: &Finding) -> Value {
    let verdict = match finding.verdict {
        Verdict::Good => "good",
        Verdict::Warning => "warning",
        Verdict::Bad => "bad",
        Verdict::Skipped => "skipped",
    };
    json!({
        "check": finding.check,
        "verdict": verdict,
        "what": finding.what,
        "why": finding.why,
        "fix": finding.fix,
    })
}
