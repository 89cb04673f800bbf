// A tier 1 engine in JavaScript, behind the contract of wit/triage.wit: it looks for the phrasing that has most words in
// common with the question. Ours does better; this one is short, and shows how one is written.

/** The words of a text, each once. */
const words = (text) => new Set(text.toLowerCase().match(/[\p{L}\p{N}]+/gu) ?? []);

/** Which words of `phrasing` the question has too, and what share of all words of both they are, 0 to 1. */
function compare(asked, phrasing) {
  const shared = [...phrasing].filter((word) => asked.has(word));
  return { shared, share: shared.length / (asked.size + phrasing.size - shared.length || 1) };
}

class Tier1 {
  #settings;
  /** All phrasings of all topics, their words found once. */
  #phrasings;

  /** A desk's engine. One that cannot be made throws a string that says why. */
  static open(desk) {
    const engine = new Tier1();
    engine.#settings = desk.settings;
    engine.#phrasings = desk.topics.flatMap((topic) =>
      topic.phrasings.flatMap(({ language, examples }) =>
        examples.map((example) => ({ topic, language, words: words(example) })),
      ),
    );
    return engine;
  }

  decide({ subject, body }) {
    const settings = this.#settings;
    const asked = words(`${subject ?? ""} ${body}`);
    let best = { share: 0, shared: [] };
    for (const phrasing of this.#phrasings) {
      const found = compare(asked, phrasing.words);
      if (found.share > best.share) best = { ...phrasing, ...found };
    }
    const { topic, language, share, shared } = best;
    const choice = share >= settings.confidenceMin ? this.#choose(topic, language) : null;
    const isNear = topic && share >= settings.routeConfidenceMin;
    // For the receipt; with a longer word the whole finding would not be believed.
    const evidence = shared.filter((word) => word.length <= 64).slice(0, 6);
    return {
      verdict: choice ? "answer" : "route",
      choice,
      line: isNear ? topic.line : settings.fallbackLine,
      department: isNear ? topic.department : settings.fallbackDepartment,
      difficulty: isNear ? topic.difficulty : "easy",
      urgent: isNear ? topic.urgent : false,
      language: isNear ? language : "und",
      skills: isNear ? topic.skills : [],
      confidence: share,
      candidates: topic ? [{ label: topic.id, confidence: share, evidence }] : [],
      rule: choice ? `${topic.id}: words in common` : "no phrasing is near enough",
    };
  }

  /** The text to send: in the question's language, or else the desk's. None of what people do or what is held back. */
  #choose(topic, language) {
    const { heldBack, defaultLanguage } = this.#settings;
    if (!topic || topic.named || heldBack.includes(topic.id)) return null;
    const spoken = [language, defaultLanguage].find((code) => topic.languages.includes(code));
    return spoken ? { answerId: topic.id, language: spoken } : null;
  }
}

export const engine = { Tier1 };
