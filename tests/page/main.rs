//! `-o html` in a real Chromium: wide and narrow, light and dark, and on paper.
#![expect(
    clippy::unwrap_used,
    clippy::expect_used,
    reason = "helpers of tests fail as tests do"
)]

mod browser;
mod fixture;

use std::io::Read;
use std::path::PathBuf;
use std::process::Command;

use flate2::read::ZlibDecoder;
use serde_json::Value;

use browser::{Browser, Scheme};

const WIDTHS: [u32; 3] = [360, 768, 1280];
const SCHEMES: [Scheme; 2] = [Scheme::Light, Scheme::Dark];

/// The pages: what the files of [`fixture`] are explained as.
fn pages(home: &tempfile::TempDir) -> Vec<PathBuf> {
    let path = |name: &str| home.path().join(name);
    for (name, text) in fixture::files() {
        std::fs::write(path(name), text).unwrap();
    }
    let runs: [(&str, &[&str]); 5] = [
        ("file.html", &["explain", "-f", "pod.yaml"]),
        (
            "state.html",
            &["explain", "-f", "state.json", "--now", fixture::NOW],
        ),
        (
            "all.html",
            &[
                "explain",
                "-f",
                "pod.yaml",
                "-f",
                "state.json",
                "-f",
                "job.yaml",
            ],
        ),
        ("probes.html", &["explain-probes", "-f", "pod.yaml"]),
        ("hooks.html", &["explain-hooks", "-f", "pod.yaml"]),
    ];
    let make = |(name, args): (&str, &[&str])| {
        let output = Command::new(env!("CARGO_BIN_EXE_kubectl-pod_tools"))
            .args(args)
            .args(["--offline", "-o", "html"])
            .current_dir(home.path())
            .output()
            .unwrap();
        let error = String::from_utf8_lossy(&output.stderr);
        assert!(
            output.stdout.starts_with(b"<!DOCTYPE html>"),
            "{args:?}: {error}"
        );
        let page = path(name);
        std::fs::write(&page, &output.stdout).unwrap();
        page
    };
    runs.map(make).into()
}

/// The texts of a page whose contrast with what lies behind them is less than 4.5, as WCAG 2.2
/// counts it.
const FAINT: &str = r"
(() => {
  const parse = (text) => text.match(/[\d.]+/g).map(Number);
  const light = ([r, g, b]) => {
    const part = (c) => ((c /= 255) <= 0.04045 ? c / 12.92 : ((c + 0.055) / 1.055) ** 2.4);
    return 0.2126 * part(r) + 0.7152 * part(g) + 0.0722 * part(b);
  };
  const behind = (element) => {
    for (let at = element; at; at = at.parentElement) {
      const color = parse(getComputedStyle(at).backgroundColor);
      if (color.length < 4 || color[3] === 1) return color;
      if (color[3] !== 0) return null;
    }
    return [255, 255, 255];
  };
  const faint = [];
  let count = 0;
  const walk = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
  while (walk.nextNode()) {
    const element = walk.currentNode.parentElement;
    if (!walk.currentNode.data.trim()) continue;
    const below = behind(element);
    const [one, two] = [parse(getComputedStyle(element).color), below];
    count += 1;
    const [low, high] = below ? [light(one), light(two)].sort((a, b) => a - b) : [0, 0];
    const ratio = (high + 0.05) / (low + 0.05);
    if (ratio < 4.5) faint.push(`${ratio.toFixed(2)}: ${walk.currentNode.data.slice(0, 40)}`);
  }
  return { count, faint };
})()";

/// Parts of a page that a screen reader would stumble over.
const STUMBLES: &str = r"
(() => {
  const found = [];
  const all = (selector) => [...document.querySelectorAll(selector)];
  if (document.documentElement.lang !== 'en') found.push('lang');
  if (!document.title.trim()) found.push('title');
  if (all('h1').length !== 1) found.push('h1');
  let level = 1;
  for (const heading of all('h1,h2,h3,h4,h5,h6')) {
    const own = Number(heading.localName[1]);
    if (own > level + 1) found.push(`h${own} below h${level}: ${heading.textContent}`);
    level = own;
  }
  for (const table of all('table')) {
    if (!table.querySelector('thead th')) found.push('a table without a header');
    if (!table.parentElement.matches('.scroll[role=region][aria-label][tabindex]')) {
      found.push('a table outside of a box');
    }
  }
  for (const cell of all('th:not([scope])')) found.push(`no scope: ${cell.textContent}`);
  for (const link of all('[href]')) {
    const to = link.getAttribute('href');
    if (!to.startsWith('#') || !document.getElementById(to.slice(1))) found.push(`link: ${to}`);
  }
  const ids = all('[id]').map((element) => element.id);
  if (new Set(ids).size !== ids.length) found.push('an id twice');
  for (const bad of all('script,img,iframe,object,embed,form,link,[src],[style],[onclick],[onerror]')) {
    found.push(bad.outerHTML.slice(0, 80));
  }
  return found;
})()";

/// Returns whether a picture shows more than one colour: of each row PNG holds differences.
fn is_blank(png: &[u8]) -> bool {
    let mut data = Vec::new();
    let mut rest = &png[8..];
    while rest.len() > 12 {
        let length = u32::from_be_bytes(rest[..4].try_into().unwrap()) as usize;
        if &rest[4..8] == b"IDAT" {
            data.extend_from_slice(&rest[8..8 + length]);
        }
        rest = &rest[length + 12..];
    }
    let mut pixels = Vec::new();
    ZlibDecoder::new(data.as_slice())
        .read_to_end(&mut pixels)
        .unwrap();
    let differing = pixels.iter().filter(|byte| **byte != 0).count();
    differing * 100 < pixels.len()
}

