// Puts the page together: one stream in, four views, tabs on small screens.

import { $ } from "./dom.js";
import { apply, on, store, takeState, tell } from "./store.js";
import { desk, settle } from "./desk.js";
import { listen, read } from "./net.js";
import { startBar } from "./bar.js";
import { startConversation } from "./conversation.js";
import { startLog } from "./log.js";
import { startPhone } from "./phone.js";
import { startTopics } from "./topics.js";
import { translate } from "./i18n.js";

startBar();
startTopics();
startConversation();
startPhone();
startLog();
translate(document);
tabs();

on("commands", async () => {
  const world = await read("/telegram/sim/tg/state").catch(() => null);
  if (world) [store.tg.bot] = world.bots;
});

listen({
  onState(state) {
    takeState(state);
    settle(); // who acts must be known before the views draw
    tell("all");
    document.body.dataset.ready = "true";
  },
  onEvent: apply,
  onLink(online) {
    store.online = online;
    tell("link");
  },
});

/** On small screens one pane at a time; opening a topic goes from the list to the chat. */
function tabs() {
  const choose = (name) => {
    document.body.dataset.tab = name;
    for (const button of document.querySelectorAll("[data-tab-for]")) button.setAttribute("aria-selected", String(button.dataset.tabFor === name));
  };
  for (const button of document.querySelectorAll("[data-tab-for]")) {
    button.addEventListener("click", () => {
      if (button.dataset.tabFor === "forum" && document.body.dataset.tab === "forum") document.body.dataset.pane = "topics";
      choose(button.dataset.tabFor);
    });
  }
  $(".topics-pane").addEventListener("click", (event) => {
    if (event.target.closest(".topic")) document.body.dataset.pane = "chat";
  });
  $("#chat-back").addEventListener("click", () => { document.body.dataset.pane = "topics"; });
  document.addEventListener("keydown", (event) => {
    if (event.key === "Escape" && desk.chat && document.body.dataset.pane === "chat") document.body.dataset.pane = "topics";
  });
  choose("forum");
  document.body.dataset.pane = "topics";
}
