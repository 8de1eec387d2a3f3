/** Keeps the first and the last half of what a program prints, so that 50 MB cost no more memory than the cap. */
export class CappedOutput {
  /** Bytes seen so far, kept or not. */
  size = 0;
  private readonly head: Buffer[] = [];
  private tail: Buffer[] = [];
  private headBytes = 0;
  private tailBytes = 0;
  private readonly halfBytes: number;

  constructor(maxBytes: number) {
    this.halfBytes = Math.ceil(maxBytes / 2);
  }

  push(chunk: Buffer): void {
    this.size += chunk.length;
    const toHead = chunk.subarray(0, this.halfBytes - this.headBytes);
    if (toHead.length > 0) this.head.push(toHead);
    this.headBytes += toHead.length;
    this.keepTail(chunk.subarray(toHead.length));
  }

  get isTruncated(): boolean {
    return this.leftOut > 0;
  }

  /** All that was kept, with a line in the middle that says how much was left out. */
  text(): string {
    const head = Buffer.concat(this.head).toString('utf8');
    const tail = Buffer.concat(this.tail).subarray(-this.halfBytes).toString('utf8');
    return this.isTruncated ? `${head}\n… ${this.leftOut} bytes left out …\n${tail}` : `${head}${tail}`;
  }

  /** The last three lines, at most 400 characters: what a person wants to see of a program that failed. */
  lastLines(): string {
    return lastLinesOf(this.text());
  }

  private get leftOut(): number {
    return this.size - this.headBytes - Math.min(this.tailBytes, this.halfBytes);
  }

  private keepTail(chunk: Buffer): void {
    if (chunk.length === 0) return;
    this.tail.push(chunk);
    this.tailBytes += chunk.length;
    for (let first = this.tail[0]; first !== undefined; first = this.tail[0]) {
      if (this.tailBytes - first.length < this.halfBytes) break;
      this.tail.shift();
      this.tailBytes -= first.length;
    }
  }
}

/** The last three lines of a text, at most 400 characters. */
export function lastLinesOf(text: string): string {
  return text.trimEnd().split('\n').slice(-3).join('\n').slice(-400);
}
