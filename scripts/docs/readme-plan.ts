/** The README with the plan written between its two markers; unchanged where there are none. */
export function withPlan(readme: string, plan: string): string {
  return readme.replace(between, (_, before: string, after: string) => `${before}${plan}\n${after}`);
}

const between = /(<!-- plan -->\n```\n).*?(```\n<!-- \/plan -->)/s;
