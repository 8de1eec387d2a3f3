import { isAlias, isMap, isScalar, isSeq, type Alias, type ParsedNode, type Scalar } from 'yaml';
import type { Draft } from './draft';
import type { Place, Sourced } from './place';

/** Where offsets of a document stand. */
export interface Whereabouts {
  readonly file: string;
  lineOf(offset: number): number;
}

/** Turns a tree of YAML nodes into plain values and their places; collects what may not be there. */
export function readNode(root: ParsedNode, where: Whereabouts): { sourced: Sourced; faults: readonly Draft[] } {
  const reader = new NodeReader(where);
  return { sourced: reader.read(root, lineOfNode(root, where)), faults: reader.faults };
}

/** Nodes after resolving aliases; a catalog of 10,000 components has fewer. */
const maxNodes = 500_000;

class NodeReader {
  readonly faults: Draft[] = [];
  private readonly anchors = new Map<string, ParsedNode>();
  private readonly open = new Set<ParsedNode>();
  private nodes = 0;
  /** Inside an alias anchors are not registered again: the last one *written* before an alias counts. */
  private aliasDepth = 0;

  constructor(private readonly where: Whereabouts) {}

  read(node: ParsedNode | null, line: number): Sourced {
    this.nodes += 1;
    if (this.nodes > maxNodes) return this.overflow(line);
    if (node === null) return this.leaf(null, line);
    if (isAlias(node)) return this.readAlias(node, line);
    if (this.aliasDepth === 0 && node.anchor !== undefined) this.anchors.set(node.anchor, node);
    if (isScalar(node)) return this.leaf(this.scalarValue(node, line), line);
    this.open.add(node);
    const sourced = isSeq(node) ? this.readList(node.items, line) : this.readMap(node, line);
    this.open.delete(node);
    return sourced;
  }

  private readAlias(alias: Alias.Parsed, line: number): Sourced {
    const target = this.anchors.get(alias.source);
    if (target === undefined) {
      return this.fault(line, `the alias *${alias.source} has no anchor before it`, 'write the value itself');
    }
    if (this.open.has(target)) {
      return this.fault(line, `the alias *${alias.source} stands inside its own anchor`, 'write the value itself');
    }
    this.aliasDepth += 1;
    const { value } = this.read(target, line);
    this.aliasDepth -= 1;
    return this.leaf(value, line);
  }

  private readList(items: readonly ParsedNode[], line: number): Sourced {
    const value: unknown[] = [];
    const children = new Map<number, Place>();
    for (const [index, item] of items.entries()) {
      const read = this.read(item, item === null ? line : lineOfNode(item, this.where));
      value.push(read.value);
      children.set(index, read.place);
    }
    return { value, place: { file: this.where.file, line, children } };
  }

  private readMap(node: ParsedNode, line: number): Sourced {
    const value: Record<string, unknown> = {};
    const children = new Map<string, Place>();
    for (const pair of isMap(node) ? node.items : []) {
      const keyLine = lineOfNode(pair.key, this.where);
      const key = this.readKey(pair.key, keyLine);
      if (key === undefined) continue;
      if (children.has(key)) this.twice(key, keyLine, children.get(key)?.line ?? line);
      const read = this.read(pair.value, keyLine);
      value[key] = read.value;
      children.set(key, read.place);
    }
    return { value, place: { file: this.where.file, line, children } };
  }

  private readKey(key: ParsedNode, line: number): string | undefined {
    const text = isScalar(key) ? key.source : undefined;
    if (text === undefined) this.fault(line, 'a key is a list, a map or an alias', 'write the key as text');
    else if (text === '__proto__') this.fault(line, 'the key "__proto__" is not allowed', 'choose another name');
    else return text;
    return undefined;
  }

  private scalarValue({ value }: Scalar, line: number): unknown {
    if (typeof value === 'number' && !Number.isFinite(value)) {
      this.fault(line, `${String(value)} is not a number that can be used`, 'write a number');
      return null;
    }
    return value;
  }

  private twice(key: string, line: number, firstLine: number): void {
    this.faults.push({
      code: 'CATALOG_DUPLICATE',
      place: `${this.where.file}:${line}`,
      what: `the key "${key}" is written twice`,
      why: `it is also at ${this.where.file}:${firstLine}, and only one of the two could count`,
      next: 'keep one of the two',
    });
  }

  private overflow(line: number): Sourced {
    if (this.nodes === maxNodes + 1) {
      this.faults.push({
        code: 'CATALOG_TOO_LARGE',
        place: `${this.where.file}:${line}`,
        what: `the document holds more than ${maxNodes} values once its aliases are resolved`,
        why: 'aliases of aliases grow without end',
        next: 'write fewer aliases',
      });
    }
    return this.leaf(null, line);
  }

  private fault(line: number, what: string, next: string): Sourced {
    this.faults.push({ code: 'CATALOG_YAML', place: `${this.where.file}:${line}`, what, next });
    return this.leaf(null, line);
  }

  private leaf(value: unknown, line: number): Sourced {
    return { value, place: { file: this.where.file, line, children: new Map() } };
  }
}

function lineOfNode(node: ParsedNode, where: Whereabouts): number {
  return where.lineOf(node.range[0]);
}
