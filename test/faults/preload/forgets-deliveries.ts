import { Session } from "../../../services/gateway/session/session.ts";

/** A planted bug: the gateway passes an event of a room on to most of its sessions only. */
const every = 50;
let deliveries = 0;

const { deliver } = Session.prototype;
Session.prototype.deliver = function forget(this: Session, ...args: Parameters<typeof deliver>): void {
  if (++deliveries % every !== 0) deliver.apply(this, args);
};
