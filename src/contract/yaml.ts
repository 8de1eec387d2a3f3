import { Composer, Lexer, LineCounter, Parser, type Document, type ParsedNode } from 'yaml';
import type { Draft } from './draft';
import type { Sourced } from './place';
import { readNode } from './yaml-node';

/** What one file holds: its documents with the line of every value, and what is wrong with the file. */
export interface YamlFile {
  readonly documents: readonly Sourced[];
  readonly faults: readonly Draft[];
}

/**
 * Reads YAML 1.2 (and so JSON): plain values only. Anchors are resolved; cycles, alias bombs, deep nesting,
 * own tags, tabs as indentation, NaN, keys written twice and `__proto__` are faults with their line. Never throws.
 */
export function readYaml(text: string, file: string): YamlFile {
  if (Buffer.byteLength(text) > maxFileBytes) return { documents: [], faults: [{ ...tooLarge, place: file }] };
  const lines = new LineCounter();
  const documents = composeDocuments(text, lines);
  if (documents === undefined) return { documents: [], faults: [{ ...tooDeep, place: file }] };
  const lineOf = (offset: number) => lines.linePos(offset).line || 1;
  const broken = documents.find(({ errors }) => errors.length > 0);
  if (broken !== undefined) return { documents: [], faults: [firstFault(broken, file, lineOf)] };
  const read = documents.map((document) => readDocument(document, file, lineOf));
  return { documents: read.flatMap((one) => one.documents), faults: read.flatMap((one) => one.faults) };
}

const maxFileBytes = 2 * 1024 * 1024;
const maxDepth = 64;

const tooLarge = {
  code: 'CATALOG_TOO_LARGE',
  what: 'the file is larger than 2 MB',
  why: 'it is not read, so that nothing large can stop the worker',
  next: 'split it into several files of one directory, or leave out what is generated',
} as const;

const tooDeep = {
  code: 'CATALOG_YAML',
  what: `the file is nested deeper than ${maxDepth} levels`,
  why: 'nothing that Lastgood reads is nested so deep',
  next: 'look for a bracket or a brace that is never closed',
} as const;

/** Composing recurses, and a stack overflow inside it can end the process; the parser's own stack shows the depth first. */
function composeDocuments(text: string, lines: LineCounter): readonly Document.Parsed[] | undefined {
  lines.addNewLine(0);
  const parser = new Parser(lines.addNewLine);
  const composer = new Composer({ uniqueKeys: false, prettyErrors: false, logLevel: 'silent', version: '1.2' });
  const documents: Document.Parsed[] = [];
  for (const lexeme of new Lexer().lex(text)) {
    for (const token of parser.next(lexeme)) documents.push(...composer.next(token));
    if (parser.stack.length > maxDepth) return undefined;
  }
  for (const token of parser.end()) documents.push(...composer.next(token));
  documents.push(...composer.end());
  return documents;
}

/** What follows the first syntax error is read wrongly, and what is said of it is noise. */
function firstFault({ errors }: Document.Parsed, file: string, lineOf: (offset: number) => number): Draft {
  const [first] = [...errors].sort((left, right) => left.pos[0] - right.pos[0]);
  return faultOf(first!, file, lineOf);
}

function faultOf(
  { code, message, pos }: Pick<Document.Parsed['errors'][number], 'code' | 'message' | 'pos'>,
  file: string,
  lineOf: (offset: number) => number,
): Draft {
  return { code: 'CATALOG_YAML', place: `${file}:${lineOf(pos[0])}`, ...explain(code, message) };
}

function readDocument(document: Document.Parsed, file: string, lineOf: (offset: number) => number): YamlFile {
  const faults = document.warnings.map((warning) => faultOf(warning, file, lineOf));
  if (faults.length > 0) return { documents: [], faults };
  const contents = document.contents;
  if (contents === null || isEmptyScalar(contents)) return { documents: [], faults: [] };
  const result = readNode(contents, { file, lineOf });
  return { documents: [result.sourced], faults: result.faults };
}

function isEmptyScalar(node: ParsedNode): boolean {
  return 'value' in node && node.value === null;
}

function explain(
  code: string,
  message: string,
): { readonly what: string; readonly why: string; readonly next: string } {
  if (code === 'TAB_AS_INDENT')
    return { what: 'the line begins with a tab', why: 'YAML does not allow tabs as indentation', next: 'use spaces' };
  if (code === 'TAG_RESOLVE_FAILED')
    return {
      what: message.toLowerCase(),
      why: 'only plain YAML values are read: text, numbers, true and false, lists, maps',
      next: 'remove the tag',
    };
  const [sentence = message] = message.split('\n');
  return { what: 'this is not YAML', why: sentence.slice(0, 200), next: 'correct the line' };
}
