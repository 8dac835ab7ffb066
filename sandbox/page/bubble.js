// One message of Telegram as a row: bubble, quote, media, keyboard, reactions; service messages as pills.

import { append, h, icon } from "./dom.js";
import { card, mediaNode, place } from "./media.js";
import { avatar, colour, kindName, serviceText, summary } from "./look.js";
import { clock, t } from "./i18n.js";
import { desk } from "./desk.js";
import { messageKey } from "./store.js";
import { telegramFile } from "./net.js";
import { telegramText } from "./richtext.js";

const MARKS = { "✍": "mark_queued", "👌": "mark_sent", "🕊": "mark_delivered", "👀": "mark_read", "💔": "mark_failed" };
const BARE = ["sticker", "video_note"];

/** `hands`: {menu, jump, tap, command, react}: what the conversation does with presses. */
export function rowOf(chat, message, hands) {
  const own = message.from.id === desk.actor;
  const row = h("div.row", { data: { key: messageKey(message), from: message.from.id, date: message.date } });
  if (message.service) {
    row.classList.add("service");
    row.append(h("span.pill", {}, serviceText(message)));
    return row;
  }
  row.classList.add(own ? "own" : "other");
  row.tabIndex = -1;
  if (!own) row.append(avatar(message.from.id, message.from.name));
  const bubble = bubbleOf(chat, message, hands);
  const more = h("button.more", { type: "button", "aria-label": t("message_menu"), "aria-haspopup": "menu", onclick: () => hands.menu(message, more) }, icon("more"));
  row.append(h("div.stack", {}, h("div.line", {}, bubble, more), keyboard(message, hands)));
  row.addEventListener("contextmenu", (event) => {
    if (event.target.closest("a, img")) return;
    event.preventDefault();
    hands.menu(message, { x: event.clientX, y: event.clientY });
  });
  return row;
}

function bubbleOf(chat, message, hands) {
  const secret = message.ephemeral_to !== null;
  const bubble = h("div.bubble", { class: `${secret ? "secret" : ""} ${BARE.includes(message.kind) ? "bare" : ""} k-${message.kind}` });
  append(bubble, [
    h("div.name", { class: colour(message.from.id) }, message.from.name, message.from.is_bot && h("span.tag", {}, t("bot"))),
    secret && h("div.secret-note", {}, icon("eye", "small"), t("only_you")),
    message.forwarded && h("div.forwarded", {}, t("forwarded")),
    quoteOf(chat, message, hands),
    contentOf(message),
  ]);
  const meta = metaOf(message);
  const given = reactions(message, hands);
  if (given) {
    if (message.text) bubble.append(h("div.text", {}, telegramText(message.text, message.entities, hands.command)));
    given.append(meta);
    bubble.append(given);
  } else if (message.text) bubble.append(h("div.text", {}, telegramText(message.text, message.entities, hands.command), h("span.meta-space", { "aria-hidden": "true" }, meta.textContent), meta));
  else bubble.append(h("div.meta-line", {}, meta));
  return bubble;
}

function metaOf(message) {
  return h("span.meta", {}, message.edit_date && h("span", {}, `${t("edited")} `), h("time", {}, clock(message.date)));
}

function quoteOf(chat, message, hands) {
  if (!message.reply_to) return null;
  const target = chat.messages.get(String(message.reply_to));
  const name = target ? target.from.name : t("deleted_message");
  const text = message.quote || (target ? summary(target) : "");
  return h("button.quote", { type: "button", class: target ? colour(target.from.id) : "c0", onclick: () => hands.jump(String(message.reply_to)) },
    target?.media?.kind === "photo" && target.media.url && h("img.quote-image", { src: telegramFile(target.media.url), alt: "", loading: "lazy" }),
    h("span.quote-text", {}, h("b", {}, name), h("span", {}, text)));
}

function contentOf(message) {
  const extra = message.extra || {};
  if (message.media) return mediaNode(message.media, message.media.url && telegramFile(message.media.url));
  if (extra.venue) return place(extra.venue.location, extra.venue.title, extra.venue.address);
  if (extra.location) return place(extra.location);
  if (extra.contact) return card([extra.contact.first_name, extra.contact.last_name].filter(Boolean).join(" "), extra.contact.phone_number);
  if (extra.dice) return h("div.dice", {}, `${extra.dice.emoji} ${extra.dice.value}`);
  if (extra.poll) return h("div.poll", {}, h("b", {}, extra.poll.question), (extra.poll.options || []).map((option) => h("span", {}, `○ ${option.text}`)));
  return message.kind === "text" ? null : h("div.unknown", {}, kindName(message.kind));
}

function keyboard(message, hands) {
  if (!message.keyboard) return null;
  const rows = message.keyboard.map((buttons) => h("div.keys", {}, buttons.map((button) => key(message, button, hands))));
  return h("div.keyboard", {}, rows);
}

function key(message, button, hands) {
  const mark = button.url ? "↗" : button.copy_text ? "⧉" : "";
  const element = h("button.key", { type: "button", class: button.style || "", disabled: Boolean(button.disabled) }, h("span", {}, button.text), mark && h("span.key-mark", { "aria-hidden": "true" }, mark));
  element.addEventListener("click", () => hands.tap(message, button, element));
  return element;
}

function reactions(message, hands) {
  if (!message.reactions.length) return null;
  const groups = new Map();
  for (const one of message.reactions) groups.set(one.emoji, [...(groups.get(one.emoji) || []), one.from]);
  const pills = [...groups].map(([emoji, from]) => {
    const mine = from.some((who) => who.id === desk.actor);
    const mark = from.some((who) => who.is_bot) && MARKS[emoji.replace("\ufe0f", "")];
    const names = from.map((who) => who.name).join(", ");
    const label = mark ? `${emoji} ${t(mark)}` : `${emoji} ${names}`;
    return h("button.reaction", { type: "button", class: mine ? "mine" : "", title: mark ? `${t(mark)} (${names})` : names, "aria-label": label, data: { emoji }, onclick: () => hands.react(message, emoji, mine) },
      h("span", {}, emoji), from.length > 1 ? h("span.count", {}, from.length) : h("span.tiny", { class: colour(from[0].id) }, from[0].name.slice(0, 1)));
  });
  return h("div.reactions", {}, pills);
}
