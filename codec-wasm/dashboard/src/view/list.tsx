/** A list of which only what can be seen is there: as quick with a million rows as with ten. */
import type { ComponentChildren } from "preact";
import { useEffect, useLayoutEffect, useRef, useState } from "preact/hooks";

interface Properties {
  readonly id: string;
  readonly label: string;
  readonly count: number;
  readonly rowHeight: number;
  /** The row at an index. */
  readonly row: (index: number) => ComponentChildren;
  /** What tells the row at an index from others, for as long as it lives. */
  readonly keyOf: (index: number) => string | number;
  readonly classOf?: (index: number) => string;
  readonly selected: number;
  readonly onSelect: (index: number) => void;
  /** Whether it stays at its end while rows come. */
  readonly follows?: boolean;
}

export function List({ id, label, count, rowHeight, row, keyOf, classOf, selected, onSelect, follows = false }: Properties) {
  const box = useRef<HTMLDivElement>(null);
  const [top, setTop] = useState(0);
  const [height, setHeight] = useState(600);
  const isAtEnd = useRef(true);

  useEffect(() => {
    const element = box.current;
    if (!element) return;
    const observer = new ResizeObserver(() => setHeight(element.clientHeight));
    observer.observe(element);
    return () => observer.disconnect();
  }, []);

  useLayoutEffect(() => {
    const element = box.current;
    if (element && follows && isAtEnd.current) element.scrollTop = element.scrollHeight;
  }, [count, follows, height]);

  const scrolled = (): void => {
    const element = box.current;
    if (!element) return;
    isAtEnd.current = element.scrollTop + element.clientHeight >= element.scrollHeight - rowHeight;
    setTop(element.scrollTop);
  };

  const choose = (index: number): void => {
    if (count === 0) return;
    const to = Math.max(0, Math.min(count - 1, index));
    onSelect(to);
    const element = box.current;
    if (!element) return;
    if (to * rowHeight < element.scrollTop) element.scrollTop = to * rowHeight;
    else if ((to + 1) * rowHeight > element.scrollTop + element.clientHeight) element.scrollTop = (to + 1) * rowHeight - element.clientHeight;
  };

  const pressed = (event: KeyboardEvent): void => {
    const page = Math.max(1, Math.floor(height / rowHeight) - 1);
    const to = { ArrowDown: selected + 1, ArrowUp: selected < 0 ? count - 1 : selected - 1, PageDown: selected + page, PageUp: selected - page, Home: 0, End: count - 1 }[event.key];
    if (to === undefined) return;
    event.preventDefault();
    choose(to);
  };

  const first = Math.max(0, Math.min(Math.floor(top / rowHeight), count - 1) - BEYOND);
  const last = Math.min(count, Math.ceil((top + height) / rowHeight) + BEYOND);
  const items = [];
  for (let index = first; index < last; index++) {
    items.push(
      <div
        key={keyOf(index)}
        id={`${id}-${keyOf(index)}`}
        role="option"
        class={`item ${classOf?.(index) ?? ""}`}
        aria-selected={index === selected}
        aria-setsize={count}
        aria-posinset={index + 1}
        style={{ transform: `translateY(${index * rowHeight}px)`, height: `${rowHeight}px` }}
        onClick={() => choose(index)}
      >
        {row(index)}
      </div>,
    );
  }
  const active = selected >= first && selected < last ? `${id}-${keyOf(selected)}` : undefined;
  return (
    <div id={id} class="list" ref={box} role="listbox" aria-label={label} tabIndex={0} aria-activedescendant={active} onScroll={scrolled} onKeyDown={pressed}>
      <div class="list-all" role="presentation" style={{ height: `${count * rowHeight}px` }}>
        {items}
      </div>
    </div>
  );
}

/** Rows above and below what can be seen. */
const BEYOND = 6;
