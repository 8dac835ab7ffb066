// Who sits at this browser and what they look at: the acting person, the open topic, what was read.

import { store, group, lastOf, tell } from "./store.js";
import { t } from "./i18n.js";

export const desk = { actor: 0, chat: 0, thread: 0 };

const ROLES = ["creator", "administrator", "member"];
let read = {};

export const memberOf = (id) => (group()?.members || []).find((member) => member.id === id);
export const people = () =>
  (group()?.members || []).filter((m) => !m.is_bot && ROLES.includes(m.status)).sort((a, b) => ROLES.indexOf(a.status) - ROLES.indexOf(b.status));
export const roleName = (member) => t(`role_${member.status}`);

/** May the acting person do this in the group? The owner may everything. */
export function may(right) {
  const member = memberOf(desk.actor);
  return Boolean(member) && (member.status === "creator" || (member.status === "administrator" && member.rights.includes(right)));
}

const kept = (name) => `topicdesk-demo-${store.run}-${name}`;

export function settle() {
  try {
    read = JSON.parse(sessionStorage.getItem(kept("read"))) || {};
  } catch {
    read = {};
  }
  const known = people().map((person) => person.id);
  const wanted = Number(sessionStorage.getItem(kept("actor")));
  desk.actor = known.includes(wanted) ? wanted : known[0];
  if (!store.tg.chats.has(desk.chat) && desk.chat !== desk.actor) {
    desk.chat = group()?.id;
    desk.thread = 0;
  }
  if (group() && desk.chat === group().id && !group().topics.has(desk.thread)) desk.thread = 0;
}

export function actAs(id) {
  const wasPrivate = desk.chat > 0;
  desk.actor = id;
  sessionStorage.setItem(kept("actor"), String(id));
  if (wasPrivate) desk.chat = id;
  tell("actor");
}

export function open(chat, thread) {
  desk.chat = chat;
  desk.thread = thread;
  tell("open");
}

const spot = (chat, thread) => `${desk.actor}:${chat}:${thread}`;

/** Number of messages of others that the acting person has not seen in a thread. */
export function unread(chat, thread) {
  const seen = read[spot(chat.id, thread)] || 0;
  const keys = chat.threads.get(thread) || [];
  let count = 0;
  for (let at = keys.length - 1; at >= 0; at -= 1) {
    const message = chat.messages.get(keys[at]);
    if (message.id && message.id <= seen) break;
    const mine = message.from.id === desk.actor;
    if (message.id && !mine && !message.service) count += 1;
  }
  return count;
}

export function markRead() {
  const chat = store.tg.chats.get(desk.chat);
  if (!chat || document.hidden) return;
  const keys = chat.threads.get(desk.thread) || [];
  const last = keys.map((key) => chat.messages.get(key).id).reduce((most, id) => Math.max(most, id), 0);
  const key = spot(chat.id, desk.thread);
  if ((read[key] || 0) >= last) return;
  read[key] = last;
  sessionStorage.setItem(kept("read"), JSON.stringify(read));
  tell("topics");
}

/** What the person sees last in a thread, for the list. */
export const lastSeenBy = (chat, thread) => lastOf(chat, thread, desk.actor);
