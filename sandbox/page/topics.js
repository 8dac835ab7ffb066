// The left pane: General first, then the topics, newest first, and the private chat with the bot.

import { $, fill, h, scheduled } from "./dom.js";
import { attempt, askBox } from "./overlay.js";
import { avatar, colour, lockIcon, summary, topicIcon, topicName } from "./look.js";
import { clock, onLanguage, t } from "./i18n.js";
import { desk, lastSeenBy, may, open, unread } from "./desk.js";
import { chatOf, group, on, store } from "./store.js";
import { telegram } from "./net.js";

const rows = new Map();
let list;

export function startTopics() {
  list = $("#topics");
  const draw = scheduled(render);
  ["all", "topics", "actor", "open", "typing"].forEach((kind) => on(kind, draw));
  onLanguage(draw);
  $("#new-topic").addEventListener("click", createTopic);
  list.parentElement.addEventListener("keydown", walk);
}

async function createTopic() {
  const name = await askBox(t("new_topic"), "", t("create"));
  if (!name) return;
  const made = await attempt(() => telegram("topic", { action: "create", name, from: desk.actor }));
  if (made) open(group().id, made.id);
}

function walk(event) {
  const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
  if (!step) return;
  event.preventDefault();
  const all = [...list.parentElement.querySelectorAll(".topic")];
  const next = all[all.indexOf(document.activeElement) + step];
  if (next) next.focus();
}

/** Rows in order: [{key, chat, thread, …what is shown}]. */
function entries() {
  const chat = group();
  if (!chat) return [];
  const topics = [...chat.topics.entries()].filter(([, topic]) => !(topic.general && topic.hidden));
  const shown = topics.map(([thread, topic]) => ({ key: `${chat.id}:${thread}`, chat, id: chat.id, thread, topic, last: lastSeenBy(chat, thread) }));
  const when = (entry) => entry.last?.date ?? 0;
  const newest = (a, b) => when(b) - when(a) || (b.last?.id ?? 0) - (a.last?.id ?? 0) || b.thread - a.thread;
  shown.sort((a, b) => Number(b.topic.general) - Number(a.topic.general) || newest(a, b));
  const own = chatOf(desk.actor);
  shown.push({ key: "private", chat: own, id: desk.actor, thread: 0, topic: null, last: own ? lastSeenBy(own, 0) : null });
  return shown;
}

function render() {
  const shown = entries();
  const keys = new Set(shown.map((entry) => entry.key));
  for (const [key, row] of rows) if (!keys.has(key)) drop(key, row);
  let before = null;
  for (const entry of shown) {
    const row = rows.get(entry.key) || made(entry);
    update(row, entry);
    if (!entry.topic) {
      if (!row.element.isConnected) $("#private-row").append(row.element);
      continue;
    }
    const next = before ? before.nextSibling : list.firstChild;
    if (next !== row.element) list.insertBefore(row.element, next);
    before = row.element;
  }
  header(shown);
}

function drop(key, row) {
  row.element.remove();
  rows.delete(key);
}

function header(shown) {
  const chat = group();
  if (!chat) return;
  const topics = chat.topics.size - 1;
  $("#group-title").textContent = chat.title;
  $("#group-avatar").textContent = chat.title.slice(0, 1);
  $("#group-facts").textContent = t(topics === 1 ? "members_one" : "members", { n: chat.members.length, m: topics });
  $("#new-topic").hidden = !may("can_manage_topics");
  $("#topics-empty").hidden = topics > 0;
  const total = shown.reduce((sum, entry) => sum + (entry.chat ? unread(entry.chat, entry.thread) : 0), 0);
  const badge = $("#tab-forum-badge");
  badge.textContent = total || "";
  badge.hidden = !total;
}

function made(entry) {
  const parts = { icon: h("span.topic-face"), name: h("span.topic-name"), time: h("span.topic-time"), line: h("span.topic-line"), badge: h("span.badge") };
  const element = h("button.topic", { type: "button", class: entry.topic ? "" : "private" },
    parts.icon,
    h("span.topic-text", {}, h("span.topic-top", {}, parts.name, parts.time), h("span.topic-bottom", {}, parts.line, parts.badge)));
  const row = { element, parts, entry, shown: "" };
  element.addEventListener("click", () => open(row.entry.id, row.entry.thread));
  rows.set(entry.key, row);
  return row;
}

function update(row, entry) {
  row.entry = entry;
  const { topic, last } = entry;
  const count = entry.chat ? unread(entry.chat, entry.thread) : 0;
  const chosen = desk.chat === entry.id && desk.thread === entry.thread;
  row.element.classList.toggle("chosen", chosen);
  row.element.setAttribute("aria-current", chosen ? "true" : "false");
  const typing = store.tg.actions.get(`${entry.id}:${entry.thread}`);
  const line = typing && typing.until > Date.now() ? t("typing", { name: typing.name }) : null;
  const face = topic ? [topic.icon, topic.icon_color, topic.name, topic.closed].join("|") : "bot";
  const shown = [face, last?.id, last?.edit_date, last?.text, last?.kind, count, line, t("close"), desk.actor].join("¦");
  if (row.shown === shown) return;
  row.shown = shown;
  const { parts } = row;
  fill(parts.icon, topic ? topicIcon(topic) : avatar(store.tg.bot?.id, store.tg.bot?.name));
  fill(parts.name, topic ? topicName(topic) : store.tg.bot?.name || t("bot"), topic?.closed && lockIcon());
  parts.time.textContent = last ? clock(last.date) : "";
  fill(parts.line, ...lineOf(entry, line));
  parts.badge.textContent = count || "";
  parts.badge.hidden = !count;
  if (count) parts.badge.setAttribute("aria-label", t("unread", { n: count }));
}

function lineOf({ topic, last }, typing) {
  if (typing) return [h("span.accent", {}, typing)];
  if (!last) return [topic ? t("empty_topic") : t("private_chat")];
  if (last.service) return [h("span.accent", {}, summary(last))];
  const who = last.from.is_bot ? null : h("span", { class: `who ${colour(last.from.id)}` }, `${last.from.name}: `);
  return [who, summary(last)];
}
