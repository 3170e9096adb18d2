"use strict";
// Shows what comes over the WebSocket that spec/BINDINGS.md describes: how many frames, from where, and what was refused.
// Frames are not decoded here. Every text from outside becomes text, never markup.

(() => {
  const MOST_EVENTS = 200;
  const SHORTEST_WAIT = 250;
  const LONGEST_WAIT = 10_000;
  const KINDS = new Map([[1, "data"], [2, "data"], [4, "definitions"], [5, "definitions"]]);

  const at = (id) => document.getElementById(id);
  const counts = { data: 0, bytes: 0, definitions: 0, refused: 0, missed: 0n };
  const cursors = new Map();
  let inThisSecond = 0;
  let wait = SHORTEST_WAIT;
  let isDue = false;

  const say = (words, mood = "") => {
    at("state").textContent = words;
    at("state").className = mood;
  };

  const draw = () => {
    isDue = false;
    for (const [name, count] of Object.entries(counts)) at(name).textContent = count.toLocaleString();
    const rows = [...cursors.values()].map(({ log, offset }) => {
      const row = document.createElement("tr");
      for (const text of [log, offset]) row.insertCell().textContent = text;
      return row;
    });
    at("logs").tBodies[0].replaceChildren(...rows);
    at("logs").hidden = rows.length === 0;
    at("no-logs").hidden = rows.length > 0;
  };

  const changed = () => {
    if (!isDue) requestAnimationFrame(draw);
    isDue = true;
  };

  const list = (head, words, code = "") => {
    const item = document.createElement("li");
    const strong = document.createElement("strong");
    strong.textContent = head;
    item.append(strong, ` ${words}`);
    if (code !== "") {
      const hex = document.createElement("code");
      hex.textContent = code;
      item.append(hex);
    }
    at("events").prepend(item);
    while (at("events").children.length > MOST_EVENTS) at("events").lastChild.remove();
    at("events").hidden = false;
    at("no-events").hidden = true;
  };

  const texts = {
    hello: ({ source }) => { at("source").textContent = `${source.kind} ${source.name}`; },
    cursor: (cursor) => { cursors.set(cursor.log, cursor); },
    caught_up: () => say("Connected, live", "good"),
    refused: (it) => {
      counts.refused += 1;
      const clauses = it.clauses.join(", ");
      list(`${it.code} ${it.name}`, `${it.log}, at ${it.offset} + ${it.byte} (${clauses}): ${it.message}. ${it.help}`, it.bytes);
    },
    lost: (it) => list("lost", `${it.log}, from ${it.from} to ${it.to ?? "?"}: ${it.message}`),
    missed: (it) => {
      counts.missed += BigInt(it.frames);
      for (const cursor of it.to) cursors.set(cursor.log, cursor);
      list("missed", `${it.frames} frames of ${it.bytes} bytes, because this page was too slow`);
    },
    notice: (it) => list(it.name, `${it.log ?? ""}: ${it.message}. ${it.help}`),
    error: (it) => list(it.name, `${it.message}. ${it.help}`),
    pong: () => {},
  };

  const received = ({ data }) => {
    if (typeof data === "string") {
      const told = JSON.parse(data);
      texts[told.type]?.(told);
    } else {
      // The kind of a frame is in the low half of its third byte.
      const kind = KINDS.get(new DataView(data).getUint8(2) & 0x0f);
      if (kind !== undefined) counts[kind] += 1;
      if (kind === "data") inThisSecond += 1;
      counts.bytes += data.byteLength;
    }
    changed();
  };

  // A browser does not tell a page why a WebSocket was refused; the same place asked without one does.
  const whyNot = async (place) => {
    try {
      const answer = await fetch(place.replace(/^ws/, "http"), { cache: "no-store" });
      const { name, message, help } = await answer.json();
      return name === "NotAWebSocket" ? undefined : `${message}: ${help}`;
    } catch {
      return undefined;
    }
  };

  const connect = () => {
    const token = new URLSearchParams(location.hash.slice(1)).get("token") ?? "";
    const place = `ws://${location.host}/ws?token=${encodeURIComponent(token)}`;
    const socket = new WebSocket(place);
    let wasOpen = false;
    socket.binaryType = "arraybuffer";
    socket.onopen = () => {
      wasOpen = true;
      wait = SHORTEST_WAIT;
      say("Connected, catching up", "good");
      const from = cursors.size > 0 ? [...cursors.values()].map(({ log, stream, offset }) => ({ log, stream, offset })) : "earliest";
      socket.send(JSON.stringify({ type: "start", from }));
    };
    socket.onmessage = received;
    socket.onclose = async ({ code, reason }) => {
      const refusal = wasOpen ? undefined : await whyNot(place);
      const why = refusal ?? (reason || `connection lost (${code})`);
      say(`${why}; trying again`, "bad");
      setTimeout(connect, wait);
      wait = Math.min(wait * 2, LONGEST_WAIT);
    };
  };

  setInterval(() => {
    at("rate").textContent = inThisSecond.toLocaleString();
    inThisSecond = 0;
  }, 1000);

  if (location.protocol === "file:") {
    say("Opened without a server");
    at("no-logs").textContent = "This build of the page decodes no files by itself: run strictframe serve --file FILE --open.";
  } else {
    addEventListener("hashchange", () => location.reload());
    connect();
  }
})();
