/** The names of what can be shown, of which one is. */
import { count } from "./words.js";

interface Properties<T extends string> {
  readonly names: readonly T[];
  readonly chosen: T;
  readonly choose: (name: T) => void;
  /** Numbers that stand beside a name, where they are not 0. */
  readonly badges: Partial<Record<T, number>>;
}

export function Tabs<T extends string>({ names, chosen, choose, badges }: Properties<T>) {
  const pressed = (event: KeyboardEvent): void => {
    const step = { ArrowRight: 1, ArrowLeft: -1 }[event.key];
    if (step === undefined) return;
    const next = names[(names.indexOf(chosen) + step + names.length) % names.length] as T;
    choose(next);
    document.getElementById(`tab-${next}`)?.focus();
  };
  return (
    <div class="tabs" role="tablist" aria-label="Views" onKeyDown={pressed}>
      {names.map((name) => (
        <button key={name} type="button" role="tab" id={`tab-${name}`} aria-selected={name === chosen} aria-controls={name === chosen ? `panel-${name}` : undefined} tabIndex={name === chosen ? 0 : -1} onClick={() => choose(name)}>
          {name}
          {(badges[name] ?? 0) > 0 && <span class="badge">{count(badges[name] ?? 0)}</span>}
        </button>
      ))}
    </div>
  );
}
