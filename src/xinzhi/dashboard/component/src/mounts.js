// The component's mounts. The workspace's own has the few bytes of `loader.js`, because its data change with every move and
// Streamlit sends an element whole; what is the same for long comes in mounts that it sends once: this code with the words
// and charts (`given`), and the members as bytes.
const workspaces = new Map(); // parentElement: the mount as it came last, and its page
let given = null;
let feed = null;

function take(mount) {
  const seen = workspaces.get(mount.parentElement) || {};
  workspaces.set(mount.parentElement, seen);
  seen.mount = mount;
  if (given?.key !== mount.data.given) return; // its words are on their way
  if (seen.page?.given !== given) {
    seen.page?.leave();
    seen.page = new Workspace(mount.parentElement.querySelector(".xw-host") || mount.parentElement, given);
    if (feed) seen.page.fed(feed);
  }
  seen.page.take(mount.data, mount.setTriggerValue);
}

// Streamlit cleans up after an overtaken answer too: only a mount that is gone is left.
function left(parentElement) {
  if (parentElement.isConnected) return;
  workspaces.get(parentElement)?.page?.leave();
  workspaces.delete(parentElement);
}

globalThis.xinzhi = { take, left };
globalThis.dispatchEvent(new Event("xinzhi-code"));

export default function ({ data }) {
  if (data instanceof Uint8Array) {
    feed = data;
    for (const { page } of workspaces.values()) page?.fed(feed);
  } else {
    given = data;
    for (const { mount } of [...workspaces.values()]) take(mount);
  }
}
