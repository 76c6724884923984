// Opens the sealed block of this very file with a passphrase, by the browser's own cryptography. Nothing leaves the
// machine.
(() => {
  const form = document.querySelector("form");
  const input = form?.querySelector("input");
  const button = form?.querySelector("button");
  const said = form?.querySelector("[role=alert]");
  if (!form || !input || !button || !said) return;
  const iterations = Number(form.dataset.iterations);
  const bytes = (/** @type {string} */ text) => Uint8Array.from(atob(text), (one) => one.charCodeAt(0));
  const same = (/** @type {Uint8Array} */ a, /** @type {Uint8Array} */ b) =>
    a.length === b.length && a.every((one, n) => one === b[n]);

  /** The block's parts, or null when it is cut short. */
  function parts() {
    const text = document.getElementById("sealed")?.textContent.replaceAll("\r", "") ?? "";
    const found = /written: (\S+)\ncheck: (\S+)\nmac: (\S+)\n-----BEGIN SEALED-----\n([^-]+)-----END SEALED-----/.exec(
      text,
    );
    if (!found) return null;
    try {
      const raw = bytes(found[4].replaceAll("\n", ""));
      return raw.length < 32 || raw.length % 16
        ? null
        : { written: found[1], check: bytes(found[2]), mac: bytes(found[3]), raw };
    } catch {
      return null;
    }
  }

  /** The page that was sealed, as text; or the name of what is wrong.
   * @param {string} passphrase @returns {Promise<{text?: string, wrong?: string}>} */
  async function opened(passphrase) {
    const block = parts();
    if (!block) return { wrong: "changed" };
    const { subtle } = crypto;
    const words = new TextEncoder().encode(passphrase.normalize("NFC"));
    const base = await subtle.importKey("raw", words, "PBKDF2", false, ["deriveBits"]);
    const stretch = { name: "PBKDF2", hash: "SHA-256", salt: block.raw.slice(8, 16), iterations };
    const keys = new Uint8Array(await subtle.deriveBits(stretch, base, 768));
    if (!same(keys.slice(48, 64), block.check)) return { wrong: "passphrase" };
    const head = new TextEncoder().encode(`vigie-degraded: 1\n${block.written}\n`);
    const told = new Uint8Array([...head, ...block.raw]);
    const seal = await subtle.importKey("raw", keys.slice(64), { name: "HMAC", hash: "SHA-256" }, false, ["verify"]);
    if (!(await subtle.verify("HMAC", seal, block.mac, told))) return { wrong: "changed" };
    const key = await subtle.importKey("raw", keys.slice(0, 32), "AES-CBC", false, ["decrypt"]);
    const plain = await subtle.decrypt({ name: "AES-CBC", iv: keys.slice(32, 48) }, key, block.raw.slice(16));
    return { text: new TextDecoder().decode(plain) };
  }

  form.addEventListener("submit", async (event) => {
    event.preventDefault();
    said.textContent = form.dataset.working ?? "";
    button.disabled = true;
    const { wrong, text = "" } = crypto.subtle
      ? await opened(input.value).catch(() => ({ wrong: "changed", text: "" }))
      : { wrong: "unable", text: "" };
    button.disabled = false;
    if (wrong) {
      said.textContent = form.dataset[wrong] ?? "";
      input.select();
      return;
    }
    // Parsed apart, no script of it runs; this file's own policy forbids any other, and every request.
    const page = new DOMParser().parseFromString(text, "text/html");
    document.replaceChild(document.adoptNode(page.documentElement), document.documentElement);
  });
  input.focus();
})();
