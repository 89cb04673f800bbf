// The chat: a request is asked here, and its page, `/t/{ticket}`, is shown here as it changes. Words, languages and escaping are
// that page's; here is what a page in a frame of another site needs: its own key, its own storage, and patience with networks.
'use strict';
(() => {
  const told = document.body.dataset;
  const one = (selector) => document.querySelector(selector);
  const [form, talk, list, said] = ['.ask-form', '.talk', '.thread', '.unseen'].map(one);
  const [note, again, composer, scroll] = ['.note', '.again', '.composer', '.scroll'].map(one);
  const [ownPage, shut] = ['.own-page', '.shut'].map(one);
  const NAME = `tierline:${told.desk}`;
  // Between attempts to reach the desk, from and to; where a stream is refused; for a site to sign who its customer is.
  const PAUSE_MS = [1000, 15000];
  const REFUSED_MS = 60000;
  const SIGN_MS = 5000;
  const MARGIN_PX = 12;
  // What is typed and kept.
  const DRAFT = ['body', 'name', 'email'];
  const TOKEN_CHARS_MAX = 4096;
  // A page that nobody sees goes on for so long: other tabs need the connection, and a phone its battery.
  const HIDDEN_MS = 5 * 60 * 1000;

  // --- What is kept: in this origin's storage, which the site around cannot read, and which is another for each site.
  const storage = (() => {
    try {
      localStorage.setItem(`${NAME}?`, '1');
      localStorage.removeItem(`${NAME}?`);
      return localStorage;
    } catch {
      return null;
    }
  })();
  const stored = () => {
    try {
      return JSON.parse(storage?.getItem(NAME)) ?? {};
    } catch {
      return {};
    }
  };
  // Ticket, key, how many answers were seen, what was typed and how its sending is named.
  let kept = stored();
  const keep = (changes) => {
    // Another tab may have kept something meanwhile.
    kept = { ...kept, ...(storage ? stored() : {}), ...changes };
    try {
      storage?.setItem(NAME, JSON.stringify(kept));
    } catch {
      // It is full: then what is here lasts as long as the page.
    }
  };
  const isKey = (text) => typeof text === 'string' && /^[\w-]+$/.test(text);
  const isTalking = () => isKey(kept.ticket) && isKey(kept.key);

  // --- The site around: only one that the desk lists, and only what is in this table.
  const origins = new Set([location.origin, ...told.origins.split(' ').filter(Boolean)]);
  const isFramed = parent !== window;
  let outer = null;
  let isOpen = !isFramed;
  let signs = false;
  let signed = null;
  const tell = (what, more) => {
    if (outer) parent.postMessage({ tierline: what, ...more }, outer);
  };
  const hear = {
    hello: ({ signs: does }) => {
      signs = does === true;
      tell('ready');
      tell('talking', { is: isTalking() });
      count();
    },
    open: () => {
      isOpen = true;
      count();
      toEnd();
      (one('.composer textarea') ?? (form.isConnected ? form.elements.body : scroll)).focus();
    },
    close: () => {
      isOpen = false;
    },
    token: ({ token }) => signed?.(typeof token === 'string' && token.length <= TOKEN_CHARS_MAX ? token : null),
    forget: () => forget(),
  };
  addEventListener('message', ({ source, origin, data }) => {
    if (!isFramed || source !== parent || !origins.has(origin) || !Object.hasOwn(hear, data?.tierline)) return;
    outer = origin;
    hear[data.tierline](data);
  });
  const sign = () =>
    new Promise((done) => {
      if (!signs) return done(null);
      signed = done;
      setTimeout(done, SIGN_MS, null);
      tell('sign');
    });

  // --- The desk, over a network that may go at any time.
  const pause = (ms) =>
    new Promise((done) => {
      setTimeout(done, ms);
      addEventListener('online', done, { once: true });
    });
  const call = (path, options = {}) => {
    const proof = isTalking() ? { authorization: `Bearer ${kept.key}` } : {};
    const headers = { ...proof, ...options.headers };
    return fetch(path, { cache: 'no-store', credentials: 'omit', ...options, headers });
  };
  // Until there is an answer. What is sent has a name, so nothing happens twice however often it is sent.
  const insist = async (send) => {
    for (let ms = PAUSE_MS[0]; ; ms = Math.min(ms * 2, PAUSE_MS[1])) {
      try {
        const answer = await send();
        if (![502, 503, 504].includes(answer.status)) {
          notice();
          return answer;
        }
      } catch {
        // The network has gone.
      }
      notice(told.offline);
      await pause(ms);
    }
  };
  const fresh = () => Array.from(crypto.getRandomValues(new Uint8Array(16)), (byte) => byte.toString(16).padStart(2, '0')).join('');

  // The stream of what happens, and what it told last.
  let stream = null;
  let known = '';

  // --- What is shown.
  const notice = (text = isTalking() && !storage ? told.unkept : '') => {
    note.hidden = text === '';
    if (note.textContent !== text) note.textContent = text;
  };
  // The last message from its beginning.
  const toEnd = () => {
    const last = list.lastElementChild;
    scroll.scrollTop = last ? last.offsetTop - MARGIN_PX : 0;
  };
  const answers = (after = -1) =>
    [...list.children].filter(({ classList, dataset }) => !classList.contains('own') && Number(dataset.number) > after);
  const count = () => {
    if (!isTalking()) return tell('unread', { count: 0 });
    const seen = Number(answers().at(-1)?.dataset.number ?? 0);
    if (isOpen && !document.hidden && seen > (kept.seen ?? 0)) keep({ seen });
    tell('unread', { count: answers(kept.seen ?? 0).length });
  };
  const fault = (place, title, text) => {
    place.replaceChildren();
    if (!title) return;
    const box = document.createElement('div');
    const strong = document.createElement('strong');
    box.className = 'sheet error';
    box.setAttribute('role', 'alert');
    strong.textContent = title;
    box.append(strong, ' ', text);
    place.append(box);
    box.scrollIntoView({ block: 'nearest' });
  };
  const busy = (sent, is) => {
    if (is) sent.setAttribute('aria-busy', 'true');
    else sent.removeAttribute('aria-busy');
    for (const button of sent.querySelectorAll('button')) button.disabled = is;
  };

  // Begins or goes on: whatever is kept is shown.
  const show = async () => {
    talk.hidden = !isTalking();
    if (!isTalking()) {
      stop();
      scroll.prepend(form);
      for (const [name, typed] of Object.entries(kept.draft ?? {})) if (DRAFT.includes(name)) form.elements[name].value ||= typed;
      thread.clear(list);
      for (const part of document.querySelectorAll('[data-part]')) part.replaceChildren();
      ownPage.hidden = true;
      notice();
      return;
    }
    form.remove();
    ownPage.href = `/t/${kept.ticket}?key=${kept.key}`;
    ownPage.hidden = false;
    notice();
    listen();
    await refresh();
    const words = one('.composer textarea');
    if (words) words.value ||= kept.draft?.body ?? '';
  };
  const forget = () => {
    known = '';
    keep({ ticket: null, key: null, seen: 0, draft: null, attempt: null });
    tell('talking', { is: false });
    count();
    show();
  };

  // --- Asking.
  const faults = {
    'invalid-field:body': 'faultBody',
    'invalid-field:email': 'faultEmail',
    'unsupported-file-type': 'faultFileType',
    'file-type-mismatch': 'faultFileMismatch',
    'file-too-large': 'faultFileLarge',
    'body-too-large': 'faultFileLarge',
    'too-many-files': 'faultFilesMany',
  };
  const ask = async () => {
    const place = one('.ask-form .fault');
    fault(place);
    for (const field of form.elements) field.removeAttribute('aria-invalid');
    const sent = new FormData(form);
    sent.set('channel', 'chat');
    busy(form, true);
    notice(told.sending);
    const token = await sign();
    if (token) sent.set('token', token);
    // The same again is the same request, also after this page was left before there was an answer.
    const asked = JSON.stringify([...sent].filter(([name]) => name !== 'token').map(([name, value]) => [name, value.size ?? value]));
    const attempt = kept.attempt?.asked === asked ? kept.attempt.name : fresh();
    keep({ attempt: { name: attempt, asked } });
    const headers = { accept: 'application/json', 'idempotency-key': attempt };
    const path = `/v1/desks/${told.desk}/requests`;
    let made = {};
    const attempts = () =>
      insist(async () => {
        const answer = await call(path, { method: 'POST', body: sent, headers });
        made = await answer.json();
        // What was sent before the network went is still being done.
        if (String(made.type).endsWith(':idempotency-in-progress')) throw new Error(made.detail);
        return answer;
      });
    let answer = await attempts();
    if (String(made.type).endsWith(':invalid-customer-token')) {
      // The site's mistake is not its customer's: they ask as anybody does, and the site is told.
      tell('unsigned');
      sent.delete('token');
      answer = await attempts();
    }
    busy(form, false);
    if (answer.ok) {
      form.reset();
      keep({ ticket: made.ticket.id, key: made.customer_key, seen: 0, draft: null, attempt: null });
      tell('talking', { is: true });
      await show();
      one('.composer textarea')?.focus();
      return;
    }
    keep({ attempt: null });
    const kind = String(made.type).split(':').pop();
    const known = faults[`${kind}:${made.field}`] ?? faults[kind];
    form.elements[made.field]?.setAttribute('aria-invalid', 'true');
    fault(place, told.faultTitle, known ? told[known] : `${told.faultOther} ${made.detail ?? ''}`);
    form.elements[made.field]?.focus();
  };

  // --- Telling more: the forms of the ticket's page, sent as they are but for their answers, which are read here.
  const send = async (sent, by) => {
    const words = sent.elements.body?.value;
    const data = new FormData(sent, by);
    const body = sent.enctype === 'multipart/form-data' ? data : new URLSearchParams(data);
    const place = one('.talk > .fault');
    fault(place);
    busy(sent, true);
    notice(told.sending);
    sent.attempt ??= fresh();
    const path = `${sent.getAttribute('action').split('?')[0]}?try=${sent.attempt}`;
    const answer = await insist(() => call(path, { method: 'POST', body, redirect: 'manual' }));
    busy(sent, false);
    // The next is another.
    sent.attempt = null;
    let done;
    if (answer.type === 'opaqueredirect') {
      done = sent.closest('[data-part]');
      sent.reset();
      if (words !== undefined) keep({ draft: null });
    } else {
      const page = new DOMParser().parseFromString(await answer.text(), 'text/html');
      const why = page.querySelector('#fault p')?.textContent ?? told.faultOther;
      fault(place, why, page.querySelector('#fault .quiet')?.textContent ?? '');
    }
    // What was refused stays as it was typed and chosen.
    await refresh(done);
  };

  // --- What is new, read from the ticket's page.
  let isBusy = false;
  let isAgain = false;
  let shown = null;
  const refresh = async (done) => {
    isAgain = isBusy;
    if (isBusy || !isTalking()) return;
    isBusy = true;
    try {
      await update(done);
    } catch {
      setTimeout(refresh, PAUSE_MS[0] * 3);
    }
    isBusy = false;
    if (isAgain) refresh();
  };
  const update = async (done) => {
    const { ticket } = kept;
    const answer = await call(`/t/${ticket}?after=${thread.last(list)}`);
    if (ticket !== kept.ticket) return;
    if (answer.status === 404) {
      forget();
      notice(told.shut);
      return;
    }
    if (!answer.ok) throw new Error(answer.statusText);
    const page = (await thread.parse(answer)).querySelector('[data-live]');
    shown = { ...page.dataset };
    thread.renew(document, page, done);
    again.hidden = !['answered', 'solved', 'closed'].includes(shown.state);
    add(page);
    count();
  };
  const add = (page) => {
    const before = thread.last(list);
    const items = thread.take(list, page);
    if (thread.last(list) !== before) toEnd();
    if (before === 0) return;
    items.forEach((item) => item.classList.add('fresh'));
    const heard = items.filter((item) => !item.classList.contains('own'));
    if (heard.length > 0) said.textContent = thread.spoken(heard);
  };
  thread.whenOlderAreAsked(list, async (href) => {
    const answer = await call(href);
    if (!answer.ok) throw new Error(answer.statusText);
    return thread.parse(answer);
  });

  // --- What happens, as it happens: server-sent events, read by hand, for `EventSource` cannot send the key.
  const stop = () => {
    stream?.abort();
    stream = null;
  };
  const listen = async () => {
    if (stream || !isTalking()) return;
    const own = (stream = new AbortController());
    let ms = PAUSE_MS[0];
    while (stream === own) {
      try {
        const headers = known ? { 'last-event-id': known } : {};
        const answer = await call(`/v1/tickets/${kept.ticket}/events`, { headers, signal: own.signal });
        if ([401, 404].includes(answer.status)) await refresh();
        if (answer.ok) {
          ms = PAUSE_MS[0];
          await read(answer.body.pipeThrough(new TextDecoderStream()).getReader());
        } else ms = REFUSED_MS;
      } catch {
        // It broke off: what was missed is told when it is asked for again.
      }
      thread.types();
      if (stream === own) await pause(ms);
      ms = Math.min(ms * 2, PAUSE_MS[1]);
    }
  };
  const read = async (reader) => {
    let rest = '';
    for (;;) {
      const { done, value } = await reader.read();
      if (done) return;
      const events = (rest + value).split('\n\n');
      rest = events.pop();
      events.forEach(event);
    }
  };
  const event = (text) => {
    const field = (name) => text.split('\n').find((line) => line.startsWith(`${name}: `))?.slice(name.length + 2);
    const id = field('id');
    if (field('event') === 'presence') return thread.types(field('data'));
    if (field('event') !== 'ticket' || id === known) return;
    const isFirst = known === '';
    known = id;
    if (!isFirst || !thread.isAsShown(JSON.parse(field('data')), shown)) refresh();
  };

  // --- Hands.
  thread.whileTyping(() => call(`/v1/tickets/${kept.ticket}/typing`, { method: 'POST' }));
  document.addEventListener('submit', (event) => {
    event.preventDefault();
    const sent = event.target;
    if (sent.getAttribute('aria-busy') === 'true') return;
    if (sent === form) ask();
    else send(sent, event.submitter);
  });
  document.addEventListener('input', ({ target }) => {
    if (DRAFT.includes(target.name)) keep({ draft: { ...kept.draft, [target.name]: target.value } });
    const sent = target.form;
    if (sent) sent.attempt = null;
  });
  document.addEventListener('click', async (event) => {
    const link = event.target.closest('ul.files a');
    if (!link) return;
    // A link sends no key.
    event.preventDefault();
    const answer = await call(link.getAttribute('href')).catch(() => null);
    if (!answer?.ok) return notice(told.offline);
    const file = document.createElement('a');
    file.href = URL.createObjectURL(await answer.blob());
    file.download = link.textContent;
    file.click();
    setTimeout(() => URL.revokeObjectURL(file.href), REFUSED_MS);
  });
  document.addEventListener('keydown', (event) => {
    if (event.key === 'Escape') tell('close');
    const isWriting = event.target.matches?.('.composer textarea, .ask-form textarea');
    if (event.key === 'Enter' && (event.ctrlKey || event.metaKey) && isWriting) event.target.form.requestSubmit();
  });
  again.addEventListener('click', () => {
    forget();
    form.elements.body.focus();
  });
  shut.hidden = !isFramed;
  shut.addEventListener('click', () => tell('close'));
  let timer = 0;
  document.addEventListener('visibilitychange', () => {
    clearTimeout(timer);
    if (document.hidden) {
      timer = setTimeout(stop, HIDDEN_MS);
      return;
    }
    listen();
    count();
  });
  // Another tab of the same site asked, or forgot.
  addEventListener('storage', ({ key }) => {
    if (key !== NAME) return;
    const before = kept.ticket;
    kept = stored();
    if (kept.ticket === before) return count();
    stop();
    known = '';
    thread.clear(list);
    tell('talking', { is: isTalking() });
    show();
  });
  show();
})();
