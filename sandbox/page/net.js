// Talking to the demo: orders as JSON, uploads as forms, and one stream of events.

async function answerOf(response) {
  const text = await response.text();
  let answer = null;
  try {
    answer = JSON.parse(text);
  } catch {
    // a plain text answer is an error text
  }
  if (!response.ok || (answer && answer.ok === false)) {
    throw new Error((answer && answer.error) || text || `HTTP ${response.status}`);
  }
  return answer;
}

async function post(path, body) {
  const form = body instanceof FormData;
  const init = { method: "POST", body: form ? body : JSON.stringify(body || {}) };
  if (!form) init.headers = { "Content-Type": "application/json" };
  return answerOf(await fetch(path, init));
}

export const telegram = async (operation, body) => (await post(`/telegram/sim/tg/${operation}`, body)).result;
export const whatsapp = (operation, body) => post(`/graph/sim/wa/${operation}`, body);
export const demo = (operation, body) => post(`/demo/${operation}`, body);
export const read = async (path) => answerOf(await fetch(path));

export const telegramFile = (path) => `/telegram/${path}`;
export const whatsappFile = (media) => (media.external ? media.url : `/graph${media.url}`);

/**
 * Listen to everything. `onState` gets the whole state first and again after every break; `onEvent` what follows it.
 * Events that came before their snapshot are already in it and are dropped by their number.
 */
export function listen({ onState, onEvent, onLink }) {
  const stream = new EventSource("/demo/events");
  let early = null;
  let known = {};

  async function load() {
    if (early) return;
    early = [];
    try {
      const state = await read("/demo/state");
      known = { tg: state.tg.n, wa: state.wa.n, demo: state.demo.n };
      onState(state);
    } catch {
      early = null;
      setTimeout(load, 1000);
      return;
    }
    const waiting = early;
    early = null;
    waiting.forEach(take);
  }

  function take(event) {
    if (event.type === "reset" || event.type === "resync") {
      load();
    } else if (early) {
      early.push(event);
    } else if (event.n > (known[event.source] ?? 0)) {
      onEvent(event);
    }
  }

  stream.addEventListener("open", () => onLink(true));
  stream.addEventListener("error", () => onLink(false));
  stream.addEventListener("message", (message) => {
    const event = JSON.parse(message.data);
    if (event.type === "hello") load();
    else take(event);
  });
}
