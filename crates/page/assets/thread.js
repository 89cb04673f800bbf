// What a ticket's page and the chat have in common, at the head of the script of each: taking over what is new, as the
// ticket's page has it.
'use strict';
const thread = (() => {
  const SAID_CHARS_MAX = 400;
  // How often it is said that somebody types, and how long the other side counts as typing: longer than between two of its signs.
  const TYPING_MS = 4000;
  const TYPES_MS = 8000;
  let typed = -Infinity;
  let timer = 0;

  const older = () => document.querySelector('[data-older]');

  // Each page names its sending anew: that alone is no change.
  const plain = (part) => part.innerHTML.replace(/try=\w+/g, '');

  // Where somebody is, or has typed or chosen something, nothing moves.
  const isInUse = (part) =>
    part.contains(document.activeElement) ||
    [...part.querySelectorAll('input, textarea')].some((field) => {
      if (field.type === 'file') return field.files.length > 0;
      if (field.type === 'radio') return field.checked !== field.defaultChecked;
      return field.value !== field.defaultValue;
    });

  const messages = (there) => [...there.querySelectorAll('ol.thread > li')];
  const parse = async (answer) => new DOMParser().parseFromString(await answer.text(), 'text/html');

  return {
    parse,
    // The number of the last message that is shown: what is new comes after it.
    last: (list) => Number(list.lastElementChild?.dataset.number ?? 0),
    // Takes over the messages of a page: what is new, if they follow what is shown; else all of them, and of a long thread
    // those are its end. Gives the new ones; nothing is new of what came as a whole.
    take(list, there) {
      const items = messages(there);
      const after = this.last(list);
      if (after > 0 && Number(there.dataset.first) === after) {
        list.append(...items);
        return items;
      }
      list.replaceChildren(...items);
      older().replaceChildren(...there.querySelector('[data-older]').childNodes);
      return [];
    },
    // Nothing is shown any more.
    clear(list) {
      list.replaceChildren();
      older().replaceChildren();
    },
    // Puts the messages before those that are shown where they belong, when they are asked for; `get` has their page.
    whenOlderAreAsked(list, get) {
      document.addEventListener('click', async (event) => {
        const link = event.target.closest('[data-older] a');
        if (!link) return;
        event.preventDefault();
        if (link.getAttribute('aria-busy')) return;
        link.setAttribute('aria-busy', 'true');
        try {
          const there = await get(link.getAttribute('href'));
          const first = list.firstElementChild;
          list.prepend(...messages(there));
          older().replaceChildren(...there.querySelector('[data-older]').childNodes);
          // Where somebody read on, they stay.
          first?.scrollIntoView({ block: 'start' });
          older().querySelector('a')?.focus({ preventScroll: true });
        } catch {
          link.removeAttribute('aria-busy');
        }
      });
    },
    // The parts of `root` become those of `there`; `done` was sent, so nobody is at it any more.
    renew(root, there, done) {
      for (const part of root.querySelectorAll('[data-part]')) {
        const other = there.querySelector(`[data-part="${part.dataset.part}"]`);
        if (plain(part) !== plain(other) && (part === done || !isInUse(part))) part.innerHTML = other.innerHTML;
      }
    },
    // Whether an event tells what is shown.
    isAsShown: (told, shown) =>
      told.ticket.state === shown?.state &&
      (told.last_message_at ?? '') === shown.last &&
      String(told.queue?.position ?? '') === shown.place,
    // Calls `tell` while a reply is being written, at most as often as the desk needs to hear it.
    whileTyping(tell) {
      document.addEventListener('input', ({ target, timeStamp }) => {
        if (!target.matches('[data-part=reply] textarea') || !target.value || timeStamp - typed < TYPING_MS) return;
        typed = timeStamp;
        tell().catch(() => {});
      });
    },
    // Shows what an event tells of the desk's people; without one, that nothing is known.
    types(told) {
      clearTimeout(timer);
      const is = told !== undefined && JSON.parse(told).people?.is_typing === true;
      document.querySelector('[data-typing]').classList.toggle('on', is);
      if (is) timer = setTimeout(() => this.types(), TYPES_MS);
    },
    // Messages as they are read out.
    spoken: (items) =>
      items.map((item) => item.textContent.trim().replace(/\s+/g, ' ').slice(0, SAID_CHARS_MAX)).join(' '),
  };
})();
