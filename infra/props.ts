// What a deployment is told.
import type { RemovalPolicy } from 'aws-cdk-lib';

/** Places that keyturn may read and change, as ARNs; `*` and `?` stand for any characters. */
export interface Places {
  /** Secrets of Secrets Manager, with the dash and six characters behind their names, like `…:secret:app/key-??????`. */
  readonly secrets?: readonly string[];
  /** Parameters of Parameter Store. */
  readonly parameters?: readonly string[];
  /** KMS keys that these are encrypted with; those that AWS manages need not be named. */
  readonly keys?: readonly string[];
}

export interface KeyRotationProps {
  /** Path of the `keyturn.yaml` that the deployment goes by. A mistake in it ends the synthesis. */
  readonly policyFile: string;
  /** Only users below this path, like `/machines/`; `/` means all users of the account. This or `userTag` must be given. */
  readonly userPath?: string;
  /** Only users who have this tag. */
  readonly userTag?: { readonly key: string; readonly value: string };
  /** Users below this path are denied to every function that could take a key away. */
  readonly administratorsPath?: string;
  readonly places?: Places;
  /** E-mail addresses. Each is asked by AWS to confirm; until one did, nothing is rotated. */
  readonly subscribers?: readonly string[];
  /** `report-only` denies every change to users and their keys, except what brings a key back. Default `report-only`. */
  readonly mode?: 'report-only' | 'rotate';
  /**
   * What is done about access keys that somebody else makes: people are told in any case; with `deactivate` a key that is made
   * for a user of the deployment who has a password for the console is deactivated, also where keyturn made it at a terminal.
   * Default `tell`.
   */
  readonly keysMadeElsewhere?: 'tell' | 'deactivate';
  /** Of the keys, the records and the logs. Default RETAIN; anything else is for deployments that test something. */
  readonly removalPolicy?: RemovalPolicy;
  /** Folder of the functions' bundled code. Default: what the package brings along. */
  readonly functions?: string;
}
