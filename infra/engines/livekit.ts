import { type ContainerPlan, startContainer } from "./container.ts";
import type { EngineContainer } from "./engine.ts";
import { freePort } from "./free-port.ts";

/** The key of a server of our own. */
export const livekitKey = {
  apiKey: "sendsar",
  apiSecret: "a-secret-that-is-long-enough-for-livekit",
} as const;

/**
 * A LiveKit server, for tests. Media goes over TCP, through one port: a container's UDP is not to be had from every
 * machine that runs tests.
 *
 * @param options.key of the server, and of its webhooks.
 * @param options.webhookPort on this machine, where something listens that is to hear of what happens in its rooms.
 */
export async function startLiveKitContainer({
  webhookPort,
  key = livekitKey,
}: {
  readonly webhookPort?: number;
  readonly key?: { readonly apiKey: string; readonly apiSecret: string };
} = {}): Promise<EngineContainer> {
  const mediaPort = await freePort();
  const webhook =
    webhookPort === undefined
      ? {}
      : {
          webhook: {
            api_key: key.apiKey,
            urls: [`http://host.docker.internal:${webhookPort}/v1/livekit/webhook`],
          },
        };
  const config = {
    port: 7880,
    log_level: "info",
    keys: { [key.apiKey]: key.apiSecret },
    rtc: { tcp_port: mediaPort, udp_port: 7882, use_external_ip: false, node_ip: "127.0.0.1" },
    // One that lost its connection is given this long to come back.
    room: { auto_create: true, empty_timeout: 60, departure_timeout: 5 },
    ...webhook,
  };
  const plan: ContainerPlan = {
    name: "livekit",
    containerPort: 7880,
    samePorts: [mediaPort],
    reachesHost: webhookPort !== undefined,
    startedLine: /starting LiveKit server/,
    // JSON is YAML.
    environment: () => ({ LIVEKIT_CONFIG: JSON.stringify(config) }),
    answers: async ([address]) => (await fetch(`http://${address}/`)).ok,
  };
  return startContainer(plan, {});
}
