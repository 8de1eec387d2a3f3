export { parseCatalog } from './catalog';
export { parseFacts } from './facts';
export { catalogJsonSchema } from './json-schema';
export { parseManifest } from './manifest';
export { parseRequest } from './request';
export { dataDirectory, readSettings } from './settings';
