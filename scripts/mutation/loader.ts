import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { compileFunction } from 'node:vm';
import { transformSync } from '@swc/core';

type Body = (exports: unknown, require: NodeJS.Require, module: NodeJS.Module, file: string) => void;

/** TypeScript folders whose modules can be made anew as often as wanted, without being compiled again. */
export class Loader {
  private readonly sources = new Map<string, string>();
  private readonly bodies = new Map<string, Body>();

  constructor() {
    const usual = require.extensions['.ts']!;
    require.extensions['.ts'] = (module, file) => {
      if (this.sources.has(file)) this.run(module, file);
      else usual(module, file);
    };
  }

  /** Adds every TypeScript file of a folder; `change` may put something into its source. */
  add(root: string, folder: string, change: (name: string, source: string) => string): void {
    for (const name of readdirSync(join(root, folder), { recursive: true, encoding: 'utf8' }).sort()) {
      const file = join(root, folder, name);
      if (name.endsWith('.ts')) this.sources.set(file, change(join(folder, name), readFileSync(file, 'utf8')));
    }
  }

  /** Files whose names end so and whose sources fit. */
  files(ending: string, fits: (source: string) => boolean): readonly string[] {
    return [...this.sources].filter(([file, source]) => file.endsWith(ending) && fits(source)).map(([file]) => file);
  }

  /** Forgets every module of the folders. */
  forget(): void {
    for (const file of this.sources.keys()) delete require.cache[file];
  }

  private run(module: NodeJS.Module, file: string): void {
    const body = this.bodies.get(file) ?? this.compile(file);
    this.bodies.set(file, body);
    body.call(module.exports, module.exports, module.require.bind(module) as NodeJS.Require, module, file);
  }

  private compile(filename: string): Body {
    const jsc = { parser: { syntax: 'typescript' }, target: 'es2023' } as const;
    const { code } = transformSync(this.sources.get(filename)!, { filename, jsc, module: { type: 'commonjs' } });
    const names = ['exports', 'require', 'module', '__filename', '__dirname'];
    return compileFunction(code, names, { filename }) as Body;
  }
}
