// How much of the proof a run takes, and by which seed it draws: handed from `npm run prove` to the lanes by the environment.
// `npm test` sets nothing and takes the small part, the same in every run.

export interface ProveSettings {
  scale: 'test' | 'prove' | 'full';
  seed: number;
  /** The only case to run, or all of a lane's cases that begin so. */
  only: string | null;
}

const variable = 'KEYTURN_PROVE';

export function settings(): ProveSettings {
  const given = process.env[variable];
  return given ? JSON.parse(given) : { scale: 'test', seed: 1, only: null };
}

export function setSettings(settings: ProveSettings): void {
  process.env[variable] = JSON.stringify(settings);
}
