const { ask } = require('../../../service/serve.js');

const keepMs = 250;
let seen = { enabled: false, atMs: 0 };

/** The flag as the flag service tells it, at most a quarter of a second old; the last answer while it is away. */
async function isEnabled(port, flag) {
  if (Date.now() - seen.atMs < keepMs) return seen.enabled;
  const { enabled } = await ask(port, `/flags/${flag}`).catch(() => seen);
  seen = { enabled, atMs: Date.now() };
  return enabled;
}

module.exports = { isEnabled };
