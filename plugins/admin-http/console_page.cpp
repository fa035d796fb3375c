// SPDX-License-Identifier: Apache-2.0
#include "console_page.hpp"

#include <dlrgw/cpp/html.hpp>

namespace dlrgw::admin_http {

namespace {

constexpr std::string_view kHead = R"html(<!DOCTYPE html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<link rel="icon" href="data:,">
<link rel="stylesheet" href="/console/style.css">
<script src="/console/script.js" defer></script>
)html";

constexpr std::string_view kBody = R"html(</head>
<body>
<a class="skip" href="#content">Skip to the content</a>
<header><p class="name"><a href="/">dlr-gateway</a></p>
<form action="/console/search" method="get" role="search">
<label>Message id, or the operator's id <input name="id" required maxlength="255" autocomplete="off"></label>
<label>Operator <input name="operatorId" maxlength="64" autocomplete="off"></label>
<button type="submit">Find</button></form>
</header>
<main id="content" tabindex="-1">
)html";

constexpr std::string_view kState = R"html(<p id="state" role="status">As it was when this page was loaded</p>
<noscript><p>Without its script this page does not refresh itself, and its buttons do nothing.</p></noscript>
)html";

constexpr std::string_view kBelowNow = R"html(<dl class="facts">
<dt>Version</dt><dd id="version"><code>dlr_build_info</code> of <a href="/metrics">/metrics</a></dd>
<dt>Events in the outbox</dt><dd id="outbox"><code>dlr_outbox_pending</code> of <a href="/metrics">/metrics</a></dd>
</dl>
)html";

// Drawn by the script, the first also while nothing else answers.
constexpr std::string_view kReady = R"html(<p><a href="/ready">What is ready, and what is not</a></p>)html";

constexpr std::string_view kOperators =
    R"html(<p><code>dlr_processed_total</code> of <a href="/metrics">/metrics</a>, or <a href="/v1/admin/reports/daily">yesterday's report</a></p>)html";

// Drawn by their plugins, if these are loaded; the script fetches them.
constexpr std::string_view kQuarantine =
    R"html(<p><a href="/console/quarantine">The receipts that are held back</a></p>)html";
constexpr std::string_view kOrphans =
    R"html(<p><a href="/console/orphans">The receipts that belong to no message</a></p>)html";
constexpr std::string_view kOutbox =
    R"html(<p><a href="/console/outbox">The events that wait for their stream</a></p>)html";

std::string section(std::string_view part, std::string_view title, std::string_view content) {
  std::string out = "<section aria-labelledby=\"h-";
  out.append(part).append("\"><h2 id=\"h-").append(part).append("\">").append(title).append("</h2>\n<div data-part=\"");
  return out.append(part).append("\">").append(content).append("</div>\n");
}

}  // namespace

std::string console_page(const ConsoleParts& parts) {
  const auto part = [&](std::string_view name) {
    const auto found = parts.find(name);
    return found == parts.end() ? std::string_view() : std::string_view(found->second);
  };
  std::string out(kState);
  out.append(section("ready", "Ready", kReady)).append("</section>\n");
  out.append(section("now", "Now", part("now"))).append(kBelowNow).append("<p>");
  out.append(html_console_button("Reload the configuration", "of this gateway",
                                 "Read the configuration and plugin files again?", "/v1/admin/reload"));
  out.append("</p>\n</section>\n");
  out.append(section("hour", "The last hour", part("hour"))).append("</section>\n");
  out.append(section("operators", "Operators", kOperators)).append("</section>\n");
  out.append(section("stages", "Stages", part("stages"))).append("</section>\n");
  out.append(section("held", "Held", part("held"))).append("</section>\n");
  out.append(section("plugins", "Plugins", part("plugins"))).append("</section>\n");
  out.append(section("quarantine", "Quarantine", kQuarantine)).append("</section>\n");
  out.append(section("orphans", "Orphans", kOrphans)).append("</section>\n");
  out.append(section("outbox", "Outbox", kOutbox)).append("</section>\n");
  out.append(section("jobs", "Jobs", part("jobs"))).append("</section>\n");
  out.append("<p id=\"done\" role=\"alert\"></p>\n");
  return console_document("Console", out);
}

