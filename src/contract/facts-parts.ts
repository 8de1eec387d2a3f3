import { z } from 'zod';
import { listOf } from './component-schema';
import { expects } from './wording';

/** Text that is not empty. */
export const text = (why: string, example: string) =>
  z.string({ error: expects(why, example) }).min(1, { error: expects(why, example) });

/** A number from 0. */
export const number = (why: string) =>
  z
    .number({ error: expects(`${why}: a number that is not negative`, '60') })
    .min(0, { error: expects(`${why}: a number that is not negative`, '60') });

/** True or false. */
export const flag = z.boolean({ error: expects('true or false', 'true') });

/** One of a few words. */
export const word = <const Words extends readonly [string, ...string[]]>(...values: Words) =>
  z.enum(values, { error: expects(`one of: ${values.join(', ')}`, values[0]) });

/** A map with any keys. */
export const mapOf = <Value extends z.core.SomeType>(why: string, value: Value) =>
  z.record(z.string(), value, { error: expects(`a map of ${why}`, '{…}') });

/** A list. */
export const list = <Item extends z.core.SomeType>(why: string, item: Item) => listOf(why, '[…]', item);

/** A list of texts. */
export const texts = (why: string) => list(why, text('text', '"…"'));

/** A version label. */
export const version = text('a version (numbers in quotes)', '"2.1.0"');
