/** Endings of names on the net under which people write addresses; not all there are. */
export const domainEndings: ReadonlySet<string> = new Set(
  `com net org info biz io co app dev xyz shop store online site website club live link page blog tech cloud agency
  group media team email chat ai gg tv cc ws eu uk de fr nl pl ru ua by kz cz sk hu ro bg gr tr es pt ch se dk fi ee
  lv lt ie be at it no us ca mx br ar cl pe au nz jp cn kr hk tw sg th vn ph id in pk bd ae sa il za ng ke eg ma gov
  edu me to ly tk ml ga su рф`.split(/\s+/),
);

/** Endings that are words as well: without a space after a full stop, "home.it was" is no address. */
export const wordEndings: ReadonlySet<string> = new Set(
  "it no us me to at be by in is id so am as do ma pe my la pa ga co live link page team group media email chat store".split(
    " ",
  ),
);

/** Where people have mailboxes, often named without an ending. */
export const mailHosts: ReadonlySet<string> = new Set(
  "gmail googlemail hotmail yahoo outlook icloud protonmail proton gmx aol yandex mailru webde live msn".split(
    " ",
  ),
);

/** Addresses of which are somebody's number or name. */
export const contactHosts: ReadonlySet<string> = new Set(["wa.me", "t.me", "api.whatsapp.com", "m.me"]);

/** Before "at" these say where something is: "look at example.com". */
export const notNames: ReadonlySet<string> = new Set(
  `a an the i you he she it we they us me them him her is are was were be been am look looking looked meet meeting met
  arrive arrived arriving found find see seen check book booked available buy bought shop work works working live lives
  stay staying now here there up down in out and or but home back pm time later today tomorrow tonight sold sell stop
  only also visit good great start starts opens closes left left sign order ordered store hotel`.split(/\s+/),
);