fn number(value: &Value) -> f64 {
    value.as_f64().unwrap_or_else(|| panic!("{value}"))
}

#[test]
fn an_empty_page_is_blank_and_a_page_with_faint_text_is_found() {
    let home = tempfile::tempdir().unwrap();
    let mut browser = Browser::start();
    let page = home.path().join("bad.html");
    let text = "<html><body style=\"margin:0\"><p style=\"color:#999;width:500px\">faint</p>\
                <h4>deep</h4><a href=\"https://example.com\">away</a><table></table>\
                <script>console.error('x')</script>";
    std::fs::write(&page, text).unwrap();
    browser.open(&page, 360, Scheme::Light);
    assert_eq!(browser.complaints().len(), 1);
    let faint = browser.evaluate(FAINT);
    assert_eq!(faint["faint"].as_array().unwrap().len(), 1, "{faint}");
    let stumbles = browser.evaluate(STUMBLES).to_string();
    for part in [
        "lang",
        "title",
        "h1",
        "h4 below",
        "header",
        "link: https",
        "script",
    ] {
        assert!(stumbles.contains(part), "{part}: {stumbles}");
    }
    assert!(number(&browser.evaluate("document.documentElement.scrollWidth")) > 360.0);
    std::fs::write(&page, "<html>").unwrap();
    browser.open(&page, 360, Scheme::Light);
    assert!(is_blank(&browser.screenshot()));
}

#[test]
fn a_page_is_read_wide_and_narrow_in_light_and_in_dark() {
    let home = tempfile::tempdir().unwrap();
    let pages = pages(&home);
    let mut browser = Browser::start();
    for page in &pages {
        for width in WIDTHS {
            let mut seen = Vec::new();
            for scheme in SCHEMES {
                let place = format!("{} {width} {scheme:?}", page.display());
                browser.open(page, width, scheme);
                assert_eq!(browser.complaints(), [""; 0], "{place}");
                assert_eq!(
                    browser.requests().len(),
                    1,
                    "{place}: {:?}",
                    browser.requests()
                );
                let scrolls = browser.evaluate("document.documentElement.scrollWidth");
                assert!(number(&scrolls) <= f64::from(width), "{place}: {scrolls}");
                let contrast = browser.evaluate(FAINT);
                assert!(number(&contrast["count"]) > 20.0, "{place}: {contrast}");
                assert_eq!(contrast["faint"], serde_json::json!([]), "{place}");
                assert_eq!(browser.evaluate(STUMBLES), serde_json::json!([]), "{place}");
                let picture = browser.screenshot();
                assert!(!is_blank(&picture), "{place}");
                let paper = browser.evaluate("getComputedStyle(document.body).backgroundColor");
                seen.push((paper, picture));
            }
            assert_ne!(seen[0].0, seen[1].0, "{} {width}", page.display());
            assert_ne!(seen[0].1, seen[1].1, "{} {width}", page.display());
        }
    }
}

#[test]
fn a_page_prints_black_on_white_whatever_the_reader_prefers() {
    let home = tempfile::tempdir().unwrap();
    let pages = pages(&home);
    let mut browser = Browser::start();
    for page in &pages {
        for scheme in SCHEMES {
            browser.open(page, 794, scheme);
            browser.prefer("print", scheme);
            let paper = browser.evaluate("getComputedStyle(document.body).backgroundColor");
            assert_eq!(paper, "rgb(255, 255, 255)", "{}", page.display());
            assert_eq!(browser.evaluate(FAINT)["faint"], serde_json::json!([]));
            // Nothing is cut by a box that would have to be scrolled.
            let hidden = browser.evaluate(
                "[...document.querySelectorAll('.scroll')].filter((box) => \
                 getComputedStyle(box).overflowX !== 'visible').length",
            );
            assert_eq!(hidden, 0);
            let pdf = browser.pdf();
            assert!(
                pdf.starts_with(b"%PDF-") && pdf.len() > 5_000,
                "{}",
                pdf.len()
            );
        }
    }
}

#[test]
fn a_page_has_timelines_and_findings_beside_their_lines() {
    let home = tempfile::tempdir().unwrap();
    let pages = pages(&home);
    let mut browser = Browser::start();
    browser.open(&pages[0], 1280, Scheme::Light);
    let bars = "[...document.querySelectorAll('svg rect')].filter((bar) => \
                bar.getBoundingClientRect().width > 1).length";
    assert!(number(&browser.evaluate(bars)) >= 6.0);
    // The row behind a finding's line has its message.
    let beside = "[...document.querySelectorAll('table.source tr.note')].map((row) => \
                  row.previousElementSibling.id + ': ' + row.textContent)";
    let beside = browser.evaluate(beside);
    let line = fixture::line_of("$(LATER)");
    let is_it = |row: &Value| {
        let text = row.as_str().unwrap();
        text.starts_with(&format!("t0-{line}: ")) && text.contains("LATER")
    };
    assert!(beside.as_array().unwrap().iter().any(is_it), "{beside}");
    // What others wrote is text.
    let text = browser.evaluate("document.body.innerText");
    assert!(text.as_str().unwrap().contains("<script>alert(1)</script>"));
    assert!(!text.as_str().unwrap().contains("s3cret"), "{text}");
}
