// Wakes the watchdog. A worker's timer goes on where a browser slows those of a hidden page to one a minute.
setInterval(() => postMessage(0), 150);
