(told) => {
  'use strict';
  if (window.tierline) return;
  // The desk's own origin: where this script came from. Nothing is said to any other, and nothing heard from any other.
  const origin = new URL(document.currentScript.src).origin;
  const path = `${origin}/d/${told.desk}`;
  // That there is a conversation, and nothing of it: this page's own storage is for this page's own scripts to read.
  const FLAG = `tierline:${told.desk}`;
  // How long the frame may take to say that it is there.
  const READY_MS = 8000;
  const UNREAD_MAX = 99;
  let frame = null;
  let isReady = false;
  let isOpen = false;
  let isToForget = false;
  let identify = null;
  let instead = null;

  const make = (name, attributes = {}, ...inside) => {
    const made = document.createElement(name);
    for (const [key, value] of Object.entries(attributes)) made.setAttribute(key, value);
    made.append(...inside);
    return made;
  };
  const draw = (shape) => {
    const svg = document.createElementNS('http://www.w3.org/2000/svg', 'svg');
    const line = document.createElementNS(svg.namespaceURI, 'path');
    svg.setAttribute('viewBox', '0 0 24 24');
    svg.setAttribute('aria-hidden', 'true');
    line.setAttribute('d', shape);
    svg.append(line);
    return svg;
  };

  const badge = make('span', { class: 'badge', hidden: '' });
  const button = make(
    'button',
    { type: 'button', 'aria-expanded': 'false' },
    draw('M5 5h14a1.5 1.5 0 0 1 1.5 1.5v9a1.5 1.5 0 0 1-1.5 1.5h-7.5l-4.5 3.5v-3.5h-2a1.5 1.5 0 0 1-1.5-1.5v-9a1.5 1.5 0 0 1 1.5-1.5z'),
    draw('M6.5 9.5l5.5 5.5 5.5-5.5'),
    badge,
  );
  const panel = make('div', { class: 'panel', role: 'dialog', 'aria-label': told.title });
  const status = make('span', { class: 'unseen', role: 'status' });
  const home = make('div', { 'data-tierline': told.desk, role: 'region', 'aria-label': told.title });
  // What a site's styles do to its own pages does not reach in here.
  const root = home.attachShadow({ mode: 'open' });
  const [accent, ink, accentDark, inkDark] = told.colours;
  const look = new CSSStyleSheet();
  look.replaceSync(`
    :host { all: initial; --accent: ${accent}; --ink: ${ink}; --sheet: #fff; }
    @media (prefers-color-scheme: dark) { :host { --accent: ${accentDark}; --ink: ${inkDark}; --sheet: #11151b; } }
    * { box-sizing: border-box; }
    button { position: fixed; inset-block-end: max(1rem, env(safe-area-inset-bottom)); inset-inline-end: 1rem; z-index: 2147483001;
      inline-size: 3.5rem; block-size: 3.5rem; padding: 0; border: 0; border-radius: 50%; background: var(--accent); color: var(--ink);
      box-shadow: 0 2px 10px #0004; cursor: pointer; }
    button:focus-visible { outline: 3px solid var(--accent); outline-offset: 3px; }
    svg { display: block; inline-size: 1.75rem; block-size: 1.75rem; margin: auto; fill: none; stroke: currentcolor; stroke-width: 2;
      stroke-linecap: round; stroke-linejoin: round; }
    svg:first-of-type { fill: currentcolor; stroke: none; }
    button[aria-expanded="false"] svg:nth-of-type(2), button[aria-expanded="true"] svg:first-of-type { display: none; }
    .badge { position: absolute; inset-block-start: -.25rem; inset-inline-end: -.25rem; min-inline-size: 1.4rem; padding: 0 .35rem;
      border-radius: 1rem; border: 2px solid var(--sheet); background: #b3181e; color: #fff; font: 700 .8rem/1.15rem system-ui, sans-serif; }
    [hidden] { display: none; }
    .panel { position: fixed; inset-block-end: 5.5rem; inset-inline-end: 1rem; z-index: 2147483000; inline-size: 24rem;
      block-size: min(40rem, calc(100dvh - 7rem)); border-radius: 1rem; overflow: hidden; background: var(--sheet);
      box-shadow: 0 6px 32px #0005; visibility: hidden; }
    .panel.open { visibility: visible; }
    iframe { display: block; inline-size: 100%; block-size: 100%; border: 0; color-scheme: normal; }
    a { display: block; padding: 2rem 1.5rem; color: var(--accent); font: 1.0625rem/1.5 system-ui, sans-serif; }
    .unseen { position: fixed; inline-size: 1px; block-size: 1px; overflow: hidden; clip-path: inset(50%); }
    @media (max-width: 30rem) {
      .panel { inset: 0; inline-size: 100%; block-size: 100dvh; border-radius: 0; }
      .panel.open ~ button { visibility: hidden; }
    }
    @media (prefers-reduced-motion: no-preference) {
      .panel { opacity: 0; transform: translateY(.75rem); transition: opacity .15s, transform .15s, visibility .15s; }
      .panel.open { opacity: 1; transform: none; transition: opacity .15s, transform .15s; }
      button { transition: transform .12s; }
      button:hover { transform: scale(1.05); }
    }
    @media print { :host { display: none; } }
    @media (forced-colors: active) { button, .panel { border: 2px solid; } }`);
  root.adoptedStyleSheets = [look];
  root.append(panel, button, status);

  const name = () => button.setAttribute('aria-label', [isOpen ? told.close : told.open, status.textContent].filter(Boolean).join('. '));

  const say = (what, more) => {
    if (isReady || what === 'hello') frame.contentWindow.postMessage({ tierline: what, ...more }, origin);
  };

  const load = () => {
    if (frame) return;
    frame = make('iframe', { src: `${path}/chat`, title: told.title, referrerpolicy: 'no-referrer' });
    setTimeout(() => {
      if (isReady) return;
      // It may still come: a network can be slow.
      frame.hidden = true;
      instead = make('a', { href: path, target: '_blank', rel: 'noopener' }, told.instead);
      panel.append(instead);
      if (isOpen) instead.focus();
    }, READY_MS);
    frame.addEventListener('load', () => say('hello', { signs: identify !== null }));
    panel.append(frame);
  };

  const turn = (open) => {
    if (isOpen === open) return;
    isOpen = open;
    if (open) load();
    panel.classList.toggle('open', open);
    button.setAttribute('aria-expanded', String(open));
    name();
    say(open ? 'open' : 'close');
    if (open) frame.focus();
    else button.focus();
  };

  const count = (unread) => {
    const shown = Number.isInteger(unread) ? Math.min(Math.max(unread, 0), UNREAD_MAX) : 0;
    badge.hidden = shown === 0;
    badge.textContent = String(shown);
    status.textContent = shown === 0 ? '' : told.unread.replace('#', String(shown));
    name();
  };

  const remember = (is) => {
    try {
      if (is) localStorage.setItem(FLAG, '1');
      else localStorage.removeItem(FLAG);
    } catch {
      // Then there is no badge on the next page.
    }
  };

  const isTalking = () => {
    try {
      return localStorage.getItem(FLAG) === '1';
    } catch {
      return false;
    }
  };

  const sign = async () => {
    let token = null;
    try {
      token = await identify?.();
    } catch {
      // Whoever cannot be vouched for asks as anybody does.
    }
    say('token', { token: typeof token === 'string' ? token : null });
  };

  addEventListener('message', ({ source, origin: from, data }) => {
    if (!frame || source !== frame.contentWindow || from !== origin) return;
    switch (data?.tierline) {
      case 'ready':
        isReady = true;
        frame.hidden = false;
        instead?.remove();
        if (isToForget) say('forget');
        isToForget = false;
        if (isOpen) say('open');
        break;
      case 'close':
        turn(false);
        break;
      case 'unread':
        count(data.count);
        break;
      case 'talking':
        remember(data.is === true);
        break;
      case 'sign':
        sign();
        break;
      case 'unsigned':
        console.warn('The desk did not take the customer token: the question was asked without it. docs/chat.md says how to sign one.');
        break;
    }
  });
  button.addEventListener('click', () => turn(!isOpen));
  addEventListener('keydown', (event) => {
    if (event.key === 'Escape' && isOpen && !event.defaultPrevented) turn(false);
  });

  window.tierline = {
    open: () => turn(true),
    close: () => turn(false),
    // A function that gives a customer's token, signed by the site's own server; asked for whenever one is needed.
    identify: (give) => {
      identify = typeof give === 'function' ? give : () => give;
      if (isReady) say('hello', { signs: true });
    },
    // When they sign out: nobody else who sits here sees what was said.
    forget: () => {
      identify = null;
      if (!frame && !isTalking()) return;
      remember(false);
      count(0);
      load();
      if (isReady) say('forget');
      else isToForget = true;
    },
  };

  const begin = () => {
    name();
    document.body.append(home);
    // After all that the page itself wants.
    if (isTalking()) (window.requestIdleCallback ?? setTimeout)(load);
  };
  if (document.body) begin();
  else addEventListener('DOMContentLoaded', begin);
}
