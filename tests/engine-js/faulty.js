// The engine of engine.js with ways to go wrong, for the tests: `please trap`, `hang`, `lie`, `invent` and `babble`.

import { engine as sound } from "./engine.js";

class Tier1 {
  #sound;

  static open(desk) {
    const engine = new Tier1();
    engine.#sound = sound.Tier1.open(desk);
    return engine;
  }

  decide(question) {
    const asks = (fault) => question.body.includes(`please ${fault}`);
    if (asks("trap")) throw new Error("as asked");
    while (asks("hang"));
    const finding = this.#sound.decide(question);
    if (asks("lie")) return { ...finding, line: "nowhere" };
    if (asks("invent")) return { ...finding, verdict: "answer", choice: { answerId: "no-such-answer", language: "en" } };
    return asks("babble") ? { ...finding, rule: "x".repeat(100_000) } : finding;
  }
}

export const engine = { Tier1 };
