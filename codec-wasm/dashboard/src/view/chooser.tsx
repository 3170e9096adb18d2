/** Opens files of the disk. */

interface Properties {
  readonly id: string;
  readonly words: string;
  readonly mood?: string;
  readonly open: (files: readonly File[]) => void;
}

export function Chooser({ id, words, mood = "", open }: Properties) {
  return (
    <label class={`open ${mood}`}>
      {words}
      <input
        type="file"
        multiple
        class="hidden"
        id={id}
        onChange={({ currentTarget }) => {
          open([...(currentTarget.files ?? [])]);
          // So that the same file can be chosen again.
          currentTarget.value = "";
        }}
      />
    </label>
  );
}
