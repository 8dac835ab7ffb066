// The live log: Bot API calls, Graph calls with webhooks, and what the product prints; with the counters.

import { $, fill, h, scheduled } from "./dom.js";
import { clockSeconds, onLanguage, t } from "./i18n.js";
import { group, on, store } from "./store.js";
import { read } from "./net.js";
import { topicName } from "./look.js";

const KEPT = 250;
const SHOWS = { tg: [], wa: [], product: [] };
const QUIET = { tg: ["getUpdates"], wa: [] };

let tab = "tg";
let box;
let waiting = [];
let frozenUntil = 0;

export function startLog() {
  box = $("#log");
  for (const button of document.querySelectorAll("[data-log]")) button.addEventListener("click", () => choose(button.dataset.log));
  on("call", (call) => {
    if (call.retry_after) frozenUntil = Math.max(frozenUntil, call.at + call.retry_after);
    take("tg", { ...call, kind: "tg" });
  });
  on("wa-call", (call) => take("wa", { ...call, kind: "wa" }));
  on("delivery", (delivery) => take("wa", { ...delivery, kind: "hook" }));
  on("line", (line) => take("product", { kind: "line", line }));
  const counters = scheduled(count);
  ["all", "call", "wa-call"].forEach((kind) => on(kind, counters));
  onLanguage(() => {
    count();
    redraw();
  });
  on("all", history);
}

async function history() {
  const [tg, wa, hooks, lines] = await Promise.all(["/telegram/sim/tg/calls", "/graph/sim/wa/calls", "/graph/sim/wa/deliveries", "/demo/log"].map(read)).catch(() => [null]);
  if (!tg) return;
  const seen = (call) => !(QUIET.tg.includes(call.method) && call.ok);
  SHOWS.tg = tg.calls.filter(seen).map((call) => ({ ...call, kind: "tg" })).slice(-KEPT);
  const both = [...wa.calls.map((call) => ({ ...call, kind: "wa" })), ...hooks.deliveries.map((one) => ({ ...one, kind: "hook" }))];
  SHOWS.wa = both.sort((a, b) => a.at - b.at).slice(-KEPT);
  SHOWS.product = lines.lines.map((line) => ({ kind: "line", line })).slice(-KEPT);
  redraw();
}

function choose(name) {
  tab = name;
  redraw();
}

function count() {
  const { calls, too_many_requests: refused } = store.tg.counters;
  $("#count-calls").textContent = t("calls", { n: calls });
  const red = $("#count-429");
  const left = Math.ceil(frozenUntil - Date.now() / 1000);
  red.textContent = t("too_many", { n: refused }) + (left > 0 ? t("comma") + t("frozen", { s: left }) : "");
  if (left > 0) setTimeout(count, 1000);
  red.classList.toggle("hot", refused > 0);
}

function take(name, entry) {
  const list = SHOWS[name];
  list.push(entry);
  if (list.length > KEPT) list.shift();
  if (name !== tab) return;
  waiting.push(entry);
  flush();
}

const flush = scheduled(() => {
  const stuck = box.scrollHeight - box.scrollTop - box.clientHeight < 60;
  $("#log-empty").hidden = true;
  box.append(...waiting.map(line));
  waiting = [];
  while (box.childElementCount > KEPT) box.firstElementChild.remove();
  if (stuck) box.scrollTop = box.scrollHeight;
});

function redraw() {
  waiting = [];
  for (const button of document.querySelectorAll("[data-log]")) button.setAttribute("aria-selected", String(button.dataset.log === tab));
  fill(box, SHOWS[tab].map(line));
  $("#log-empty").hidden = SHOWS[tab].length > 0;
  box.scrollTop = box.scrollHeight;
}

function line(entry) {
  if (entry.kind === "line") return h("div.log-line.raw", {}, entry.line);
  const [name, where, code, good, details] = PARTS[entry.kind](entry);
  const summary = h("summary", {}, h("time", {}, clockSeconds(entry.at)), h("b", {}, name), h("span.log-where", {}, where), h("span.code", { class: good ? "good" : "bad" }, code));
  const item = h("details.log-line", { class: good ? "" : "refused" }, summary);
  item.addEventListener("toggle", () => {
    if (item.open && item.childElementCount === 1) item.append(h("pre", {}, JSON.stringify(details, null, 2)));
  });
  return item;
}

function topicOf(call) {
  const chat = group();
  if (call.chat_id > 0) return store.tg.users.get(call.chat_id)?.name || "";
  if (!chat || call.chat_id !== chat.id) return "";
  const topic = chat.topics.get(call.thread_id ?? 0);
  return call.thread_id && topic ? topicName(topic) : "";
}

const PARTS = {
  tg(call) {
    const lost = call.outcome !== "answered";
    const code = lost ? t("no_answer") : call.retry_after ? `${call.code}, ${call.retry_after} s` : call.code;
    return [call.method, call.ok ? topicOf(call) : call.description || topicOf(call), code, call.ok && !lost, { ...call.params, ...(call.description ? { error: call.description } : {}), ms: call.ms }];
  },
  wa(call) {
    const lost = call.outcome !== "answered";
    const who = store.wa.phones.get(call.customer)?.name || "";
    const code = lost ? t("no_answer") : call.code ? `${call.status}, ${call.code}` : call.status;
    return [call.op, call.details || who, code, call.status < 400 && !lost, { path: call.path, body: call.body, details: call.details, ms: call.ms }];
  },
  hook(delivery) {
    return [`→ ${t("webhook")}`, delivery.attempt > 1 ? `× ${delivery.attempt}` : "", delivery.status ?? t("no_answer"), delivery.status === 200, delivery];
  },
};
