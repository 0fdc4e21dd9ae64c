/**
 * Numbers as words, without accents, as `plainText` leaves them. A language more is a line more; only the digits of
 * English have words for several at once, as most people say a number digit by digit.
 */
const units = {
  english: "zero one two three four five six seven eight nine",
  german: "null eins zwei drei vier funf sechs sieben acht neun",
  french: "zero un deux trois quatre cinq six sept huit neuf",
  spanish: "cero uno dos tres cuatro cinco seis siete ocho nueve",
  portuguese: "zero um dois tres quatro cinco seis sete oito nove",
  italian: "zero uno due tre quattro cinque sei sette otto nove",
  dutch: "nul een twee drie vier vijf zes zeven acht negen",
  russian: "ноль один два три четыре пять шесть семь восемь девять",
  chinese: "零 一 二 三 四 五 六 七 八 九",
} as const;

const teens = "ten eleven twelve thirteen fourteen fifteen sixteen seventeen eighteen nineteen";
const tens = "twenty thirty forty fifty sixty seventy eighty ninety";

/** What a word says: digits, or the tens that the next word may complete. */
const numberWords: ReadonlyMap<string, string> = new Map([
  ...Object.values(units).flatMap((words) =>
    words.split(" ").map((word, digit) => [word, `${digit}`] as const),
  ),
  ...teens.split(" ").map((word, index) => [word, `${index + 10}`] as const),
  ["〇", "0"],
  ["nil", "0"],
  ["naught", "0"],
]);
const tensWords: ReadonlyMap<string, string> = new Map(
  tens.split(" ").map((word, index) => [word, `${index + 2}`] as const),
);
/** Letters that are read as a digit beside others. */
export const zeroLetters: ReadonlySet<string> = new Set(["o", "oh"]);
export const repeatWords: ReadonlyMap<string, number> = new Map([
  ["double", 2],
  ["twice", 2],
  ["triple", 3],
  ["treble", 3],
]);
/** Said between the digits of a number. */
export const joiningWords: ReadonlySet<string> = new Set([
  "dash",
  "hyphen",
  "minus",
  "space",
  "dot",
  "point",
  "slash",
  "strich",
  "guion",
]);

const all = [...numberWords.keys(), ...tensWords.keys()];
const wordCharsMax = Math.max(...all.map((word) => word.length));
/** Most words begin otherwise, and are not looked at. */
const beginnings = new Set(all.map((word) => word.slice(0, 2)));

/** The digits of number words, also of several that were written as one; null where the word is any other. */
export function digitsIn(word: string): { readonly digits: string; readonly openTens: boolean } | null {
  let digits = "";
  let openTens = false;
  for (let at = 0; at < word.length; ) {
    if (!beginnings.has(word.slice(at, at + 2)) && !beginnings.has(word.charAt(at))) return null;
    const found = longestAt(word, at);
    if (found === null) return null;
    const { said, isTens, size } = found;
    if (openTens && (isTens || said.length > 1 || said === "0")) digits += "0";
    digits += said;
    openTens = isTens;
    at += size;
  }
  return { digits, openTens };
}

function longestAt(word: string, at: number): { said: string; isTens: boolean; size: number } | null {
  for (let size = Math.min(wordCharsMax, word.length - at); size > 0; size--) {
    const part = word.slice(at, at + size);
    const unit = numberWords.get(part);
    if (unit !== undefined) return { said: unit, isTens: false, size };
    const ten = tensWords.get(part);
    if (ten !== undefined) return { said: ten, isTens: true, size };
  }
  return null;
}
