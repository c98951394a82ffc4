//! Every block as it is printed: in ASCII and in Unicode, with and without styles, at 80
//! columns, in narrow and in wide terminals.

#![expect(
    clippy::needless_raw_string_hashes,
    reason = "snapbox writes its snapshots so"
)]

use std::time::Duration;

use snapbox::{assert_data_eq, str};

use super::block::Block;
use super::cell::{Cell, Tone};
use super::svg::to_svg;
use super::text::to_text;
use super::timeline::TimelineEvent;
use super::tree::TreeNode;
use crate::ui::{Charset, Layout};

const UNICODE: Layout = Layout {
    charset: Charset::Unicode,
    ..Layout::PLAIN
};

fn at(columns: usize, charset: Charset) -> Layout {
    Layout {
        columns,
        charset,
        styled: false,
    }
}

fn seconds(seconds: u64) -> Duration {
    Duration::from_secs(seconds)
}

fn timeline() -> Block {
    let event =
        |times: (u64, Option<u64>), container: &str, event: Cell, reason: &str| TimelineEvent {
            earliest: seconds(times.0),
            latest: times.1.map(seconds),
            container: container.to_owned(),
            event,
            reason: reason.to_owned(),
        };
    Block::Timeline(vec![
        event((0, Some(0)), "web", "started".into(), ""),
        event(
            (5, Some(15)),
            "web",
            "firstProbe".into(),
            "initialDelaySeconds 5, and the kubelet waits up to periodSeconds 10 after its own restart",
        ),
        event(
            (5, Some(15)),
            "世界",
            Cell::new("ready", Tone::Strong),
            "successThreshold 1",
        ),
        event(
            (125, None),
            "web",
            Cell::new("kill", Tone::Error),
            "failureThreshold 3, each 10 s after the one before; the grace period of 30 s begins\u{1b}[2J",
        ),
    ])
}

fn tree() -> Block {
    let mut web = TreeNode::new(Cell::new("container web", Tone::Strong));
    web.children = vec![
        TreeNode::new(
            "requests 100m of cpu, which the LimitRange defaults of the namespace sets because the container has none",
        ),
        TreeNode::new(Cell::new("no limit", Tone::Warning)),
    ];
    let mut pod = TreeNode::new(
        "pod/web, of which the label is so long that it has to go on in another line below it",
    );
    pod.children = vec![web, TreeNode::new("container 世界\u{202e}\nx")];
    Block::Tree(pod)
}

fn paragraph() -> Block {
    Block::Paragraph(Cell::new(
        "The kubelet kills the container when its liveness probe has failed three times, and starts it \
         again after a back-off that doubles each time, up to five minutes.\n\
         世界世界世界世界世界世界世界世界世界世界世界世界世界世界世界世界世界世界世界世界世界世界\n\n\
         \u{1b}]0;title\u{7}",
        Tone::Plain,
    ))
}

/// No line of it is wider than this, but for a word that cannot be broken.
fn fits(text: &str, columns: usize) {
    for line in text.lines() {
        let width = unicode_width::UnicodeWidthStr::width(line);
        assert!(width <= columns, "{width}: {line}");
        assert_eq!(line.trim_end(), line);
    }
}

