// What happens to a request while its page is open. Without this everything works; with it nothing has to be loaded anew.
// An event only says that something is new: what, in the customer's language, is read from the page itself.
'use strict';
(() => {
  const page = document.querySelector('[data-live]');
  const said = page.querySelector('[data-said]');
  const list = page.querySelector('ol');
  const title = document.title;
  // A page that nobody sees goes on for so long: other tabs need the connection, and a phone its battery.
  const HIDDEN_MS = 5 * 60 * 1000;
  // How long to wait when the desk does not take the stream, and when it told of something that could not be had then.
  const REFUSED_MS = 60 * 1000;
  const MISSED_MS = 3 * 1000;
  let source = null;
  let known = null;
  let timer = 0;
  let isBusy = false;
  let isAgain = false;
  let unread = 0;

  const isAsShown = (told) =>
    told.ticket.state === page.dataset.state &&
    (told.last_message_at ?? '') === page.dataset.last &&
    String(told.queue?.position ?? '') === page.dataset.place;

  const open = () => {
    clearTimeout(timer);
    if (source) return;
    source = new EventSource(page.dataset.live);
    source.addEventListener('ticket', (event) => {
      const isFirst = known === null;
      // The id stands for more than the event says: a rating changes it, and nothing else of it.
      if (event.lastEventId === known) return;
      known = event.lastEventId;
      if (!isFirst || !isAsShown(JSON.parse(event.data))) refresh();
    });
    source.addEventListener('error', () => {
      if (source?.readyState === EventSource.CLOSED) openIn(REFUSED_MS);
    });
  };

  const close = () => {
    source?.close();
    source = null;
  };

  const openIn = (ms) => {
    close();
    clearTimeout(timer);
    timer = setTimeout(open, ms);
  };

  const refresh = async () => {
    isAgain = isBusy;
    if (isBusy) return;
    isBusy = true;
    try {
      await update();
    } catch {
      // A new stream begins with how things stand, and that is news.
      known = '';
      openIn(MISSED_MS);
    }
    isBusy = false;
    if (isAgain) refresh();
  };

  const update = async () => {
    const answer = await fetch(`${location.pathname}?after=${list.children.length}`, { cache: 'no-store' });
    // Shut by now. What was typed stays where it is; sending it says why.
    if (answer.status === 404) return;
    if (!answer.ok) throw new Error(answer.statusText);
    const there = new DOMParser().parseFromString(await answer.text(), 'text/html').querySelector('[data-live]');
    tell([...there.querySelectorAll('ol > li')], Number(there.dataset.first));
    for (const part of page.querySelectorAll('[data-part]')) {
      const other = there.querySelector(`[data-part="${part.dataset.part}"]`);
      if (plain(part) !== plain(other) && !isInUse(part)) part.innerHTML = other.innerHTML;
    }
  };

  // Messages from the one numbered `first` on. If some have gone, all of them come, and nothing is announced.
  const tell = (items, first) => {
    const isMore = first === list.children.length;
    items.forEach((item) => item.classList.toggle('fresh', isMore));
    if (!isMore) return list.replaceChildren(...items);
    list.append(...items);
    const heard = items.filter((item) => !item.classList.contains('own'));
    if (heard.length === 0) return;
    said.textContent = heard.map((item) => item.textContent.trim().replace(/\s+/g, ' ').slice(0, 400)).join(' ');
    if (document.hidden) document.title = `(${(unread += heard.length)}) ${title}`;
  };

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

  document.addEventListener('visibilitychange', () => {
    if (document.hidden) {
      timer = setTimeout(close, HIDDEN_MS);
      return;
    }
    unread = 0;
    document.title = title;
    open();
  });
  addEventListener('pagehide', close);
  addEventListener('pageshow', open);
})();
