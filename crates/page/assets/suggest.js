// While somebody types a question: answers that fit, to be opened or left alone. Nothing waits for them, and without this the
// form is the same.
'use strict';
for (const form of document.querySelectorAll('form[data-suggest]')) {
  // How long nobody types before it is worth asking, how much there must be to go by, and how much of it is looked at.
  const QUIET_MS = 600;
  const CHARS_MIN = 12;
  const CHARS_MAX = 500;
  const field = form.elements.body;
  const box = form.querySelector('.suggestions');
  // Nothing moves under a hand that is about to press something.
  const HAND_MS = 700;
  let timer = 0;
  let asked = '';
  let asking = null;
  let hand = -Infinity;

  const item = ({ title, text, href, language }) => {
    const [line, opened, name, words, link] = ['li', 'details', 'summary', 'p', 'a'].map((kind) => document.createElement(kind));
    line.lang = language;
    name.textContent = title;
    words.textContent = text;
    words.className = 'words';
    link.textContent = box.dataset.more;
    link.lang = document.documentElement.lang;
    link.href = href;
    // In a tab of its own: what is being typed stays.
    link.target = '_blank';
    link.rel = 'noopener';
    opened.append(name, words, link);
    line.append(opened);
    return line;
  };

  const atRest = async () => {
    for (let ms; (ms = hand + HAND_MS - performance.now()) > 0; ) await new Promise((done) => setTimeout(done, ms));
  };

  const show = (found) => {
    box.hidden = found.length === 0;
    box.querySelector('ul').replaceChildren(...found.map(item));
  };

  const ask = async () => {
    const text = field.value.trim().slice(0, CHARS_MAX);
    if (text === asked) return;
    asked = text;
    asking?.abort();
    if (text.length < CHARS_MIN) return show([]);
    asking = new AbortController();
    const headers = { 'content-type': 'application/json' };
    try {
      const asks = { method: 'POST', credentials: 'omit', headers, body: JSON.stringify({ text }), signal: asking.signal };
      const answer = await fetch(form.dataset.suggest, asks);
      const found = answer.ok && (await answer.json()).suggestions;
      await atRest();
      if (found && text === asked) show(found);
    } catch {
      // They are not needed.
    }
  };

  for (const kind of ['pointermove', 'pointerdown']) form.addEventListener(kind, () => (hand = performance.now()));
  field.addEventListener('input', () => {
    clearTimeout(timer);
    timer = setTimeout(ask, QUIET_MS);
  });
  form.addEventListener('reset', () => {
    clearTimeout(timer);
    asked = '';
    show([]);
  });
}
