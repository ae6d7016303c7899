// The component's mounts. The workspace's own has the few bytes of `loader.js`, because its data change with every move and
// Streamlit sends an element whole; what is the same for long comes in mounts that it sends once: this code with the words
// and charts (`payload`), and the members as bytes.
const places = new Map(); // parentElement: the mount as it came last, and what is drawn in it
let payload = null;
let feed = null;

function take(mount) {
  const place = places.get(mount.parentElement) || {};
  places.set(mount.parentElement, place);
  place.mount = mount;
  const host = mount.parentElement.querySelector(".xw-host");
  if (mount.data.curves) takeCharts(place, host);
  else if (payload?.key === mount.data.payload) takeWorkspace(place, host); // else its words are on their way
}

function takeWorkspace(place, host) {
  speak(payload.lang === "zh" ? "zh-Hans" : "en");
  if (place.page?.payload !== payload) {
    place.page?.leave();
    place.page = new Workspace(host, payload);
    if (feed) place.page.fed(feed);
  }
  place.page.take(place.mount.data, place.mount.setTriggerValue);
}

function takeCharts(place, host) {
  const { data } = place.mount;
  speak(data.payload.lang);
  const key = JSON.stringify(data.payload);
  if (place.key !== key) {
    place.page?.leave();
    place.page = new Board(host, data.payload);
    place.key = key;
  }
  place.page.take(data);
}

// The whole document is in the page's language: Streamlit's own says English whatever it holds.
function speak(lang) {
  document.documentElement.lang = lang;
}

// Streamlit cleans up after an overtaken answer too: only a mount that is gone is left.
function left(parentElement) {
  if (parentElement.isConnected) return;
  places.get(parentElement)?.page?.leave();
  places.delete(parentElement);
}

globalThis.xinzhi = { take, left };
globalThis.dispatchEvent(new Event("xinzhi-code"));

// Bytes are members, an object is the payload of the workspace, nothing is the code alone.
export default function ({ data }) {
  if (data instanceof Uint8Array) {
    feed = data;
    for (const { page } of places.values()) page?.fed?.(feed);
  } else if (data) {
    payload = data;
    for (const { mount } of [...places.values()]) if (mount.data.payload === payload.key) take(mount);
  }
}
