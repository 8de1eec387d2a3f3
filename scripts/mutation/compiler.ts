import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import * as ts from 'typescript';
import type { Mutant } from './instrument';

const root = join(__dirname, '../..');

/** Places of the mutants that do not compile, as `npm run types` would say: each is checked as a file beside its own. */
export function refusedByCompiler(mutants: readonly Mutant[]): ReadonlySet<number> {
  const refused = new Set<number>();
  const host = new VirtualHost(options());
  for (const file of new Set(mutants.map((mutant) => mutant.file))) {
    const places = [...mutants.keys()].filter((at) => mutants[at]!.file === file);
    const source = readFileSync(join(root, file), 'utf8');
    const variants = new Map(places.map((at) => [variantName(file, at), edited(source, mutants[at]!.edit)]));
    const program = host.programOf(variants);
    for (const at of places) if (host.hasErrors(program, variantName(file, at))) refused.add(at);
  }
  return refused;
}

/** `src/planning/closure.12.ts`, so that its imports are found. */
function variantName(file: string, at: number): string {
  return join(root, file.replace(/ts$/, `${at}.ts`));
}

function edited(source: string, { from, to, text }: Mutant['edit']): string {
  const isStatement = text === '' || text === '{}';
  return `${source.slice(0, from)}${isStatement ? text : `(${text})`}${source.slice(to)}`;
}

function options(): ts.CompilerOptions {
  const { config } = ts.readConfigFile(join(root, 'tsconfig.json'), (file) => ts.sys.readFile(file)) as {
    readonly config: object;
  };
  const { options: found } = ts.parseJsonConfigFileContent({ ...config, files: [], include: [] }, ts.sys, root);
  return { ...found, incremental: false, types: ['node'] };
}

/** Files of the disk, read once, and files that are not on it. */
class VirtualHost {
  private readonly host: ts.CompilerHost;
  private readonly known = new Map<string, ts.SourceFile | undefined>();
  private variants: ReadonlyMap<string, string> = new Map();

  constructor(private readonly options: ts.CompilerOptions) {
    this.host = ts.createCompilerHost(options);
  }

  programOf(variants: ReadonlyMap<string, string>): ts.Program {
    this.variants = variants;
    const host: ts.CompilerHost = {
      ...this.host,
      fileExists: (name) => variants.has(name) || this.host.fileExists(name),
      readFile: (name) => variants.get(name) ?? this.host.readFile(name),
      getSourceFile: (name, version) => this.sourceOf(name, version),
    };
    return ts.createProgram({ rootNames: [...variants.keys()], options: this.options, host });
  }

  hasErrors(program: ts.Program, name: string): boolean {
    const source = program.getSourceFile(name)!;
    return program.getSyntacticDiagnostics(source).length > 0 || program.getSemanticDiagnostics(source).length > 0;
  }

  private sourceOf(name: string, version: ts.ScriptTarget | ts.CreateSourceFileOptions): ts.SourceFile | undefined {
    const variant = this.variants.get(name);
    if (variant !== undefined) return ts.createSourceFile(name, variant, version, true);
    if (!this.known.has(name)) this.known.set(name, this.host.getSourceFile(name, version));
    return this.known.get(name);
  }
}
