#include "console_page.hpp"

namespace dlrgw::admin_http {

std::string_view console_page() {
  return R"html(<!DOCTYPE html>
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
<header><h1>dlr-gateway</h1><p id="state" role="status">Loading…</p></header>
<main id="content" tabindex="-1">
<noscript><p>This page needs its script. Everything it shows is also at /v1/admin/pipeline, /v1/admin/plugins and /v1/admin/jobs.</p></noscript>
<section aria-labelledby="h-now"><h2 id="h-now">Now</h2>
<dl class="facts">
<dt>Receipts per second</dt><dd id="rate">–</dd>
<dt>Lanes busy</dt><dd id="lanes">–</dd>
<dt>Not delivered yet</dt><dd id="pending">–</dd>
<dt>Delivered, not settled</dt><dd id="unacknowledged">–</dd>
<dt>Parked for a retry</dt><dd id="parked">–</dd>
<dt>Events in the outbox</dt><dd id="outbox">–</dd>
<dt>Last reload</dt><dd id="reload">none since the start</dd>
</dl>
<p><button type="button" id="reload-now">Reload the configuration</button></p>
<p id="done" role="alert"></p>
</section>
<section aria-labelledby="h-stages"><h2 id="h-stages">Stages</h2>
<div class="wide" role="region" aria-label="Table of stages" tabindex="0"><table>
<thead><tr><th scope="col">Stage</th><th scope="col">Plugin</th><th scope="col">Receipts/s</th><th scope="col">Continue</th><th scope="col">Drop</th><th scope="col">Retry</th><th scope="col">Reject</th><th scope="col">Mean per batch</th><th scope="col">State</th><th scope="col">Switch</th></tr></thead>
<tbody id="stages"></tbody></table></div></section>
<section aria-labelledby="h-plugins"><h2 id="h-plugins">Plugins</h2>
<div class="wide" role="region" aria-label="Table of plugins" tabindex="0"><table>
<thead><tr><th scope="col">Plugin</th><th scope="col">Version</th><th scope="col">What</th><th scope="col">State</th><th scope="col">Switch</th></tr></thead>
<tbody id="plugins"></tbody></table></div></section>
<section aria-labelledby="h-quarantine"><h2 id="h-quarantine">Quarantine</h2>
<div class="wide" role="region" aria-label="Table of quarantine" tabindex="0"><table>
<thead><tr><th scope="col">Received</th><th scope="col">Operator</th><th scope="col">Id</th><th scope="col">Status</th><th scope="col">Decision</th><th scope="col">Decide</th></tr></thead>
<tbody id="quarantine"></tbody></table></div></section>
<section aria-labelledby="h-orphans"><h2 id="h-orphans">Orphans</h2>
<div class="wide" role="region" aria-label="Table of orphans" tabindex="0"><table>
<thead><tr><th scope="col">Received</th><th scope="col">Operator</th><th scope="col">Id</th><th scope="col">Status</th><th scope="col">Reason</th><th scope="col">Again</th></tr></thead>
<tbody id="orphans"></tbody></table></div></section>
<section aria-labelledby="h-jobs"><h2 id="h-jobs">Jobs</h2>
<div class="wide" role="region" aria-label="Table of jobs" tabindex="0"><table>
<thead><tr><th scope="col">Job</th><th scope="col">Schedule</th><th scope="col">Runs</th><th scope="col">Last ended</th><th scope="col">Last error</th></tr></thead>
<tbody id="jobs"></tbody></table></div></section>
</main>
</body>
</html>
)html";
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
let before = null;
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
const read = async (path) => JSON.parse(await ask(path));

// Whatever is not loaded answers 404: its table stays empty.
const readIfThere = (path) => read(path).catch((error) => { if (error.status === 404) return { items: [] }; throw error; });

function cell(row, content, header = false) {
  const td = document.createElement(header ? 'th' : 'td');
  if (header) td.scope = 'row';
  td.append(content ?? '');
  row.append(td);
  return td;
}

function mark(on, words) {
  const span = document.createElement('span');
  span.className = on ? 'on' : 'off';
  span.textContent = words;
  return span;
}

function button(words, about, question, path) {
  const made = document.createElement('button');
  made.type = 'button';
  made.textContent = words;
  made.dataset.path = path;
  made.setAttribute('aria-label', `${words} ${about}`);
  made.addEventListener('click', () => act(question, path));
  return made;
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

// Keeps the focus where it was: a table that is drawn anew loses it otherwise.
function fill(id, items, draw) {
  const focused = document.activeElement?.dataset?.path;
  const rows = items.map((item) => { const row = document.createElement('tr'); draw(row, item); return row; });
  byId(id).replaceChildren(...rows);
  if (focused) byId(id).querySelector(`button[data-path="${CSS.escape(focused)}"]`)?.focus();
}

function perSecond(now, then, seconds) { return seconds > 0 ? Math.max(0, (now - then) / seconds) : 0; }
const total = (stage) => Object.values(stage.verdicts).reduce((sum, n) => sum + n, 0);

function showPipeline(pipeline, at) {
  const seconds = before ? (at - before.at) / 1000 : 0;
  const earlier = new Map((before?.pipeline.stages ?? []).map((stage) => [stage.name, stage]));
  const rateOf = (stage) => perSecond(total(stage), earlier.has(stage.name) ? total(earlier.get(stage.name)) : total(stage), seconds);
  const first = pipeline.stages.find((stage) => stage.enabled);
  say('rate', first ? rateOf(first).toFixed(0) : '0');
  say('lanes', `${pipeline.lanesBusy} of ${pipeline.lanes}`);
  for (const what of ['pending', 'unacknowledged', 'parked']) say(what, String(pipeline.backlog[what]));
  const reload = pipeline.lastReload;
  if (reload) say('reload', `${reload.at} ${reload.ok ? 'ok' : `refused: ${reload.error}`}${reload.needsRestart.length ? `; needs a restart: ${reload.needsRestart.join(', ')}` : ''}`);
  fill('stages', pipeline.stages, (row, stage) => {
    cell(row, stage.name, true);
    cell(row, stage.plugin);
    cell(row, rateOf(stage).toFixed(0));
    for (const verdict of ['continue', 'drop', 'retry', 'reject']) cell(row, String(stage.verdicts[verdict]));
    cell(row, stage.batches ? `${(stage.busyMs / stage.batches).toFixed(1)} ms` : '–');
    cell(row, mark(stage.enabled, stage.enabled ? 'on' : 'off'));
    const verb = stage.enabled ? 'disable' : 'enable';
    const path = `/v1/admin/stages/${encodeURIComponent(stage.name)}/${verb}`;
    cell(row, stage.essential ? 'essential' : button(stage.enabled ? 'Disable' : 'Enable', `stage ${stage.name}`, `${stage.enabled ? 'Disable' : 'Enable'} stage ${stage.name} on this gateway?`, path));
  });
  before = { at, pipeline };
}

function showPlugins(plugins) {
  fill('plugins', plugins.plugins, (row, plugin) => {
    cell(row, plugin.id, true);
    cell(row, plugin.version);
    cell(row, plugin.description);
    cell(row, mark(plugin.enabled, plugin.enabled ? 'on' : 'off'));
    const verb = plugin.enabled ? 'Disable' : 'Enable';
    cell(row, button(verb, `plugin ${plugin.id}`, `${verb} plugin ${plugin.id} on this gateway?`, `/v1/admin/plugins/${encodeURIComponent(plugin.id)}/${verb.toLowerCase()}`));
  });
}

function receipt(row, item) {
  cell(row, item.receivedAt, true);
  cell(row, item.operatorId);
  cell(row, item.operatorMessageId);
  cell(row, item.dlrStatus);
}

function showQuarantine(list) {
  fill('quarantine', list.items, (row, item) => {
    receipt(row, item);
    cell(row, item.action ? `${item.action} ${item.result ?? ''}` : 'open');
    const path = (verb) => `/v1/admin/dlr/quarantine/${encodeURIComponent(item.id)}/${verb}`;
    const td = cell(row, '');
    if (item.action) return;
    td.append(button('Release', `receipt ${item.operatorMessageId}`, `Put receipt ${item.operatorMessageId} of ${item.operatorId} through the pipeline now?`, path('release')));
    td.append(button('Discard', `receipt ${item.operatorMessageId}`, `Discard receipt ${item.operatorMessageId} of ${item.operatorId}? It stays stored and is never released.`, path('discard')));
  });
}

function showOrphans(list) {
  fill('orphans', list.items, (row, item) => {
    receipt(row, item);
    cell(row, item.resolution ? `resolved: ${item.resolution.outcome}` : item.reason);
    cell(row, item.resolution ? '' : button('Retry', `receipt ${item.operatorMessageId}`, `Look for the message of receipt ${item.operatorMessageId} of ${item.operatorId} once more?`, `/v1/admin/dlr/orphans/${encodeURIComponent(item.id)}/retry`));
  });
}

function showJobs(jobs) {
  fill('jobs', jobs.jobs, (row, job) => {
    cell(row, job.name, true);
    cell(row, job.schedule);
    cell(row, String(job.runs));
    cell(row, job.lastEndedAt ?? '–');
    cell(row, job.lastError ?? '');
  });
}

function showMetrics(text) {
  const found = /^dlr_outbox_pending ([0-9.e+]+)$/m.exec(text);
  say('outbox', found ? String(Number(found[1])) : 'told by the gateway that leads the relay');
}

async function refresh() {
  if (busy) return;
  busy = true;
  try {
    const [pipeline, plugins, jobs, quarantine, orphans, metrics] = await Promise.all([
      read('/v1/admin/pipeline'), read('/v1/admin/plugins'), read('/v1/admin/jobs'),
      readIfThere('/v1/admin/dlr/quarantine?limit=20'), readIfThere('/v1/admin/dlr/orphans?limit=20'), ask('/metrics')]);
    showPipeline(pipeline, performance.now());
    showPlugins(plugins);
    showJobs(jobs);
    showQuarantine(quarantine);
    showOrphans(orphans);
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

byId('reload-now').addEventListener('click', () => act('Read the configuration and plugin files again?', '/v1/admin/reload'));
refresh();
setInterval(refresh, EVERY_MS);
)js";
}

}  // namespace dlrgw::admin_http
