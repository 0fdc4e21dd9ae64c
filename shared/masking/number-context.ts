import type { DigitRun } from "./digit-runs.ts";
import type { Token } from "./tokens.ts";

/** Words before a number that say what it is. Without accents, lower case. */
const callWords = words(`
  call calls phone telephone tel cell cellphone mobile mob text txt sms ring dial whatsapp whatsup wa signal viber
  telegram imessage facetime reach contact number num digits hotline landline
  anruf handy telefon telefono telephone numero portable nummer rufnummer mobil bel telefoon celular movil
  telefone cellulare звони телефон номер тел 电话 手机`);
const referenceWords = words(`
  order orders ref reference booking reservation invoice ticket tickets tracking track parcel shipment id code pin case
  account acct iban vat item sku article isbn ean serial model flight train gate seat policy customer transaction
  confirmation receipt payment voucher coupon po rma awb version build zip postcode postal imei vin plate otp password
  card bestellung bestellnummer auftrag rechnung sendung sendungsnummer kundennummer buchung plz commande facture
  reservation pedido factura reserva codigo ordine fattura bestelling factuur заказ код`);
/** What stands after a number that counts something. */
const unitWords = words(`
  usd eur gbp chf sek nok dkk pln czk huf inr jpy cny rub uah try brl aud cad nzd euro euros dollar dollars pound pounds
  bucks kr zl km m cm mm kg g mg t l ml ha sqm sqft ft lb lbs oz kwh kw mb gb tb people persons users items pieces pcs
  views points steps years hours minutes seconds ms days руб рублей euros`);
const currencySigns = "$€£¥₹₽₴₺₩₪฿";

export interface NumberContext {
  /** Of the words before it, what the nearest says that it is. */
  readonly said: "call" | "reference" | null;
  readonly hasPlus: boolean;
  /** Letters touch it: a code, or an amount with its unit. */
  readonly isGlued: boolean;
  /** A currency or a unit is beside it. */
  readonly isAmount: boolean;
}

const wordsBackMax = 5;
const tokensBackMax = 16;

export function contextOf(tokens: readonly Token[], { first, last }: DigitRun): NumberContext {
  const [before, after] = [tokens[first - 1], tokens[last + 1]];
  const hasPlus = before?.text === "+" || (before?.text === "(" && tokens[first - 2]?.text === "+");
  const unit = after?.kind === "sign" && after.text === " " ? tokens[last + 2] : after;
  const sign = before?.text === " " ? tokens[first - 2] : before;
  const isUnit = (token: Token | undefined) =>
    token !== undefined &&
    (unitWords.has(token.text) ||
      token.text === "%" ||
      (token.kind === "sign" && currencySigns.includes(token.text)));
  return {
    said: isHash(tokens, first) ? "reference" : saidBefore(tokens, first),
    hasPlus: hasPlus || (before?.text === " " && tokens[first - 2]?.text === "plus"),
    isGlued: isCode(tokens, first) || (after?.kind === "word" && !unitWords.has(after.text)),
    isAmount: isUnit(unit) || isUnit(sign),
  };
}

function isHash(tokens: readonly Token[], first: number): boolean {
  const sign = tokens[first - 1]?.text === " " ? tokens[first - 2] : tokens[first - 1];
  return sign?.text === "#" || sign?.text === "№";
}

/** Letters before it, with nothing or what codes are joined with in between. */
function isCode(tokens: readonly Token[], first: number): boolean {
  const before = tokens[first - 1];
  if (before?.kind === "word") return !callWords.has(before.text);
  const isJoint = before?.kind === "sign" && "-_/".includes(before.text);
  const word = tokens[first - 2];
  return isJoint && word?.kind === "word" && !callWords.has(word.text);
}

function saidBefore(tokens: readonly Token[], first: number): NumberContext["said"] {
  let seen = 0;
  let weak: NumberContext["said"] = null;
  for (let at = first - 1; at >= 0 && at >= first - tokensBackMax && seen < wordsBackMax; at--) {
    const token = tokens[at];
    if (token?.text.startsWith("•") || token?.kind === "digits") break;
    if (token?.kind !== "word") continue;
    seen++;
    if (referenceWords.has(token.text)) return "reference";
    if (
      token.text === "number" ||
      token.text === "num" ||
      token.text === "numero" ||
      token.text === "nummer"
    ) {
      weak = "call";
    } else if (callWords.has(token.text)) return "call";
  }
  return weak;
}

function words(text: string): ReadonlySet<string> {
  return new Set(text.trim().split(/\s+/));
}
