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
<title>dlr-gateway console</title>
<link rel="icon" href="data:,">
<link rel="stylesheet" href="/console/style.css">
<script src="/console/script.js" defer></script>
</head>
<body>
<a class="skip" href="#content">Skip to the content</a>
<header><h1>dlr-gateway</h1><p id="state" role="status">As it was when this page was loaded</p></header>
<main id="content" tabindex="-1">
<noscript><p>Without its script this page does not refresh itself, and its buttons do nothing.</p></noscript>
)html";

constexpr std::string_view kBelowNow = R"html(<dl class="facts">
<dt>Events in the outbox</dt><dd id="outbox"><code>dlr_outbox_pending</code> of <a href="/metrics">/metrics</a></dd>
</dl>
)html";

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
  std::string out(kHead);
  out.append(section("now", "Now", part("now"))).append(kBelowNow).append("<p>");
  out.append(html_console_button("Reload the configuration", "of this gateway",
                                 "Read the configuration and plugin files again?", "/v1/admin/reload"));
  out.append("</p>\n<p id=\"done\" role=\"alert\"></p>\n</section>\n");
  out.append(section("stages", "Stages", part("stages"))).append("</section>\n");
  out.append(section("held", "Held", part("held"))).append("</section>\n");
  out.append(section("plugins", "Plugins", part("plugins"))).append("</section>\n");
  out.append(section("quarantine", "Quarantine", kQuarantine)).append("</section>\n");
  out.append(section("orphans", "Orphans", kOrphans)).append("</section>\n");
  out.append(section("outbox", "Outbox", kOutbox)).append("</section>\n");
  out.append(section("jobs", "Jobs", part("jobs"))).append("</section>\n");
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
h1 { font-size: 1.5rem; margin: 0; }
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
button:focus-visible, main:focus-visible, .wide:focus-visible, a:focus-visible { outline: 3px solid var(--focus); outline-offset: 2px; }
.skip { position: absolute; left: -99rem; padding: 0.5rem 1rem; background: var(--back); }
.skip:focus { left: 0.5rem; top: 0.5rem; }
)css";
}

std::string_view console_script() {
  return R"js('use strict';
const EVERY_MS = 2000;
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

// Shows a part as the server has drawn it. Restores the focus, which redrawn elements would lose.
function show(part, html) {
  const place = document.querySelector(`[data-part="${part}"]`);
  if (place.drawn === html) return;
  const focused = place.contains(document.activeElement) ? document.activeElement : null;
  place.innerHTML = html;
  place.drawn = html;
  if (!focused) return;
  const again = focused.dataset.path ? `button[data-path="${CSS.escape(focused.dataset.path)}"]` : '.wide';
  place.querySelector(again)?.focus();
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
}

async function refresh() {
  if (busy) return;
  busy = true;
  try {
    const [live, quarantine, orphans, outbox, metrics] = await Promise.all([
      ask('/console/live'), askIfThere('/console/quarantine'), askIfThere('/console/orphans'), askIfThere('/console/outbox'),
      ask('/metrics')]);
    for (const [part, html] of Object.entries(JSON.parse(live))) show(part, html);
    show('quarantine', quarantine);
    show('orphans', orphans);
    show('outbox', outbox);
    showMetrics(metrics);
    say('state', 'Refreshed every 2 seconds');
    byId('state').className = '';
  } catch (error) {
    say('state', `Not refreshed: ${error.message}`);
    byId('state').className = 'bad';
  } finally {
    busy = false;
  }
}

byId('content').addEventListener('click', (event) => {
  const button = event.target.closest('button[data-path]');
  if (button) act(button.dataset.question, button.dataset.path);
});
refresh();
setInterval(refresh, EVERY_MS);
)js";
}

}  // namespace dlrgw::admin_http
