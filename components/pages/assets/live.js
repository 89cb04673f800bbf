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

  const open = () => {
    clearTimeout(timer);
    if (source) return;
    source = new EventSource(page.dataset.live);
    source.addEventListener('ticket', (event) => {
      const isFirst = known === null;
      // The id stands for more than the event says: a rating changes it, and nothing else of it.
      if (event.lastEventId === known) return;
      known = event.lastEventId;
      if (!isFirst || !thread.isAsShown(JSON.parse(event.data), page.dataset)) refresh();
    });
    source.addEventListener('presence', ({ data }) => thread.types(data));
    source.addEventListener('error', () => {
      thread.types();
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
    const answer = await fetch(`${location.pathname}?after=${thread.last(list)}`, { cache: 'no-store' });
    // Shut by now. What was typed stays where it is; sending it says why.
    if (answer.status === 404) return;
    if (!answer.ok) throw new Error(answer.statusText);
    const there = (await thread.parse(answer)).querySelector('[data-live]');
    tell(thread.take(list, there));
    thread.renew(page, there);
  };

  const tell = (items) => {
    items.forEach((item) => item.classList.add('fresh'));
    const heard = items.filter((item) => !item.classList.contains('own'));
    if (heard.length === 0) return;
    said.textContent = thread.spoken(heard);
    if (document.hidden) document.title = `(${(unread += heard.length)}) ${title}`;
  };

  thread.whenOlderAreAsked(list, async (href) => {
    const answer = await fetch(href, { cache: 'no-store' });
    if (!answer.ok) throw new Error(answer.statusText);
    return thread.parse(answer);
  });
  thread.whileTyping(() => fetch(page.dataset.live.replace(/events$/, 'typing'), { method: 'POST' }));
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
