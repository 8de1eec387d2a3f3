export { detailsMarkdown } from './details-markdown';
export { eventLine } from './event-line';
export { planMarkdown } from './plan-markdown';
export { planText } from './plan-text';
export { statusText } from './status-text';
