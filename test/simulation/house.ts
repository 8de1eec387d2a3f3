import { existsSync, readFileSync } from 'node:fs';
import { dirname, join, relative, resolve } from 'node:path';
import { transformSync } from '@swc/core';

/** A fragment of one source file and what stands in its place: a guard that somebody removed. */
export interface Edit {
  /** From the root of the project: `src/workflows/dispatch.ts`. */
  readonly file: string;
  readonly from: string;
  readonly to: string;
}

type Module = { readonly exports: object };
type Body = (...given: readonly unknown[]) => void;

const root = resolve(__dirname, '../..');

/**
 * The product's own sources, loaded so that a simulation can hold them: time is handed in, Temporal is a stand-in, every
 * workflow run gets modules of its own (as in a worker), and a guard can be removed on purpose.
 */
export class House {
  private readonly bodies = new Map<string, Body>();
  private readonly shared = new Map<string, Module>();

  constructor(
    private readonly globals: Readonly<Record<string, unknown>>,
    /** Packages that are replaced by a stand-in. */
    private readonly standIns: Readonly<Record<string, object>>,
    private readonly edits: readonly Edit[] = [],
  ) {
    for (const edit of edits) edited(readFileSync(join(root, edit.file), 'utf8'), edit);
  }

  /** A module by its path from the root of the project; the same one every time. */
  load<Exports>(file: string): Exports {
    return this.instance(join(root, file), {
      isOwn: () => false,
      own: this.shared,
      standIns: this.standIns,
    }) as Exports;
  }

  /** A module with everything under `src/workflows` made anew for one run. */
  loadForRun<Exports>(file: string, workflow: object, own = new Map<string, Module>()): Exports {
    const isOwn = (path: string): boolean => path.startsWith(join(root, 'src/workflows'));
    const standIns = { ...this.standIns, '@temporalio/workflow': workflow };
    return this.instance(join(root, file), { isOwn, own, standIns }) as Exports;
  }

  private instance(
    path: string,
    place: {
      readonly isOwn: (path: string) => boolean;
      readonly own: Map<string, Module>;
      readonly standIns: Readonly<Record<string, object>>;
    },
  ): object {
    const kept = place.isOwn(path) ? place.own : this.shared;
    const known = kept.get(path);
    if (known !== undefined) return known.exports;
    const module: Module = { exports: {} };
    kept.set(path, module);
    const load = (name: string): unknown => {
      const standIn = place.standIns[name];
      if (standIn !== undefined) return standIn;
      // The host's own require, so that packages are what they are in every test.
      if (!name.startsWith('.')) return require(name);
      return this.instance(found(dirname(path), name), place);
    };
    this.body(path)(module.exports, load, module, ...Object.values(this.globals));
    return module.exports;
  }

  private body(path: string): Body {
    const known = this.bodies.get(path);
    if (known !== undefined) return known;
    const file = relative(root, path);
    const source = this.edits
      .filter((edit) => edit.file === file)
      .reduce((text, edit) => edited(text, edit), readFileSync(path, 'utf8'));
    const code = compiled(file, source);
    const names = ['exports', 'require', 'module', ...Object.keys(this.globals)];
    // The sources of this project, so that its parameters shadow the globals of time, in this realm and no other.
    // oxlint-disable-next-line typescript/no-implied-eval
    const body = new Function(...names, `${code}\n//# sourceURL=${path}`) as Body;
    this.bodies.set(path, body);
    return body;
  }
}

const compiledOnce = new Map<string, string>();

function compiled(file: string, source: string): string {
  const known = compiledOnce.get(source);
  if (known !== undefined) return known;
  const { code } = transformSync(source, {
    filename: file,
    jsc: { parser: { syntax: 'typescript' }, target: 'es2023' },
    module: { type: 'commonjs' },
    sourceMaps: false,
  });
  compiledOnce.set(source, code);
  return code;
}

/** Fails loudly: a guard that was not removed must not be taken for one that nobody needs. */
function edited(source: string, { file, from, to }: Edit): string {
  if (source.split(from).length !== 2) throw new Error(`${file} does not hold this once: ${from}`);
  return source.replace(from, () => to);
}

function found(directory: string, name: string): string {
  const path = resolve(directory, name);
  const candidates = [`${path}.ts`, join(path, 'index.ts'), path];
  const file = candidates.find((candidate) => candidate.endsWith('.ts') && existsSync(candidate));
  if (file === undefined) throw new Error(`there is no source file ${path}`);
  return file;
}