std::string console_document(std::string_view title, std::string_view content) {
  std::string out(kHead);
  out.append("<title>").append(html_text(title)).append(" – dlr-gateway</title>\n").append(kBody);
  out.append("<h1>").append(html_text(title)).append("</h1>\n").append(content);
  return out.append("</main>\n</body>\n</html>\n");
}

std::string_view console_style() {
  return R"css(:root { color-scheme: light dark; --text: #1b1f24; --back: #ffffff; --line: #8a919a; --soft: #f2f4f7;
  --good: #0b6b2e; --bad: #a4161a; --focus: #0b57d0; }
@media (prefers-color-scheme: dark) {
  :root { --text: #eceff3; --back: #14171b; --line: #7c848e; --soft: #20252b; --good: #6fdd8b; --bad: #ff9a94; --focus: #8ab4f8; }
}
* { box-sizing: border-box; }
body { margin: 0; color: var(--text); background: var(--back); font: 1rem/1.5 system-ui, sans-serif; }
header, main { max-width: 80rem; margin: 0 auto; padding: 0.5rem 1rem; }
header { display: flex; flex-wrap: wrap; gap: 0 1.5rem; align-items: baseline; }
h1 { font-size: 1.5rem; margin: 0.5rem 0; }
.name { font-size: 1.2rem; font-weight: 600; margin: 0; }
.name a { color: inherit; text-decoration: none; }
form { display: flex; flex-wrap: wrap; gap: 0.25rem 1rem; align-items: end; }
input { font: inherit; width: 100%; max-width: 22rem; padding: 0.15rem 0.4rem; border: 1px solid var(--line); border-radius: 0.25rem; color: var(--text); background: var(--back); display: block; }
figure { margin: 0 0 1rem; }
.chart { display: block; width: 100%; height: 5rem; border-bottom: 1px solid var(--line); background: var(--soft); }
.chart rect { fill: var(--focus); }
.axis { display: flex; justify-content: space-between; margin: 0; font-size: 0.85rem; }
.facts-cell { white-space: normal; overflow-wrap: anywhere; min-width: 16rem; }
#done:not(:empty) { position: sticky; bottom: 0; margin: 0; padding: 0.5rem 1rem; border: 1px solid var(--line); background: var(--soft); font-weight: 600; }
h2 { font-size: 1.2rem; margin: 1.5rem 0 0.5rem; }
#state { margin: 0; }
dl.facts { display: grid; grid-template-columns: max-content minmax(0, 1fr); gap: 0.25rem 1.5rem; margin: 0; }
dt { font-weight: 600; }
dd { margin: 0; overflow-wrap: anywhere; }
.wide { overflow-x: auto; border: 1px solid var(--line); }
table { border-collapse: collapse; width: 100%; }
th, td { text-align: left; vertical-align: top; padding: 0.4rem 0.75rem; border-top: 1px solid var(--line); white-space: nowrap; }
thead th { background: var(--soft); border-top: 0; }
.on { color: var(--good); font-weight: 600; } .off, .bad { color: var(--bad); font-weight: 600; }
button { font: inherit; padding: 0.15rem 0.75rem; border: 1px solid var(--line); border-radius: 0.25rem; color: var(--text); background: var(--soft); cursor: pointer; margin-right: 0.25rem; }
button:disabled { opacity: 0.7; cursor: default; }
button:focus-visible, main:focus-visible, .wide:focus-visible, a:focus-visible, input:focus-visible { outline: 3px solid var(--focus); outline-offset: 2px; }
.skip { position: absolute; left: -99rem; padding: 0.5rem 1rem; background: var(--back); }
.skip:focus { left: 0.5rem; top: 0.5rem; }
)css";
}

