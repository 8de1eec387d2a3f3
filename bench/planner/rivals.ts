import { execFileSync } from 'node:child_process';
import { existsSync, mkdirSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { homedir } from 'node:os';
import { join } from 'node:path';
import type { Graph } from '../../src/planning/dependency-graph';

/** Another library's strongly connected components: builds its graph once, then counts the components. */
export interface Rival {
  readonly name: string;
  readonly prepare: (graph: Graph) => () => number;
}

/** They are for this bench alone, so they are kept out of the project's own lockfile. */
const packages = {
  graphology: '0.26.0',
  'graphology-types': '0.24.8',
  'graphology-components': '1.5.4',
  '@dagrejs/graphlib': '4.0.6',
} as const;

/** Installs the rivals into the cache directory when they are not there yet, and says so. */
export function openRivals(tell: (line: string) => void): readonly Rival[] {
  const load = createRequire(join(installed(tell), 'index.js'));
  return [graphology(load), graphlib(load)];
}

function installed(tell: (line: string) => void): string {
  const cache = process.env['XDG_CACHE_HOME'] ?? join(homedir(), '.cache');
  const directory = join(cache, 'lastgood', 'bench-rivals');
  const wanted = JSON.stringify({ private: true, dependencies: packages });
  const names = Object.keys(packages);
  if (names.every((name) => existsSync(join(directory, 'node_modules', name)))) return directory;
  tell(`installing ${names.join(', ')} into ${directory}: for this comparison only`);
  mkdirSync(directory, { recursive: true });
  writeFileSync(join(directory, 'package.json'), wanted);
  execFileSync('npm', ['install', '--no-audit', '--no-fund', '--loglevel=error'], { cwd: directory, stdio: 'ignore' });
  return directory;
}

interface Graphology {
  addNode(name: string): void;
  mergeDirectedEdge(from: string, to: string): void;
}

function graphology(load: NodeJS.Require): Rival {
  const { DirectedGraph } = load('graphology') as { readonly DirectedGraph: new () => Graphology };
  const { stronglyConnectedComponents } = load('graphology-components') as {
    readonly stronglyConnectedComponents: (graph: Graphology) => readonly unknown[];
  };
  const prepare = ({ size, from, to }: Graph): (() => number) => {
    const graph = new DirectedGraph();
    for (let node = 0; node < size; node += 1) graph.addNode(String(node));
    for (let edge = 0; edge < from.length; edge += 1) graph.mergeDirectedEdge(String(from[edge]), String(to[edge]));
    return () => stronglyConnectedComponents(graph).length;
  };
  return { name: `graphology ${packages.graphology}`, prepare };
}

interface Graphlib {
  setNode(name: string): void;
  setEdge(from: string, to: string): void;
}

function graphlib(load: NodeJS.Require): Rival {
  const library = load('@dagrejs/graphlib') as {
    readonly Graph: new () => Graphlib;
    readonly alg: { readonly tarjan: (graph: Graphlib) => readonly unknown[] };
  };
  const prepare = ({ size, from, to }: Graph): (() => number) => {
    const graph = new library.Graph();
    for (let node = 0; node < size; node += 1) graph.setNode(String(node));
    for (let edge = 0; edge < from.length; edge += 1) graph.setEdge(String(from[edge]), String(to[edge]));
    return () => library.alg.tarjan(graph).length;
  };
  return { name: `@dagrejs/graphlib ${packages['@dagrejs/graphlib']}`, prepare };
}
