import * as ts from 'typescript';
import { conditionVariants, variantsOf } from './operators';

/** One small fault that can be switched on. */
export interface Mutant {
  readonly file: string;
  readonly line: number;
  /** Name of the function around it, `top` outside of all. */
  readonly within: string;
  readonly original: string;
  readonly replacement: string;
  /** The same as an edit of the source: what stands between the two places is replaced. */
  readonly edit: { readonly from: number; readonly to: number; readonly text: string };
}

/** A source with all of its mutants in it: `mutant(N)` is true for the one that is switched on. */
export interface Instrumented {
  readonly code: string;
  readonly mutants: readonly Mutant[];
}

/** Puts every mutant of a TypeScript source into it; their numbers begin at `first`. */
export function instrument(file: string, source: string, first: number): Instrumented {
  const tree = ts.createSourceFile(file, source, ts.ScriptTarget.ES2023, true);
  const writer = new Writer(tree, file, first);
  return { code: writer.write(tree), mutants: writer.mutants };
}

class Writer {
  readonly mutants: Mutant[] = [];

  constructor(
    private readonly tree: ts.SourceFile,
    private readonly file: string,
    private readonly first: number,
  ) {}

  write(node: ts.Node): string {
    const inner = this.withChildren(node);
    if (ts.isExpression(node) && canBeWrapped(node)) return this.expression(node, inner);
    if (isRemovable(node)) return `{ if (!mutant(${this.add(node, '')})) ${inner} }`;
    return ts.isBlock(node) && isFunction(node.parent) ? this.body(node, inner) : inner;
  }

  private withChildren(node: ts.Node): string {
    let [text, at] = ['', node.getFullStart()];
    ts.forEachChild(node, (child) => {
      text += this.tree.text.slice(at, child.getStart(this.tree));
      text += isLeftAlone(child) ? child.getText(this.tree) : this.write(child);
      at = child.getEnd();
    });
    return (text + this.tree.text.slice(at, node.getEnd())).slice(node.getStart(this.tree) - node.getFullStart());
  }

  private expression(node: ts.Expression, inner: string): string {
    const { parent } = node;
    const variants = [...variantsOf(node, (part) => part.getText(this.tree))];
    if (isCondition(node)) variants.push(...conditionVariants(parent));
    const text = node.getText(this.tree);
    const unlike = [...new Set(variants)].filter((variant) => variant !== text);
    if (unlike.length === 0) return inner;
    const choice = unlike.map((variant) => `mutant(${this.add(node, variant)}) ? (${variant}) : `).join('');
    return `(${choice}(${inner}))`;
  }

  private body(node: ts.Block, inner: string): string {
    if (node.statements.length === 0 || ts.isConstructorDeclaration(node.parent)) return inner;
    return `{ if (mutant(${this.add(node, '{}')})) return; ${inner.slice(1)}`;
  }

  private add(node: ts.Node, replacement: string): number {
    const line = this.tree.getLineAndCharacterOfPosition(node.getStart(this.tree)).line + 1;
    const original = short(node.getText(this.tree));
    this.mutants.push({
      file: this.file,
      line,
      within: functionAround(node),
      original,
      replacement: short(replacement),
      edit: { from: node.getStart(this.tree), to: node.getEnd(), text: replacement },
    });
    return this.first + this.mutants.length - 1;
  }
}

/** Imports and types are no behaviour. */
function isLeftAlone(node: ts.Node): boolean {
  return ts.isImportDeclaration(node) || ts.isExportDeclaration(node) || ts.isTypeNode(node) || isDeclarationOnly(node);
}

function isDeclarationOnly(node: ts.Node): boolean {
  return ts.isInterfaceDeclaration(node) || ts.isTypeAliasDeclaration(node) || ts.isTypeParameterDeclaration(node);
}

/** Names and places that are written to can not be chosen between. */
function canBeWrapped(node: ts.Expression): boolean {
  const { parent } = node;
  if (ts.isPropertyAssignment(parent) && parent.name === node) return false;
  if (ts.isOptionalChain(node) && ts.isOptionalChain(parent)) return false;
  return !(ts.isArrowFunction(node) && ts.isPropertyDeclaration(parent));
}

function isCondition(node: ts.Node): boolean {
  const { parent } = node;
  if (ts.isIfStatement(parent) || ts.isWhileStatement(parent)) return parent.expression === node;
  return (ts.isConditionalExpression(parent) || ts.isForStatement(parent)) && parent.condition === node;
}

function isRemovable(node: ts.Node): boolean {
  if (ts.isExpressionStatement(node))
    return !ts.isCallExpression(node.expression) || node.expression.expression.kind !== ts.SyntaxKind.SuperKeyword;
  return (
    ts.isThrowStatement(node) ||
    ts.isContinueStatement(node) ||
    (ts.isReturnStatement(node) && node.expression === undefined)
  );
}

function isFunction(node: ts.Node): boolean {
  return ts.isFunctionLike(node);
}

function functionAround(node: ts.Node): string {
  for (let at: ts.Node | undefined = node.parent; at !== undefined; at = at.parent) {
    if ((ts.isFunctionDeclaration(at) || ts.isMethodDeclaration(at)) && at.name !== undefined) return at.name.getText();
  }
  return 'top';
}

/** One line that a person can find again. */
function short(text: string): string {
  const line = text.replaceAll(/\s+/g, ' ');
  return line.length <= 70 ? line : `${line.slice(0, 60)} … ${line.slice(-8)}`;
}
