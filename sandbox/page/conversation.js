// The middle pane: the open topic or private chat, and writing into it as the acting person.

import { $, fill, h, icon, scheduled } from "./dom.js";
import { Composer } from "./composer.js";
import { DEMO_PLACE, chooseFile, sampleFile } from "./media.js";
import { Timeline } from "./timeline.js";
import { alertBox, askBox, attempt, confirmBox, menu, toast } from "./overlay.js";
import { avatar, lockIcon, summary, topicIcon, topicName } from "./look.js";
import { chatOf, group, keysOf, messageKey, on, store, threadOf, topicOf } from "./store.js";
import { commandsFor } from "./commands.js";
import { desk, markRead, may, open } from "./desk.js";
import { onLanguage, t } from "./i18n.js";
import { rowOf } from "./bubble.js";
import { telegram } from "./net.js";
import { typed } from "./richtext.js";

const QUICK = ["👍", "❤", "😁", "🎉", "🙏", "🔥", "👀", "🤔"];
const ANSWER_MS = 15000;
const ACTIONS = { upload_photo: "action_photo", record_voice: "action_voice", upload_voice: "action_voice", upload_document: "action_document" };

let timeline;
let composer;
const presses = new Map();
const answered = new Map();

export function startConversation() {
  timeline = new Timeline($("#messages"), { end: scheduled(markRead) });
  composer = new Composer($("#composer"), { send, attachments, commands: () => commandsFor(desk.chat), hint: () => t("write"), marks: { b: "**", i: "__" } });
  const redraw = scheduled(show);
  ["all", "open", "actor"].forEach((kind) => on(kind, redraw));
  onLanguage(redraw);
  on("message", changed);
  on("callback", callback);
  const head = scheduled(header);
  ["topics", "typing"].forEach((kind) => on(kind, head));
  $("#topic-menu").addEventListener("click", topicMenu);
  $("#pinned").addEventListener("click", () => timeline.jump($("#pinned").dataset.key));
  document.addEventListener("visibilitychange", () => !document.hidden && markRead());
}

const place = () => ({ chat: desk.chat, from: desk.actor, ...(desk.thread ? { thread: desk.thread } : {}) });

function show() {
  const chat = chatOf(desk.chat);
  if (chat?.is_forum && !chat.topics.has(desk.thread)) {
    open(chat.id, 0);
    return;
  }
  const keys = chat ? keysOf(chat, desk.thread, desk.actor) : [];
  composer.moveTo(`${desk.actor}:${desk.chat}:${desk.thread}`);
  timeline.show(keys, (key) => rowOf(chatOf(desk.chat), chatOf(desk.chat).messages.get(key), hands));
  header();
  markRead();
}

function header() {
  const chat = chatOf(desk.chat);
  const topic = topicOf(chat, desk.thread);
  if (chat?.is_forum && !topic) {
    show();
    return;
  }
  const bot = store.tg.bot;
  fill($("#chat-icon"), topic ? topicIcon(topic) : avatar(bot?.id, bot?.name));
  fill($("#chat-title"), topic ? topicName(topic) : bot?.name, topic?.closed && lockIcon());
  const typing = store.tg.actions.get(`${desk.chat}:${desk.thread}`);
  const active = typing && typing.until > Date.now();
  const facts = topic ? group().title + (topic.closed ? t("comma") + t("closed") : "") : t("bot");
  $("#chat-facts").textContent = active ? t(ACTIONS[typing.action] || "typing", { name: typing.name }) : facts;
  $("#chat-facts").classList.toggle("accent", Boolean(active));
  $("#topic-menu").hidden = !topic;
  const empty = $("#chat-empty");
  empty.textContent = topic ? t("empty_topic") : t("empty_private");
  empty.hidden = timeline.keys.length > 0;
  pinned(chat);
}

function pinned(chat) {
  const inThread = (chat?.pinned || []).map((id) => chat.messages.get(String(id))).filter((m) => m && threadOf(m) === desk.thread);
  const last = inThread.at(-1);
  const bar = $("#pinned");
  bar.hidden = !last;
  if (!last) return;
  bar.dataset.key = messageKey(last);
  fill(bar, icon("pin", "small"), h("span", {}, h("b", {}, t("pinned")), h("span", {}, summary(last))));
}

function changed({ chat, message, change }) {
  if (chat.id !== desk.chat || threadOf(message) !== desk.thread) return;
  if (message.ephemeral_to !== null && message.ephemeral_to !== desk.actor) return;
  const key = messageKey(message);
  if (change === "delete") timeline.remove(key);
  else if (change === "new") timeline.add(key);
  else timeline.update(key);
  if (change === "new" && message.from.id === desk.actor) timeline.toEnd();
  header();
}

// -- hands: what a press on a message does ---------------------------------------------------------

const hands = {
  jump: (key) => timeline.jump(key),
  command: (text) => attempt(() => telegram("command", { ...place(), text })),
  react,
  menu: messageMenu,
  tap,
};

function react(message, emoji, mine) {
  const plain = (one) => one.replace("\ufe0f", "");
  const own = message.reactions.filter((one) => one.from.id === desk.actor).map((one) => plain(one.emoji));
  const wanted = mine ? own.filter((one) => one !== plain(emoji)) : [plain(emoji)];
  return attempt(() => telegram("react", { chat: desk.chat, message: message.id, from: desk.actor, emoji: wanted }));
}

