import { z } from 'zod';
import { duration, headers, secretRef, url } from './fields';

const repositoryUrl = z
  .string()
  .regex(
    /^(https?:\/\/[^/@:]+(:\d+)?\/|ssh:\/\/([\w.-]+@)?[^/@:]+(:\d+)?\/|file:\/\/\/|[\w.-]+@[\w.-]+:)[^\s\0]+$/,
    'write https://HOST/PATH, ssh://USER@HOST/PATH, USER@HOST:PATH or file:///PATH, without a password',
  );

const branchName = z
  .string()
  .regex(
    /^(?![-/.])(?!.*(\.\.|\/\/|@\{|\/\.|\.lock$))[\w./@+-]*[\w@+-]$/,
    'write the name of a branch, for example main',
  );

const path = z
  .string()
  .regex(
    /^(?![-/])(?!(.*\/)?\.{1,2}(\/|$))(?!.*\/\/)[^\0\n\t]+$/,
    'write a path inside the repository, for example deploy/payments',
  )
  .transform((text) => text.replace(/\/+$/, ''));

const paths = z
  .array(path, 'write a list, for example [deploy/payments]')
  .min(1, 'name at least one path')
  .refine(
    (list) => !list.some((one, at) => list.some((other, where) => at !== where && `${one}/`.startsWith(`${other}/`))),
    'no path may be inside another one of the list',
  );

/** A regular expression that people wrote; its first group is the version. */
const pattern = z.string().superRefine((text, check) => {
  try {
    if (new RegExp(`${text}|`, 'm').exec('')?.length !== 1) return;
    check.addIssue({ code: 'custom', message: 'put the version into a group, for example newTag: (\\S+)' });
  } catch {
    check.addIssue({ code: 'custom', message: 'write a regular expression, for example newTag: (\\S+)' });
  }
});

/** Where a component's declared paths live: one branch of one repository. */
export const gitFields = {
  repository: repositoryUrl.describe('The repository, as git names it.'),
  branch: branchName.default('main').describe('The branch that is deployed from.'),
  paths: paths.describe('Files and directories of this component. Nothing else of the repository is ever changed.'),
  header: secretRef
    .optional()
    .describe('The whole header line that lets the worker in over HTTP: `Authorization: Basic …`.'),
  author: z
    .strictObject({
      name: z
        .string()
        .regex(/^[^<>\0\n]+$/, 'write a name')
        .default('Lastgood'),
      email: z
        .string()
        .regex(/^[^<>\s\0]+$/, 'write an e-mail address')
        .default('lastgood@localhost'),
    })
    .prefault({})
    .describe('Who signs the commit off.'),
  writtenBy: z
    .array(z.string(), 'write a list of e-mail addresses')
    .optional()
    .describe(
      'E-mail addresses that commit releases. A commit of anybody else on the paths since the target is then a conflict and refused; else it is named as a risk.',
    ),
  version: z
    .strictObject({
      file: path.describe('A file of the repository.'),
      pattern: pattern.describe('Its first group is the version: `newTag: (\\S+)`.'),
    })
    .optional()
    .describe('Where the version stands in the repository.'),
  pullRequests: z
    .strictObject({
      api: url.default('https://api.github.com').describe('A GitHub-compatible API.'),
      repository: z
        .string()
        .regex(/^[\w.-]+\/[\w.-]+$/, 'write OWNER/NAME')
        .describe('The repository there: OWNER/NAME.'),
      headers: headers.optional().describe('Sent with every request: `authorization`.'),
      merge: duration.prefault('4h').describe('How long the merge is waited for.'),
    })
    .optional()
    .describe('Opens a pull request where the branch is protected.'),
  timeout: duration.prefault('60s').describe('Longest run of one git command.'),
};

/** Declared paths of a branch, parsed. Times in ms. */
export type GitSource = z.output<z.ZodObject<typeof gitFields>>;

/** What an observation keeps of the paths for `relate`. */
export interface GitState {
  /** The branch's head when it was looked at. */
  readonly commit: string;
  /** Branches under `lastgood/` at the server: reverts that wait for their merge. */
  readonly proposals: readonly string[];
}

/** What a step writes: the content that the paths have at a commit. */
export interface GitGoal {
  readonly version: string;
  /** Has the content. */
  readonly commit: string;
  /** The branch's head when the step was made. */
  readonly base: string;
  /** Digest of the paths at the head and at the goal. */
  readonly content: { readonly from: string; readonly to: string };
  /** How the commit gets onto the branch; a push that the server refuses becomes a pull request where there are some. */
  readonly route: 'push' | 'pull-request';
}

/** The branch that a step proposes where it may not push: the same for every attempt, another one for every plan. */
export function proposalOf({ base, content }: GitGoal): string {
  return `lastgood/revert-${base.slice(0, 12)}-${content.to.slice(-12)}`;
}

/** `deploy/payments on main`: the paths for people. */
export function sourceName({ paths: [first = '', ...rest], branch }: GitSource): string {
  return `${first}${rest.length === 0 ? '' : ` and ${rest.length} more`} on ${branch}`;
}

/** The beginning of a commit id that tells it apart. */
export function shortCommit(commit: string): string {
  return commit.slice(0, 10);
}
