import { type Static, Type } from "typebox";

/** Ways to reach somebody elsewhere. */
export const contactKinds = ["phone", "email", "link", "handle"] as const;
export const ContactKind = Type.Enum(contactKinds, {
  description:
    "phone: in figures or words, split by signs, spaces and emoji, or over two messages. email, link: also as words, `name at example dot com`. handle: `@name`, and names given for other services.",
});
export type ContactKind = Static<typeof ContactKind>;
/** Of a message: what was taken out of it. */
export const Masked = Type.Array(ContactKind, {
  minItems: 1,
  description: "What was taken out of it, so that a UI can say why. Missing: nothing was.",
});