#[test]
fn a_timeline_has_a_line_for_each_event() {
    assert_data_eq!(
        to_text(&[timeline()], Layout::PLAIN),
        str![[r#"
           0s *  web   started
        5-15s *  web   firstProbe  initialDelaySeconds 5, and the kubelet waits
              |                    up to periodSeconds 10 after its own restart
        5-15s *  世界  ready       successThreshold 1
2m5s or later *  web   kill        failureThreshold 3, each 10 s after the one
                                   before; the grace period of 30 s
                                   begins/u{1b}[2J

"#]]
    );
    assert_data_eq!(
        to_text(&[timeline()], UNICODE),
        str![[r#"
           0s ●  web   started
        5-15s ●  web   firstProbe  initialDelaySeconds 5, and the kubelet waits
              │                    up to periodSeconds 10 after its own restart
        5-15s ●  世界  ready       successThreshold 1
2m5s or later ●  web   kill        failureThreshold 3, each 10 s after the one
                                   before; the grace period of 30 s
                                   begins/u{1b}[2J

"#]]
    );
}

#[test]
fn a_timeline_of_a_narrow_terminal_has_its_reasons_below() {
    assert_data_eq!(
        to_text(&[timeline()], at(50, Charset::Unicode)),
        str![[r#"
           0s ●  web   started
        5-15s ●  web   firstProbe
              │    initialDelaySeconds 5, and the
              │    kubelet waits up to
              │    periodSeconds 10 after its own
              │    restart
        5-15s ●  世界  ready
              │    successThreshold 1
2m5s or later ●  web   kill
                   failureThreshold 3, each 10 s
                   after the one before; the grace
                   period of 30 s begins/u{1b}[2J

"#]]
    );
}

#[test]
fn a_timeline_of_a_wide_terminal_has_long_lines() {
    assert_data_eq!(
        to_text(&[timeline()], at(160, Charset::Ascii)),
        str![[r#"
           0s *  web   started
        5-15s *  web   firstProbe  initialDelaySeconds 5, and the kubelet waits up to periodSeconds 10 after its own restart
        5-15s *  世界  ready       successThreshold 1
2m5s or later *  web   kill        failureThreshold 3, each 10 s after the one before; the grace period of 30 s begins/u{1b}[2J

"#]]
    );
}

#[test]
fn a_timeline_of_a_whole_pod_has_no_column_for_containers() {
    let event = |earliest, event: &str| TimelineEvent {
        earliest: Duration::from_millis(earliest),
        latest: Some(Duration::from_millis(earliest)),
        container: String::new(),
        event: event.into(),
        reason: String::new(),
    };
    let events = vec![event(0, "delete"), event(2_500, "sigterm")];
    assert_data_eq!(
        to_text(&[Block::Timeline(events)], Layout::PLAIN),
        str![[r#"
  0s *  delete
2.5s *  sigterm

"#]]
    );
    assert_eq!(to_text(&[Block::Timeline(Vec::new())], UNICODE), "");
}

#[test]
fn a_tree_has_guide_lines() {
    assert_data_eq!(
        to_text(&[tree()], Layout::PLAIN),
        str![[r#"
pod/web, of which the label is so long that it has to go on in another line
|  below it
|- container web
|  |- requests 100m of cpu, which the LimitRange defaults of the namespace sets
|  |  because the container has none
|  `- no limit
`- container 世界/u{202e}
   x

"#]]
    );
    assert_data_eq!(
        to_text(&[tree()], UNICODE),
        str![[r#"
pod/web, of which the label is so long that it has to go on in another line
│  below it
├─ container web
│  ├─ requests 100m of cpu, which the LimitRange defaults of the namespace sets
│  │  because the container has none
│  └─ no limit
└─ container 世界/u{202e}
   x

"#]]
    );
    assert_data_eq!(
        to_text(&[tree()], at(40, Charset::Unicode)),
        str![[r#"
pod/web, of which the label is so
│  long that it has to go on in another
│  line below it
├─ container web
│  ├─ requests 100m of cpu, which the
│  │  LimitRange defaults of the
│  │  namespace sets because the
│  │  container has none
│  └─ no limit
└─ container 世界/u{202e}
   x

"#]]
    );
}

#[test]
fn a_paragraph_is_wrapped_between_words() {
    assert_data_eq!(
        to_text(&[paragraph()], Layout::PLAIN),
        str![[r#"
The kubelet kills the container when its liveness probe has failed three times,
and starts it again after a back-off that doubles each time, up to five minutes.
世界世界世界世界世界世界世界世界世界世界世界世界世界世界世界世界世界世界世界世界
世界世界

/u{1b}]0;title/u{7}

"#]]
    );
    assert_data_eq!(
        to_text(&[paragraph()], at(40, Charset::Ascii)),
        str![[r#"
The kubelet kills the container when its
liveness probe has failed three times,
and starts it again after a back-off
that doubles each time, up to five
minutes.
世界世界世界世界世界世界世界世界世界世界
世界世界世界世界世界世界世界世界世界世界
世界世界

/u{1b}]0;title/u{7}

"#]]
    );
}

#[test]
fn blocks_are_set_apart_by_an_empty_line_but_for_a_heading() {
    let blocks = [
        Block::Heading("pod/web".to_owned()),
        Block::Paragraph("It is ready.".into()),
        Block::Facts(vec![("node", "a".into()), ("ip", "10.0.0.1".into())]),
        Block::Tree(TreeNode::new("pod/web")),
    ];
    assert_data_eq!(
        to_text(&blocks, Layout::PLAIN),
        str![[r#"
pod/web
It is ready.

node: a
ip:   10.0.0.1

pod/web

"#]]
    );
}

#[test]
fn every_block_fits_its_terminal_and_hides_nothing_that_a_terminal_obeys() {
    let all = [timeline(), tree(), paragraph()];
    for charset in [Charset::Unicode, Charset::Ascii] {
        for columns in [40, 50, 60, 79, 80, 81, 120, 200] {
            let text = to_text(&all, at(columns, charset));
            fits(&text, columns);
            let is_unsafe = |c: char| c != '\n' && crate::ui::is_unsafe(c);
            assert!(!text.contains(is_unsafe), "{text:?}");
        }
        // Narrower ones may break lines; nothing is lost.
        for columns in [0, 1, 10, 30] {
            let text = to_text(&all, at(columns, charset));
            assert!(text.contains("failureThreshold"), "{columns}: {text}");
        }
    }
}

#[test]
fn styles_change_no_text() {
    let all = [timeline(), tree(), paragraph()];
    for charset in [Charset::Unicode, Charset::Ascii] {
        let plain = at(80, charset);
        let styled = Layout {
            styled: true,
            ..plain
        };
        let styled = to_text(&all, styled);
        assert!(styled.contains("\u{1b}[31m"), "{styled:?}");
        let stripped = anstream::adapter::strip_str(&styled).to_string();
        assert_eq!(stripped, to_text(&all, plain));
    }
}

#[test]
fn ascii_layout_has_only_ascii() {
    let mut tree = TreeNode::new("pod/web");
    tree.children = vec![TreeNode::new("a"), TreeNode::new("b")];
    let event = TimelineEvent {
        earliest: seconds(1),
        latest: None,
        container: "c".to_owned(),
        event: "ready".into(),
        reason: "a reason ".repeat(30),
    };
    let blocks = [
        Block::Tree(tree),
        Block::Timeline(vec![event.clone(), event]),
    ];
    assert!(to_text(&blocks, Layout::PLAIN).is_ascii());
    assert!(!to_text(&blocks, UNICODE).is_ascii());
}

#[test]
fn a_drawing_has_a_bar_for_each_event() {
    let heading = Block::Heading("pod/web".to_owned());
    let svg = to_svg("Probes", &[heading, timeline()]);
    // The style sheet is one long line.
    let lines = svg.lines().filter(|line| !line.starts_with("<style>"));
    let text: Vec<&str> = lines.collect();
    assert_data_eq!(
        text.join("\n"),
        str![[r#"
<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 960 158" width="960" height="158" role="img" aria-labelledby="title desc">
<title id="title">Probes</title>
<desc id="desc">pod/web. web: started 0s. web: firstProbe 5-15s: initialDelaySeconds 5, and the kubelet waits up to periodSeconds 10 after its own restart. 世界: ready 5-15s: successThreshold 1. web: kill 2m5s or later: failureThreshold 3, each 10 s after the one before; the grace period of 30 s begins/u{1b}[2J.</desc>
<rect class="paper" width="960" height="158"/>
<text x="16" y="36" class="heading">pod/web</text>
<text x="300" y="56" class="dim">0s</text>
<line class="grid" x1="300" y1="62" x2="300" y2="142"/>
<text x="385" y="56" class="dim">20s</text>
<line class="grid" x1="385" y1="62" x2="385" y2="142"/>
<text x="470" y="56" class="dim">40s</text>
<line class="grid" x1="470" y1="62" x2="470" y2="142"/>
<text x="556" y="56" class="dim">60s</text>
<line class="grid" x1="556" y1="62" x2="556" y2="142"/>
<text x="641" y="56" class="dim">80s</text>
<line class="grid" x1="641" y1="62" x2="641" y2="142"/>
<text x="727" y="56" class="dim">100s</text>
<line class="grid" x1="727" y1="62" x2="727" y2="142"/>
<text x="812" y="56" class="dim">2m</text>
<line class="grid" x1="812" y1="62" x2="812" y2="142"/>
<g><title>web: started 0s</title><rect class="bar" x="300" y="66" width="3" height="12" rx="2"/></g>
<text x="16" y="76">web: started</text>
<text x="309" y="76" class="dim">0s</text>
<g><title>web: firstProbe 5-15s: initialDelaySeconds 5, and the kubelet waits up to periodSeconds 10 after its own restart</title><rect class="bar" x="321" y="86" width="43" height="12" rx="2"/></g>
<text x="16" y="96">web: firstProbe</text>
<text x="370" y="96" class="dim">5-15s</text>
<g><title>世界: ready 5-15s: successThreshold 1</title><rect class="bar-strong" x="321" y="106" width="43" height="12" rx="2"/></g>
<text x="16" y="116" class="strong">世界: ready</text>
<text x="370" y="116" class="dim">5-15s</text>
<g><title>web: kill 2m5s or later: failureThreshold 3, each 10 s after the one before; the grace period of 30 s begins/u{1b}[2J</title><rect class="bar-error" x="834" y="126" width="3" height="12" rx="2"/></g>
<text x="16" y="136" class="error">web: kill</text>
<text x="843" y="136" class="dim">2m5s or later</text>
</svg>
"#]]
    );
}