function messageMenu(message, anchor) {
  const mine = message.from.id === desk.actor;
  const secret = message.ephemeral_to !== null;
  const chosen = message.reactions.filter((one) => one.from.id === desk.actor).map((one) => one.emoji.replace("\ufe0f", ""));
  const canDelete = !secret && (mine || desk.chat > 0 || may("can_delete_messages"));
  const items = [
    !secret && { label: t("reply"), action: () => reply(message) },
    message.text && { label: t("copy"), action: () => copy(message.text) },
    mine && message.text && { label: t("edit"), action: () => edit(message) },
    canDelete && { label: t("delete"), danger: true, action: () => attempt(() => telegram("delete", { chat: desk.chat, message: message.id, from: desk.actor })) },
  ].filter(Boolean);
  const pick = (emoji) => react(message, emoji, chosen.includes(emoji));
  if (items.length || !secret) menu(anchor, items, secret ? null : { list: QUICK, chosen, pick });
}

const reply = (message) => composer.setContext({ mode: "reply", message, title: t("reply_to", { name: message.from.name }), text: summary(message) });
const edit = (message) => composer.setContext({ mode: "edit", message, title: t("editing"), text: summary(message) });

function copy(text) {
  navigator.clipboard?.writeText(text).then(() => toast(t("copied")), () => {});
}

async function tap(message, button, element) {
  if (button.url) {
    if (/^https?:/i.test(button.url)) window.open(button.url, "_blank", "noopener");
    return;
  }
  if (button.copy_text) {
    copy(button.copy_text.text);
    return;
  }
  if (!button.callback_data || element.classList.contains("waiting")) return;
  element.classList.add("waiting");
  const where = message.id ? { message: message.id } : { ephemeral: message.ephemeral_id };
  const pressed = await attempt(() => telegram("tap", { chat: desk.chat, from: desk.actor, button: button.callback_data, ...where }));
  const free = () => element.classList.remove("waiting");
  if (!pressed || answered.has(pressed.press_id)) free();
  else presses.set(pressed.press_id, free);
  setTimeout(free, ANSWER_MS);
}

function callback(event) {
  answered.set(event.press_id, true);
  presses.get(event.press_id)?.();
  presses.delete(event.press_id);
  if (event.user_id !== desk.actor || !event.text) return;
  if (event.show_alert) alertBox(event.text, t("alert"));
  else toast(event.text);
}

// -- writing ---------------------------------------------------------------------------------------

function send(text, context) {
  if (context?.mode === "edit") {
    return attempt(() => telegram("edit", { chat: desk.chat, message: context.message.id, from: desk.actor, text }));
  }
  const answer = context ? { reply_to: context.message.id } : {};
  return attempt(() => telegram("message", { ...place(), ...typed(text), ...answer }));
}

function attachments() {
  const own = async () => {
    const file = await chooseFile();
    if (file) await sendFile(kindOf(file.type), file);
  };
  return [
    { label: t("sample_photo"), action: () => sendSample("photo") },
    { label: t("sample_document"), action: () => sendSample("document") },
    { label: t("sample_voice"), action: () => sendSample("voice") },
    { label: t("location"), action: () => attempt(() => telegram("message", { ...place(), location: DEMO_PLACE })) },
    { label: t("poll"), action: () => attempt(() => telegram("message", { ...place(), poll: { question: t("poll_words"), options: t("poll_options").split("|") } })) },
    { label: t("choose_file"), action: own },
  ];
}

function kindOf(type) {
  if (["image/jpeg", "image/png", "image/webp"].includes(type)) return "photo";
  if (type === "audio/ogg") return "voice";
  return { video: "video", audio: "audio" }[type.split("/")[0]] || "document";
}

const sendSample = (kind) => attempt(async () => sendFile(kind, await sampleFile(kind)));

function sendFile(kind, file) {
  const form = new FormData();
  const fields = { kind, ...place(), text: composer.field.value.trim() };
  if (composer.context?.mode === "reply") fields.reply_to = composer.context.message.id;
  for (const [name, value] of Object.entries(fields)) if (value) form.append(name, value);
  form.append("file", file, file.name);
  composer.write("");
  composer.setContext(null);
  return attempt(() => telegram("file", form));
}

// -- the topic itself --------------------------------------------------------------------------------

function topicMenu() {
  const topic = topicOf(chatOf(desk.chat), desk.thread);
  if (!topic) return;
  const change = (action, more = {}) => attempt(() => telegram("topic", { action, thread: topic.id, from: desk.actor, ...more }));
  const rename = async () => {
    const name = await askBox(t("topic_name"), topic.name, t("ok"));
    if (name) change("rename", { name });
  };
  const remove = async () => {
    if (await confirmBox(t("delete_topic_sure"), t("delete_topic"))) change("delete");
  };
  const allowed = may("can_manage_topics");
  const items = allowed
    ? [
        { label: t("rename_topic"), action: rename },
        topic.closed ? { label: t("reopen_topic"), action: () => change("reopen") } : { label: t("close_topic"), action: () => change("close") },
        !topic.general && { label: t("delete_topic"), danger: true, action: remove },
      ]
    : [{ label: t("no_actions"), action: () => {} }];
  menu($("#topic-menu"), items);
}
