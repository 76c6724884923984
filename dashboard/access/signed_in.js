// This window signed the browser in for a page that stayed open: tell the page, and go.
const tabs = new BroadcastChannel("vigie.signed-in");
tabs.postMessage("");
tabs.close();
window.close();
