// Keeps a LiveKit running while you try calls: `npm run livekit`, then paste the three lines it prints into the shell
// where `npm start` runs.
import { exitOnSignals } from "#infra/engines/exit-on-signals.ts";
import { livekitKey, startLiveKitContainer } from "#infra/engines/livekit.ts";
import { progress } from "#infra/engines/progress.ts";

// Exiting removes the container, whether it is up or still starting.
exitOnSignals();

const { addresses } = await startLiveKitContainer().catch((error: unknown) => {
  progress(error instanceof Error ? error.message : String(error));
  process.exit(1);
});
process.stdout.write(`export SENDSAR_LIVEKIT_URL=ws://${addresses[0]}\n`);
process.stdout.write(`export SENDSAR_LIVEKIT_API_KEY=${livekitKey.apiKey}\n`);
process.stdout.write(`export SENDSAR_LIVEKIT_API_SECRET=${livekitKey.apiSecret}\n`);
progress("running until SIGINT or SIGTERM");
// Waiting for a signal does not keep a process alive.
setInterval(() => {}, 60_000);
