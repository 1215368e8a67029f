"""The look of the report page: one style sheet, for phones, desktops and paper."""

from __future__ import annotations

STYLE = """
:root { color-scheme: light; --ink: #1a1a1a; --quiet: #4d4d4d; --line: #c8c8c8; --link: #00507d; }
* { box-sizing: border-box; }
html { -webkit-text-size-adjust: 100%; }
body { margin: 0; color: var(--ink); background: #fff; line-height: 1.5;
  font-family: system-ui, "Segoe UI", Roboto, "Helvetica Neue", Arial, sans-serif; }
header, main, footer, nav { max-width: 72rem; margin: 0 auto; padding: 0 1rem; }
header { padding-top: 1.2rem; }
h1 { font-size: 1.2rem; line-height: 1.3; margin: 0 0 .4rem; color: var(--quiet); }
h2 { font-size: 1.3rem; line-height: 1.3; margin: 2.6rem 0 .6rem; padding-top: .8rem;
  border-top: 2px solid var(--ink); }
h3 { font-size: 1.08rem; line-height: 1.35; margin: 1.6rem 0 .5rem; }
h1, h2, h3, p, li, dd, td, th { overflow-wrap: anywhere; }
p, ul, ol, dl { max-width: 46rem; }
a { color: var(--link); }
a:focus-visible, summary:focus-visible, .scroll:focus-visible { outline: 3px solid #0072b2;
  outline-offset: 2px; }
.skip { position: absolute; left: -999rem; background: #fff; padding: .6rem 1rem; z-index: 1; }
.skip:focus { left: .5rem; top: .5rem; }
.quiet { color: var(--quiet); }
.disclaimer { border-left: 4px solid #d55e00; padding: .3rem .8rem; background: #fdf3ec; }
.finding { font-size: 1.7rem; font-weight: 700; line-height: 1.25; margin: .4rem 0; }
.key { padding-left: 1.1rem; max-width: 52rem; }
.key li { margin: .25rem 0; }
.scenario { border-bottom: 1px solid var(--line); margin: 0; }
.scenario > summary { padding: .5rem 0; }
.scenario[open] > summary { font-weight: 700; }
.warning { border-left: 4px solid #b00020; padding: .3rem .8rem; background: #fdecef; }
nav ul { list-style: none; margin: .8rem 0; padding: 0; display: flex; flex-wrap: wrap;
  gap: .2rem 1.2rem; max-width: none; }
nav li a, .anchors a { display: inline-block; padding: .3rem 0; }
.anchors { list-style: none; padding: 0; display: flex; flex-wrap: wrap; gap: .2rem 1rem;
  max-width: none; }
figure { margin: 1.4rem 0 2rem; display: grid; gap: .4rem 2rem; min-width: 0; }
figcaption { font-weight: 700; font-size: 1.08rem; line-height: 1.35; }
figure > * { min-width: 0; }
.chart { display: block; width: 100%; max-width: 36rem; height: auto; }
.aside { font-size: .92rem; }
.aside p { margin: .5rem 0; }
@media (min-width: 60rem) {
  figure { grid-template-columns: 36rem minmax(0, 1fr); }
  figcaption { grid-column: 1 / -1; }
  .aside { position: sticky; top: 1rem; align-self: start; }
}
.scroll { overflow-x: auto; max-width: 100%; margin: .6rem 0 1rem; }
table { border-collapse: collapse; font-size: .9rem; font-variant-numeric: tabular-nums; }
caption { text-align: left; font-weight: 600; padding: .3rem 0; }
caption span { display: block; position: sticky; left: 0; width: max-content;
  max-width: min(100%, calc(100vw - 2rem)); }
th, td { text-align: left; vertical-align: top; padding: .3rem .5rem; min-width: 3.4rem;
  border-bottom: 1px solid var(--line); overflow-wrap: break-word; }
thead th { border-bottom: 2px solid var(--ink); vertical-align: bottom; }
tbody th { font-weight: 600; }
td.n, th.n { text-align: right; white-space: nowrap; }
th.n { white-space: normal; }
td.loss { color: #9a2b00; font-weight: 700; }
td.words { min-width: 14rem; }
td.missing { color: var(--quiet); font-style: italic; }
details { margin: .4rem 0; }
summary { cursor: pointer; padding: .4rem 0; color: var(--link); text-decoration: underline; }
dl { display: grid; grid-template-columns: max-content 1fr; gap: .3rem 1rem; }
dt { font-weight: 600; }
dd { margin: 0; }
@media (max-width: 32rem) {
  .finding { font-size: 1.35rem; }
  dl { grid-template-columns: 1fr; gap: 0; }
  dd { margin-bottom: .5rem; }
}
footer { margin-top: 3rem; padding-bottom: 2rem; border-top: 1px solid var(--line); }
@media print {
  nav, .skip, .data, .aside details { display: none; }
  body { font-size: 10pt; }
  header, main, footer { max-width: none; padding: 0; }
  h2, h3, figcaption, caption { break-after: avoid; }
  figure, tr, .chart { break-inside: avoid; }
  figure { display: block; }
  .aside { position: static; }
  .scroll { overflow: visible; }
  table { font-size: 8pt; }
  th, td { min-width: 0; padding: .15rem .3rem; }
  a { color: inherit; text-decoration: none; }
}
"""
