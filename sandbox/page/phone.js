// The right pane: one customer's WhatsApp at a time, writing to the business.

import { $, append, fill, h, icon, scheduled, ticks } from "./dom.js";
import { Composer } from "./composer.js";
import { DEMO_PLACE, card, chooseFile, mediaNode, place, sampleFile } from "./media.js";
import { doings, orderNode } from "./doings.js";
import { Timeline } from "./timeline.js";
import { askBox, attempt, menu, toast } from "./overlay.js";
import { clock, onLanguage, t } from "./i18n.js";
import { kindName } from "./look.js";
import { on, phoneOf, store } from "./store.js";
import { whatsapp, whatsappFile } from "./net.js";
import { whatsappText } from "./richtext.js";

const QUICK = ["👍", "❤️", "😂", "😮", "😢", "🙏"];
const ARRIVED = ["delivered", "read", "played"];
const FORM = { text: "text", image: "photo", document: "document" };

let timeline;
let composer;
let current = null;

export function startPhone() {
  timeline = new Timeline($("#phone-messages"), { end: () => {} });
  composer = new Composer($("#phone-composer"), { send, attachments, commands: () => [], hint: () => t("write"), marks: { b: "*", i: "_" } });
  const redraw = scheduled(show);
  on("all", redraw);
  onLanguage(redraw);
  on("phones", scheduled(header));
  on("wa", changed);
  on("wa-typing", scheduled(header));
  $("#customer").addEventListener("change", (event) => choose(event.target.value));
  $("#new-customer").addEventListener("click", create);
  $("#phone-menu").addEventListener("click", settings);
  setInterval(header, 1000);
}

export function choose(id) {
  if (!phoneOf(id) || current === id) return;
  current = id;
  show();
}

async function create() {
  const name = await askBox(t("customer_name"), "", t("create"));
  if (!name) return;
  const made = await attempt(() => whatsapp("customers", { name }));
  if (!made) return;
  if (phoneOf(made.phone.id)) choose(made.phone.id);
  else current = made.phone.id;
  composer.field.focus();
}

const visible = (message) => message.direction === "in" || ARRIVED.includes(message.status);
const keysOf = (phone) => [...phone.messages.values()].filter(visible).map((message) => message.id);

function show() {
  if (!phoneOf(current)) current = [...store.wa.phones.keys()].at(-1) ?? null;
  const phone = phoneOf(current);
  composer.moveTo(current);
  timeline.show(phone ? keysOf(phone) : [], (key) => rowOf(phoneOf(current).messages.get(key)));
  header();
}

function header() {
  if (!phoneOf(current) && store.wa.phones.size) {
    show();
    return;
  }
  const phone = phoneOf(current);
  const select = $("#customer");
  const options = [...store.wa.phones.values()].reverse();
  const shown = options.map((one) => `${one.id}:${one.name}`).join("|");
  if (select.dataset.shown !== shown) {
    select.dataset.shown = shown;
    fill(select, options.map((one) => h("option", { value: one.id }, one.wa_id ? `${one.name}, +${one.wa_id}` : one.name)));
  }
  if (phone && select.value !== phone.id) select.value = phone.id;
  select.hidden = !phone;
  $("#phone-menu").hidden = !phone;
  $("#phone-composer").hidden = !phone;
  $("#phone-empty").hidden = Boolean(phone);
  $("#business-name").textContent = store.wa.number?.verified_name || "";
  const typing = phone && phone.typing && phone.typing > Date.now() / 1000;
  $("#business-facts").textContent = typing ? t("business_typing") : t("business");
  $("#phone-off").hidden = !phone || phone.online;
  $("#phone-frame").classList.toggle("off", Boolean(phone) && !phone.online);
  $("#phone-clock").textContent = clock(Date.now() / 1000);
}

function changed({ phone, message, change }) {
  if (phone.id !== current) return;
  const known = timeline.rows.has(message.id) || timeline.keys.includes(message.id);
  if (!visible(message)) return;
  if (known) timeline.update(message.id);
  else timeline.add(message.id);
  if (change === "new" && message.direction === "in") timeline.toEnd();
}

// -- one message -----------------------------------------------------------------------------------

function rowOf(message) {
  const own = message.direction === "in";
  const row = h("div.row", { class: own ? "own" : "other", tabindex: "-1", data: { key: message.id, from: message.direction, date: message.at } });
  const bubble = h("div.bubble", { class: `k-${message.type} ${message.type === "sticker" ? "bare" : ""}` });
  const more = h("button.more", { type: "button", "aria-label": t("message_menu"), "aria-haspopup": "menu", onclick: () => actions(message, more) }, icon("more"));
  const meta = metaOf(message, own);
  if (message.deleted) bubble.append(h("div.text.gone", {}, t("wa_deleted"), room(meta), meta));
  else fillBubble(bubble, message, meta);
  row.append(h("div.stack", {}, h("div.line", {}, bubble, more), buttons(message)));
  row.addEventListener("contextmenu", (event) => {
    if (event.target.closest("a, img")) return;
    event.preventDefault();
    actions(message, { x: event.clientX, y: event.clientY });
  });
  return row;
}

function fillBubble(bubble, message, meta) {
  const quote = message.quote && quoteOf(message);
  if (quote) bubble.append(quote);
  const content = contentOf(message);
  append(bubble, [content]);
  const text = ["location", "contacts"].includes(message.type) ? "" : message.text;
  if (text) bubble.append(h("div.text", {}, whatsappText(text), room(meta), meta));
  else bubble.append(h("div.meta-line", {}, meta));
  if (message.reactions.length) bubble.append(h("div.reactions", {}, h("span.reaction.wa", {}, message.reactions.map((one) => one.emoji).join(""))));
}

