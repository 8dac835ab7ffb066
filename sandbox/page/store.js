// What the page knows: both worlds, kept up to date event by event. Views listen for the parts they show.

export const store = {
  run: "",
  tg: { users: new Map(), bot: null, chats: new Map(), counters: { calls: 0, too_many_requests: 0 }, actions: new Map() },
  wa: { phones: new Map(), number: null, counters: { calls: 0 } },
  product: null,
  scenes: new Map(),
  online: true,
};

const listeners = new Map();

/** Kinds: all, topics, message, typing, callback, call, delivery, line, phones, wa, status, scene. */
export function on(kind, listener) {
  if (!listeners.has(kind)) listeners.set(kind, []);
  listeners.get(kind).push(listener);
}

export function tell(kind, detail) {
  for (const listener of listeners.get(kind) || []) listener(detail);
}

// -- Telegram ------------------------------------------------------------------------------------

export const messageKey = (m) => (m.id ? String(m.id) : `e${m.ephemeral_to}.${m.ephemeral_id}`);
export const threadOf = (m) => m.thread_id ?? 0;
export const group = () => [...store.tg.chats.values()].find((chat) => chat.is_forum && !chat.migrated_to);
export const chatOf = (id) => store.tg.chats.get(id);
export const topicOf = (chat, thread) => (chat && chat.is_forum ? chat.topics.get(thread) : null);

/** Keys of a thread's messages that `actor` sees, oldest first. */
export function keysOf(chat, thread, actor) {
  const keys = (chat && chat.threads.get(thread)) || [];
  return keys.filter((key) => {
    const to = chat.messages.get(key).ephemeral_to;
    return to === null || to === actor;
  });
}

export function lastOf(chat, thread, actor) {
  const keys = (chat && chat.threads.get(thread)) || [];
  for (let at = keys.length - 1; at >= 0; at -= 1) {
    const message = chat.messages.get(keys[at]);
    if (message.ephemeral_to === null || message.ephemeral_to === actor) return message;
  }
  return null;
}

function takeChat(view) {
  const old = store.tg.chats.get(view.id);
  const chat = { ...view, topics: new Map(view.topics.map((topic) => [topic.id ?? 0, topic])) };
  chat.messages = old && !view.messages ? old.messages : new Map();
  chat.threads = old && !view.messages ? old.threads : new Map();
  store.tg.chats.set(view.id, chat);
  for (const message of view.messages || []) putMessage(chat, message);
  if (view.messages) for (const keys of chat.threads.values()) keys.sort((a, b) => order(chat, a) - order(chat, b));
  return chat;
}

const order = (chat, key) => {
  const m = chat.messages.get(key);
  return m.date + (m.id ? m.id / 1e9 : 0.5);
};

/** True when the message is new. */
function putMessage(chat, message) {
  const key = messageKey(message);
  const fresh = !chat.messages.has(key);
  chat.messages.set(key, message);
  if (fresh) {
    const thread = threadOf(message);
    if (!chat.threads.has(thread)) chat.threads.set(thread, []);
    chat.threads.get(thread).push(key);
  }
  return fresh;
}

function knownChat(message) {
  const found = store.tg.chats.get(message.chat_id);
  if (found) return found;
  return takeChat({ id: message.chat_id, type: "private", topics: [], members: [], pinned: [], messages: [], is_forum: false });
}

const telegramEvents = {
  message(event) {
    const { message, topic } = event;
    const chat = knownChat(message);
    const fresh = putMessage(chat, message);
    if (topic) chat.topics.set(topic.id ?? 0, topic);
    store.tg.actions.delete(`${message.chat_id}:${threadOf(message)}`);
    tell("message", { chat, message, change: fresh ? "new" : "edit" });
    tell("topics");
  },
  edit: changed,
  reaction: changed,
  pin(event) {
    const chat = knownChat(event.message);
    const others = chat.pinned.filter((id) => id !== event.message.id);
    chat.pinned = event.message.pinned ? [...others, event.message.id] : others;
    changed(event);
  },
  delete(event) {
    const chat = store.tg.chats.get(event.chat_id);
    for (const gone of chat ? event.messages : []) dropMessage(chat, gone);
    tell("topics");
  },
  topic(event) {
    const chat = store.tg.chats.get(event.topic.chat_id);
    if (chat) chat.topics.set(event.topic.id ?? 0, event.topic);
    tell("topics");
  },
  topic_deleted(event) {
    const chat = store.tg.chats.get(event.chat_id);
    if (!chat) return;
    for (const key of chat.threads.get(event.topic_id) || []) chat.messages.delete(key);
    chat.threads.delete(event.topic_id);
    chat.topics.delete(event.topic_id);
    tell("topics");
  },
  chat(event) {
    takeChat({ ...event.chat, messages: undefined });
    tell("topics");
  },
  chat_action(event) {
    const key = `${event.chat_id}:${event.thread_id ?? 0}`;
    store.tg.actions.set(key, { name: event.from.name, action: event.action, until: Date.now() + 5000 });
    setTimeout(() => tell("typing"), 5050);
    tell("typing");
  },
  callback_answer: (event) => tell("callback", event),
  commands: () => tell("commands"),
  call(event) {
    store.tg.counters = event.counters;
    tell("call", event.call);
  },
};

