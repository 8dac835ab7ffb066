// Which of the bot's commands a person sees in a chat: Telegram takes the narrowest scope that has any.

import { desk, memberOf } from "./desk.js";
import { store } from "./store.js";

function scopesFor(chat, status) {
  const admin = status === "creator" || status === "administrator";
  if (chat > 0) return [{ type: "chat", chat_id: chat }, { type: "all_private_chats" }, { type: "default" }];
  return [
    { type: "chat_member", chat_id: chat, user_id: desk.actor },
    admin && { type: "chat_administrators", chat_id: chat },
    { type: "chat", chat_id: chat },
    admin && { type: "all_chat_administrators" },
    { type: "all_group_chats" },
    { type: "default" },
  ].filter(Boolean);
}

const sameScope = (text, wanted) => {
  const scope = JSON.parse(text);
  return Object.keys({ ...scope, ...wanted }).every((name) => scope[name] === wanted[name]);
};

/** [{command, description}] in the person's language, else in the one without a name. */
export function commandsFor(chat) {
  const sets = store.tg.bot?.commands || [];
  const spoken = (store.tg.users.get(desk.actor)?.language_code || "").split("-")[0];
  for (const scope of scopesFor(chat, memberOf(desk.actor)?.status)) {
    for (const language of spoken ? [spoken, ""] : [""]) {
      const found = sets.find((one) => (one.language_code || "") === language && sameScope(one.scope, scope));
      if (found && found.commands.length) return found.commands;
    }
  }
  return [];
}
