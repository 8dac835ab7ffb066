// Formatted text as nodes: Telegram's entities (UTF-16 offsets, nested) and WhatsApp's marks.

import { h } from "./dom.js";

const TAGS = {
  bold: "b", italic: "i", underline: "u", strikethrough: "s", code: "code", pre: "pre",
  blockquote: "blockquote", expandable_blockquote: "blockquote", spoiler: "span.spoiler",
  mention: "span.link", hashtag: "span.link", cashtag: "span.link", phone_number: "span.link",
  text_mention: "span.link", bot_command: "button.command", custom_emoji: "span",
};

/** `onCommand` is called with the text of a pressed bot command. */
export function telegramText(text, entities, onCommand) {
  const sorted = [...entities].sort((a, b) => a.offset - b.offset || b.length - a.length);
  const root = document.createDocumentFragment();
  put(root, text, 0, text.length, sorted, onCommand);
  return root;
}

function put(parent, text, from, to, entities, onCommand) {
  let at = from;
  for (let index = 0; index < entities.length; index += 1) {
    const entity = entities[index];
    const end = Math.min(entity.offset + entity.length, to);
    if (entity.offset < at || end <= at) continue;
    parent.append(text.slice(at, entity.offset));
    const inner = entities.slice(index + 1).filter((one) => one.offset < end);
    const element = elementOf(entity, text.slice(entity.offset, end), onCommand);
    put(element, text, entity.offset, end, inner, onCommand);
    parent.append(element);
    at = end;
  }
  parent.append(text.slice(at, to));
}

function elementOf(entity, text, onCommand) {
  if (entity.type === "url" || entity.type === "email" || entity.type === "text_link") return link(addressOf(entity, text));
  if (entity.type === "bot_command") return h("button.command", { type: "button", onclick: () => onCommand(text) });
  const element = h(TAGS[entity.type] || "span");
  if (entity.type === "spoiler") {
    element.tabIndex = 0;
    element.addEventListener("click", () => element.classList.toggle("open"));
  }
  return element;
}

function addressOf(entity, text) {
  if (entity.type === "email") return `mailto:${text}`;
  const address = entity.type === "text_link" ? entity.url : text;
  return /^[a-z][a-z0-9+.-]*:/i.test(address) ? address : `https://${address}`;
}

const TYPED = [
  [/```(?:\w*\n)?([\s\S]+?)```/, "pre"],
  [/`([^`\n]+)`/, "code"],
  [/\*\*(?=\S)([\s\S]*?\S)\*\*/, "bold"],
  [/__(?=\S)([\s\S]*?\S)__/, "italic"],
  [/~~(?=\S)([\s\S]*?\S)~~/, "strikethrough"],
  [/\|\|(?=\S)([\s\S]*?\S)\|\|/, "spoiler"],
];

/** What Telegram's apps make of **bold**, __italic__, ~~strike~~, ||spoiler||, `code`: {text, entities}. */
export function typed(text) {
  const out = { text: "", entities: [] };
  read(out, text);
  out.entities.sort((a, b) => a.offset - b.offset || b.length - a.length);
  return out;
}

function read(out, text) {
  const best = first(TYPED, text);
  if (!best) {
    out.text += text;
    return;
  }
  const { match, tag } = best;
  out.text += text.slice(0, match.index);
  const offset = out.text.length;
  if (tag === "pre" || tag === "code") out.text += match[1];
  else read(out, match[1]);
  out.entities.push({ type: tag, offset, length: out.text.length - offset });
  read(out, text.slice(match.index + match[0].length));
}

/** The earliest match of all patterns [[pattern, tag]]: {match, tag}, or null. */
function first(patterns, text) {
  let best = null;
  for (const [pattern, tag] of patterns) {
    const match = pattern.exec(text);
    if (match && (!best || match.index < best.match.index)) best = { match, tag };
  }
  return best;
}

/** A link, or plain text when the address is none that a message may open. */
export function link(address, text) {
  const safe = /^(https?|mailto|tel):/i.test(address);
  return safe
    ? h("a", { href: address, target: "_blank", rel: "noopener noreferrer" }, text)
    : h("span.link", { title: address }, text);
}

const MARKS = [
  [/```([\s\S]+?)```/, "pre"],
  [/`([^`\n]+)`/, "code"],
  [/(?<![\p{L}\p{N}])\*(?=\S)([^*\n]*[^\s*])\*(?![\p{L}\p{N}])/u, "b"],
  [/(?<![\p{L}\p{N}])_(?=\S)([^_\n]*[^\s_])_(?![\p{L}\p{N}])/u, "i"],
  [/(?<![\p{L}\p{N}])~(?=\S)([^~\n]*[^\s~])~(?![\p{L}\p{N}])/u, "s"],
  [/https?:\/\/[^\s<>"']+/, "a"],
];

/** WhatsApp's *bold*, _italic_, ~strike~, `code`, ```mono``` and > quotes. */
export function whatsappText(text) {
  const root = document.createDocumentFragment();
  const lines = text.split("\n");
  let plain = [];
  const flush = () => {
    if (plain.length) mark(root, plain.join("\n"));
    plain = [];
  };
  for (const line of lines) {
    if (line.startsWith("> ")) {
      flush();
      const quote = h("blockquote");
      mark(quote, line.slice(2));
      root.append(quote);
    } else plain.push(line);
  }
  flush();
  return root;
}

function mark(parent, text) {
  const best = first(MARKS, text);
  if (!best) {
    parent.append(text);
    return;
  }
  const { match, tag } = best;
  parent.append(text.slice(0, match.index));
  const element = tag === "a" ? link(match[0], match[0]) : h(tag);
  if (tag === "pre" || tag === "code") element.append(match[1]);
  else if (tag !== "a") mark(element, match[1]);
  parent.append(element);
  mark(parent, text.slice(match.index + match[0].length));
}
