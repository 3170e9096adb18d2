// What the types promise, held to by the compiler: a line that should be an error and is none is an error.
import * as small from "strictframe/small";
import { type Decoded, Decoder, Frame, FrameStream, type Outcome, type Registry, StrictframeError, type StreamFrame, type Taken, framesOf, init, initSync, peek } from "strictframe";

type Same<A, B> = (<T>() => T extends A ? 1 : 2) extends <T>() => T extends B ? 1 : 2 ? true : false;
const same = <A, B>(_: Same<A, B>): void => undefined;

interface Event {
  readonly count?: number;
  readonly total?: bigint;
}

const decoder = new Decoder<Event>({ integers: "bigint", limits: { raw: 1 << 20 } });
const decoded = decoder.decode(new Uint8Array(1));
same<typeof decoded, Decoded<Event>>(true);
same<typeof decoded.records, Event[]>(true);
same<typeof decoded.outcome, Outcome | null>(true);
same<ReturnType<typeof decoder.peek>, Frame>(true);
const len = decoder.borrow(new Uint8Array(1), ([record]) => record?.length);
same<typeof len, number | undefined>(true);
same<ReturnType<typeof peek>["sequence"], bigint | null>(true);

const taken: Taken<Event> = decoder.take(new ArrayBuffer(1));
if (taken.records) same<typeof taken.records, Event[]>(true);
else same<typeof taken.records, null>(true);

const stream = new FrameStream<Event>({ form: "bare", records: "values" });
for (const frame of stream) same<typeof frame, StreamFrame<Event>>(true);
same<ReturnType<typeof framesOf<Event>>, AsyncGenerator<StreamFrame<Event>>>(true);
same<ReturnType<typeof init>, Promise<void>>(true);
initSync(new Uint8Array(8));

const registry: Registry = { lineages: [{ encoding: "json", name: "a.B", reader: 1, oldestWriter: 1, versions: [{ version: 1, minReader: 1, descriptor: "{}" }] }] };
new Decoder({ registry });
const error: StrictframeError = StrictframeError.from({ code: "SF-0101", name: "BadMagic", clause: "FRM-2", message: "" });
same<typeof error.offset, number | undefined>(true);

const { frame, records }: small.Read = new small.Reader({ limits: { body: 1 << 20 }, dictionaries: [new ArrayBuffer(1)] }).read(new Uint8Array(1));
same<typeof frame, small.Frame>(true);
same<typeof records, Uint8Array[]>(true);
// @ts-expect-error it judges nothing
new small.Reader({ registry });

// @ts-expect-error a text is no frame
decoder.decode("text");
// @ts-expect-error there is no such form of integers
new Decoder({ integers: "number" });
// @ts-expect-error a version is given by its descriptor or by its numbers
new Decoder({ registry: { lineages: [{ encoding: "json", name: "a.B", reader: 1, oldestWriter: 1, versions: [{ version: 1 }] }] } });
// @ts-expect-error what was read is not to be written
decoded.frame.version = 2;
