/** Bytes, so many in a line. */

export function Hexdump({ bytes, at = -1, most = 4096, wide = 16 }: { readonly bytes: Uint8Array; readonly at?: number; readonly most?: number; readonly wide?: number }) {
  const lines = [];
  const end = Math.min(bytes.length, most);
  for (let start = 0; start < end; start += wide) {
    const piece = [...bytes.subarray(start, Math.min(end, start + wide))];
    const isHere = at >= start && at < start + wide;
    const hex = piece.map((byte) => byte.toString(16).padStart(2, "0"));
    const [before, after] = [hex.slice(0, at - start).join(" "), hex.slice(at - start + 1).join(" ")];
    const ascii = piece.map((byte) => (byte >= 0x20 && byte < 0x7f ? String.fromCharCode(byte) : "·")).join("");
    const rest = " ".repeat(3 * (wide - piece.length));
    lines.push(
      <div key={start}>
        <span class="quiet">{start.toString(16).padStart(6, "0")}</span>
        {"  "}
        {isHere ? (
          <>
            {before}
            {before && " "}
            <mark>{hex[at - start]}</mark>
            {after && " "}
            {after}
          </>
        ) : (
          hex.join(" ")
        )}
        {rest}
        {"  "}
        <span class="quiet">{ascii}</span>
      </div>,
    );
  }
  return (
    <>
      <pre class="hexdump" tabIndex={0} aria-label="Bytes in hexadecimal">
        {lines}
      </pre>
      {bytes.length > most && <p class="quiet">{`${bytes.length - most} bytes more`}</p>}
    </>
  );
}
