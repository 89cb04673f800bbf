// A tier 1 engine in JavaScript, behind the contract of wit/triage.wit: it looks for the phrasing that has most words in
// common with the question. Ours does better; this one is short, and shows how one is written.

/** The words of a text, each once. */
const words = (text) => new Set(text.toLowerCase().match(/[\p{L}\p{N}]+/gu) ?? []);

/** Which words of `phrasing` the question has too, and what share of both that is, 0 to 1. */
function compare(asked, phrasing) {
  const shared = [...phrasing].filter((word) => asked.has(word));
  return { shared, share: shared.length / (asked.size + phrasing.size - shared.length || 1) };
}

class Tier1 {
  #settings;
  /** All phrasings of all topics, their words found once. */
  #phrasings;

  /** A desk's engine. What throws a string here is an engine that would not open. */
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
    const best = { share: 0 };
    for (const phrasing of this.#phrasings) {
      const found = compare(asked, phrasing.words);
      if (found.share > best.share) Object.assign(best, found, phrasing);
    }
    const { topic, share, shared, language } = best;
    const isSure = topic && share >= settings.confidenceMin;
    const choice = isSure ? this.#choose(topic, language) : null;
    const people = topic && share >= settings.routeConfidenceMin
      ? topic
      : { line: settings.fallbackLine, department: settings.fallbackDepartment, difficulty: "easy", urgent: false, skills: [] };
    return {
      verdict: choice ? "answer" : "route",
      choice,
      line: people.line,
      department: people.department,
      difficulty: people.difficulty,
      urgent: people.urgent,
      language: language ?? "und",
      skills: people.skills,
      confidence: share,
      candidates: topic ? [{ label: topic.id, confidence: share, evidence: shared.slice(0, 6) }] : [],
      rule: choice ? `${topic.id}: words in common` : "no phrasing is near enough",
    };
  }

  /** The text to send, in the customer's language or else the desk's; none of a route, or of what is held back. */
  #choose(topic, language) {
    if (topic.named || this.#settings.heldBack.includes(topic.id)) return null;
    const spoken = [language, this.#settings.defaultLanguage].find((code) => topic.languages.includes(code));
    return spoken ? { answerId: topic.id, language: spoken } : null;
  }
}

export const engine = { Tier1 };