std::string_view console_script() {
  return R"js('use strict';
const EVERY_MS = 2000;
const MINUTE_MS = 60000;
const HOUR_MS = 60 * MINUTE_MS;
const MOST_OPERATORS = 50;
const byId = (id) => document.getElementById(id);
const say = (id, text) => { if (byId(id).textContent !== text) byId(id).textContent = text; };
let busy = false;

async function ask(path, options) {
  const answer = await fetch(path, { credentials: 'same-origin', ...options });
  const text = await answer.text();
  if (answer.ok) return text;
  let detail = `${answer.status}`;
  try { detail = JSON.parse(text).detail || detail; } catch { /* no problem document: the status says it */ }
  const error = new Error(detail);
  error.status = answer.status;
  throw error;
}

// Whatever is not loaded answers 404: its part says so.
const askIfThere = (path) => ask(path).catch((error) => { if (error.status === 404) return '<p>Its plugin is not loaded.</p>'; throw error; });

// The time of this browser's clock beside the gateway's, which is UTC.
function localTimes(root) {
  for (const time of root.querySelectorAll('time')) {
    const at = new Date(time.dateTime);
    if (time.title || Number.isNaN(at.getTime())) continue;
    time.title = 'UTC; local time in brackets';
    time.append(` (${at.toLocaleString(undefined, { dateStyle: 'short', timeStyle: 'medium' })})`);
  }
}

// Shows a part as the server has drawn it. Restores the focus, which redrawn elements would lose.
function show(part, html) {
  const place = document.querySelector(`[data-part="${part}"]`);
  if (!place || place.drawn === html) return;
  const focused = place.contains(document.activeElement) ? document.activeElement : null;
  place.innerHTML = html;
  place.drawn = html;
  localTimes(place);
  if (!focused) return;
  const again = focused.dataset.path ? `button[data-path="${CSS.escape(focused.dataset.path)}"]` : '.wide';
  place.querySelector(again)?.focus();
}

// What could not be fetched says so; the other parts go on.
function showFailure(part, error) {
  const place = document.querySelector(`[data-part="${part}"]`);
  const sentence = document.createElement('p');
  sentence.className = 'bad';
  sentence.textContent = `Not known now: ${error.message}`;
  place.replaceChildren(sentence);
  place.drawn = null;
}

// The checks of GET /ready, which answers 503 with the same document.
async function showReady() {
  const { status, checks } = await (await fetch('/ready', { credentials: 'same-origin' })).json();
  const place = document.querySelector('[data-part="ready"]');
  const text = JSON.stringify({ status, checks });
  document.title = status === 'ok' ? 'Console – dlr-gateway' : `${status} – dlr-gateway`;
  if (place.drawn === text) return;
  place.drawn = text;
  const list = document.createElement('dl');
  list.className = 'facts';
  for (const [name, check] of Object.entries(checks)) {
    const term = list.appendChild(document.createElement('dt'));
    const state = list.appendChild(document.createElement('dd'));
    term.textContent = name;
    state.textContent = check.detail ? `${check.state}: ${check.detail}` : check.state;
    state.className = check.state === 'ok' ? 'on' : 'bad';
  }
  place.replaceChildren(list);
}

async function act(question, path) {
  if (!window.confirm(question)) return;
  say('done', '');
  try {
    const answer = JSON.parse(await ask(path, { method: 'POST', headers: { 'Content-Type': 'application/json' }, body: '{}' }));
    say('done', answer.outcome ? `Done: ${answer.outcome}` : 'Done.');
  } catch (error) {
    say('done', `Refused: ${error.message}`);
  }
  await refresh();
}

function showMetrics(text) {
  const found = /^dlr_outbox_pending ([0-9.e+]+)$/m.exec(text);
  say('outbox', found ? String(Number(found[1])) : 'told by the gateway that leads the relay');
  say('version', /^dlr_build_info[{]version="([^"]*)"/m.exec(text)?.[1] ?? 'not known');
}

// Receipts of this gateway by operator. One that comes again after a crash was counted before.
function operatorsOf(metrics) {
  const operators = new Map();
  for (const [, labels, value] of metrics.matchAll(/^dlr_processed_total[{](.*)[}] ([0-9.e+]+)$/gm)) {
    const label = (name) => new RegExp(`(?:^|,)${name}="((?:[^"\\\\]|\\\\.)*)"`).exec(labels)?.[1] ?? '';
    if (label('outcome') === 'redelivered') continue;
    const id = label('operatorId').replace(/\\(.)/g, (_, c) => (c === 'n' ? '\n' : c));
    const counts = operators.get(id) ?? { received: 0, late: 0, orphan: 0, unknown: 0 };
    counts.received += Number(value);
    if (label('outcome') in counts) counts[label('outcome')] += Number(value);
    if (label('status') === 'UNKNOWN') counts.unknown += Number(value);
    operators.set(id, counts);
  }
  return operators;
}

// What came since the oldest look of the last hour; without one, since the gateway began.
const looks = [];
function showOperators(metrics) {
  const now = { at: Date.now(), operators: operatorsOf(metrics) };
  const sum = (look) => [...look.operators.values()].reduce((all, counts) => all + counts.received, 0);
  if (looks.length && sum(now) < sum(looks.at(-1))) looks.length = 0;  // the gateway was started anew
  while (looks.length && now.at - looks[0].at > HOUR_MS) looks.shift();
  const since = looks.length && now.at - looks[0].at >= MINUTE_MS ? looks[0] : null;
  if (!looks.length || now.at - looks.at(-1).at >= MINUTE_MS) looks.push(now);
  const escaped = (text) => text.replace(/[&<>"]/g, (c) => `&#${c.charCodeAt(0)};`);
  const rows = [];
  for (const [id, counts] of now.operators) {
    const before = since?.operators.get(id);
    const of = (name) => counts[name] - (before?.[name] ?? 0);
    const all = of('received');
    const share = (name) => `<td>${of(name)} (${Number((100 * of(name) / all).toFixed(1))} %)</td>`;
    if (all > 0) rows.push({ all, html: `<tr><th scope="row">${escaped(id || 'none named')}</th><td>${all}</td>${share('late')}${share('orphan')}${share('unknown')}</tr>` });
  }
  rows.sort((a, b) => b.all - a.all);
  const minutes = since ? Math.round((now.at - since.at) / MINUTE_MS) : 0;
  const period = since ? `in the last ${minutes === 1 ? 'minute' : `${minutes} minutes`}, as far as this page was open` : 'since this gateway began';
  const heads = ['Operator', 'Receipts', 'Late', 'Orphan', 'Status unknown'].map((head) => `<th scope="col">${head}</th>`).join('');
  show('operators', `<p>Of this gateway, ${period}${rows.length > MOST_OPERATORS ? `; the ${MOST_OPERATORS} with the most receipts` : ''}.</p>` +
    (rows.length ? `<div class="wide" role="region" aria-label="Table of operators" tabindex="0"><table><thead><tr>${heads}</tr></thead><tbody id="operators">${
      rows.slice(0, MOST_OPERATORS).map((row) => row.html).join('')}</tbody></table></div>` : '<p>No receipts.</p>'));
}

async function showLive() {
  for (const [part, html] of Object.entries(JSON.parse(await ask('/console/live')))) show(part, html);
}

async function refresh() {
  if (busy) return;
  busy = true;
  try {
    const drawn = ['quarantine', 'orphans', 'outbox'].map((part) => askIfThere(`/console/${part}`)
      .then((html) => show(part, html), (error) => showFailure(part, error)));
    const own = await Promise.allSettled([
      showLive(), showReady().catch((error) => { showFailure('ready', error); throw error; }), ask('/metrics').then((text) => { showMetrics(text); showOperators(text); })]);
    await Promise.all(drawn);
    const failed = own.find((result) => result.status === 'rejected');
    say('state', failed ? `Not refreshed, tried again every 2 seconds: ${failed.reason.message}` : 'Refreshed every 2 seconds');
    byId('state').className = failed ? 'bad' : '';
  } finally {
    busy = false;
  }
}

byId('content').addEventListener('click', (event) => {
  const button = event.target.closest('button[data-path]');
  if (button) act(button.dataset.question, button.dataset.path);
});
localTimes(document);
if (byId('state')) {
  refresh();
  setInterval(refresh, EVERY_MS);
}
)js";
}

}  // namespace dlrgw::admin_http