function changed(event) {
  const chat = knownChat(event.message);
  putMessage(chat, event.message);
  tell("message", { chat, message: event.message, change: "edit" });
  tell("topics");
}

function dropMessage(chat, gone) {
  const key = gone.id
    ? String(gone.id)
    : [...chat.messages.keys()].find((one) => one.startsWith("e") && one.endsWith(`.${gone.ephemeral_id}`));
  const message = chat.messages.get(key);
  if (!message) return;
  chat.messages.delete(key);
  const thread = threadOf(message);
  chat.threads.set(thread, chat.threads.get(thread).filter((one) => one !== key));
  chat.pinned = chat.pinned.filter((id) => id !== message.id);
  tell("message", { chat, message, change: "delete" });
}

// -- WhatsApp ------------------------------------------------------------------------------------

/** All messages of one phone, oldest first, as a Map by id. */
export const phoneOf = (id) => store.wa.phones.get(id);

function takePhone(view) {
  const old = store.wa.phones.get(view.id);
  const phone = { ...view, messages: old ? old.messages : new Map(), typing: old ? old.typing : null, window_until: old ? old.window_until : null };
  if (view.chats) {
    const all = view.chats.flatMap((chat) => chat.messages).sort((a, b) => a.at - b.at);
    phone.messages = new Map(all.map((message) => [message.id, message]));
    phone.typing = view.chats.some((chat) => chat.typing) ? Math.max(...view.chats.map((c) => c.typing_until || 0)) : null;
    phone.window_until = Math.max(0, ...view.chats.map((chat) => chat.window_until || 0));
  }
  delete phone.chats;
  store.wa.phones.set(view.id, phone);
  return phone;
}

const whatsappEvents = {
  message(event) {
    const phone = store.wa.phones.get(event.customer);
    if (!phone) return;
    const fresh = !phone.messages.has(event.message.id);
    phone.messages.set(event.message.id, event.message);
    if (event.message.direction === "in") phone.window_until = Math.max(phone.window_until || 0, event.message.at + 86400);
    tell("wa", { phone, message: event.message, change: fresh ? "new" : "edit" });
  },
  phone(event) {
    takePhone(event.phone);
    tell("phones");
  },
  typing(event) {
    const phone = store.wa.phones.get(event.customer);
    if (!phone) return;
    phone.typing = event.typing ? event.until : null;
    tell("wa-typing", phone);
  },
  call(event) {
    store.wa.counters.calls += 1;
    tell("wa-call", event.call);
  },
  delivery: (event) => tell("delivery", event.delivery),
};

// -- the demo ------------------------------------------------------------------------------------

const demoEvents = {
  status(event) {
    store.product = event.product;
    tell("status");
  },
  scene(event) {
    store.scenes.set(event.scene.name, event.scene);
    tell("scene", event.scene);
  },
  line: (event) => tell("line", event.line),
};

const EVENTS = { tg: telegramEvents, wa: whatsappEvents, demo: demoEvents };

export function apply(event) {
  const handler = EVENTS[event.source][event.type];
  if (handler) handler(event);
}

export function takeState(state) {
  const { tg, wa } = state;
  store.run = state.demo.run;
  store.product = state.demo.product;
  store.scenes = new Map(state.demo.scenes.map((scene) => [scene.name, scene]));
  store.tg.users = new Map(tg.users.map((user) => [user.id, user]));
  store.tg.bot = tg.bots[0] || null;
  store.tg.chats = new Map();
  store.tg.counters = tg.counters;
  for (const chat of tg.chats) takeChat(chat);
  store.wa.phones = new Map();
  store.wa.number = wa.numbers[0];
  store.wa.counters = { calls: wa.counters.calls };
  for (const phone of wa.phones) takePhone(phone);
}
