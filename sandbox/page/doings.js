// What a customer's phone can do beyond words and files: samples for the phone's menu, and how they look there.

import { h } from "./dom.js";
import { t } from "./i18n.js";

const ITEMS = [
  { product_retailer_id: "LAMP-7", quantity: 2, item_price: 49.5, currency: "EUR" },
  { product_retailer_id: "CABLE-3M", quantity: 1, item_price: 12, currency: "EUR" },
];
const AD = {
  source_url: "https://example.com/lamp", source_type: "ad", source_id: "120", headline: "Blue lamp", body: "-30% this week", media_type: "image", ctwa_clid: "demo",
};
const FORM = { type: "nfm_reply", nfm_reply: { name: "flow", body: "Sent", response_json: JSON.stringify({ size: "L", colours: ["red", "blue"] }) } };

/** `say` writes a message, `act` does something else ("call", "wish"). */
export function doings(say, act) {
  return [
    { label: t("do_order"), action: () => say({ any: { type: "order", content: { catalog_id: "777", text: t("do_order_words"), product_items: ITEMS } } }) },
    { label: t("do_ad"), action: () => say({ text: t("do_ad_words"), extra: { referral: AD } }) },
    { label: t("do_forward"), action: () => say({ text: t("do_forward_words"), extra: { context: { frequently_forwarded: true } } }) },
    { label: t("do_form"), action: () => say({ any: { type: "interactive", content: FORM } }) },
    { label: t("do_poll"), action: () => say({ any: { type: "unsupported", content: { type: "poll_creation" } }, extra: { errors: [{ code: 131051, title: "Message type unknown" }] } }) },
    { label: t("do_call"), action: () => act("call", {}) },
    { label: t("do_stop"), action: () => act("wish", { value: "stop" }) },
  ];
}

/** An order as the phone shows it; null for every other message. */
export function orderNode(message) {
  if (message.type !== "order") return null;
  const lines = (message.content.product_items || []).map((item) => h("span", {}, `${item.quantity} × ${item.product_retailer_id}`));
  return h("div.poll", {}, h("b", {}, `🛒 ${t("do_order")}`), message.content.text && h("span", {}, message.content.text), lines);
}
