/** What to do while there is nothing to show. */
import { Chooser } from "./chooser.js";
import type { Store } from "../model/store.js";

export function Empty({ store, open }: { readonly store: Store; readonly open: (files: readonly File[]) => void }) {
  const isServed = location.protocol !== "file:";
  const isConnected = store.connection === "live" || store.connection === "catching-up";
  return (
    <main class="empty">
      <h2>{isServed ? (isConnected ? "Connected. Nothing has been written yet." : store.connection === "broken" ? "Not connected" : "Connecting") : "Open a stream file"}</h2>
      {isServed && isConnected && <p>Events appear here as soon as a program writes a frame. To see some now, let the simulated agent write into the directory that is served:</p>}
      {isServed && isConnected && <pre tabIndex={0}>cargo run -p strictframe-example-agent -- DIR --pace-ms 20</pre>}
      {isServed && store.connection === "broken" && <p>{store.connectionWords}. Start it again with the command below, and open the URL that it prints; this page tries again by itself.</p>}
      {isServed && store.connection === "broken" && <pre tabIndex={0}>strictframe serve --dir DIR --open</pre>}
      {!isServed && <p>Drop a file that ends in <code>.sframe</code> anywhere on this page, or choose one. It is read here and goes nowhere else.</p>}
      <Chooser id="first-file" words="Choose a file" mood="primary" open={open} />
      {!isServed && <p class="quiet">To watch frames as they are written, run <code>strictframe serve --dir DIR --open</code>.</p>}
    </main>
  );
}
