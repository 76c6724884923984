// What a room beside the supervisor's floor is given, and what it answers. `mount(place)` is called once and returns
// {start, clear, open?, close?}: place.filters the left column, place.middle the room's own region of the middle,
// place.tools the place of its buttons in the top bar, place.note the line at the foot (a definition); hidden and empty
// before the room fills them place.store what the page knows, by the server's word: words (`t`), rows, the clock
// (`now`); `place.desk` asks commands and says place.channel `ask(facts)` sends {do: "review", ...facts}; `on(handler)`
// hears each {"review": {...}} place.open(id) shows an incident's timeline in the middle; `place.close()` leads back to
// the review `start()`: there is a server and a person who may see: ask for everything. It comes again after an outage,
// and for another person. `clear()`: nobody is signed in here: forget and empty all that was shown. Nothing is answered
// to a locked page. `open(id)`, `close()`: of the room "timeline" alone; the page shows and hides its region.

/** @typedef {{filters: HTMLElement, middle: HTMLElement, tools: HTMLElement, note: HTMLElement, store:
 * import("./store.js").Store, desk: import("./desk.js").DeskLine, base: string, channel: {ask: (facts: object) => void,
 * on: (handler: (facts: any) => void) => void}, open: (id: string) => void, close: () => void}} Place
 * @typedef {{start: () => void, clear: () => void, open?: (id: string) => void, close?: () => void}} Room */

export {};
