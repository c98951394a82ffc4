//! The style of a page.

/// The colours follow the reader's, but for paper; each text has a contrast of 4.5 at least.
pub(super) const STYLE: &str = "\
:root{color-scheme:light dark;--paper:#ffffff;--text:#1f2328;--dim:#57606a;--line:#d0d7de;--error:#b42318;--warning:#7d4e00;--fine:#1a6b2c;--link:#0b57d0;--mark:#fff0a8;--bar:#4c78a8;--bar-strong:#2e7d32;--bar-warning:#b86e00;--bar-error:#c62828}\
@media screen and (prefers-color-scheme:dark){:root{--paper:#0d1117;--text:#e6edf3;--dim:#9aa3ad;--line:#3d444d;--error:#ff7b72;--warning:#e3b341;--fine:#56d364;--link:#79b8ff;--mark:#5c4a00;--bar:#79a8d8;--bar-strong:#56d364;--bar-warning:#e3b341;--bar-error:#ff7b72}}\
*{box-sizing:border-box}\
body{margin:0;background:var(--paper);color:var(--text);font:15px/1.5 system-ui,sans-serif;overflow-wrap:anywhere}\
header,main,footer{max-width:72rem;margin:0 auto;padding:0 1rem}h1{font-size:1.5rem}\
h2{font-size:1.3rem;margin-top:2rem;border-bottom:1px solid var(--line)}\
h3{font-size:1.1rem;margin:1.5rem 0 .5rem}h4{font-size:1rem;margin:1rem 0 .25rem}\
p{margin:.25rem 0;max-width:80ch}ul{margin:.25rem 0;padding-left:1.25rem;max-width:80ch}\
dl{display:grid;grid-template-columns:max-content 1fr;gap:0 1rem;margin:.25rem 0}\
dt{color:var(--dim)}dd{margin:0}a{color:var(--link)}code{font:.85em ui-monospace,monospace}\
footer{color:var(--dim);border-top:1px solid var(--line);margin-top:2rem;padding-top:.5rem;padding-bottom:2rem}\
.scroll{overflow-x:auto;margin:.5rem 0}.scroll:focus-visible{outline:2px solid var(--link)}\
table{border-collapse:collapse}\
th,td{text-align:left;vertical-align:top;padding:.15rem .75rem .15rem 0;border-bottom:1px solid var(--line);overflow-wrap:normal}\
thead th{color:var(--dim);font-weight:600;white-space:nowrap}\
tbody th{font-weight:400;white-space:nowrap}td{min-width:4ch;max-width:80ch}\
td.words{min-width:24ch}.strong{font-weight:600}.dim{color:var(--dim)}\
.error{color:var(--error)}.warning{color:var(--warning)}.fine{color:var(--fine)}\
.badge{font-size:.8rem;font-weight:600;border:1px solid currentColor;border-radius:.75rem;padding:0 .5rem;white-space:nowrap}\
.findings{list-style:none;padding:0}\
.findings>li{border-left:3px solid var(--line);padding-left:.75rem;margin:.5rem 0}\
.source th,.source td{border:0;padding:0 .75rem 0 0}\
.source tbody th{color:var(--dim);text-align:right;font:.85em/1.5 ui-monospace,monospace}\
.source tbody th.error{color:var(--error)}.source tbody th.warning{color:var(--warning)}\
.source code{white-space:pre}.source td{max-width:none}\
.source .note td{padding:.1rem 0 .4rem 1rem}tr:target{background:var(--mark);color:var(--text)}\
mark{background:var(--mark);color:inherit}\
.track{display:block;width:12rem;height:.6rem;margin-top:.45rem;border-bottom:1px solid var(--line)}\
.bar{fill:var(--bar)}.bar-strong{fill:var(--bar-strong)}.bar-warning{fill:var(--bar-warning)}\
.bar-error{fill:var(--bar-error)}@media print{:root{color-scheme:light}body{font-size:10pt}\
header,main,footer{max-width:none;padding:0}.scroll{overflow:visible}th,td{white-space:normal}\
.source code{white-space:pre-wrap}h2,h3,h4{break-after:avoid}tr,li,svg{break-inside:avoid}\
a{color:inherit}.track{width:8rem;print-color-adjust:exact}}";

/// The hash of [`STYLE`] that the page's security policy names: a browser takes no other style.
pub(super) const STYLE_HASH: &str = "sha256-wWd9pimHWKHIrZKf9gNM2CAYomNTVMAtYESgCr8Df24=";
