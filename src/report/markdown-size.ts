/**
 * Limits of one page of Markdown in the Temporal UI. It travels as a query string, so that both its bytes and its
 * percent-encoded length count: proxies often end a request line at 8 KB.
 */
const pageLimit = { bytes: 3_900, encoded: 7_000 } as const;

/** As many of the lines as fit into a share of the page beside `around`, then one line that says what was left out. */
export function fitLines(
  lines: readonly string[],
  around: string,
  share: number,
  more: (left: number) => string,
): { readonly text: string; readonly isWhole: boolean } {
  const room = roomBeside(around, share);
  const whole = lines.join('\n');
  if (fits(whole, room)) return { text: whole, isWhole: true };
  const ending = more(lines.length);
  let left = { bytes: room.bytes - sizeOf(ending).bytes, encoded: room.encoded - sizeOf(ending).encoded };
  const kept = lines.findIndex((line) => {
    const size = sizeOf(`${line}\n`);
    left = { bytes: left.bytes - size.bytes, encoded: left.encoded - size.encoded };
    return left.bytes < 0 || left.encoded < 0;
  });
  const shown = kept < 0 ? lines.length - 1 : kept;
  return { text: [...lines.slice(0, shown), more(lines.length - shown)].join('\n'), isWhole: false };
}

/** Bytes as UTF-8 and as percent-encoded text. */
export function sizeOf(text: string): Size {
  const encoded = encodeURIComponent(text.replace(/\p{Cs}/gu, '\ufffd'));
  return { bytes: encoded.replace(/%../g, '.').length, encoded: encoded.length };
}

interface Size {
  readonly bytes: number;
  readonly encoded: number;
}

function roomBeside(around: string, share: number): Size {
  const size = sizeOf(around);
  return { bytes: pageLimit.bytes * share - size.bytes, encoded: pageLimit.encoded * share - size.encoded };
}

function fits(text: string, room: Size): boolean {
  const size = sizeOf(text);
  return size.bytes <= room.bytes && size.encoded <= room.encoded;
}