const room = (meta) => h("span.meta-space", { "aria-hidden": "true" }, meta.textContent);

function metaOf(message, own) {
  const tick = own && ticks(true, message.read, message.read ? t("tick_read") : t("tick_sent"));
  return h("span.meta", {}, message.edited && `${t("edited")} `, h("time", {}, clock(message.at)), tick);
}

function quoteOf(message) {
  const { quote } = message;
  const own = quote.direction === "in";
  const name = own ? t("you") : store.wa.number?.verified_name || "";
  const text = quote.known ? FORM[quote.text] ? kindName(FORM[quote.text]) : quote.text : "…";
  return h("button.quote", { type: "button", class: own ? "c3" : "c1", onclick: () => timeline.jump(quote.id) }, h("span.quote-text", {}, h("b", {}, name), h("span", {}, text)));
}

function contentOf(message) {
  const { content, media, type } = message;
  if (media) return mediaNode(media, media.url && whatsappFile(media));
  if (type === "location") return place(content, content.name, content.address);
  if (type === "contacts") return content.map((one) => card(one.name?.formatted_name, one.phones?.[0]?.phone));
  return orderNode(message) || (message.text ? null : h("div.unknown", {}, kindName(type)));
}

function buttons(message) {
  if (!message.buttons.length) return null;
  const press = (button) => attempt(() => whatsapp("press", { customer: current, message: message.id, button: button.id || button.title }));
  return h("div.keyboard", {}, message.buttons.map((button) => h("button.key", { type: "button", onclick: () => press(button) }, button.title)));
}

function actions(message, anchor) {
  const own = message.direction === "in";
  const reply = () => composer.setContext({ mode: "reply", message, title: t("reply_to", { name: own ? phoneOf(current).name : store.wa.number?.verified_name }), text: message.text || kindName(FORM[message.type] || message.type) });
  const edit = () => composer.setContext({ mode: "edit", message, title: t("editing"), text: message.text });
  const items = message.deleted ? [] : [
    { label: t("reply"), action: reply },
    message.text && { label: t("copy"), action: () => navigator.clipboard?.writeText(message.text).then(() => toast(t("copied")), () => {}) },
    own && message.type === "text" && { label: t("edit"), action: edit },
    own && { label: t("delete"), danger: true, action: () => attempt(() => whatsapp("delete", { customer: current, message: message.id })) },
  ];
  const chosen = message.reactions.filter((one) => one.from === "customer").map((one) => one.emoji);
  const pick = (emoji) => attempt(() => whatsapp("react", { customer: current, message: message.id, emoji: chosen.includes(emoji) ? "" : emoji }));
  if (items.length) menu(anchor, items, { list: QUICK, chosen, pick });
}

// -- writing -----------------------------------------------------------------------------------------

function send(text, context) {
  if (context?.mode === "edit") return attempt(() => whatsapp("edit", { customer: current, message: context.message.id, text }));
  return attempt(() => whatsapp("say", { customer: current, text, ...(context ? { reply_to: context.message.id } : {}) }));
}

function attachments() {
  const own = async () => {
    const file = await chooseFile();
    if (file) sendFile(file, {});
  };
  const contact = [{ name: { formatted_name: "Kim Park", first_name: "Kim" }, phones: [{ phone: "+1 202 555 0142", type: "CELL" }] }];
  const say = (piece) => attempt(() => whatsapp("say", { customer: current, ...piece }));
  return [
    { label: t("sample_photo"), action: () => sendSample("photo", {}) },
    { label: t("sample_document"), action: () => sendSample("document", {}) },
    { label: t("sample_voice"), action: () => sendSample("voice", { kind: "audio", voice: true }) },
    { label: t("sample_sticker"), action: () => sendSample("sticker", { kind: "sticker" }) },
    { label: t("location"), action: () => say({ location: DEMO_PLACE }) },
    { label: t("contact"), action: () => say({ contacts: contact }) },
    { label: t("choose_file"), action: own },
    { label: t("do_more"), action: () => menu($("#phone-composer"), doings(say, (what, more) => attempt(() => whatsapp(what, { customer: current, ...more })))) },
  ];
}

const sendSample = (kind, media) => attempt(async () => sendFile(await sampleFile(kind), media));

function sendFile(file, media) {
  const form = new FormData();
  form.append("file", file, file.name);
  const caption = composer.field.value.trim();
  const { context } = composer;
  const answer = context?.mode === "reply" ? { reply_to: context.message.id } : {};
  composer.write("");
  composer.setContext(null);
  return attempt(async () => {
    const kept = await whatsapp("file", form);
    const named = file.type.startsWith("image/") ? {} : { filename: file.name };
    const bare = media.voice || media.kind === "sticker";
    const said = bare || !caption ? {} : { caption };
    return whatsapp("say", { customer: current, media: { id: kept.id, ...(bare ? media : { ...named, ...said, ...media }) }, ...answer });
  });
}

function settings() {
  const phone = phoneOf(current);
  const turn = (name) => () => attempt(() => whatsapp("customers", { customer: phone.id, [name]: !phone[name] }));
  menu($("#phone-menu"), [
    { label: t("phone_online"), checked: phone.online, action: turn("online") },
    { label: t("phone_reads"), checked: phone.auto_read, action: turn("auto_read") },
    { label: t("phone_receipts"), checked: phone.read_receipts, action: turn("read_receipts") },
    !phone.auto_read && { label: t("read_now"), checked: false, action: () => attempt(() => whatsapp("read", { customer: phone.id })) },
  ]);
}
