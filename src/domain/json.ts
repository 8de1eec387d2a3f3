/** A value that survives JSON unchanged: all that crosses a process, a workflow history or the inventory. */
export type Json = null | boolean | number | string | readonly Json[] | { readonly [key: string]: Json };

/** A JSON object. */
export type JsonObject = { readonly [key: string]: Json };
