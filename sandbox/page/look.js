// Colours, initials and one-line summaries of people, topics and messages.

import { h, icon } from "./dom.js";
import { t } from "./i18n.js";

const COLOURS = 7;

/** One of Telegram's seven colours of a person; the classes are in the style sheet. */
export const colour = (id) => `c${Math.abs(Number(id) || hash(String(id))) % COLOURS}`;

const hash = (text) => [...text].reduce((sum, letter) => (sum * 31 + letter.codePointAt(0)) >>> 0, 7);

const segments = typeof Intl.Segmenter === "function" ? new Intl.Segmenter() : null;

export function initial(name) {
  const clean = (name || "?").trim().replace(/^[^\p{L}\p{N}]+/u, "") || name || "?";
  const first = segments ? segments.segment(clean)[Symbol.iterator]().next().value?.segment : [...clean][0];
  return (first || "?").toUpperCase();
}

export const avatar = (id, name, extra = "") => h("span.avatar", { class: `${colour(id)} ${extra}`, "aria-hidden": "true" }, initial(name));

const TOPIC_COLOURS = { 7322096: "blue", 16766590: "yellow", 13338331: "violet", 9367192: "green", 16749490: "rose", 16478047: "red" };

export function topicIcon(topic) {
  if (topic.general) return h("span.topic-icon.general", { "aria-hidden": "true" }, "#");
  const shade = TOPIC_COLOURS[topic.icon_color] || "blue";
  const kind = topic.icon ? "emoji" : "letter";
  return h("span.topic-icon", { class: `${kind} ${shade}`, "aria-hidden": "true" }, topic.icon || initial(topic.name));
}

export const topicName = (topic) => (topic.general && topic.name === "General" ? t("general") : topic.name);

/** What a service message says; null for a message that is none. */
export function serviceText(message) {
  const who = message.from.name;
  const extra = message.extra || {};
  switch (message.kind) {
    case "forum_topic_created":
      return t("s_topic_created", { name: extra.forum_topic_created?.name ?? "" });
    case "forum_topic_edited": {
      const name = extra.forum_topic_edited?.name;
      return name ? t("s_topic_renamed", { who, name }) : t("s_topic_icon", { who });
    }
    case "forum_topic_closed":
    case "general_forum_topic_closed":
      return t("s_topic_closed", { who });
    case "forum_topic_reopened":
      return t("s_topic_reopened", { who });
    case "pinned_message":
      return t("s_pinned", { who });
    case "new_chat_members":
      return t("s_joined", { who });
    case "left_chat_member":
      return t("s_left", { who });
    case "general_forum_topic_hidden":
      return t("s_general_hidden");
    case "general_forum_topic_unhidden":
      return t("s_general_shown");
    default:
      return t("s_other", { who, kind: message.kind });
  }
}

const KNOWN = ["photo", "voice", "audio", "video", "document", "sticker", "animation", "video_note", "location", "venue", "contact", "poll", "dice", "image", "contacts"];

export const kindName = (kind) => (KNOWN.includes(kind) ? t(`kind_${kind}`) : t("kind_unknown", { kind }));

/** One line about a message: its text, or what it carries. */
export function summary(message) {
  if (message.service) return serviceText(message);
  const text = (message.text || "").replace(/\s+/g, " ").trim();
  if (message.kind === "text") return text || "…";
  const kind = kindName(message.kind);
  return text ? kind + t("comma") + text : message.media?.name && message.kind === "document" ? message.media.name : kind;
}

export const lockIcon = () => icon("lock", "small");
