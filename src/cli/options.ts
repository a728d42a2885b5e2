// The flags as commander hands them over. Texts are parsed where they are used, so that an error can name its flag.

export interface GlobalFlags {
  profile?: string;
  region?: string;
  endpointUrl?: string;
  config?: string;
  stateDir?: string;
  json?: boolean;
  yes?: boolean;
  color?: boolean;
  verbose?: boolean;
  quiet?: boolean;
}

export interface TimeFlags {
  quietFor?: string;
  grace?: string;
  watchLimit?: string;
  probe?: string[];
  probeEvery?: string;
  wait?: boolean;
}

export interface Flags extends GlobalFlags, TimeFlags {
  user?: string;
  key?: string;
  newKey?: string;
  to?: string[];
  vault?: string;
  freeSlot?: string;
  allowSmtp?: boolean;
  minAge?: string;
  dryRun?: boolean;
  fromAudit?: string;
  all?: boolean;
  deleteNow?: boolean;
  onlyReactivate?: boolean;
  engine?: string;
  stateMachine?: string;
  in?: string[];
  port?: string;
  seed?: string;
  format?: string;
  output?: string;
  profileRules?: string;
  failOn?: string;
  fresh?: boolean;
  ids?: string;
  explain?: string;
  since?: string;
  regions?: string;
}
