// What a ticket's page and the chat have in common, at the head of the script of each: taking over what is new, as the
// ticket's page has it.
'use strict';
const thread = (() => {
  const SAID_CHARS_MAX = 400;

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

  return {
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
    // Messages as they are read out.
    spoken: (items) =>
      items.map((item) => item.textContent.trim().replace(/\s+/g, ' ').slice(0, SAID_CHARS_MAX)).join(' '),
  };
})();
