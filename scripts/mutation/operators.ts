import * as ts from 'typescript';

/** What an expression is replaced by, one text for each mutant; empty when it is left alone. */
export function variantsOf(node: ts.Node, text: (node: ts.Node) => string): readonly string[] {
  if (ts.isBinaryExpression(node)) return binaryVariants(node, text);
  if (ts.isPrefixUnaryExpression(node)) return unaryVariants(node, text);
  if (ts.isStringLiteral(node) || ts.isNoSubstitutionTemplateLiteral(node))
    return [node.text === '' ? "'mutant'" : "''"];
  if (ts.isTemplateExpression(node)) return ["''"];
  if (ts.isNumericLiteral(node)) return [String(Number(node.text.replaceAll('_', '')) + 1)];
  if (ts.isRegularExpressionLiteral(node)) return regexVariants(node.text);
  if (ts.isArrayLiteralExpression(node)) return [node.elements.length === 0 ? "['mutant']" : '[]'];
  if (ts.isObjectLiteralExpression(node)) return node.properties.length === 0 ? [] : ['{}'];
  if (ts.isArrowFunction(node) && !ts.isBlock(node.body)) return ['() => undefined'];
  if (ts.isCallExpression(node)) return callVariants(node, text);
  if (ts.isPropertyAccessExpression(node) && node.questionDotToken !== undefined)
    return [`${text(node.expression)}.${node.name.text}`];
  if (ts.isElementAccessExpression(node) && node.questionDotToken !== undefined)
    return [`${text(node.expression)}[${text(node.argumentExpression)}]`];
  if (node.kind === ts.SyntaxKind.TrueKeyword) return ['false'];
  if (node.kind === ts.SyntaxKind.FalseKeyword) return ['true'];
  return [];
}

/** What a condition is replaced by; a loop that never ends tells nothing. */
export function conditionVariants(parent: ts.Node): readonly string[] {
  return ts.isWhileStatement(parent) || ts.isForStatement(parent) ? ['false'] : ['true', 'false'];
}

const operators: Readonly<Record<string, readonly string[]>> = {
  '<': ['<=', '>='],
  '<=': ['<', '>'],
  '>': ['>=', '<='],
  '>=': ['>', '<'],
  '===': ['!=='],
  '!==': ['==='],
  '+': ['-'],
  '-': ['+'],
  '*': ['/'],
  '/': ['*'],
  '%': ['*'],
  '**': ['*'],
  '&': ['|'],
  '|': ['&'],
  '>>': ['<<'],
  '<<': ['>>'],
  '&&': ['||'],
  '||': ['&&'],
  '??': ['&&'],
  '+=': ['-='],
  '-=': ['+='],
  '|=': ['&='],
  '&&=': ['||='],
  '||=': ['&&='],
  '??=': ['='],
};

const comparisons = new Set(['<=', '>=', '===', '!==']);

function binaryVariants(
  { left, operatorToken, right }: ts.BinaryExpression,
  text: (node: ts.Node) => string,
): readonly string[] {
  const operator = operatorToken.getText();
  const isText = operator === '+' && [left, right].some(ts.isStringLiteralLike);
  if (isText) return [];
  const first = operator.endsWith('=') && !comparisons.has(operator) ? text(left) : `(${text(left)})`;
  return (operators[operator] ?? []).map((other) => `${first} ${other} (${text(right)})`);
}

function unaryVariants(
  { operator, operand }: ts.PrefixUnaryExpression,
  text: (node: ts.Node) => string,
): readonly string[] {
  const isDropped = operator === ts.SyntaxKind.ExclamationToken || operator === ts.SyntaxKind.MinusToken;
  return isDropped ? [text(operand)] : [];
}

/** A pattern that matches nothing, and the pattern without each of its anchors. */
function regexVariants(text: string): readonly string[] {
  const end = text.lastIndexOf('/');
  const [pattern, flags] = [text.slice(1, end), text.slice(end + 1)];
  const found = [`/(?!)/${flags}`];
  if (pattern.startsWith('^')) found.push(`/${pattern.slice(1)}/${flags}`);
  if (pattern.endsWith('$')) found.push(`/${pattern.slice(0, -1)}/${flags}`);
  return found;
}

const swaps: Readonly<Record<string, string>> = {
  some: 'every',
  every: 'some',
  startsWith: 'endsWith',
  endsWith: 'startsWith',
  min: 'max',
  max: 'min',
  floor: 'ceil',
  ceil: 'floor',
  find: 'findLast',
  findLast: 'find',
};
const dropped = new Set(['filter', 'sort', 'slice', 'toReversed', 'reverse', 'trim', 'toLowerCase']);

function callVariants(
  { expression, arguments: given }: ts.CallExpression,
  text: (node: ts.Node) => string,
): readonly string[] {
  if (!ts.isPropertyAccessExpression(expression) || ts.isOptionalChain(expression)) return [];
  const [object, name] = [text(expression.expression), expression.name.text];
  if (dropped.has(name)) return [object];
  const other = swaps[name];
  return other === undefined ? [] : [`${object}.${other}(${given.map(text).join(', ')})`];
}
