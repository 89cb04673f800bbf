// The engine of engine.js with three ways to go wrong, for the tests: `please trap`, `please hang` and `please lie`.

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
    return asks("lie") ? { ...finding, line: "nowhere" } : finding;
  }
}

export const engine = { Tier1 };
